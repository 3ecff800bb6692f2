package content_test

import (
	"testing"

	"patternhub/internal/content"
)

// TestNoTypeIsASingletonYet: internal/checks tests a singleton in a copy of the hub.
func TestNoTypeIsASingletonYet(t *testing.T) {
	for _, et := range append(content.Types(), content.NonEntryHealth, "NONE") {
		if et.Singleton() || et.OnlyKey() != "" || content.Lasting(et) != "" || content.Only(et) != "" {
			t.Errorf("%s is a singleton", et)
		}
	}
}
