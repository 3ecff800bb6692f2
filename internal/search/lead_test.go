package search_test

import (
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/search"
	"patternhub/internal/search/searchtest"
)

// TestSearchServerThatIsAway: search is unavailable then, and says nothing about the server.
func TestSearchServerThatIsAway(t *testing.T) {
	s := open(t)
	mustPublish(t, s, pages(0, 3)...)
	log := newRecords()
	e := mustNew(t, s, search.Options{URL: "http://ada:s3cret@127.0.0.1:1", Log: slog.New(log)})
	runOnly(t, e)
	for name, err := range map[string]error{
		"search": func() error {
			_, err := e.At(content.Published).Search(t.Context(), content.Search{Text: "okapi"})
			return err
		}(),
		"suggest": func() error { _, err := e.At(content.Published).Suggest(t.Context(), "oka", 5); return err }(),
	} {
		if content.CodeOf(err) != content.Unavailable || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want UNAVAILABLE", name, err)
		}
	}
	eventually(t, func() bool { return log.count("cannot be reached") > 0 })
	if log.count("s3cret") > 0 || log.count("127.0.0.1") > 0 {
		t.Errorf("the log:\n%s", strings.Join(log.lines, "\n"))
	}
}

// TestDeletionsKeepOlderWritesOut: the server forgets deletions after a time. What the index has instead of
// them is not forgotten.
func TestDeletionsKeepOlderWritesOut(t *testing.T) {
	x := search.NewRemoteIndex(t, searchtest.Server(t), "patternhub-test-deletions")
	okapi := pages(1, 2)[0]
	id := okapi.ID()
	x.MustWrite(t, 5, map[content.ID]content.Entry{id: okapi})
	if n := x.MustCount(t, "okapi"); n != 1 {
		t.Fatalf("%d are found", n)
	}
	x.MustWrite(t, 7, map[content.ID]content.Entry{id: nil})
	x.MustForgetDeletions(t)
	x.MustWrite(t, 6, map[content.ID]content.Entry{id: okapi}) // an indexer that was stopped in between
	if n := x.MustCount(t, "okapi"); n != 0 {
		t.Errorf("an older write brings a deleted entry back: %d are found", n)
	}
	x.MustWrite(t, 8, map[content.ID]content.Entry{id: okapi})
	if n := x.MustCount(t, "okapi"); n != 1 {
		t.Errorf("a newer write is kept out: %d are found", n)
	}
}

// TestNothingIsShownThatTheStoreDoesNotHave writes an entry to the index that the store has never had, and
// one as it is not.
func TestNothingIsShownThatTheStoreDoesNotHave(t *testing.T) {
	s := open(t)
	mustPublish(t, s, pages(0, 3)...)
	e := mustNew(t, s, search.Options{URL: searchtest.Server(t)})
	run(t, e)
	secret := page("okapi-secret", "Okapi secret")
	secret.Revision = 1
	old := page("okapi-1", "Okapi forgotten")
	old.Revision = 0
	search.MustWriteBehind(t, e.At(content.Published), map[content.ID]content.Entry{secret.ID(): secret, old.ID(): old})
	list, err := e.At(content.Published).Suggest(t.Context(), "okapi", 20)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, s.Text)
	}
	if diff := cmp.Diff([]string{"Okapi 0", "Okapi 2"}, got); diff != "" {
		t.Errorf("suggested (-want +got):\n%s", diff)
	}
	for _, h := range find(t, e, "okapi").Items {
		if h.ID == old.ID() && h.Revision == 1 {
			t.Error("a hit does not have the revision of the index")
		}
	}
}

// TestStaleIndexerChangesNothing lets an indexer go on whose lease another one has taken over.
func TestStaleIndexerChangesNothing(t *testing.T) {
	s := open(t)
	mustPublish(t, s, pages(0, 3)...)
	stale := search.NewIndexer(t, s, searchtest.Server(t), "stale")
	stale.MustFill(t)
	stale.LoseLease(t)
	mustPublish(t, s, page("later", "Okapi later"))
	e := mustNew(t, s, search.Options{URL: searchtest.Server(t)})
	run(t, e)
	eventually(t, func() bool { return len(find(t, e, "later").Items) > 0 })
	if err := s.Delete(t.Context(), "test", content.ID{Type: content.TypePage, Key: "okapi-1"}); err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	e.Note(content.State{}, changes...)
	want := found(t, e, "okapi")
	before := stale.Row(t)
	for name, err := range map[string]error{"catch up": stale.CatchUp(t), "fill": stale.Fill(t), "tidy": stale.Tidy(t)} {
		if name != "tidy" && err == nil {
			t.Errorf("%s succeeds", name)
		}
	}
	if diff := cmp.Diff(before, stale.Row(t)); diff != "" {
		t.Errorf("the row (-before +after):\n%s", diff)
	}
	if got := found(t, e, "okapi"); got != want || strings.Contains(got, "okapi-1 ") {
		t.Errorf("found %q, before that %q", got, want)
	}
}

// TestSharedIndexIsFilledOnce: whoever comes later uses what is there, and what the server has lost is
// filled again.
func TestSharedIndexIsFilledOnce(t *testing.T) {
	s := newShelf(t)
	s.dir, s.url = "", searchtest.Server(t)
	mustPublish(t, s.store, pages(0, 150)...)
	s.use(t, func(*search.Engine) {
		if n := s.log.count("search index filled"); n != 2 {
			t.Errorf("%d indexes were filled, want 2", n)
		}
	})
	mustPublish(t, s.store, page("later", "Okapi later"))
	s.reads.take()
	s.use(t, func(e *search.Engine) {
		eventually(t, func() bool { return found(t, e, "later") == "PAGE:later | PAGE:later" })
		if n := s.reads.take(); n != 2 || s.log.count("search index filled") != 0 {
			t.Errorf("the next process read %d pages, want the two that are new\n%s", n, strings.Join(s.log.lines, "\n"))
		}
		search.MustLoseIndex(t, e.At(content.Published))
		if _, err := e.At(content.Published).Suggest(t.Context(), "okapi", 3); content.CodeOf(err) != content.Unavailable {
			t.Errorf("without the index: got %v, want UNAVAILABLE", err)
		}
		mustPublish(t, s.store, page("last", "Okapi last"))
		eventually(t, func() bool {
			list, err := e.At(content.Published).Suggest(t.Context(), "okapi la", 3)
			return err == nil && len(list) == 2
		})
	})
}

// TestStoppedIndexerIsReplaced stops the process with the lease for longer than the lease, and lets it go on.
func TestStoppedIndexerIsReplaced(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 100)...)
	url := searchtest.Server(t)
	c := s.child(t, url)
	e := mustNew(t, s.store, search.Options{URL: url, Log: slog.New(newRecords())})
	c.mustSay(t, "indexes are ready")
	runOnly(t, e)
	awaitIndexes(t, e)
	mustPublish(t, s.store, pages(100, 250)...) // the child is in the middle of this
	if err := c.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	since, err := s.store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, s.store, page("after", "Okapi after"))
	for n := range 20 {
		if err := s.store.Delete(t.Context(), "test", content.ID{Type: content.TypePage, Key: pages(n, n+1)[0].ID().Key}); err != nil {
			t.Fatal(err)
		}
	}
	changes, err := s.store.Changes(t.Context(), since, 1000)
	if err != nil {
		t.Fatal(err)
	}
	e.Note(content.State{}, changes...)
	want := counts(t, start(t, s.store))
	same := func() bool {
		for _, p := range []content.Perspective{content.Published, content.Drafts} {
			a, err := e.At(p).Search(t.Context(), content.Search{Text: "okapi"})
			if err != nil {
				return false
			}
			list := ids(mustHits(t, a, nil, 1000))
			sortStrings(list)
			if !cmp.Equal(want[string(p)].([]any)[2], list) {
				return false
			}
		}
		return true
	}
	eventually(t, same)
	if err := c.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if !same() {
			t.Fatal("the process that was stopped has changed the index")
		}
	}
}
