package repository_test

import (
	"fmt"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// TestTwoReplicasCannotTakeOneSlug writes two entries with the same slug at the same time, as a program
// and as an author: no unique index prevents it.
func TestTwoReplicasCannotTakeOneSlug(t *testing.T) {
	var opened mongodb.Options
	one := storetest.Open(t, func(o *mongodb.Options) { o.Now = nil; opened = *o })
	two, err := repository.Open(opened, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = two.Close(t.Context()) })
	storetest.Put(t, one, storetest.Tier("gold", 1))
	const rounds = 10
	for round := range rounds {
		slug := fmt.Sprint("p", round)
		var writers sync.WaitGroup
		for i, s := range []*repository.Store{one, two} {
			writers.Go(func() {
				p := storetest.Pattern(slug, "P", 1)
				p.Key = fmt.Sprint("key", round, i)
				if round%2 == 0 {
					_, err := s.Put(t.Context(), "test", p)
					if err != nil && content.CodeOf(err) != content.Conflict {
						t.Error(err)
					}
					return
				}
				out, err := s.Save(t.Context(), me, edit(publishable(slug), content.ID{}))
				if err != nil || len(out.Errors) > 0 && out.Errors[0].Code != content.ErrTaken {
					t.Error(err, out)
				}
			})
		}
		writers.Wait()
	}
	n, err := one.At(content.Drafts).Patterns.Count(t.Context(), nil, content.Scope{})
	if err != nil || n[0] != rounds {
		t.Errorf("%d slugs have %v entries (%v)", rounds, n, err)
	}
}
