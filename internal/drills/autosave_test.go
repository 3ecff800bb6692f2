package drills_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/content"
)

// typist is a person who types in a browser, with the cookie of a session.
type typist struct {
	name, field, cookie string
	base                int
	saved               []string     // what saves have acknowledged
	unsaved             string       // what the last acknowledged autosave has, "" after a save
	trying              string       // what may have replaced it without an answer
	acknowledged        atomic.Int64 // the number of writes
}

// origin returns the address of a hub as a browser has it.
func (h *hub) origin() string {
	return strings.TrimSuffix(strings.Replace(h.url, "127.0.0.1", "localhost", 1), "/graphql")
}

// signIn makes a person and signs in.
func (s *scene) signIn(t *testing.T, h *hub, name, field string) *typist {
	t.Helper()
	out := mustRun(t, "users", "invite", "--role", "author", name, "--mongodb-uri", s.server.URI())
	_, token, _ := strings.Cut(out, "token=")
	token, _, _ = strings.Cut(token, "\n")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.origin()+"/sign-in/link", strings.NewReader(url.Values{"token": {token}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", h.origin())
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if len(resp.Cookies()) != 1 {
		t.Fatalf("signing in: %s", resp.Status)
	}
	return &typist{name: name, field: field, cookie: resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value, base: 1}
}

// ask sends an operation until a hub answers it, and returns the payload of its field "it"; nil when ctx has ended. An
// autosave that comes too early is repeated, too.
func (p *typist) ask(ctx context.Context, t *testing.T, current func() *hub, query string, variables map[string]any) (map[string]any, bool) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Error(err)
		return nil, false
	}
	for ctx.Err() == nil {
		h := current()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.origin()+"/graphql", bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return nil, false
		}
		a, err := h.do(r, []string{"Content-Type: application/json", "Origin: " + h.origin(), "Cookie: " + p.cookie})
		switch {
		case err != nil || a.code() == "UNAVAILABLE" || a.code() == "TIMEOUT" || a.code() == "RATE_LIMITED":
			<-time.After(20 * time.Millisecond)
			continue
		case len(a.Errors) > 0:
			t.Errorf("%s: %+v", p.name, a.Errors)
			return nil, false
		}
		it, _ := a.Data["it"].(map[string]any)
		return it, true
	}
	return nil, false
}

const (
	keep = `mutation($id: ID!, $base: Int, $input: String!) { it: entryAutosave(id: $id, baseRevision: $base, input: $input) { autosave { input } userErrors { code message } } }`
	look = `query($id: ID!) { it: autosave(id: $id) { input merge { revision fields conflicts { path } } } }`
)

// work types until ctx ends: it autosaves a value, and saves each second one. Both authors also write the name, so saves
// have conflicts; then the author takes hers.
func (p *typist) work(ctx context.Context, t *testing.T, id string, current func() *hub) {
	t.Helper()
	for n := 1; ctx.Err() == nil; n++ {
		value := fmt.Sprintf("%s %d", p.name, n)
		input, err := json.Marshal(map[string]string{p.field: value, "name": value})
		if err != nil {
			t.Error(err)
			return
		}
		p.trying = value
		it, ok := p.ask(ctx, t, current, keep, map[string]any{"id": id, "base": p.base, "input": string(input)})
		if !ok {
			return
		}
		if kept, _ := it["autosave"].(map[string]any); kept == nil || kept["input"] != string(input) {
			t.Errorf("%s: %v", p.name, it)
			return
		}
		p.unsaved = value
		p.acknowledged.Add(1)
		if it, ok = p.ask(ctx, t, current, look, map[string]any{"id": id}); !ok {
			return
		}
		if it["input"] != string(input) {
			t.Errorf("%s: the autosave is %v, want %s", p.name, it, input)
			return
		}
		if n%2 == 0 && !p.save(ctx, t, id, value, current) {
			return
		}
	}
}

// save saves a value. After a conflict it is based on the revision that the autosave's merge names.
func (p *typist) save(ctx context.Context, t *testing.T, id, value string, current func() *hub) bool {
	t.Helper()
	query := fmt.Sprintf(`mutation($id: ID!, $base: Int, $value: String!) { it: companyUpdate(id: $id, ifRevision: $base, mergeStrategy: FIELDS, input: {%s: $value, name: $value}) {
		company { revision } conflicts { path } userErrors { code message } } }`, p.field)
	for ctx.Err() == nil {
		it, ok := p.ask(ctx, t, current, query, map[string]any{"id": id, "base": p.base, "value": value})
		if !ok {
			return false
		}
		if company, _ := it["company"].(map[string]any); company != nil {
			revision, _ := company["revision"].(float64)
			p.base, p.unsaved, p.saved = int(revision), "", append(p.saved, value)
			p.acknowledged.Add(1)
			return true
		}
		if conflicts, _ := it["conflicts"].([]any); len(conflicts) == 0 {
			t.Errorf("%s: %v", p.name, it)
			return false
		}
		if it, ok = p.ask(ctx, t, current, look, map[string]any{"id": id}); !ok {
			return false
		}
		merge, _ := it["merge"].(map[string]any)
		revision, ok := merge["revision"].(float64)
		if !ok {
			t.Errorf("%s: a refused save has ended the autosave: %v", p.name, it)
			return false
		}
		p.base = int(revision)
	}
	return false
}

// drillAutosave kills the program at random moments while two people type in one entry. Afterwards each value that a
// save has acknowledged is in a revision, and the last one that was only autosaved is in the slot.
func drillAutosave(t *testing.T, s *scene) {
	t.Helper()
	var mu sync.Mutex
	h := ready(t, "--mongodb-uri", s.server.URI())
	current := func() *hub {
		mu.Lock()
		defer mu.Unlock()
		return h
	}
	a, err := h.write(t.Context(), s.key, create, map[string]any{"slug": "drill-autosave", "once": "autosave"})
	if err != nil || !a.ok() {
		t.Fatalf("%+v %v", a, err)
	}
	payload, _ := a.Data["companyCreate"].(map[string]any)
	company, _ := payload["company"].(map[string]any)
	id, _ := company["id"].(string)
	typists := []*typist{s.signIn(t, h, "ada", "summary"), s.signIn(t, h, "bob", "industry")}
	ctx, stop := context.WithTimeout(t.Context(), 5*maxWait)
	defer stop()
	var all sync.WaitGroup
	for _, p := range typists {
		all.Go(func() { p.work(ctx, t, id, current) })
	}
	written := func() int64 { return typists[0].acknowledged.Load() + typists[1].acknowledged.Load() }
	await := func(more int64) {
		for from := written(); written() < from+more && ctx.Err() == nil && !t.Failed(); {
			<-time.After(time.Millisecond)
		}
	}
	for range repeats(2) {
		await(5)
		current().kill()
		again := ready(t, "--mongodb-uri", s.server.URI())
		mu.Lock()
		h = again
		mu.Unlock()
	}
	await(5)
	stop()
	all.Wait()
	s.mustHaveTyped(t, id, typists)
	t.Logf("%d writes were acknowledged over %d crashes", written(), repeats(2))
}

// mustHaveTyped looks for what people have typed in the revisions of the entry and in the slots.
func (s *scene) mustHaveTyped(t *testing.T, id string, typists []*typist) {
	t.Helper()
	entry, err := content.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	revisions, err := s.store.Revisions(t.Context(), entry, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, r := range revisions {
		for _, p := range typists {
			have[p.field+content.FieldValue(r.Entry, p.field).String()] = true
		}
	}
	people, err := s.store.People(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range people {
		slots, err := s.store.Autosaves(t.Context(), who.Key)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range typists {
			for _, slot := range slots {
				if strings.Contains(slot.Input, `"`+p.unsaved+`"`) || strings.Contains(slot.Input, `"`+p.trying+`"`) {
					have[p.field+p.unsaved] = true
				}
			}
		}
	}
	for _, p := range typists {
		for _, value := range p.saved {
			if !have[p.field+value] {
				t.Errorf("%q was saved and is lost", value)
			}
		}
		if p.unsaved != "" && !have[p.field+p.unsaved] {
			t.Errorf("%q was kept and is lost", p.unsaved)
		}
		if len(p.saved) == 0 {
			t.Errorf("%s has saved nothing", p.name)
		}
	}
}
