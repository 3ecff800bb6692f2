package seed_test

import (
	"testing"

	"patternhub/seed"
)

func TestReadTables(t *testing.T) {
	got, err := seed.ReadTables()
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Metrics.Excellence) != 6 {
		t.Errorf("%d metrics", len(got.Metrics.Excellence))
	}
	if want := 96*8 + 35*(7+4); len(got.Observations) != want {
		t.Errorf("%d observations, want %d", len(got.Observations), want)
	}
}
