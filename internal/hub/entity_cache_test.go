package hub_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
)

// cacheMetrics holds the metrics of the entity cache.
type cacheMetrics struct{ hits, misses, bytes, evictions float64 }

func (s *service) mustCacheMetrics(t *testing.T) cacheMetrics {
	t.Helper()
	_, page := get(t, s.admin+"/metrics")
	values := map[string]float64{}
	for line := range strings.SplitSeq(page, "\n") {
		if name, value, ok := strings.Cut(line, " "); ok && strings.HasPrefix(name, "entity_cache_") {
			number, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			values[name] = number
		}
	}
	if len(values) != 4 {
		t.Fatalf("the metrics of the entity cache are %v", values)
	}
	return cacheMetrics{
		values["entity_cache_hits_total"], values["entity_cache_misses_total"], values["entity_cache_bytes"], values["entity_cache_evictions_total"],
	}
}

// everything returns queries for lists of all the larger types, with long texts.
func everything() []string {
	var out []string
	for _, field := range []string{"patterns", "companies", "caseStudies", "practices", "guides", "migrations", "learningPaths"} {
		for _, end := range []string{"first", "last"} {
			out = append(out, fmt.Sprintf(`{ %s(%s: 100) { totalCount nodes { slug name summary body { markdown } } } }`, field, end))
		}
	}
	return out
}

func TestMetricsShowTheEntityCache(t *testing.T) {
	s := seeded(t, "--response-cache", "off")
	const query = `{ patterns(first: 20) { totalCount nodes { name tier { name } laws { name } } } }`
	cold := s.mustCacheMetrics(t)
	s.mustAsk(t, query, nil)
	warm := s.mustCacheMetrics(t)
	// At least the list, its count and a tier, at most also each tier and law.
	if missed := warm.misses - cold.misses; missed < 3 || missed > 20 {
		t.Errorf("a cold query has missed %v times", missed)
	}
	if warm.bytes-cold.bytes < 20*200 {
		t.Errorf("20 patterns take %v bytes", warm.bytes-cold.bytes)
	}
	for range 3 {
		s.mustAsk(t, query, nil)
	}
	after := s.mustCacheMetrics(t)
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

// TestASmallEntityCacheStaysWithinItsBytes reads more than fits, from several clients concurrently, and
// compares the answers with those of a hub without caches.
func TestSmallEntityCacheRespectsByteLimit(t *testing.T) {
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
		most = max(most, small.mustCacheMetrics(t).bytes)
	}
	if most > 1<<20 || most < 1<<19 {
		t.Errorf("a cache of 1 MB holds %v bytes", most)
	}
	if got := small.mustCacheMetrics(t); got.evictions == 0 {
		t.Errorf("nothing was dropped: %+v", got)
	}
}

// TestReadersThatWaitForAWriteDoNotBlockOthers lets many readers wait for a write that never comes,
// as after a database was restored from a backup, while others read.
func TestReadersThatWaitForAWriteDoNotBlockOthers(t *testing.T) {
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
				t.Errorf("failed after %v, want at least 1s", took)
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
	// 50 readers would take 12 seconds in 4 slots; the others have at least a second.
	if served < 3 {
		t.Errorf("%d others were served while the readers waited", served)
	}
}
