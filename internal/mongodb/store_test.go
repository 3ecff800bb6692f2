package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// counter counts the commands that read entries.
func counter(n *int) func(*mongodb.Options) {
	return func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			switch e.CommandName {
			case "find", "aggregate", "count", "getMore":
				*n++
			}
		}}
	}
}

func TestPutWritesTheWorkingCopyOnly(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Saga", 10)
	storetest.Put(t, s, storetest.Tier("gold", 1), p)
	if p.Revision != 1 || p.Status != content.StatusDraft || p.CreatedAt.IsZero() {
		t.Errorf("stored as revision %d, status %s, created %s", p.Revision, p.Status, p.CreatedAt)
	}
	if got := storetest.ByKey(t, s.At(content.Published).Patterns, "saga"); got != nil {
		t.Error("a draft is in the published graph")
	}
	draft := storetest.ByKey(t, s.At(content.Drafts).Patterns, "saga")
	if draft == nil || draft.Name != "Saga" {
		t.Fatalf("draft is %+v", draft)
	}
	if draft.Body.Markdown != "" {
		t.Error("an entity has its long text")
	}
	page, err := s.At(content.Drafts).Patterns.Pages(t.Context(), []string{"saga", "missing"})
	if err != nil {
		t.Fatal(err)
	}
	if page[0].Body.HTML == "" || page[0].Body.WordCount != 3 || page[1] != nil {
		t.Errorf("pages are %+v", page)
	}
}

func TestPutRefusesAStaleRevision(t *testing.T) {
	s := storetest.Open(t)
	storetest.Put(t, s, storetest.Pattern("saga", "Saga", 10))
	second := storetest.Pattern("saga", "Saga again", 10)
	if _, err := s.Put(t.Context(), "test", second); content.CodeOf(err) != content.Conflict {
		t.Errorf("a write as a new entry over revision 1 returns %v, want CONFLICT", err)
	}
	second.Revision = 1
	storetest.Put(t, s, second)
	if second.Revision != 2 || second.UpdatedAt.Equal(second.CreatedAt) {
		t.Errorf("second write is revision %d, updated %s", second.Revision, second.UpdatedAt)
	}
}

func TestPutIsAllOrNothing(t *testing.T) {
	s := storetest.Open(t)
	storetest.Put(t, s, storetest.Pattern("saga", "Saga", 10))
	_, err := s.Put(t.Context(), "test", storetest.Pattern("new", "New", 1), storetest.Pattern("saga", "Saga", 10))
	if content.CodeOf(err) != content.Conflict {
		t.Fatalf("got %v, want CONFLICT", err)
	}
	if got := storetest.ByKey(t, s.At(content.Drafts).Patterns, "new"); got != nil {
		t.Error("half of a refused write was stored")
	}
	last, err := s.LastSeq(t.Context())
	if err != nil || last != 1 {
		t.Errorf("last change is %d (%v), want 1", last, err)
	}
}

func TestSlugs(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Saga", 10)
	storetest.Publish(t, s, p)
	renamed := storetest.Pattern("saga", "Saga", 10)
	renamed.Slug, renamed.Revision = "sagas", 1
	storetest.Publish(t, s, renamed)
	found, err := s.At(content.Published).Patterns.BySlugs(t.Context(), []string{"saga", "sagas", "none"})
	if err != nil {
		t.Fatal(err)
	}
	if found[0] == nil || found[0].Slug != "sagas" || found[1] != found[0] || found[2] != nil {
		t.Errorf("by former and current slug: %v", found)
	}
	other := storetest.Pattern("other", "Other", 1)
	other.Slug = "sagas"
	if _, err := s.Put(t.Context(), "test", other); content.CodeOf(err) != content.Conflict {
		t.Errorf("a taken slug returns %v, want CONFLICT", err)
	}
	other.Slug = "saga"
	if _, err := s.Put(t.Context(), "test", other); content.CodeOf(err) != content.Conflict {
		t.Errorf("a former slug returns %v, want CONFLICT", err)
	}
}

func TestPublishAndUnpublish(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Saga", 10)
	storetest.Publish(t, s, p)
	changed := storetest.Pattern("saga", "Saga, changed", 11)
	changed.Revision = 1
	storetest.Put(t, s, changed)
	got := storetest.ByKey(t, s.At(content.Published).Patterns, "saga")
	if got.Name != "Saga" || got.Revision != 1 || got.Status != content.StatusPublished || got.PublishedAt == nil {
		t.Errorf("the published copy is %+v", got.Meta)
	}
	if draft := storetest.ByKey(t, s.At(content.Drafts).Patterns, "saga"); draft.Status != content.StatusChanged {
		t.Errorf("the working copy is %s, want CHANGED", draft.Status)
	}
	if _, err := s.Unpublish(t.Context(), "test", p.ID()); err != nil {
		t.Fatal(err)
	}
	if got := storetest.ByKey(t, s.At(content.Published).Patterns, "saga"); got != nil {
		t.Error("an unpublished entry is still published")
	}
	draft := storetest.ByKey(t, s.At(content.Drafts).Patterns, "saga")
	if draft.Status != content.StatusDraft || draft.PublishedAt != nil {
		t.Errorf("the working copy is %s, published %v", draft.Status, draft.PublishedAt)
	}
	if _, err := s.Publish(t.Context(), "test", content.ID{Type: content.TypePattern, Key: "none"}); content.CodeOf(err) != content.NotFound {
		t.Errorf("publishing an unknown entry returns %v, want NOT_FOUND", err)
	}
}

func TestDeleteKeepsRevisions(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Saga", 10)
	storetest.Publish(t, s, p)
	if err := s.Delete(t.Context(), "test", p.ID()); err != nil {
		t.Fatal(err)
	}
	for _, g := range []content.Perspective{content.Published, content.Drafts} {
		if got := storetest.ByKey(t, s.At(g).Patterns, "saga"); got != nil {
			t.Errorf("a deleted entry is in %s", g)
		}
	}
	revisions, err := s.Revisions(t.Context(), p.ID(), 0, 10)
	if err != nil || len(revisions) != 1 || revisions[0].Entry.Head().Name != "Saga" || revisions[0].By != "test" {
		t.Errorf("revisions are %+v (%v)", revisions, err)
	}
	if err := s.Delete(t.Context(), "test", p.ID()); content.CodeOf(err) != content.NotFound {
		t.Errorf("deleting again returns %v, want NOT_FOUND", err)
	}
}

func TestChangesHaveEveryWriteInOrder(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Saga", 10)
	storetest.Publish(t, s, p)
	if _, err := s.Unpublish(t.Context(), "editor", p.ID()); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "test", p.ID()); err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, c := range changes {
		if c.Seq != int64(i+1) {
			t.Errorf("change %d has number %d", i+1, c.Seq)
		}
		got = append(got, fmt.Sprintf("%s %s %s by %s", c.Op, c.Graph, c.Key, c.By))
	}
	want := []string{
		"UPSERT DRAFTS saga by test", "UPSERT PUBLISHED saga by test", "UPSERT DRAFTS saga by test",
		"DELETE PUBLISHED saga by editor", "UPSERT DRAFTS saga by editor", "DELETE DRAFTS saga by test",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	rest, err := s.Changes(t.Context(), 4, 1)
	if err != nil || len(rest) != 1 || rest[0].Seq != 5 {
		t.Errorf("changes after 4, at most 1: %v (%v)", rest, err)
	}
	seqs, err := s.PublishedSeqs(t.Context())
	if err != nil || seqs[content.TypePattern] != 4 {
		t.Errorf("published numbers are %v (%v)", seqs, err)
	}
}

func TestOneOfManyWritersWinsARevision(t *testing.T) {
	s := storetest.Open(t)
	storetest.Put(t, s, storetest.Pattern("saga", "Saga", 10))
	const writers = 16
	won := make(chan bool, writers)
	for i := range writers {
		go func() {
			p := storetest.Pattern("saga", fmt.Sprint("Saga ", i), 10)
			p.Revision = 1
			_, err := s.Put(context.WithoutCancel(t.Context()), "test", p)
			if err != nil && content.CodeOf(err) != content.Conflict {
				t.Errorf("writer %d: %v", i, err)
			}
			won <- err == nil
		}()
	}
	n := 0
	for range writers {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d writers won revision 2, want 1", n)
	}
}

func TestLimits(t *testing.T) {
	s := storetest.Open(t)
	many := make([]content.Entry, content.MaxBatch+1)
	for i := range many {
		many[i] = storetest.Pattern(fmt.Sprint("p", i), "P", 1)
	}
	if _, err := s.Put(t.Context(), "test", many...); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("%d entries at once return %v, want LIMIT_EXCEEDED", len(many), err)
	}
	storetest.Put(t, s, many[:content.MaxBatch]...)
	ids := make([]content.ID, content.MaxRelease+1)
	if _, err := s.Publish(t.Context(), "test", ids...); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("%d entries at once return %v, want LIMIT_EXCEEDED", len(ids), err)
	}
}

func TestAbsentDatabaseIsUnavailableWithinASecond(t *testing.T) {
	s, err := repository.Open(mongodb.Options{URI: "mongodb://127.0.0.1:1/?replicaSet=none", Database: "none", Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err = s.At(content.Published).Patterns.ByKeys(ctx, []string{"saga"})
	if content.CodeOf(err) != content.Unavailable {
		t.Errorf("got %v, want UNAVAILABLE", err)
	}
	var ours *content.Error
	if !errors.As(err, &ours) || ours.Err == nil {
		t.Error("the cause is lost")
	}
	if ctx.Err() != nil {
		t.Error("it took longer than ten seconds")
	}
}

func TestKeys(t *testing.T) {
	s := storetest.Open(t)
	k := &content.APIKey{Key: "a", Name: "site", Role: content.RoleReader, Hash: []byte{1}, CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	if err := s.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	ok, err := s.RevokeKey(t.Context(), "a", at)
	if err != nil || !ok {
		t.Fatalf("revoke: %v, %v", ok, err)
	}
	if ok, err := s.RevokeKey(t.Context(), "b", at); err != nil || ok {
		t.Errorf("revoking nothing: %v, %v", ok, err)
	}
	if err := s.TouchKey(t.Context(), "a", at); err != nil {
		t.Fatal(err)
	}
	got, err := s.KeyByID(t.Context(), "a")
	if err != nil || got.Name != "site" || got.RevokedAt == nil || !got.RevokedAt.Equal(at) || got.LastUsedAt == nil {
		t.Errorf("key is %+v (%v)", got, err)
	}
	if none, err := s.KeyByID(t.Context(), "b"); err != nil || none != nil {
		t.Errorf("missing key is %v (%v)", none, err)
	}
	own := &content.APIKey{Key: "c", Name: "laptop", Role: content.RoleReader, CreatedAt: k.CreatedAt.Add(time.Hour), Owner: "ada"}
	if err := s.PutKey(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if err := s.PutPerson(t.Context(), &content.Person{Key: "ada", Name: "Ada"}); err != nil {
		t.Fatal(err)
	}
	page, err := s.KeyPage(t.Context(), content.Window{Limit: 1})
	if err != nil || len(page.Items) != 1 || page.Items[0].Key != "c" || page.Items[0].Person == nil || !page.HasNext {
		t.Errorf("the first page is %+v (%v)", page, err)
	}
	page, err = s.KeyPage(t.Context(), content.Window{Limit: 1, After: &content.Position{Value: own.CreatedAt, Key: "c"}})
	if n, failed := s.CountKeys(t.Context()); err != nil || len(page.Items) != 1 || page.Items[0].Key != "a" || page.HasNext || n != 2 || failed != nil {
		t.Errorf("the last page of %d is %+v (%v)", n, page, err)
	}
	if of, err := s.KeysOf(t.Context(), "ada"); err != nil || len(of) != 1 || of[0].Key != "c" {
		t.Errorf("keys of Ada are %v (%v)", of, err)
	}
	all, err := s.Keys(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("keys are %v (%v)", all, err)
	}
}
