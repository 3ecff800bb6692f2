package relay

import "patternhub/internal/content"

// Payload is the outcome of a write to an entry of one type. Entry is nil if nothing was
// written.
type Payload[T any] struct {
	Entry      *T
	UserErrors []content.UserError
	Conflicts  []content.FieldConflict
	Token      *string
	Effects    *content.WriteEffects
}
