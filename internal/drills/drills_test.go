package drills_test

import (
	"context"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/local"
	"patternhub/internal/repository"
)

// scene holds what the drills share, since seeding takes most of their time: a server with a seeded
// database, a proxy in front of it, and a publisher's key.
type scene struct {
	server *local.Server
	proxy  *between
	key    string
	store  *repository.Store // connects directly to the server, to see what was really written
}

// TestDrills causes the faults one after the other. Each drill restores the server and the proxy.
func TestDrills(t *testing.T) {
	s := &scene{}
	s.server, s.key = mustSeed(t)
	s.proxy = mustProxy(t, s.server)
	var err error
	s.store, err = repository.Open(mongodb.Options{URI: s.server.URI(), Database: "patternhub", Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	for _, drill := range []struct {
		name string
		run  func(*testing.T, *scene)
	}{
		{"stop", drillStop},
		{"nodb", drillNoDB},
		{"overload", drillOverload},
		{"hang", drillHang},
		{"stream", drillStream},
		{"replicas", drillReplicas},
		{"latewrite", drillLateWrite},
		{"release", drillRelease},
		{"nostream", drillNoStream},
		{"crash", drillCrash},
		{"autosave", drillAutosave},
		{"dbkill", drillDBKill},
		{"import", drillImport},
		{"router", drillRouter},
	} {
		t.Run(drill.name, func(t *testing.T) { drill.run(t, s) })
	}
}

// mustLastSeq returns the number of the newest change.
func (s *scene) mustLastSeq(t *testing.T) int64 {
	t.Helper()
	last, err := s.store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// mustChanges reads the change log after a number.
func (s *scene) mustChanges(t *testing.T, since int64) []content.Change {
	t.Helper()
	var out []content.Change
	for {
		page, err := s.store.Changes(t.Context(), since, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
		since = page[len(page)-1].Seq
	}
}
