package content_test

import (
	"testing"

	"patternhub/internal/content"
)

// TestOnlyASingletonHasAnOnlyEntry: the hub has no singleton yet, but the copy of internal/checks in which
// this test also runs has one.
func TestOnlyASingletonHasAnOnlyEntry(t *testing.T) {
	for _, et := range append(content.Types(), content.NonEntryHealth, "NONE") {
		key, lasting, only := et.OnlyKey(), content.Lasting(et), content.Only(et)
		switch {
		case et.Singleton() && (key != et.Stem() || lasting == "" || only == ""):
			t.Errorf("%s is a singleton, and its key is %q, its refusals %q and %q", et, key, lasting, only)
		case !et.Singleton() && (key != "" || lasting != "" || only != ""):
			t.Errorf("%s is no singleton, but its key is %q, its refusals %q and %q", et, key, lasting, only)
		}
	}
	for _, et := range []content.EntryType{content.NonEntryHealth, "NONE"} {
		if et.Singleton() {
			t.Errorf("%s is a singleton", et)
		}
	}
}
