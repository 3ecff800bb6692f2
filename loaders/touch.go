package loaders

import (
	"context"
	"strings"

	"patternhub/internal/content"
)

type touchKey struct{}

// WithTouch returns a context whose loaders report each entry that they return to touch, by the tag
// that purges answers with the entry. touch must be safe for concurrent use; a nil touch reports
// nothing.
func WithTouch(ctx context.Context, touch func(tag string)) context.Context {
	if touch == nil {
		return ctx
	}
	return context.WithValue(ctx, touchKey{}, touch)
}

// prefixes are the first parts of the tags of each type: the tag of an entry without a key.
var prefixes = func() map[content.EntryType]string {
	out := map[content.EntryType]string{}
	for _, t := range content.Types() {
		out[t] = content.ID{Type: t}.Tag()
	}
	return out
}()

// touch reports the tags of entries if the context asks for it. It looks in the context once for a
// batch, so answers that are not cached cost nothing per entry. The tags of a batch share one
// string.
func touch[E content.Entry](ctx context.Context, t content.EntryType, found ...E) {
	name, wanted := ctx.Value(touchKey{}).(func(string))
	if !wanted {
		return
	}
	prefix, size := prefixes[t], 0
	for _, e := range found {
		if !content.Missing(e) {
			size += len(prefix) + len(e.Head().Key)
		}
	}
	var text strings.Builder
	text.Grow(size)
	for _, e := range found {
		if !content.Missing(e) {
			from := text.Len()
			text.WriteString(prefix)
			text.WriteString(e.Head().Key)
			name(text.String()[from:])
		}
	}
}
