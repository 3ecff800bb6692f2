package relay

import (
	"context"

	"patternhub/internal/content"
)

// LogConnection is a part of the log.
type LogConnection = Connection[*content.Act, *Edge[*content.Act]]

// LogEdge is one position in it.
type LogEdge = Edge[*content.Act]

// Log is the list of acts, the newest first.
func Log(log content.ActLog, page Page, filter *content.ActFilter) (*LogConnection, error) {
	return Stored[*content.Act]{
		Order: "LOG.NEWEST",
		Read: func(ctx context.Context, w content.Window) (content.Slice[*content.Act], error) {
			return log.Acts(ctx, filter, w)
		},
		Count:    func(ctx context.Context) (int, error) { return log.CountActs(ctx, filter) },
		Position: (*content.Act).Position,
	}.Connect(page)
}
