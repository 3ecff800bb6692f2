package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/search"
)

// found returns what both perspectives find, in the order of their names.
func found(t *testing.T, e *search.Engine, text string) string {
	t.Helper()
	var out []string
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		list := ids(mustHits(t, mustSearch(t, e.At(p), content.Search{Text: text}), nil, 100))
		sortStrings(list)
		out = append(out, strings.Join(list, " "))
	}
	return strings.Join(out, " | ")
}

// indexFollowsWrites shows that a write is found by the next search, and that an edit, a publish, an
// unpublish and a deletion each change only the perspectives that they concern.
func indexFollowsWrites(t *testing.T, en *engine) {
	s := open(t)
	mustPublish(t, s, page("old", "Zebra"))
	mustPut(t, s, page("hidden", "Zebra Canary"))
	e, note := en.following(t, s)
	check := func(step, text, want string) {
		t.Helper()
		note(t)
		if diff := cmp.Diff(want, found(t, e, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
	}
	check("filled", "zebra", "PAGE:old | PAGE:hidden PAGE:old")
	mustPublish(t, s, page("new", "Zebra Crossing"))
	check("published", "crossing", "PAGE:new | PAGE:new")

	renamed := mustPut(t, s, edited(t, s, "new", func(p *content.Page) { p.Name = "Okapi" }))
	check("renamed as a draft", "crossing", "PAGE:new | ")
	check("renamed as a draft", "okapi", " | PAGE:new")
	if _, err := s.Publish(t.Context(), "test", renamed[0].ID()); err != nil {
		t.Fatal(err)
	}
	check("renaming published", "crossing", " | ")
	check("renaming published", "okapi", "PAGE:new | PAGE:new")

	if _, err := s.Unpublish(t.Context(), "test", renamed[0].ID()); err != nil {
		t.Fatal(err)
	}
	check("unpublished", "okapi", " | PAGE:new")
	if err := s.Delete(t.Context(), "test", renamed[0].ID()); err != nil {
		t.Fatal(err)
	}
	check("deleted", "okapi", " | ")
	check("the rest", "zebra", "PAGE:old | PAGE:hidden PAGE:old")
}

// edited returns the changed working copy of a page.
func edited(t *testing.T, s *repository.Store, key string, change func(*content.Page)) *content.Page {
	t.Helper()
	list, err := s.At(content.Drafts).Pages.Pages(t.Context(), []string{key})
	if err != nil || list[0] == nil {
		t.Fatalf("no page %s: %v", key, err)
	}
	p := *list[0]
	change(&p)
	return &p
}

// publishedIndexKnowsNothingOfDrafts shows that the words of a draft do not leak to readers by any way:
// hits, corrections, facets or suggestions. The same prefixes do suggest the draft to authors.
func publishedIndexKnowsNothingOfDrafts(t *testing.T, en *engine) {
	s := open(t)
	mustPublish(t, s, page("open", "Quagga"))
	mustPut(t, s, &content.Page{Meta: meta(content.TypePage, "secret", "secret", "Wolpertinger"), Body: content.RichText{Markdown: "Xenolith inside."}})
	e, note := en.following(t, s)
	mustPut(t, s, page("secret2", "Wolpertingers again"))
	note(t)
	i := e.At(content.Published)
	for _, text := range []string{"wolpertinger", "wolpertinge", "xenolith", "secret", "again", "secret2"} {
		a := mustSearch(t, i, content.Search{Text: text})
		if hits := mustHits(t, a, nil, 10); hits.Total != 0 {
			t.Errorf("%q found %v", text, ids(hits))
		}
		if mean, err := a.DidYouMean(t.Context()); err != nil || mean != nil {
			t.Errorf("%q was taken for %q (%v)", text, value(mean), err)
		}
		facets, err := a.Facets(t.Context(), []string{"TYPE"}, 10)
		if err != nil || len(facets[0].Values) != 0 {
			t.Errorf("%q has facets %v (%v)", text, facets, err)
		}
	}
	for _, prefix := range []string{"wolp", "wolq", "w", "se", "again"} {
		list, err := i.Suggest(t.Context(), prefix, 8)
		if err != nil || len(list) != 0 {
			t.Errorf("%q suggests %v (%v)", prefix, list, err)
		}
		if list, err = e.At(content.Drafts).Suggest(t.Context(), prefix, 8); err != nil || len(list) == 0 && prefix != "se" {
			t.Errorf("%q suggests nothing to authors (%v)", prefix, err)
		}
	}
}

// TestFeedFeedsTheIndex uses the hub's own chain: a write, the feed, the index.
func TestFeedFeedsTheIndex(t *testing.T) {
	s := open(t)
	feed := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	e := start(t, s)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	t.Cleanup(func() { cancel(); running.Wait() })
	notified := make(chan content.Change, 10)
	running.Go(func() { _ = feed.Run(ctx) })
	running.Go(func() {
		_ = feed.Follow(ctx, 0, func(c content.Change) error {
			e.Note(content.State{}, c)
			notified <- c
			return nil
		})
	})
	mustPublish(t, s, page("fed", "Pangolin"))
	<-notified // the draft
	<-notified // the published copy
	if got := found(t, e, "pangolin"); got != "PAGE:fed | PAGE:fed" {
		t.Errorf("found %q", got)
	}
}

// fills counts how often an index is filled, from its log.
type fills struct {
	slog.Handler
	n *atomic.Int32
}

func (f fills) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "search index filled" {
		f.n.Add(1)
	}
	return nil
}
func (f fills) Enabled(context.Context, slog.Level) bool { return true }
func (f fills) WithAttrs([]slog.Attr) slog.Handler       { return f }

// TestChangesWithoutAKeyAreReadFromTheLog notes that there were changes, and the last one of them.
func TestChangesWithoutAKeyAreReadFromTheLog(t *testing.T) {
	s := open(t)
	mustPublish(t, s, page("old", "Zebra old"))
	e := start(t, s)
	mustPublish(t, s, page("new", "Zebra new"))
	if err := s.Delete(t.Context(), "test", content.ID{Type: content.TypePage, Key: "old"}); err != nil {
		t.Fatal(err)
	}
	last, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), last-1, 1)
	if err != nil {
		t.Fatal(err)
	}
	e.Note(content.State{}, append([]content.Change{
		{Seq: last - 2, Type: content.TypePage, Graph: content.Published}, {Seq: last - 1, Type: content.TypePage, Graph: content.Drafts},
	}, changes...)...)
	if diff := cmp.Diff("PAGE:new | PAGE:new", found(t, e, "zebra")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWornIndexIsReplaced writes one entry at a time, as authors do, and searches after each write.
func TestWornIndexIsReplaced(t *testing.T) {
	s := open(t)
	mustPut(t, s, page("kept", "Narwhal kept"))
	filled := new(atomic.Int32)
	e := mustNew(t, s, search.Options{Log: slog.New(fills{Handler: slog.DiscardHandler, n: filled})})
	run(t, e)
	i := e.At(content.Drafts)
	mustSearch(t, i, content.Search{Text: "narwhal"})
	last := int64(0)
	for n := range 200 {
		if n > 0 && n%10 == 0 {
			if err := s.Delete(t.Context(), "test", content.ID{Type: content.TypePage, Key: fmt.Sprint("n", n-1)}); err != nil {
				t.Fatal(err)
			}
		}
		mustPut(t, s, page(fmt.Sprint("n", n), fmt.Sprint("Narwhal ", n)))
		changes, err := s.Changes(t.Context(), last, 100)
		if err != nil {
			t.Fatal(err)
		}
		e.Note(content.State{}, changes...)
		last = changes[len(changes)-1].Seq
		want := n + 2 - n/10
		if got := mustHits(t, mustSearch(t, i, content.Search{Text: "narwhal"}), nil, 1).Total; got != want {
			t.Fatalf("after %d writes %d are found, want %d", n+1, got, want)
		}
	}
	if n := filled.Load(); n < 3 {
		t.Errorf("200 batches made %d fills, want the two first ones and one more", n)
	}
}

// unready is a store that is never ready.
type unready struct{ search.Store }

func (unready) At(content.Perspective) *content.Graph { return &content.Graph{} }

// TestSearchIsUnavailableUntilFilled shows that a search waits for the first fill only for a bounded time.
// A caller that ends its own context gets the error of the context instead.
func TestSearchIsUnavailableUntilFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := mustNew(t, unready{}, search.Options{}).At(content.Published)
		if _, err := i.Search(t.Context(), content.Search{Text: "x"}); content.CodeOf(err) != content.Unavailable {
			t.Errorf("search: got %v, want UNAVAILABLE", err)
		}
		if _, err := i.Suggest(t.Context(), "x", 1); content.CodeOf(err) != content.Unavailable {
			t.Errorf("suggest: got %v, want UNAVAILABLE", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := i.Search(ctx, content.Search{Text: "x"}); err == nil || content.CodeOf(err) == content.Unavailable {
			t.Errorf("search with an ended context: got %v", err)
		}
	})
}

// TestSearchAfterTheEndIsUnavailable asks an answer for hits after the engine has closed its index. The
// answer must fail with a code that clients retry, not with a panic or an internal error.
func TestSearchAfterTheEndIsUnavailable(t *testing.T) {
	s := open(t)
	e := mustNew(t, s, search.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	a := mustSearch(t, e.At(content.Published), content.Search{Text: "x"})
	cancel()
	running.Wait()
	if _, err := a.Hits(t.Context(), nil, 1); content.CodeOf(err) != content.Unavailable {
		t.Errorf("got %v, want UNAVAILABLE", err)
	}
}

// newerIndexMarksTheResponse searches in states before, at and after the last change.
func newerIndexMarksTheResponse(t *testing.T, en *engine) {
	s := open(t)
	mustPublish(t, s, page("old", "Zebra"))
	e, note := en.following(t, s)
	before, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, s, page("new", "Zebra Crossing"))
	note(t)
	mustSearch(t, e.At(content.Published), content.Search{Text: "zebra"}) // applies the change
	last, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for seq, want := range map[int64]bool{before: true, last: false, last + 1: false} {
		ctx := content.ReadOne(t.Context(), func() content.State { return content.State{Seq: seq} })
		if _, err := e.At(content.Published).Suggest(ctx, "zeb", 5); err != nil || content.Left(ctx) != want {
			t.Errorf("the state at %d of %d: left %v, want %v (%v)", seq, last, content.Left(ctx), want, err)
		}
	}
}
