package resolvers_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
	"patternhub/seed"
)

// sourced has the fields of an entry about its sources. Its JSON names are the schema's, so that
// answers decode into it too.
type sourced struct {
	Provenance content.Provenance
	TierClaims []claimed
}

type claimed struct {
	Source content.TierClaimSource
	Tier   struct{ Slug string }
	Agrees bool
}

// sources returns what the seed contains, the ids in the same order, and a query for it.
func sources(t *testing.T) (want map[string]sourced, ids []any, query string) {
	t.Helper()
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]sourced{}
	met := map[content.EntryType]bool{}
	var parts strings.Builder
	for _, e := range entries {
		provenance := reflect.ValueOf(e).Elem().FieldByName("Provenance")
		if !provenance.IsValid() {
			continue
		}
		s, also := sourced{Provenance: provenance.Interface().(content.Provenance)}, ""
		if p, ok := e.(*content.Pattern); ok {
			also = "tierClaims { source tier { slug } agrees }"
			for _, c := range p.TierClaims {
				s.TierClaims = append(s.TierClaims, claimed{c.Source, struct{ Slug string }{c.TierKey}, c.Agrees})
			}
		}
		want[e.ID().String()], ids = s, append(ids, e.ID().String())
		if name := e.ID().Type; !met[name] {
			met[name] = true
			fmt.Fprintf(&parts, " ... on %s { provenance { page pageStatus pageWords pages origin fieldSources { field source raw reference } } %s }", name.Name(), also)
		}
	}
	return want, ids, "query($ids: [ID!]!) { nodes(ids: $ids) {" + parts.String() + " } }"
}

// TestProvenanceIsThatOfTheSeed asks every entry for its sources, which cards omit: a field
// read from the card by mistake would be empty, without an error.
func TestProvenanceIsThatOfTheSeed(t *testing.T) {
	h := newHub(t)
	want, ids, query := sources(t)
	for batch := range slices.Chunk(ids, 100) {
		resp, _ := h.answer(t, h.engine, query, map[string]any{"ids": batch})
		var got struct{ Nodes []sourced }
		if err := json.Unmarshal(resp.Data, &got); err != nil || len(resp.Errors) > 0 || len(got.Nodes) != len(batch) {
			t.Fatalf("%s %v %v", resp.Data, resp.Errors, err)
		}
		for i, id := range batch {
			if d := cmp.Diff(want[id.(string)], got.Nodes[i], cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s (-seed +answer):\n%s", id, d)
			}
		}
	}
}
