package loaders

import (
	"context"
	"strings"

	"patternhub/content"
)

type touchKey struct{}

// WithTouch gives a context whose loaders name each entry that they hand out, by the tag that
// its answers are purged by; a nil touch names nothing. It may be called by many goroutines.
func WithTouch(ctx context.Context, touch func(tag string)) context.Context {
	if touch == nil {
		return ctx
	}
	return context.WithValue(ctx, touchKey{}, touch)
}

// An entry's tag is its type in small letters and its key, which stays when the slug changes, such
// as "casestudy:netflix-chaos".

// prefixes are how the tags of each type begin.
var prefixes = func() map[content.EntryType]string {
	out := map[content.EntryType]string{}
	for _, t := range content.Types() {
		out[t] = strings.ToLower(t.Name()) + ":"
	}
	return out
}()

// touch names what a store has found where somebody wants to know. It looks once for a batch,
// so answers that nobody keeps pay nothing for each entry; the tags of a batch are parts of one text.
func touch[T any](ctx context.Context, t content.EntryType, found ...*T) {
	name, wanted := ctx.Value(touchKey{}).(func(string))
	if !wanted {
		return
	}
	prefix, size := prefixes[t], 0
	for _, e := range found {
		if e != nil {
			size += len(prefix) + len(content.HeadOf(e).Key)
		}
	}
	var text strings.Builder
	text.Grow(size)
	for _, e := range found {
		if e != nil {
			from := text.Len()
			text.WriteString(prefix)
			text.WriteString(content.HeadOf(e).Key)
			name(text.String()[from:])
		}
	}
}
