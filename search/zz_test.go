package search_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"patternhub/content"
	"patternhub/seed"
)

func TestZZ(t *testing.T) {
	s := open(t)
	if _, err := seed.Load(t.Context(), s, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	var m0, m1 runtime.MemStats
	runtime.GC(); runtime.GC()
	runtime.ReadMemStats(&m0)
	t0 := time.Now()
	e := start(t, s)
	find(t, e, "x")
	fmt.Println("filled", time.Since(t0))
	mustSearch(t, e.At(content.Drafts), content.Search{Text: "x"})
	fmt.Println("both", time.Since(t0))
	runtime.GC(); runtime.GC()
	runtime.ReadMemStats(&m1)
	fmt.Println("heap MB", float64(m1.HeapAlloc-m0.HeapAlloc)/1e6)
	entries, _ := seed.Read(seed.Files())
	bad := 0
	for _, x := range entries {
		h := find(t, e, x.Head().Name)
		if len(h.Items) == 0 || h.Items[0].ID != x.ID() {
			bad++
			fmt.Println("NAME", x.ID(), x.ID().Type, x.Head().Name, ids(h)[:min(3, len(ids(h)))])
		}
	}
	for _, q := range []string{"netflix", "circuit breakers", "circiut braker", "kafka", "event driven", "caching", "cachng", "pub sub", "consensus", "how to avoid cascading failures", "saga", "sagas", "kube", "resilience", "raft", "café", "breaker", "rate limit", "twitter timeline", "zzzzz", "monolith microservices migration"} {
		t0 := time.Now()
		a := mustSearch(t, e.At(content.Published), content.Search{Text: q})
		h := mustHits(t, a, nil, 5)
		d := time.Since(t0)
		dym, err := a.DidYouMean(t.Context())
		if err != nil { t.Fatal(err) }
		mean := ""
		if dym != nil { mean = *dym }
		fmt.Println(q, h.Total, ids(h), mean, d)
		for _, hit := range h.Items { fmt.Printf(" %.3f", hit.Score) }
		fmt.Println()
	}
	for _, p := range []string{"c", "circ", "circiut", "breaker", "net", "event dr", "pubs"} {
		t0 := time.Now()
		l, err := e.At(content.Published).Suggest(t.Context(), p, 8)
		fmt.Println(p, time.Since(t0), err)
		for _, x := range l { fmt.Print("  ", x.Text, "/", x.Entry.Type) }
		fmt.Println()
	}
	fmt.Println("bad", bad)
}
