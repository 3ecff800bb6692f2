package search_test

import (
	"runtime"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/search"
)

// TestCardsHoldNoTexts reads the words of entries from one large text each, as the store does, and
// checks that the texts are freed with the entries.
func TestCardsHoldNoTexts(t *testing.T) {
	const entries, large = 32, 1 << 20
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	cards := make([]any, entries)
	for i := range cards {
		text := "key slug name alias" + strings.Repeat(" ", large)
		cards[i] = search.CardOf(&content.Meta{Key: text[:3], Type: content.TypePage, Slug: text[4:8], Name: text[9:13]}, []string{text[14:19]})
	}
	if held := heap() - before; held > large {
		t.Errorf("%d cards hold %.0f bytes", entries, held)
	}
	runtime.KeepAlive(cards)
}
