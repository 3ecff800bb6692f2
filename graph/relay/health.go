package relay

import (
	"context"

	"patternhub/internal/content"
)

// PatternHealthConnection is a list of healths.
type PatternHealthConnection = Connection[*content.PatternHealth, *Edge[*content.PatternHealth]]

// PatternHealthEdge is one position in such a list.
type PatternHealthEdge = Edge[*content.PatternHealth]

// healthOrder tags the cursors of a dashboard. A cursor holds the pattern at its position, so that it
// remains valid when scores change.
const healthOrder = "HEALTH"

// Healths is a list of computed healths in their order. All rows are in memory, so a page is cut from
// them without a read.
func Healths(rows []*content.PatternHealth, page Page) (*PatternHealthConnection, error) {
	window, err := page.window(healthOrder)
	if err != nil {
		return nil, err
	}
	return &PatternHealthConnection{order: healthOrder, list: &healths{rows: rows, window: window}}, nil
}

type healths struct {
	unasked

	rows   []*content.PatternHealth
	window content.Window
}

func (l *healths) count(context.Context) (int, error) { return len(l.rows), nil }

func (l *healths) read(context.Context) (*part[*content.PatternHealth, *PatternHealthEdge], error) {
	keys, numbers := make([]string, len(l.rows)), make([]int, len(l.rows))
	for i, r := range l.rows {
		keys[i], numbers[i] = r.PatternKey, i
	}
	numbers, before, after := cut(numbers, keys, l.window)
	p := &part[*content.PatternHealth, *PatternHealthEdge]{hasNext: after, hasPrevious: before}
	for _, i := range numbers {
		p.add(l.rows[i], content.Position{Value: i, Key: keys[i]}, plain[*content.PatternHealth])
	}
	return p, nil
}
