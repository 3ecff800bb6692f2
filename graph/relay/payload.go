package relay

import "patternhub/content"

// Payload is what became of a write to an entry of one type. Entry is nil when nothing was
// written.
type Payload[T any] struct {
	Entry      *T
	UserErrors []content.UserError
	Conflicts  []content.FieldConflict
	Token      *string
}
