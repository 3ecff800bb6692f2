package content_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

func TestActsOfTheLog(t *testing.T) {
	const drafts, published, upsert, remove = content.Drafts, content.Published, content.OpUpsert, content.OpDelete
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var log []*content.Change
	add := func(graph content.Perspective, op content.Op, typ content.EntryType, key string, after time.Duration) {
		at = at.Add(after)
		log = append(log, &content.Change{Seq: int64(len(log) + 1), Graph: graph, Op: op, Type: typ, Key: key, At: at})
	}
	add(drafts, upsert, content.TypeCompany, "a", time.Second)
	add(published, upsert, content.TypeCompany, "a", time.Second)
	add(published, upsert, content.TypeCompany, "b", time.Second)
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

	near := func(i int) *content.Change {
		if i < 0 || i >= len(log) {
			return nil
		}
		return log[i]
	}
	var got []string
	for i, c := range log {
		act := content.ActOf(near(i-1), c, near(i+1))
		if act == nil {
			continue
		}
		got = append(got, string(act.Verb)+" "+act.Key)
		if (act.Entry() == nil) != (c.Type == content.NonEntryHealth) {
			t.Errorf("the entry of %s is %v", act.Key, act.Entry())
		}
	}
	want := []string{
		"WROTE a", "PUBLISHED a", "PUBLISHED b", "WROTE b", "UNPUBLISHED a", "DELETED b", "DELETED c", "RECORDED saga:STARS",
		"PUBLISHED saga", "WROTE saga",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
