package sample_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/porting/sample"
)

// all returns every entry of a sample by id.
func all(t *testing.T, o sample.Options) map[content.ID]content.Entry {
	t.Helper()
	out := map[content.ID]content.Entry{}
	err := sample.Each(o, func(e content.Entry) error {
		if out[e.ID()] != nil {
			t.Errorf("%s is there twice", e.ID())
		}
		out[e.ID()] = e
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASampleCanBePublished(t *testing.T) {
	for _, o := range []sample.Options{{Patterns: 1}, {Patterns: 2}, {Patterns: 41}, {Patterns: 1500}, {Patterns: 1500, Tangled: true}} {
		entries, n := all(t, o), o.Patterns
		for id, e := range entries {
			if wrong := content.Validate(e, true); len(wrong) > 0 {
				t.Errorf("%s of %d: %+v", id, n, wrong)
			}
			for _, r := range content.References(e) {
				if entries[r.Target] == nil || r.Target == id {
					t.Errorf("%s of %d refers to %s at %s", id, n, r.Target, r.Place)
				}
			}
		}
	}
}

// TestBothSidesStateTheirRelation also checks that one entry never changes another by being mirrored.
func TestBothSidesStateTheirRelation(t *testing.T) {
	entries, mutual := all(t, sample.Options{Patterns: 1500}), 0
	for _, e := range entries {
		p, ok := e.(*content.Pattern)
		if !ok {
			continue
		}
		for _, key := range content.Mirrored(nil, p) {
			mutual++
			if other := entries[content.ID{Type: content.TypePattern, Key: key}].(*content.Pattern); content.Mirror(nil, p, other) {
				t.Errorf("%s lacks a relation with %s", key, p.Key)
			}
		}
	}
	if mutual < 2*1500 {
		t.Errorf("there are %d relations that both sides state", mutual)
	}
}

func TestASampleIsTheSameEachTimeAndOfTheSizeAskedFor(t *testing.T) {
	var once, again bytes.Buffer
	const n = 400
	for _, w := range []*bytes.Buffer{&once, &again} {
		if err := sample.Write(w, sample.Options{Patterns: n, Bytes: 8000}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("two samples differ")
	}
	if mean := once.Len() / n; mean < 7200 || mean > 8800 {
		t.Errorf("a pattern has %d bytes, want about 8000", mean)
	}
}

func TestRecordsAreTheEntries(t *testing.T) {
	o := sample.Options{Patterns: 50}
	var text bytes.Buffer
	if err := sample.Write(&text, o); err != nil {
		t.Fatal(err)
	}
	entries := all(t, o)
	for line := range bytes.Lines(text.Bytes()) {
		got, unknown, err := markdown.DecodeRecord(1, bytes.TrimSpace(line))
		if err != nil || len(unknown) > 0 {
			t.Fatal(err, unknown)
		}
		want := entries[got.ID()]
		if want == nil || !markdown.Same(got, want) {
			t.Errorf("%s is read otherwise than it was written: %s", got.ID(), cmp.Diff(want, got))
		}
	}
}
