package content_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

func TestTypesThatEntriesReferTo(t *testing.T) {
	targets := map[content.EntryType]bool{}
	for _, typ := range entryTypes() {
		if typ.Kind() != reflect.Struct {
			continue
		}
		for f := range typ.Fields() {
			if ref := f.Tag.Get("ref"); ref != "" {
				targets[content.EntryType(ref)] = true
			}
		}
	}
	want := []content.EntryType{"CASE_STUDY", "COMPANY", "GUIDE", "LAW", "PATTERN", "PILLAR", "PRACTICE", "QUICK_START", "ROLE", "TIER"}
	if d := cmp.Diff(want, slices.Sorted(maps.Keys(targets))); d != "" {
		t.Errorf("types that entries refer to (-want +got):\n%s", d)
	}
}

func TestReferencesHaveTheirPathAndPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		authored := content.Authored(e.Head().Type)
		seen := map[string]bool{}
		for _, r := range content.References(e) {
			if r.Target.Key == "" || r.Target.Type.Name() == "" {
				t.Errorf("%s has the target %v", r.Place, r.Target)
			}
			if seen[r.Place] {
				t.Errorf("%s is listed twice", r.Place)
			}
			seen[r.Place] = true
			if strings.Contains(r.Path, "[") || strings.Count(r.Place, ".") != strings.Count(r.Path, ".") {
				t.Errorf("%s has the shape %s", r.Place, r.Path)
			}
			if field, _, _ := strings.Cut(r.Path, "."); !slices.Contains(authored, field) {
				t.Errorf("%s is in no field that authors write", r.Path)
			}
		}
	})
}

func TestMapReferencesReplacesKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		before := content.References(e)
		content.MapReferences(e, func(r content.Reference) string {
			if r.Target.Type == content.TypePattern {
				return ""
			}
			return "new-" + r.Target.Key
		})
		after := content.References(e)
		if len(before) != len(after) {
			t.Fatalf("%d references became %d", len(before), len(after))
		}
		for i, r := range before {
			if r.Target.Type != content.TypePattern {
				r.Target.Key = "new-" + r.Target.Key
			}
			if after[i] != r {
				t.Errorf("reference %d is %v, want %v", i, after[i], r)
			}
		}
	})
}

func TestFieldsWithReferencesShowSlugs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		asked := map[content.ID]bool{}
		for _, field := range content.Authored(e.Head().Type) {
			content.FrontMatter(e, field, func(id content.ID) string {
				asked[id] = true
				return ""
			})
		}
		referred := map[content.ID]bool{}
		for _, r := range content.References(e) {
			referred[r.Target] = true
		}
		if d := cmp.Diff(referred, asked); d != "" {
			t.Errorf("slugs asked for (-references +asked):\n%s", d)
		}
	})
}
