package seed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMigrationScoring requires that the two files of facts that state the scoring of migrations agree, since
// the calculator takes it from one of them.
func TestMigrationScoring(t *testing.T) {
	one, other := mustFacts(t, "migrations").get("genericScoring"), mustFacts(t, "calculator").get("migrationScoring")
	if d := cmp.Diff(plain(one), plain(other)); d != "" {
		t.Errorf("migrations and calculator differ:\n%s", d)
	}
}
