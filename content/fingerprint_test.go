package content_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patternhub/content"
)

func fingerprint(t *rapid.T, e content.Entry) string {
	f, err := content.Fingerprint(e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFingerprintsDifferWhereEntriesDo: an import writes what has another fingerprint, and so
// writes exactly what authors have changed.
func TestFingerprintsDifferWhereEntriesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		et := anyType(t)
		a, b := anyEntry(t, et), content.NewEntry(et)
		b.Head().Key = a.Head().Key
		content.Assign(a, a, nil) // numbers what has an order
		content.Assign(b, a, content.Authored(et))
		if fingerprint(t, a) != fingerprint(t, b) {
			t.Fatal("the same content has two fingerprints")
		}
		content.Assign(b, anyEntry(t, et), someFields(t, et))
		changed := content.Changed(a, b)
		if differ := fingerprint(t, a) != fingerprint(t, b); differ != (len(changed) > 0) {
			t.Errorf("%v changed, and the fingerprints differ: %v", changed, differ)
		}
	})
}

func TestFingerprintLeavesOutWhatTheStoreKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		before, h := fingerprint(t, e), e.Head()
		now := time.Unix(rapid.Int64Range(0, 1e9).Draw(t, "time"), 0)
		h.Revision, h.Status, h.CreatedAt, h.UpdatedAt, h.PublishedAt = 9, content.StatusChanged, now, now, &now
		h.FormerSlugs = []string{"former"}
		body := content.FieldValue(e, "body").Addr().Interface().(*content.RichText)
		body.HTML, body.Text, body.WordCount, body.Renderer, body.Headings = "<p>x", "x", 1, 2, []content.Heading{{Level: 1}}
		kept := reflect.ValueOf(e).Elem().Interface()
		if fingerprint(t, e) != before {
			t.Error("what the store keeps changes the fingerprint")
		}
		if !reflect.DeepEqual(kept, reflect.ValueOf(e).Elem().Interface()) {
			t.Error("taking the fingerprint changed the entry")
		}
	})
}

func TestFingerprintsOfDifferentEntriesDiffer(t *testing.T) {
	seen := map[string]content.EntryType{}
	for _, et := range content.Types() {
		f, err := content.Fingerprint(content.NewEntry(et))
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[f]; ok {
			t.Errorf("%s and %s have one fingerprint", et, other)
		}
		seen[f] = et
	}
	nan := content.NewEntry(content.TypeGuide).(*content.Guide)
	nan.TradeOffWeights = []content.Weight{{Weight: math.Inf(1)}}
	if _, err := content.Fingerprint(nan); err == nil {
		t.Error("a number that nobody can write has a fingerprint")
	}
}
