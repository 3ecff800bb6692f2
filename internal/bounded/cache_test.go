package bounded_test

import (
	"sync/atomic"
	"testing"

	"patternhub/internal/bounded"
)

func TestItems(t *testing.T) {
	c := bounded.Items[int, int](100)
	for i := range 10_000 {
		c.Set(i, &i)
	}
	// Evictions follow a moment later, with the writes.
	for range 10_000 {
		c.Set(-1, new(-1))
	}
	if n := c.Len(); n > 200 {
		t.Errorf("Len() = %d after 10,000 items, want about 100", n)
	}
	if v := c.Get(-1); v == nil || *v != -1 {
		t.Errorf("Get(-1) = %v", v)
	}
	if v := c.GetOrSet(-1, new(5)); *v != -1 {
		t.Errorf("GetOrSet returned %d, want the stored value", *v)
	}
	if v := c.GetOrSet(-2, new(5)); *v != 5 {
		t.Errorf("GetOrSet returned %d, want the new value", *v)
	}
}

func TestBytes(t *testing.T) {
	var evicted atomic.Int64
	c := bounded.Bytes(1000, func(_ int, v *int) int { return *v }, func() { evicted.Add(1) })
	c.Set(0, new(1001))
	for i := range 1000 {
		c.Set(i+1, new(100))
	}
	for range 1000 {
		c.Set(1, new(100))
	}
	if c.Get(0) != nil {
		t.Error("an item that is larger than the cache was kept")
	}
	if n := c.Bytes(); n > 2000 {
		t.Errorf("Bytes() = %d, want about 1000", n)
	}
	if evicted.Load() == 0 {
		t.Error("no eviction was reported")
	}
}
