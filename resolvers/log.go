package resolvers

import (
	"fmt"

	"patternhub/internal/content"
)

// maxAuthors bounds the authors in a filter of the log.
const maxAuthors = 100

// logFilter checks a filter of the log. Without one everything is selected.
func logFilter(f *content.ActFilter) (*content.ActFilter, error) {
	switch {
	case f == nil:
		return &content.ActFilter{}, nil
	case len(f.Authors) > maxAuthors:
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("authors has at most %d items; this list has %d.", maxAuthors, len(f.Authors)))
	}
	return f, nil
}
