package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patternhub/auth"
	"patternhub/content"
	"patternhub/mongodb/mongotest"
)

// remembered is what /metrics tells of the entity cache.
type remembered struct{ hits, misses, bytes, evictions float64 }

func (s *service) mustRemember(t *testing.T) remembered {
	t.Helper()
	_, page := get(t, s.admin+"/metrics")
	told := map[string]float64{}
	for line := range strings.SplitSeq(page, "\n") {
		if name, value, ok := strings.Cut(line, " "); ok && strings.HasPrefix(name, "entity_cache_") {
			number, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			told[name] = number
		}
	}
	if len(told) != 4 {
		t.Fatalf("the entity cache is told of as %v", told)
	}
	return remembered{
		told["entity_cache_hits_total"], told["entity_cache_misses_total"], told["entity_cache_bytes"], told["entity_cache_evictions_total"],
	}
}

// everything asks for lists of all the larger types, long texts included.
func everything() []string {
	var out []string
	for _, field := range []string{"patterns", "companies", "caseStudies", "practices", "guides", "migrations", "learningPaths"} {
		for _, end := range []string{"first", "last"} {
			out = append(out, fmt.Sprintf(`{ %s(%s: 100) { totalCount nodes { slug name summary body { markdown } } } }`, field, end))
		}
	}
	return out
}

func TestMetricsTellWhatTheEntityCacheDoes(t *testing.T) {
	s := seeded(t, "--response-cache", "off")
	const query = `{ patterns(first: 20) { totalCount nodes { name tier { name } laws { name } } } }`
	cold := s.mustRemember(t)
	s.mustAsk(t, query, nil)
	warm := s.mustRemember(t)
	// The list, its count, three tiers at most, and laws.
	if missed := warm.misses - cold.misses; missed < 3 || missed > 20 {
		t.Errorf("a cold query has missed %v times", missed)
	}
	if warm.bytes-cold.bytes < 20*200 {
		t.Errorf("20 patterns take %v bytes", warm.bytes-cold.bytes)
	}
	for range 3 {
		s.mustAsk(t, query, nil)
	}
	after := s.mustRemember(t)
	if after.misses != warm.misses || after.bytes != warm.bytes {
		t.Errorf("warm queries lead from %+v to %+v", warm, after)
	}
	if hits := after.hits - warm.hits; hits < 3*3 {
		t.Errorf("three warm queries have hit %v times", hits)
	}
	if after.evictions != 0 {
		t.Errorf("%v evictions in a cache that is large enough", after.evictions)
	}
}

// TestASmallEntityCacheStaysWithinItsBytes asks for more than fits, from several clients at once,
// and holds the answers against those of a hub that keeps nothing.
func TestASmallEntityCacheStaysWithinItsBytes(t *testing.T) {
	uri, database := mongotest.Open(t)
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database, "--response-cache", "off", "--limit-restore", "1000000", "--limit-bucket", "100000000"}
	small := start(t, append(args, "--entity-cache", "1MB")...)
	small.mustHear(t, "^Ready")
	none := start(t, append(args, "--entity-cache", "off")...)
	none.mustHear(t, "^Ready")
	want := map[string]map[string]any{}
	for _, query := range everything() {
		want[query] = none.mustAsk(t, query, nil)
	}
	var clients sync.WaitGroup
	for i := range 3 {
		clients.Go(func() {
			queries := everything()
			for n := range queries {
				query := queries[(n+5*i)%len(queries)]
				a, err := small.ask(t.Context(), query, nil)
				if err != nil || len(a.Errors) > 0 || !reflect.DeepEqual(a.Data, want[query]) {
					t.Errorf("%s: another answer than without a cache: %v", query, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { clients.Wait(); close(done) }()
	most := 0.0
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		most = max(most, small.mustRemember(t).bytes)
	}
	if most > 1<<20 || most < 1<<19 {
		t.Errorf("a cache of 1 MB holds %v bytes", most)
	}
	if got := small.mustRemember(t); got.evictions == 0 {
		t.Errorf("nothing was dropped: %+v", got)
	}
}

// TestReadersThatWaitForAWriteHoldNobodyUp lets many readers wait for a write that never comes, as
// after a database was restored from a backup, while others read.
func TestReadersThatWaitForAWriteHoldNobodyUp(t *testing.T) {
	s := newStaffed(t, "--limit-concurrent", "4")
	store := s.store(t)
	last, err := store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := auth.NewTokens(store).SignSync(t.Context(), content.SyncToken{Seq: last + 1000})
	if err != nil {
		t.Fatal(err)
	}
	const query = `{ laws { name } }`
	var readers sync.WaitGroup
	for range 50 {
		readers.Go(func() {
			begun := time.Now()
			a, head, err := s.send(t.Context(), query, nil, header{"X-After", token})
			if err != nil {
				t.Error(err)
				return
			}
			if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "UNAVAILABLE" || head.Get("Retry-After") != "1" {
				t.Errorf("got %d %+v, Retry-After %q", a.status, a.Errors, head.Get("Retry-After"))
			}
			if took := time.Since(begun); took < time.Second {
				t.Errorf("given up after %v", took)
			}
		})
	}
	served := 0
	waited := make(chan struct{})
	go func() { readers.Wait(); close(waited) }()
	for ended := false; !ended; {
		select {
		case <-waited:
			ended = true
		default:
			s.mustSend(t, query, nil)
			served++
		}
	}
	// 50 readers would take 12 seconds in 4 places; the others have a second at least.
	if served < 3 {
		t.Errorf("%d others were served meanwhile", served)
	}
}
