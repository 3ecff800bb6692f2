package authoring_test

import (
	"context"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// begun is the time of the first write of a test.
var begun = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func openMongoDB(t *testing.T) content.Transactor {
	t.Helper()
	uri, database := mongotest.Open(t)
	s, err := mongodb.Open(mongodb.Options{URI: uri, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	return s
}

// transact runs a plan that must not fail.
func transact(t *testing.T, s content.Transactor, plan func(context.Context, content.Transaction) error) {
	t.Helper()
	if err := s.Transact(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
}

// conflicts runs a plan that must fail with CONFLICT.
func conflicts(t *testing.T, s content.Transactor, plan func(content.Transaction) error) {
	t.Helper()
	err := s.Transact(t.Context(), func(_ context.Context, x content.Transaction) error { return plan(x) })
	if content.CodeOf(err) != content.Conflict {
		t.Errorf("got %v, want CONFLICT", err)
	}
}

// saved returns the first revision of a pattern that complements others.
func saved(key string, complements ...string) *content.Pattern {
	p := &content.Pattern{Meta: content.Meta{
		Type: content.TypePattern, Key: key, Slug: key, Name: key, Revision: 1,
		Status: content.StatusDraft, CreatedAt: begun, UpdatedAt: begun,
	}}
	for _, other := range complements {
		p.Relations = append(p.Relations, content.RelationRow{PatternKey: other, Relation: "COMPLEMENTS"})
	}
	return p
}

func ofPattern(key string) content.ID { return content.ID{Type: content.TypePattern, Key: key} }

// put plans to write entries over their previous revision.
func put(x content.Transaction, entries ...content.Entry) error {
	for _, e := range entries {
		h := e.Head()
		if err := x.Put(content.Snapshot{Revision: h.Revision, At: begun, By: "author", Entry: e}, h.Revision-1); err != nil {
			return err
		}
	}
	return nil
}

func mustPut(t *testing.T, s content.Transactor, entries ...content.Entry) {
	t.Helper()
	transact(t, s, func(_ context.Context, x content.Transaction) error { return put(x, entries...) })
}

// published returns what a publish may have changed.
func published() *content.Publication {
	return &content.Publication{Replaced: new(1), Changed: []string{"name"}, Removed: []string{"tags", "body"}}
}

// mustPublish writes entries and publishes them.
func mustPublish(t *testing.T, s content.Transactor, entries ...content.Entry) {
	t.Helper()
	mustPut(t, s, entries...)
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for _, e := range entries {
			copies, err := x.Copies(ctx, content.Drafts, []content.ID{e.ID()}, nil)
			if err != nil {
				return err
			}
			h := copies[e.ID()].Entry.Head()
			h.Status, h.PublishedAt, h.Publication = content.StatusPublished, new(begun), published()
			if err := x.Publish(copies[e.ID()], nil); err != nil {
				return err
			}
			x.Mark(h)
		}
		return nil
	})
}

// mustCopy returns a copy; nil when there is none.
func mustCopy(t *testing.T, s content.Transactor, p content.Perspective, key string) *content.Pattern {
	t.Helper()
	var out *content.Pattern
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		copies, err := x.Copies(ctx, p, []content.ID{ofPattern(key)}, nil)
		out, _ = copies[ofPattern(key)].Entry.(*content.Pattern)
		return err
	})
	return out
}
