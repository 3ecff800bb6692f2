package hub_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/repository"
)

// released is the number of patterns, and of companies, that are published together.
const released = 8

// release is a set of patterns and companies that all refer to each other, and are always written and
// published together under the same number.
type release struct {
	store   *repository.Store
	entries []content.Entry
	ids     []content.ID
}

func newRelease(t *testing.T, store *repository.Store) *release {
	t.Helper()
	r := &release{store: store}
	for i := range released {
		key := fmt.Sprint("released-", i)
		c := &content.Company{Meta: content.Meta{Type: content.TypeCompany, Key: key, Slug: key, Name: key}, Kind: "COMPANY", Industry: "Zoology"}
		p := &content.Pattern{Meta: content.Meta{Type: content.TypePattern, Key: key, Slug: key, Name: key}}
		for j := range released {
			p.Adoptions = append(p.Adoptions, content.Adoption{CompanyKey: fmt.Sprint("released-", j)})
		}
		r.entries = append(r.entries, c, p)
		r.ids = append(r.ids, c.ID(), p.ID())
	}
	return r
}

// write writes and publishes everything under a number, in two transactions.
func (r *release) write(ctx context.Context, number int) error {
	for _, e := range r.entries {
		e.Head().Summary = fmt.Sprint("release ", number)
	}
	if _, err := r.store.Put(ctx, "test", r.entries...); err != nil {
		return err
	}
	_, err := r.store.Publish(ctx, "test", r.ids...)
	return err
}

// releasedQueries returns queries that read a release in several ways, from both ends of its relations.
func releasedQueries() []string {
	return []string{
		`{ pattern(slug: "released-3") { summary companies(first: 8) { nodes { summary patterns(first: 8) { nodes { summary companies(first: 8) { nodes { summary } } } } } } } }`,
		`{ company(slug: "released-1") { summary patterns(first: 8) { nodes { summary companies(first: 8) { nodes { summary } } } } } }`,
		`{ patterns(first: 8, filter: {company: {in: ["released-2"]}}) { nodes { summary companies(first: 8) { nodes { summary } } } } }`,
		`{ companies(first: 8, filter: {industry: {eq: "Zoology"}}) { nodes { summary } } patterns(first: 8, filter: {company: {in: ["released-5"]}}) { nodes { summary } } }`,
		`{ search(query: "released", types: [PATTERN, COMPANY], first: 16) { nodes { summary ... on Pattern { companies(first: 8) { nodes { summary } } } } } }`,
	}
}

// summaries lists all values of summary in an answer.
func summaries(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			out = append(out, summaries(item)...)
		}
	case map[string]any:
		for name, item := range v {
			if text, ok := item.(string); ok && name == "summary" {
				out = append(out, text)
			}
			out = append(out, summaries(item)...)
		}
	}
	return out
}

// whole checks that an answer belongs to one release.
func whole(query string, data map[string]any) error {
	all := summaries(data)
	slices.Sort(all)
	if len(all) == 0 {
		return fmt.Errorf("%s finds nothing", query)
	}
	if different := slices.Compact(slices.Clone(all)); len(different) > 1 {
		return fmt.Errorf("%s shows %d summaries of %v", query, len(all), different)
	}
	return nil
}

// TestOneAnswerIsOneGeneration publishes patterns and companies together, again and again, while
// readers query two replicas: no answer ever shows a part of a release, published or as drafts.
func TestOneAnswerIsOneGeneration(t *testing.T) {
	r := newReplicated(t)
	store := r.store(t)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	release := newRelease(t, store)
	number := 1
	if err := release.write(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"both caches", nil},
		{"the entity cache", []string{"--response-cache", "off"}},
		{"an entity cache that is too small", []string{"--response-cache", "off", "--entity-cache", "20KB"}},
		{"no cache", []string{"--response-cache", "off", "--entity-cache", "off"}},
		{"gqlgen's executor", []string{"--response-cache", "off", "--entity-cache", "off", "--engine", "off"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.restart(t, tt.args...)
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
			defer stop()
			fail := func(err error) {
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					stop()
				}
			}
			var running sync.WaitGroup
			var reads, writes atomic.Int64
			running.Go(func() {
				for ctx.Err() == nil {
					number++
					fail(release.write(context.WithoutCancel(ctx), number))
					writes.Add(1)
				}
			})
			for i := range 4 {
				random := rand.New(rand.NewPCG(13, uint64(i)))
				running.Go(func() {
					for ctx.Err() == nil {
						fail(r.readWhole(ctx, random.IntN(2), releasedQueries()[random.IntN(len(releasedQueries()))], random.IntN(3) == 0))
						reads.Add(1)
					}
				})
			}
			running.Wait()
			t.Logf("%d releases, %d reads", writes.Load(), reads.Load())
		})
	}
}

// readWhole reads a release, published or as drafts, and requires that it is whole.
func (r *replicated) readWhole(ctx context.Context, replica int, query string, drafts bool) error {
	var headers []header
	if drafts {
		headers = append(headers, r.as(content.RolePreviewer), header{"X-Perspective", "drafts"})
	}
	a, _, err := r.hubs[replica].send(ctx, query, nil, headers...)
	if err != nil {
		return err
	}
	if len(a.Errors) > 0 {
		return fmt.Errorf("%s: %+v", query, a.Errors)
	}
	if err := whole(query, a.Data); err != nil {
		return fmt.Errorf("replica %d, drafts %v: %w", replica, drafts, err)
	}
	return nil
}
