package mongodb_test

import (
	"slices"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

func TestAReplicaSetIsNotSharded(t *testing.T) {
	s := storetest.Open(t)
	var done []string
	err := s.Shard(t.Context(), func(name string) { done = append(done, name) })
	if content.CodeOf(err) != content.BadUserInput || !strings.Contains(err.Error(), "MONGODB_URI names no router") || len(done) > 0 {
		t.Errorf("it says %v after %v", err, done)
	}
	names := s.Sharded()
	for _, name := range []string{"patterns", "patterns_draft", "revisions", "sources"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not sharded", name)
		}
	}
	for _, name := range []string{"changes", "counters", "keys", "latest", "settings"} {
		if slices.Contains(names, name) {
			t.Errorf("%s is sharded", name)
		}
	}
}
