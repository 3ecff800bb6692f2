package hub_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// state is the state of an entry in one graph: the number that all its texts were written with, 0
// if it is absent, and its slug.
type state struct {
	number int
	slug   string
}

// story is the sequence of an entry's states in one graph. One goroutine writes; others read, from
// two replicas.
type story struct {
	mu     sync.Mutex
	states []state // the last one may be unacknowledged
	acked  int     // index of the newest acknowledged one
	token  string  // token of its write
	// reached is the oldest state that each replica may still show to requests without a token.
	reached [2]int
}

// begin adds the state of a write that begins: from now on readers may see it.
func (s *story) begin(next state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = append(s.states, next)
}

// end marks the write as acknowledged by a replica.
func (s *story) end(replica int, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked, s.token = len(s.states)-1, token
	s.reached[replica] = s.acked
}

// restart marks both replicas as new: they begin with all acknowledged writes.
func (s *story) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached = [2]int{s.acked, s.acked}
}

// since returns the oldest state that a read may show, with its slug and token: that of the last
// write's token, or without one what the replica has reached.
func (s *story) since(replica int, withToken bool) (from int, slug, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from = s.reached[replica]; withToken {
		from, token = s.acked, s.token
	}
	return from, s.states[from].slug, token
}

// check checks what was read against the states that may be read by now.
func (s *story) check(replica, from int, got state) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.states[from:], got) {
		return fmt.Errorf("got %v, want one of %v; before that it was %v", got, s.states[from:], s.states[:from])
	}
	s.reached[replica] = max(s.reached[replica], from)
	return nil
}

// last returns the last written state, acknowledged or not.
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

// input returns the input of a write.
func (w *witness) input(next state) map[string]any {
	n := strconv.Itoa(next.number)
	return map[string]any{
		"slug": next.slug, "name": "Okapi " + w.nick + " " + n, "summary": n, "aliases": []string{n}, "scale": []string{n}, "body": n + "\n",
	}
}

// witnessFields are the fields that stateOf reads. The body is compared separately.
const witnessFields = `id slug name summary aliases scale body { markdown }`

// stateOf returns the state of a witness in an answer. All its texts must be of one write.
func stateOf(v any) (state, error) {
	if v == nil {
		return state{}, nil
	}
	words := strings.Fields(at(v, "name").(string))
	want := words[len(words)-1]
	body := strings.TrimSuffix(at(v, "body", "markdown").(string), "\n")
	for _, got := range []any{body, at(v, "summary"), at(v, "aliases").([]any)[0], at(v, "scale").([]any)[0]} {
		if got != want {
			return state{}, fmt.Errorf("a mixture of revisions: %v", v)
		}
	}
	number, err := strconv.Atoi(want)
	return state{number, at(v, "slug").(string)}, err
}

// look is a way to read a witness: the query, and the path to the witness in its data.
type look struct {
	name  string
	query func(w *witness, slug string) string
	found func(data map[string]any, w *witness) any
}

// looks returns the ways to read what is published.
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
