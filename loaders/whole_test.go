package loaders_test

import (
	"context"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/loaders"
)

type showsKey struct{}

// showing returns a context whose field shows what only pages of laws have.
func showing(ctx context.Context) context.Context { return context.WithValue(ctx, showsKey{}, true) }

func shown(ctx context.Context) []content.EntryType {
	if ctx.Value(showsKey{}) == nil {
		return nil
	}
	return []content.EntryType{content.TypeTier, content.TypeLaw}
}

// atOnce makes loads that are all waiting when they are flushed.
func atOnce(ctx context.Context, t *testing.T, loads ...func(context.Context) error) {
	t.Helper()
	waiting, flushed := make(chan struct{}), make(chan struct{})
	var levels loaders.Levels
	within := levels.Attach(ctx, func() { waiting <- struct{}{}; <-flushed })
	var ended sync.WaitGroup
	for _, load := range loads {
		ended.Go(func() {
			if err := load(within); err != nil {
				t.Error(err)
			}
		})
		<-waiting
	}
	levels.Flush(ctx)
	close(flushed)
	ended.Wait()
}

// TestEntriesAreReadWholeIfShown loads laws in each way for a field that shows their texts, and for one that
// does not, and then their pages.
func TestEntriesAreReadWholeIfShown(t *testing.T) {
	for name, load := range map[string]func(context.Context, *loaders.Loaders) error{
		"by key": func(ctx context.Context, l *loaders.Loaders) error { _, err := l.Laws.Load(ctx, "a"); return err },
		"by keys": func(ctx context.Context, l *loaders.Loaders) error {
			_, err := l.Laws.LoadAll(ctx, []string{"a", "b"})
			return err
		},
		"by id": func(ctx context.Context, l *loaders.Loaders) error {
			_, err := l.Entries(ctx, []content.ID{{Type: content.TypeLaw, Key: "a"}})
			return err
		},
		"by slug": func(ctx context.Context, l *loaders.Loaders) error { _, err := l.Laws.BySlug(ctx, "a"); return err },
		"list": func(ctx context.Context, l *loaders.Loaders) error {
			_, err := l.Laws.List(ctx, content.Scope{}, content.Query{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, tt := range []struct {
				shows        bool
				calls, pages int64
			}{{false, 2, 1}, {true, 1, 1}} {
				f := laws()
				ctx, l, _ := leveled(t, f)
				loaders.ReadWhole(ctx, shown)
				plain := func(ctx context.Context) error { return load(ctx, l) }
				all := []func(context.Context) error{plain}
				if tt.shows {
					// Another field that does not show them joins the read.
					all = append(all, func(ctx context.Context) error { return load(showing(ctx), l) })
				}
				atOnce(ctx, t, all...)
				_, err := l.Laws.Page(ctx, f.laws[0])
				if err != nil || f.calls.Load() != tt.calls || f.pages.Load() != tt.pages {
					t.Errorf("shown %v: %d reads, %d of them whole: %v", tt.shows, f.calls.Load(), f.pages.Load(), err)
				}
			}
		})
	}
}

// TestSlugsOfAFilterAreNotReadWhole: no field shows the entries that a filter names.
func TestSlugsOfAFilterAreNotReadWhole(t *testing.T) {
	f := laws()
	f.slugs = []string{"b"}
	ctx, l, _ := leveled(t, f)
	loaders.ReadWhole(ctx, shown)
	_, err := l.Laws.List(showing(ctx), content.Scope{}, content.Query{Filter: &content.LawFilter{}})
	if err != nil || f.calls.Load() != 2 || f.pages.Load() != 1 {
		t.Errorf("%d reads, %d of them whole: %v", f.calls.Load(), f.pages.Load(), err)
	}
}
