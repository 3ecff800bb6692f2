package mongodb_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
	"patternhub/seed"
)

// TestLoadTools: a database of an earlier release gets the tables that have become entries, once, with the rows
// about what it has.
func TestLoadTools(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	tier := &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold", Summary: "Gold."}, Rank: 1, Badge: "Gold"}
	if _, err := s.Put(t.Context(), "editor", tier); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "editor", tier.ID()); err != nil {
		t.Fatal(err)
	}
	// A wizard as an older release stored it.
	wizards := raw(t, &opened).Collection("wizards")
	if _, err := wizards.InsertOne(t.Context(), bson.D{{Key: "_id", Value: "quick-selector"}, {Key: "place", Value: 2}, {Key: "name", Value: "Old"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := seed.LoadTools(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		found, err := s.At(p).Calculators.ByKeys(t.Context(), []string{content.TypeCalculator.OnlyKey()})
		if err != nil || found[0] == nil {
			t.Fatalf("the calculator of %s: %v (%v)", p, found, err)
		}
		c := found[0]
		if len(c.TierBaselines) != 1 || c.TierBaselines[0].TierKey != "gold" {
			t.Errorf("the baselines of %s are %+v, want that of gold", p, c.TierBaselines)
		}
		if len(c.PatternEffort) != 0 || len(c.ExperienceBands) != 3 {
			t.Errorf("%s has %d efforts of patterns that there are not, and %d bands", p, len(c.PatternEffort), len(c.ExperienceBands))
		}
		all, err := s.At(p).Wizards.Find(t.Context(), content.Query{Order: content.Order{Field: "ORDER"}, Window: content.Window{Limit: 10}}, content.Scope{})
		if err != nil || len(all[0].Items) != 3 || all[0].Items[2].Slug != "quick-selector" || all[0].Items[2].Name == "Old" {
			t.Errorf("the wizards of %s are %+v (%v)", p, all, err)
		}
	}
	before := mustLastChange(t, s)
	if err := seed.LoadTools(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if after := mustLastChange(t, s); after != before {
		t.Errorf("a second start makes %d changes: %v", after-before, mustChangesAfter(t, s, before))
	}
}

// TestLoadToolsGoesOn: what a call has written without publishing it is published by the next one.
func TestLoadToolsGoesOn(t *testing.T) {
	s := storetest.Open(t)
	all, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for _, e := range all {
		if id := e.ID(); id.Type == content.TypeCalculator || id.Type == content.TypeWizard && e.Head().Slug == "quick-selector" {
			content.DropReferences(e, func(content.ID) bool { return true })
			if _, err := s.Put(t.Context(), "seed", e); err != nil {
				t.Fatal(err)
			}
			written++
		}
	}
	if err := seed.LoadTools(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	wizards, err := s.At(content.Published).Wizards.Count(t.Context(), nil, content.Scope{})
	if err != nil || wizards[0] != 3 {
		t.Errorf("%v wizards are published (%v), want 3", wizards, err)
	}
	found, err := s.At(content.Published).Calculators.ByKeys(t.Context(), []string{content.TypeCalculator.OnlyKey()})
	if err != nil || found[0] == nil || written != 2 {
		t.Errorf("the calculator is not published after %d writes (%v)", written, err)
	}
}
