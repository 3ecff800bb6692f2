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

// Tag names an entry for caches: its type in small letters and its key, which stays when the
// slug changes, such as "casestudy:netflix-chaos".
func Tag(t content.EntryType, key string) string { return strings.ToLower(t.Name()) + ":" + key }

// touch names what a store has found where somebody wants to know. It looks once for a batch,
// so answers that nobody keeps pay nothing for each entry.
func touch[T any](ctx context.Context, t content.EntryType, found []*T) {
	name, wanted := ctx.Value(touchKey{}).(func(string))
	if !wanted {
		return
	}
	prefix := Tag(t, "")
	for _, e := range found {
		if e != nil {
			name(prefix + any(e).(content.Entry).Head().Key)
		}
	}
}
