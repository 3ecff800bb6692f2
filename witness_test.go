package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// state is what a graph says of an entry: the number that all its texts were written with, 0
// where it is absent, and its slug.
type state struct {
	number int
	slug   string
}

// story is what becomes of an entry in one graph, one state after the other. One goroutine writes;
// others read, of two replicas.
type story struct {
	mu     sync.Mutex
	states []state // the last one may not be acknowledged yet
	known  int     // the newest that is
	token  string  // names its write
	// reached is the oldest state that each replica may still show to those without a token.
	reached [2]int
}

// begin says that a write is under way: from now on readers may see it.
func (s *story) begin(next state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = append(s.states, next)
}

// end says that a replica has acknowledged the write.
func (s *story) end(replica int, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known, s.token = len(s.states)-1, token
	s.reached[replica] = s.known
}

// restart says that both replicas are new, and begin with all that was acknowledged.
func (s *story) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached = [2]int{s.known, s.known}
}

// since gives the oldest state that a read may show, with the slug by then: that of the last
// write's token, or without one what the replica is known to have reached.
func (s *story) since(replica int, withToken bool) (from int, slug, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from = s.reached[replica]; withToken {
		from, token = s.known, s.token
	}
	return from, s.states[from].slug, token
}

// check holds what was read against what may be read by now.
func (s *story) check(replica, from int, got state) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.states[from:], got) {
		return fmt.Errorf("got %v, want one of %v; before that it was %v", got, s.states[from:], s.states[:from])
	}
	s.reached[replica] = max(s.reached[replica], from)
	return nil
}

// last is what was written last, acknowledged or not.
func (s *story) last() state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states[len(s.states)-1]
}

// witness is a company of the test whose texts all carry the number of their write.
type witness struct {
	id, nick          string
	drafts, published *story
}

// input is what a write says.
func (w *witness) input(next state) map[string]any {
	n := strconv.Itoa(next.number)
	return map[string]any{
		"slug": next.slug, "name": "Okapi " + w.nick + " " + n, "summary": n, "aliases": []string{n}, "scale": []string{n}, "body": n,
	}
}

// witnessFields are those that stateOf looks at. The body is read apart from the others.
const witnessFields = `id slug name summary aliases scale body { markdown }`

// stateOf reads the state of a witness in an answer. All its texts have to be of one write.
func stateOf(v any) (state, error) {
	if v == nil {
		return state{}, nil
	}
	words := strings.Fields(at(v, "name").(string))
	want := words[len(words)-1]
	for _, got := range []any{at(v, "summary"), at(v, "body", "markdown"), at(v, "aliases").([]any)[0], at(v, "scale").([]any)[0]} {
		if got != want {
			return state{}, fmt.Errorf("a mixture of revisions: %v", v)
		}
	}
	number, err := strconv.Atoi(want)
	return state{number, at(v, "slug").(string)}, err
}

// look is a way to read a witness: the query, and where in its data the witness stands.
type look struct {
	name  string
	query func(w *witness, slug string) string
	found func(data map[string]any, w *witness) any
}

// looks are the ways to read what is published.
func looks() []look {
	same := func(query string) func(*witness, string) string {
		return func(*witness, string) string { return query }
	}
	listed := func(path ...string) func(map[string]any, *witness) any {
		return func(data map[string]any, w *witness) any {
			for _, v := range at(data, path...).([]any) {
				if at(v, "id") == w.id {
					return v
				}
			}
			return nil
		}
	}
	return []look{
		{
			"by slug",
			func(_ *witness, slug string) string {
				return fmt.Sprintf(`{ company(slug: %q) { %s } }`, slug, witnessFields)
			},
			func(data map[string]any, _ *witness) any { return data["company"] },
		},
		{
			"by id",
			func(w *witness, _ string) string {
				return fmt.Sprintf(`{ node(id: %q) { ... on Company { %s } } }`, w.id, witnessFields)
			},
			func(data map[string]any, _ *witness) any { return data["node"] },
		},
		{
			"in a list",
			same(`{ companies(first: 50, filter: {name: {startsWith: "okapi"}}) { nodes { ` + witnessFields + ` } } }`),
			listed("companies", "nodes"),
		},
		{
			"through a relation",
			same(`{ company(slug: "the-owner") { products(first: 50) { nodes { ` + witnessFields + ` } } } }`),
			listed("company", "products", "nodes"),
		},
		{
			"by search",
			same(`{ search(query: "okapi", types: [COMPANY], first: 50) { nodes { ... on Company { ` + witnessFields + ` } } } }`),
			listed("search", "nodes"),
		},
	}
}
