package relay

import (
	"context"

	"patternhub/content"
)

// PatternHealthConnection is a list of healths.
type PatternHealthConnection = Connection[content.PatternHealth, Edge[content.PatternHealth]]

// PatternHealthEdge is one place in such a list.
type PatternHealthEdge = Edge[content.PatternHealth]

// healthOrder tags the cursors of a dashboard. A cursor keeps the pattern that it stands at, so
// that it holds when scores move.
const healthOrder = "HEALTH"

// Healths is a list of healths that has been computed, in its order.
// All rows are in memory already, so a page is cut and nothing read.
func Healths(rows []*content.PatternHealth, page Page) (*PatternHealthConnection, error) {
	window, err := page.window(healthOrder)
	if err != nil {
		return nil, err
	}
	return &PatternHealthConnection{
		order: healthOrder,
		read: func(context.Context) (*part[content.PatternHealth, PatternHealthEdge], error) {
			keys, numbers := make([]string, len(rows)), make([]int, len(rows))
			for i, r := range rows {
				keys[i], numbers[i] = r.PatternKey, i
			}
			numbers, before, after := cut(numbers, keys, window)
			p := &part[content.PatternHealth, PatternHealthEdge]{hasNext: after, hasPrevious: before}
			for _, i := range numbers {
				p.add(rows[i], content.Position{Value: i, Key: keys[i]}, plain[content.PatternHealth])
			}
			return p, nil
		},
		count: func(context.Context) (int, error) { return len(rows), nil },
	}, nil
}
