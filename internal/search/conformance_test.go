package search_test

import (
	"context"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/search"
	"patternhub/internal/search/searchtest"
	"patternhub/seed"
)

// engine is one way to keep indexes.
type engine struct {
	// options returns the options of a new engine with an index of its own.
	options func(t testing.TB) search.Options
	// shared is over the hub's own content.
	shared *search.Engine
	// firsts is among how many hits the best one is. The shared server weighs words of texts a little
	// differently; exact names come first in every engine.
	firsts int
	// every is the distance between the entries whose names are tried: a search of a shared server is a dozen
	// requests.
	every int
}

// sample returns the entries whose names are tried.
func (en *engine) sample(entries []content.Entry) []content.Entry {
	var out []content.Entry
	for i := 0; i < len(entries); i += en.every {
		out = append(out, entries[i])
	}
	return out
}

// start runs an engine over a store until the test ends.
func (en *engine) start(t testing.TB, s search.Store) *search.Engine {
	t.Helper()
	e := mustNew(t, s, en.options(t))
	run(t, e)
	return e
}

// seeded returns an engine over the hub's own content.
func (en *engine) seeded(testing.TB) *search.Engine { return en.shared }

// engines lists all of them. The same words go to each, so that each must find the same.
var engines = map[string]func(t testing.TB) search.Options{
	"memory": func(testing.TB) search.Options { return search.Options{} },
	"disk":   func(t testing.TB) search.Options { return search.Options{Dir: t.TempDir()} },
	"shared": func(t testing.TB) search.Options {
		if testing.Short() {
			t.Skip("long, and the same answers as without -short; the indexer has tests of its own")
		}
		return search.Options{URL: searchtest.Server(t)}
	},
}

// TestConformance runs the same cases with every engine.
func TestConformance(t *testing.T) {
	s := open(t)
	if _, err := seed.Load(context.WithoutCancel(t.Context()), s, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	for name, options := range engines {
		t.Run(name, func(t *testing.T) {
			en := &engine{options: options, firsts: 1, every: 1}
			if name == "shared" {
				en.firsts, en.every = 2, 5
			}
			en.shared = en.start(t, s)
			for name, try := range map[string]func(*testing.T, *engine){
				"ranking":                         rankingOfNames,
				"corrections":                     didYouMean,
				"walks are complete and stable":   walksAreCompleteAndStable,
				"every name is suggested":         everyNameIsSuggested,
				"suggestions":                     suggestions,
				"filters and facets":              filtersAndFacets,
				"filters are bounded":             filtersAreBounded,
				"cursors belong to one search":    cursorsBelongToOneSearchOfOneState,
				"highlights":                      highlights,
				"exact names come first":          exactNamesComeFirst,
				"the index follows writes":        indexFollowsWrites,
				"drafts stay apart":               publishedIndexKnowsNothingOfDrafts,
				"newer indexes mark the response": newerIndexMarksTheResponse,
			} {
				t.Run(name, func(t *testing.T) { try(t, en) })
			}
		})
	}
}
