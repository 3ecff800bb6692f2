package repository_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// TestReplicasBreakNoReference has authors on two replicas relate, publish, unpublish, rename and
// delete the same entries. Each write checks entries that another one may be changing, so two
// writes that are valid alone could be wrong together.
func TestReplicasBreakNoReference(t *testing.T) {
	uri, database := mongotest.Open(t)
	replicas := make([]*repository.Store, 2)
	for i := range replicas {
		s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
		replicas[i] = s
	}
	s := replicas[0]
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	var ids []content.ID
	for i := range 5 {
		ids = append(ids, mustSave(t, s, edit(publishable(fmt.Sprint("p", i)), content.ID{})).ID())
	}
	const authors, writes = 3, 20
	var all sync.WaitGroup
	for r, replica := range replicas {
		for a := range authors {
			all.Go(func() {
				random := rand.New(rand.NewPCG(uint64(r), uint64(a)))
				for range writes {
					if err := writeAtRandom(t.Context(), replica, random, ids); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	for _, p := range []content.Perspective{content.Drafts, content.Published} {
		if rows, err := s.Broken(t.Context(), p, 10); err != nil || len(rows) > 0 {
			t.Errorf("broken in %s: %+v, %v", p, rows, err)
		}
	}
	changes, err := s.Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range changes {
		if c.Seq != int64(i+1) {
			t.Fatalf("change %d is number %d: the log has a gap", i+1, c.Seq)
		}
	}
	if len(changes) < 50 {
		t.Errorf("only %d changes were made", len(changes))
	}
}

// writeAtRandom makes a random write to one of some entries. It may be refused.
func writeAtRandom(ctx context.Context, s *repository.Store, random *rand.Rand, ids []content.ID) error {
	id, other := ids[random.IntN(len(ids))], ids[random.IntN(len(ids))]
	one := content.Release{IDs: []content.ID{id}, Cascade: random.IntN(2) == 0}
	var err error
	switch random.IntN(6) {
	case 0, 1:
		var e content.Entry
		if e, err = latest(ctx, s, other); err == nil && e != nil {
			row := content.RelationRow{PatternKey: e.Head().Slug, Relation: "PREREQUISITE"}
			_, err = s.Save(ctx, me, edit(&content.Pattern{Relations: []content.RelationRow{row}}, id, "relatedPatterns"))
		}
	case 2:
		slug := fmt.Sprint("renamed-", random.Uint64())
		_, err = s.Save(ctx, me, edit(&content.Pattern{Meta: content.Meta{Slug: slug}}, id, "slug"))
	case 3:
		_, err = s.Release(ctx, me, one)
	case 4:
		_, err = s.Withdraw(ctx, me, one)
	default:
		if _, err = s.Remove(ctx, me, one); err == nil {
			_, err = s.Restore(ctx, me, id, 1, nil)
		}
	}
	return err
}

// latest returns a working copy; nil when it is deleted.
func latest(ctx context.Context, s *repository.Store, id content.ID) (content.Entry, error) {
	found, err := s.At(content.Drafts).Reader(id.Type).EntriesByKeys(ctx, []string{id.Key})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}
