package content_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// changeLog is a log that has only changes.
type changeLog struct {
	content.Log

	changes []content.Change
	err     error
}

// Changes returns at most three changes at once, so that some acts are split over two reads.
func (l *changeLog) Changes(_ context.Context, since int64, _ int) ([]content.Change, error) {
	rest := l.changes[min(int(since), len(l.changes)):]
	return rest[:min(3, len(rest))], l.err
}

func TestActsOfTheLog(t *testing.T) {
	const drafts, published, upsert, remove = content.Drafts, content.Published, content.OpUpsert, content.OpDelete
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	log := &changeLog{}
	add := func(graph content.Perspective, op content.Op, typ content.EntryType, key string, after time.Duration) {
		at = at.Add(after)
		log.changes = append(log.changes, content.Change{Seq: int64(len(log.changes) + 1), Graph: graph, Op: op, Type: typ, Key: key, At: at})
	}
	add(drafts, upsert, content.TypeCompany, "a", time.Second)
	add(published, upsert, content.TypeCompany, "a", time.Second)
	add(published, upsert, content.TypeCompany, "b", time.Second) // read before its working copy
	add(drafts, upsert, content.TypeCompany, "b", 0)
	add(drafts, upsert, content.TypeCompany, "b", 0) // at the same time, but another write
	add(published, remove, content.TypeCompany, "a", time.Second)
	add(drafts, upsert, content.TypeCompany, "a", 0)
	add(published, remove, content.TypeCompany, "b", time.Second)
	add(drafts, remove, content.TypeCompany, "b", 0)
	add(drafts, remove, content.TypeCompany, "c", time.Second) // it was never published
	add(published, upsert, content.NonEntryHealth, "saga:STARS", time.Second)
	add(published, upsert, content.TypePattern, "saga", time.Second)
	add(drafts, upsert, content.TypeCompany, "saga", 0) // of another type

	show := func(wanted func(*content.Change) bool) (out []string) {
		t.Helper()
		acts, err := content.Acts(t.Context(), log, wanted)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range acts {
			out = append(out, string(a.Verb)+" "+a.Key)
		}
		return out
	}
	want := []string{
		"wrote a", "published a", "published b", "wrote b", "unpublished a", "deleted b", "deleted c", "recorded saga:STARS",
		"published saga", "wrote saga",
	}
	if diff := cmp.Diff(want, show(func(*content.Change) bool { return true })); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"published b", "wrote b", "deleted b"}, show(func(c *content.Change) bool { return c.Key == "b" })); diff != "" {
		t.Errorf("of one entry: %s", diff)
	}
	log.err = errors.New("unavailable")
	if acts, err := content.Acts(t.Context(), log, func(*content.Change) bool { return true }); !errors.Is(err, log.err) || acts != nil {
		t.Errorf("a failing log: %v, %v", acts, err)
	}
}
