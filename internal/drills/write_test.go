package drills_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"patternhub/internal/content"
)

// ledger records the writes of the authors.
type ledger struct {
	mu    sync.Mutex
	tried map[string]bool // by slug; true if it was acknowledged
}

func (l *ledger) note(slug string, acknowledged bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried[slug] = l.tried[slug] || acknowledged
}

func (l *ledger) acknowledged() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, yes := range l.tried {
		if yes {
			n++
		}
	}
	return n
}

const create = `mutation($slug: String!, $once: String!) {
	companyCreate(input: {slug: $slug, name: $slug, summary: "Written in a drill.", kind: COMPANY, industry: "Software"}) @idempotent(key: $once) {
		company { id slug } userErrors { code message field } } }`

// author writes companies until ctx ends, one after the other. It repeats a write without an answer
// with the same idempotency key; hub returns the program that is running then.
func (s *scene) author(ctx context.Context, t *testing.T, name string, l *ledger, hub func() *hub) {
	t.Helper()
	for n := 0; ctx.Err() == nil; n++ {
		slug := fmt.Sprintf("drill-%s-%d", name, n)
		once := uuid.NewString()
		for ctx.Err() == nil {
			l.note(slug, false)
			a, err := hub().write(ctx, s.key, create, map[string]any{"slug": slug, "once": once})
			if err != nil || a.code() == "UNAVAILABLE" || a.code() == "TIMEOUT" {
				continue
			}
			payload, _ := a.Data["companyCreate"].(map[string]any)
			if company, _ := payload["company"].(map[string]any); len(a.Errors) > 0 || company == nil {
				t.Errorf("%s: %d %+v %v", slug, a.status, a.Errors, a.Data)
				return
			}
			l.note(slug, true)
			break
		}
	}
}

// mustMatch compares the database with the ledger: no acknowledged write is lost, and none was made
// twice.
func (s *scene) mustMatch(t *testing.T, l *ledger, since int64) {
	t.Helper()
	written := map[string]int{}
	var last int64
	for _, c := range s.mustChanges(t, since) {
		if c.Seq <= last {
			t.Errorf("change %d follows %d", c.Seq, last)
		}
		last = c.Seq
		if c.Type == content.TypeCompany && c.Graph == content.Drafts {
			written[c.Key]++
		}
	}
	var slugs []string
	for slug := range l.tried {
		slugs = append(slugs, slug)
	}
	found, err := s.store.At(content.Drafts).Companies.BySlugs(t.Context(), slugs)
	if err != nil {
		t.Fatal(err)
	}
	for i, company := range found {
		switch acknowledged := l.tried[slugs[i]]; {
		case company == nil && acknowledged:
			t.Errorf("%s was acknowledged and is lost", slugs[i])
		case company != nil && (company.Revision != 1 || written[company.Key] != 1):
			t.Errorf("%s has revision %d and %d changes, want one of each", slugs[i], company.Revision, written[company.Key])
		}
		if company != nil {
			delete(written, company.Key)
		}
	}
	if len(written) > 0 {
		t.Errorf("no author made these writes: %v", written)
	}
}

// authors is the number of authors that write concurrently.
const authors = 4

// drillCrash kills the program at random moments while authors write.
func drillCrash(t *testing.T, s *scene) {
	t.Helper()
	since, l := s.mustLastSeq(t), &ledger{tried: map[string]bool{}}
	var mu sync.Mutex
	h := ready(t, "--mongodb-uri", s.server.URI())
	current := func() *hub {
		mu.Lock()
		defer mu.Unlock()
		return h
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*maxWait)
	defer stop()
	var writers sync.WaitGroup
	for i := range authors {
		writers.Go(func() { s.author(ctx, t, fmt.Sprintf("crash%d", i), l, current) })
	}
	for range repeats(4) {
		n := l.acknowledged()
		for l.acknowledged() < n+5 && ctx.Err() == nil {
			<-time.After(time.Millisecond)
		}
		// Anywhere within a write, which takes some milliseconds.
		<-time.After(rand.N(50 * time.Millisecond))
		current().kill()
		again := ready(t, "--mongodb-uri", s.server.URI())
		mu.Lock()
		h = again
		mu.Unlock()
	}
	n := l.acknowledged()
	for l.acknowledged() < n+5 && ctx.Err() == nil {
		<-time.After(time.Millisecond)
	}
	stop()
	writers.Wait()
	s.mustMatch(t, l, since)
	t.Logf("%d writes were acknowledged over %d crashes", l.acknowledged(), repeats(4))
}

// drillDBKill kills the database while authors write, and restarts it.
func drillDBKill(t *testing.T, s *scene) {
	t.Helper()
	since, l := s.mustLastSeq(t), &ledger{tried: map[string]bool{}}
	h := ready(t, "--mongodb-uri", s.server.URI())
	ctx, stop := context.WithTimeout(t.Context(), 5*maxWait)
	defer stop()
	var writers sync.WaitGroup
	for i := range authors {
		writers.Go(func() { s.author(ctx, t, fmt.Sprintf("lost%d", i), l, func() *hub { return h }) })
	}
	var back longest
	for range repeats(2) {
		n := l.acknowledged()
		for l.acknowledged() < n+10 && ctx.Err() == nil {
			<-time.After(time.Millisecond)
		}
		if err := s.server.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := s.server.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		back.note(h.serves(t))
	}
	n := l.acknowledged()
	for l.acknowledged() < n+10 && ctx.Err() == nil {
		<-time.After(time.Millisecond)
	}
	stop()
	writers.Wait()
	if back.all() > within(2*time.Second) {
		t.Errorf("it serves %v after the database has restarted", back.all())
	}
	s.mustMatch(t, l, since)
	t.Logf("%d writes were acknowledged; serving again %v after the database at most", l.acknowledged(), back.all())
}
