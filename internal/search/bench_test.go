package search_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
)

// benchmarked is the number of entries of the benchmark: the size at which the hub promises to be
// fast.
const benchmarked = 10_000

// many composes entries from the words of the hub's own texts, so that common and rare words have
// their real frequencies.
func many(t testing.TB, n int) []content.Entry {
	t.Helper()
	seeded := mustRead(t)
	var words []string
	for _, e := range seeded {
		if p, ok := e.(*content.Pattern); ok {
			words = append(words, strings.Fields(p.Body.Markdown)...)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		at := r.IntN(len(words) - n)
		return strings.Join(words[at:at+n], " ")
	}
	out := make([]content.Entry, n)
	for i := range out {
		key := fmt.Sprint("page-", i)
		name := seeded[r.IntN(len(seeded))].Head().Name + " " + text(1)
		p := page(key, name)
		p.Summary = text(20)
		p.Body.Markdown = text(300)
		out[i] = p
	}
	return out
}

// BenchmarkSearch measures a whole search, as for the first page of a site: plan, hits, facets and
// the correction. It reports percentiles and the heap per index.
func BenchmarkSearch(b *testing.B) {
	s := open(b)
	entries := many(b, benchmarked)
	for part := range slices.Chunk(entries, content.MaxBatch) {
		mustPublish(b, s, part...)
	}
	entries = nil
	heap := heapInUse()
	began := time.Now()
	i := start(b, s).At(content.Published)
	filled := time.Since(began)
	heap = heapInUse() - heap
	queries := []string{
		"circuit breaker", "circiut braker", "consensus", "the data of a service", "event driven architecture with kafka",
		"cache", "how do I avoid cascading failures when a dependency is slow", "qqqqzzzz", "netflix streaming", "sharding",
		"a b c d e f g h i j k l m n o p", "servise latncy tiemout retires bakcoff queeu bufer stroage",
	}
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		at := time.Now()
		a := mustSearch(b, i, content.Search{Text: queries[n%len(queries)]})
		mustHits(b, a, nil, 20)
		if _, err := a.Facets(b.Context(), []string{"TYPE", "TIER", "CATEGORY", "DIFFICULTY"}, 20); err != nil {
			b.Fatal(err)
		}
		if _, err := a.DidYouMean(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
	b.ReportMetric(ms(took[len(took)-1]), "max-ms")
	b.ReportMetric(float64(heap)/2/(1<<20), "MiB/index")
	b.ReportMetric(filled.Seconds(), "fill-s")
}

// BenchmarkSeed measures the index of the hub's own content.
func BenchmarkSeed(b *testing.B) {
	heap := heapInUse()
	began := time.Now()
	i := seeded(b).At(content.Published)
	heap = heapInUse() - heap
	filled := time.Since(began)
	for b.Loop() {
		mustHits(b, mustSearch(b, i, content.Search{Text: "circuit breaker"}), nil, 20)
		if _, err := i.Suggest(b.Context(), "circ", 8); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(heap)/2/(1<<20), "MiB/index")
	b.ReportMetric(filled.Seconds(), "seed-and-fill-s")
}

// heapInUse returns the size of the heap after a collection.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
