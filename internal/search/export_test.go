package search

import (
	"os"
	"testing"
)

// MaxPending is the number of entries that an index lets wait in memory.
const MaxPending = maxPending

// ForgetPosition makes an index on disk incomplete, as a crash in its first fill leaves it.
func ForgetPosition(t testing.TB, path string) {
	t.Helper()
	g, err := openGeneration(path)
	if err == nil {
		err = g.DeleteInternal(positionKey)
	}
	if err == nil {
		err = g.Close()
	}
	if err == nil {
		err = os.Remove(g.marker())
	}
	if err != nil {
		t.Fatal(err)
	}
}
