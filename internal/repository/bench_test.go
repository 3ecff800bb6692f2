package repository_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// openBench returns a store for a benchmark, with the tier gold published.
func openBench(b *testing.B) *repository.Store {
	b.Helper()
	uri, database := mongotest.Open(b)
	s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, markdown.Review)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.WithoutCancel(b.Context())) })
	if err := s.EnsureIndexes(b.Context()); err != nil {
		b.Fatal(err)
	}
	gold := storetest.Tier("gold", 1)
	if _, err := s.Put(b.Context(), "bench", gold); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Publish(b.Context(), "bench", gold.ID()); err != nil {
		b.Fatal(err)
	}
	return s
}

// accepted returns an error for a write that was refused.
func accepted(out *content.Outcome, err error) error {
	if err == nil && len(out.Errors) > 0 {
		err = fmt.Errorf("refused: %+v", out.Errors)
	}
	return err
}

// BenchmarkSave writes working copies, one after the other and 32 at a time.
func BenchmarkSave(b *testing.B) {
	s := openBench(b)
	var n atomic.Int64
	save := func() error {
		out, err := s.Save(b.Context(), me, edit(publishable(fmt.Sprint("p", n.Add(1))), content.ID{}))
		return accepted(out, err)
	}
	b.Run("1", func(b *testing.B) {
		for b.Loop() {
			if err := save(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
	b.Run("32", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := save(); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

// BenchmarkRelease publishes as many entries in one call as are allowed.
func BenchmarkRelease(b *testing.B) {
	s := openBench(b)
	what := content.Release{}
	for i := range content.MaxRelease {
		out, err := s.Save(b.Context(), me, edit(publishable(fmt.Sprint("p", i)), content.ID{}))
		if err := accepted(out, err); err != nil {
			b.Fatal(err)
		}
		what.IDs = append(what.IDs, out.Entries[0].ID())
	}
	for b.Loop() {
		if err := accepted(s.Release(b.Context(), me, what)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*content.MaxRelease)/b.Elapsed().Seconds(), "entries/s")
}
