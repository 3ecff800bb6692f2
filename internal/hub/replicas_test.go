package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/content"
)

// replicated is two hubs on one database, behind a cache like a content delivery network, which
// asks one or the other whether its copy is still current.
type replicated struct {
	*staffed
	hubs [2]*staffed

	mu    sync.Mutex
	cache map[string]copied
}

// copied is an answer with its tag.
type copied struct {
	tag  string
	data map[string]any
}

// newReplicated seeds a database, whose hub stops before the replicas start.
func newReplicated(t *testing.T) *replicated {
	t.Helper()
	return &replicated{staffed: newStaffed(t)}
}

// restart restarts both replicas with the arguments, and waits until they can search.
func (r *replicated) restart(t *testing.T, args ...string) {
	t.Helper()
	r.cache = map[string]copied{}
	for i := range r.hubs {
		hub := *r.staffed
		hub.service = start(t, append([]string{
			"--mongodb-uri", r.uri, "--mongodb-database", r.database, "--limit-restore", "1000000", "--limit-bucket", "100000000",
		}, args...)...)
		r.hubs[i] = &hub
	}
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for i, hub := range r.hubs {
		hub.mustHear(t, "^Ready")
		for {
			_, err := r.get(ctx, i, `{ search(query: "okapi") { totalCount } }`)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				t.Fatal(err)
			}
		}
	}
}

// get reads from a replica through the cache in front of it.
func (r *replicated) get(ctx context.Context, replica int, query string, headers ...header) (map[string]any, error) {
	r.mu.Lock()
	cached := r.cache[query]
	r.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.hubs[replica].url+"?query="+url.QueryEscape(query), http.NoBody)
	if err != nil {
		return nil, err
	}
	if cached.tag != "" {
		req.Header.Set("If-None-Match", cached.tag)
	}
	for _, h := range headers {
		req.Header.Set(h[0], h[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return cached.data, nil
	}
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return nil, err
	}
	if len(a.Errors) > 0 {
		return nil, fmt.Errorf("%s: %+v", query, a.Errors)
	}
	if tag := resp.Header.Get("ETag"); tag != "" {
		r.mu.Lock()
		r.cache[query] = copied{tag, a.Data}
		r.mu.Unlock()
	}
	return a.Data, nil
}

// mutate runs a mutation on a replica and returns the token of its last field.
func (r *replicated) mutate(ctx context.Context, replica int, mutation string, variables map[string]any, last string) (string, error) {
	a, _, err := r.hubs[replica].send(ctx, mutation, variables, r.as(content.RolePublisher))
	if err != nil {
		return "", err
	}
	if len(a.Errors) > 0 {
		return "", fmt.Errorf("%s: %+v", mutation, a.Errors)
	}
	token, ok := at(a.Data, last, "token").(string)
	if !ok {
		return "", fmt.Errorf("%s has written nothing: %v", mutation, a.Data)
	}
	return token, nil
}

// mustWitnesses creates n witnesses in the draft graph, products of one company.
func (r *replicated) mustWitnesses(t *testing.T, n int) []*witness {
	t.Helper()
	create := func(input map[string]any) (id, token string) {
		input["kind"], input["industry"] = "COMPANY", "Zoology"
		made := r.author(t, content.RoleAuthor, `mutation($input: CompanyInput!) { companyCreate(input: $input) { company { id } userErrors { field message } token } }`, map[string]any{"input": input})
		if id, _ = at(made, "company", "id").(string); id == "" {
			t.Fatalf("%v was not created: %v", input, made)
		}
		return id, made["token"].(string)
	}
	owner, _ := create(map[string]any{"slug": "the-owner", "name": "The owner", "summary": "Owns them all."})
	r.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, map[string]any{"id": owner})
	out := make([]*witness, n)
	for i := range out {
		nick := string(rune('a' + i))
		first := state{1, "okapi-" + nick}
		w := &witness{nick: nick, drafts: &story{states: []state{first}}, published: &story{states: []state{{}}}}
		input := w.input(first)
		input["owner"] = "the-owner"
		var token string
		w.id, token = create(input)
		w.drafts.token, w.published.token = token, token
		out[i] = w
	}
	return out
}

// read reads a witness in one way, and checks it against its story.
func (r *replicated) read(ctx context.Context, replica int, l look, w *witness, withToken bool) error {
	from, slug, token := w.published.since(replica, withToken)
	var headers []header
	if withToken {
		headers = append(headers, header{"X-After", token})
	}
	data, err := r.get(ctx, replica, l.query(w, slug), headers...)
	if err != nil {
		return err
	}
	got, err := stateOf(l.found(data, w))
	if err != nil {
		return err
	}
	return w.published.check(replica, from, got)
}

// readDraft reads the working copy of a witness, which is never cached.
func (r *replicated) readDraft(ctx context.Context, replica int, w *witness, withToken bool) error {
	from, slug, token := w.drafts.since(replica, withToken)
	headers := []header{r.as(content.RolePreviewer), {"X-Perspective", "drafts"}}
	if withToken {
		headers = append(headers, header{"X-After", token})
	}
	data, err := r.get(ctx, replica, looks()[0].query(w, slug), headers...)
	if err != nil {
		return err
	}
	got, err := stateOf(data["company"])
	if err != nil {
		return err
	}
	return w.drafts.check(replica, from, got)
}

// writer writes to its own witnesses on one replica.
type writer struct {
	*replicated
	replica int
	own     []*witness
	random  *rand.Rand
	number  int
}

const (
	witnessUpdate = `update%d: companyUpdate(id: $id%d, input: $input%d) { userErrors { message } token }`
	publishFields = `{ entries { id } userErrors { message } token }`
)

// step writes to a witness, and reads it just before and just after: with the token on the other
// replica, and without one where it was written.
func (k *writer) step(ctx context.Context) error {
	one := k.own[k.random.IntN(len(k.own)):][:1]
	l := looks()[k.random.IntN(len(looks()))]
	if err := k.read(ctx, 1-k.replica, l, one[0], false); err != nil {
		return fmt.Errorf("%s before a write: %w", l.name, err)
	}
	if err := k.write(ctx, one); err != nil {
		return err
	}
	if err := k.read(ctx, 1-k.replica, l, one[0], true); err != nil {
		return fmt.Errorf("%s after a write: %w", l.name, err)
	}
	if err := k.read(ctx, k.replica, l, one[0], false); err != nil {
		return fmt.Errorf("%s where it was written: %w", l.name, err)
	}
	return nil
}

// write does one thing to one witness, or writes and publishes all of them together.
func (k *writer) write(ctx context.Context, one []*witness) error {
	drafts, published := one[0].drafts.last(), one[0].published.last()
	switch k.random.IntN(6) {
	case 0: // readers do not see a draft
		return k.edit(ctx, one, false)
	case 1:
		if published.number == 0 {
			return nil
		}
		return k.act(ctx, one[0], "entryUnpublish", state{})
	case 2:
		if published == drafts {
			return nil
		}
		return k.act(ctx, one[0], "entryPublish", drafts)
	case 3:
		return k.edit(ctx, k.own, true)
	default:
		return k.edit(ctx, one, true)
	}
}

// act publishes or unpublishes a witness.
func (k *writer) act(ctx context.Context, w *witness, field string, next state) error {
	w.published.begin(next)
	token, err := k.mutate(ctx, k.replica, `mutation($id: ID!) { `+field+`(ids: [$id]) `+publishFields+` }`, map[string]any{"id": w.id}, field)
	if err == nil {
		w.published.end(k.replica, token)
	}
	return err
}

// edit writes witnesses with the next number, sometimes with a new slug, and publishes them in the same
// request if publish is set.
func (k *writer) edit(ctx context.Context, some []*witness, publish bool) error {
	k.number++
	var ids, declared, fields []string
	variables := map[string]any{}
	for i, w := range some {
		next := state{k.number, w.drafts.last().slug}
		if k.random.IntN(4) == 0 {
			next.slug = fmt.Sprintf("okapi-%s-%d", w.nick, k.number)
		}
		w.drafts.begin(next)
		if publish {
			w.published.begin(next)
		}
		ids = append(ids, w.id)
		declared = append(declared, fmt.Sprintf("$id%d: ID!, $input%d: CompanyInput!", i, i))
		fields = append(fields, fmt.Sprintf(witnessUpdate, i, i, i))
		variables[fmt.Sprint("id", i)], variables[fmt.Sprint("input", i)] = w.id, w.input(next)
	}
	last := fmt.Sprint("update", len(some)-1)
	if publish {
		last = "entryPublish"
		declared, fields = append(declared, "$ids: [ID!]!"), append(fields, `entryPublish(ids: $ids) `+publishFields)
		variables["ids"] = ids
	}
	token, err := k.mutate(ctx, k.replica, "mutation("+strings.Join(declared, ", ")+") { "+strings.Join(fields, " ")+" }", variables, last)
	if err != nil {
		return err
	}
	for _, w := range some {
		w.drafts.end(k.replica, token)
		if publish {
			w.published.end(k.replica, token)
		}
	}
	return nil
}

// TestReplicasShowEachWriteToRequestsWithItsToken lets two replicas write and publish while readers
// query both. A request with a write's token sees that write or a later one, no entry mixes two
// writes, a replica never goes back behind what it has reached, and in the end everything is
// current. DRILL=long runs longer.
func TestReplicasShowEachWriteToRequestsWithItsToken(t *testing.T) {
	span := 2 * time.Second
	if os.Getenv("DRILL") == "long" {
		span = time.Minute
	}
	r := newReplicated(t)
	all := r.mustWitnesses(t, 6)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	var writers []*writer
	for i := range r.hubs {
		writers = append(writers, &writer{replicated: r, replica: i, own: all[3*i : 3*i+3], random: rand.New(rand.NewPCG(6, uint64(i))), number: 1})
	}
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"both caches", nil},
		{"the entity cache", []string{"--response-cache", "off"}},
		{"an entity cache that is too small", []string{"--response-cache", "off", "--entity-cache", "20KB"}},
		{"no cache", []string{"--response-cache", "off", "--entity-cache", "off"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.restart(t, tt.args...)
			for _, w := range all {
				w.drafts.restart()
				w.published.restart()
			}
			r.race(t, writers, all, span)
			if !t.Failed() {
				r.mustConverge(t, all)
			}
		})
	}
}

// race lets the writers write and four readers read for a while.
func (r *replicated) race(t *testing.T, writers []*writer, all []*witness, span time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), span)
	defer stop()
	fail := func(err error) {
		if err != nil && ctx.Err() == nil {
			t.Error(err)
			stop()
		}
	}
	var writing, reading sync.WaitGroup
	var writes, reads atomic.Int64
	for _, w := range writers {
		writing.Go(func() {
			for ctx.Err() == nil {
				// A write is not cancelled, since its outcome would be unknown.
				fail(w.step(context.WithoutCancel(ctx)))
				writes.Add(1)
			}
		})
	}
	for i := range 4 {
		random := rand.New(rand.NewPCG(7, uint64(i)))
		reading.Go(func() {
			for ctx.Err() == nil {
				reads.Add(1)
				replica, w, withToken := random.IntN(2), all[random.IntN(len(all))], random.IntN(3) > 0
				if n := random.IntN(len(looks()) + 1); n < len(looks()) {
					if err := r.read(ctx, replica, looks()[n], w, withToken); err != nil {
						fail(fmt.Errorf("%s on replica %d, with a token %v: %w", looks()[n].name, replica, withToken, err))
					}
				} else if err := r.readDraft(ctx, replica, w, withToken); err != nil {
					fail(fmt.Errorf("a draft on replica %d, with a token %v: %w", replica, withToken, err))
				}
			}
		})
	}
	writing.Wait()
	reading.Wait()
	t.Logf("%d writes, %d reads", writes.Load(), reads.Load())
}

// mustConverge waits until both replicas show the last state of everything to requests without a token.
func (r *replicated) mustConverge(t *testing.T, all []*witness) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	for replica := range r.hubs {
		for _, w := range all {
			for _, l := range looks() {
				want := w.published.last()
				for {
					data, err := r.get(t.Context(), replica, l.query(w, want.slug))
					if err != nil {
						t.Fatal(err)
					}
					got, err := stateOf(l.found(data, w))
					if err != nil {
						t.Fatal(err)
					}
					if got == want {
						break
					}
					if time.Now().After(end) {
						t.Fatalf("%s on replica %d: %v, want %v", l.name, replica, got, want)
					}
				}
			}
		}
	}
}
