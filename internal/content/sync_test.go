package content_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

func TestSyncTokensRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := content.SyncToken{
			Seq: rapid.Int64Min(0).Draw(t, "seq"), Start: rapid.Int64Min(0).Draw(t, "start"),
			Types:    content.SortedTypes(rapid.SliceOf(rapid.SampledFrom(content.Types())).Draw(t, "types")),
			Only:     rapid.StringMatching(`[0-9a-f]{0,16}`).Draw(t, "only"),
			Database: rapid.StringMatching(`[0-9a-f-]{36}`).Draw(t, "database"),
		}
		if len(want.Types) == 0 {
			want.Types = nil
		}
		got, err := content.ParseSyncToken(want.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("token (-want +got):\n%s", d)
		}
	})
}

func TestBrokenSyncTokens(t *testing.T) {
	for name, raw := range map[string]string{
		"empty": "", "other version": "2|1|0|db||", "too few parts": "1|1|0|db|", "too many parts": "1|1|0|db|||",
		"no number": "1|?|0|db||", "no start": "1|1|?|db||", "number too large": "1|zzzzzzzzzzzzzzzzzzzz|0|db||",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := content.ParseSyncToken([]byte(raw)); err == nil {
				t.Errorf("%q was read as %v", raw, got)
			}
		})
	}
}

// FuzzParseSyncToken shows that what can be read is written in a form that reads as the same token.
func FuzzParseSyncToken(f *testing.F) {
	f.Add("1|a|0|db|abc|PATTERN,TIER")
	f.Add("1|||||")
	f.Fuzz(func(t *testing.T, raw string) {
		token, err := content.ParseSyncToken([]byte(raw))
		if err != nil {
			return
		}
		again, err := content.ParseSyncToken(token.Bytes())
		if err != nil || !cmp.Equal(token, again) {
			t.Errorf("%q became %v, then %v (%v)", raw, token, again, err)
		}
	})
}

func TestTypesOfTokens(t *testing.T) {
	all := content.SyncToken{Types: content.SortedTypes(content.Types())}
	some := content.SyncToken{Types: content.SortedTypes([]content.EntryType{"TIER", "LAW", "TIER"})}
	for name, tt := range map[string]struct {
		token content.SyncToken
		types []content.EntryType
		want  bool
	}{
		"all as none":   {all, nil, true},
		"all named":     {all, content.Types(), true},
		"one of all":    {all, []content.EntryType{"LAW"}, false},
		"other order":   {some, []content.EntryType{"LAW", "TIER"}, true},
		"one too few":   {some, []content.EntryType{"LAW"}, false},
		"none for some": {some, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.token.SameTypes(tt.types); got != tt.want {
				t.Errorf("%v for %v: %v", tt.types, tt.token.Types, got)
			}
		})
	}
}

// TestOnlyThese shows that the mark of ids depends on the set of them alone.
func TestOnlyThese(t *testing.T) {
	a, b := content.ID{Type: "LAW", Key: "a"}, content.ID{Type: "TIER", Key: "a"}
	if content.OnlyThese(nil) != "" {
		t.Error("no ids have a mark")
	}
	if content.OnlyThese([]content.ID{a, b}) != content.OnlyThese([]content.ID{b, a, b}) {
		t.Error("the order or a repetition makes another mark")
	}
	if content.OnlyThese([]content.ID{a}) == content.OnlyThese([]content.ID{b}) {
		t.Error("different ids have the same mark")
	}
}

// TestAsPublishedLeavesTheRevisionAlone shows that a revision stays as it is when its published copy gets
// a status, a time and other relations.
func TestAsPublishedLeavesTheRevisionAlone(t *testing.T) {
	draft := &content.Law{Meta: content.Meta{Key: "a", Type: content.TypeLaw, Status: content.StatusChanged, Revision: 3}}
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	e := content.AsPublished(draft, content.Change{At: at})
	if h := e.Head(); h.Status != content.StatusPublished || !h.PublishedAt.Equal(at) || h.Revision != 3 {
		t.Errorf("published as %+v", h)
	}
	if draft.Status != content.StatusChanged || draft.PublishedAt != nil {
		t.Errorf("the revision became %+v", draft.Meta)
	}
	p := related("a", row("b", "COMPLEMENTS"))
	if got := content.AsPublished(p, content.Change{Relations: &[]content.RelationRow{}}).(*content.Pattern); len(got.Relations) != 0 || len(p.Relations) != 1 {
		t.Errorf("published with %+v of %+v", got.Relations, p.Relations)
	}
}

func TestPositionsOfTokens(t *testing.T) {
	for name, tt := range map[string]struct {
		token         content.SyncToken
		deletionsUpTo int64
	}{
		"nothing":          {content.SyncToken{}, 0},
		"a delta":          {content.SyncToken{Seq: 9}, 9},
		"a pull under way": {content.SyncToken{Seq: 3, Start: 9}, 9},
		"past the start":   {content.SyncToken{Seq: 12, Start: 9}, 12},
	} {
		t.Run(name, func(t *testing.T) {
			tt.token.Types, tt.token.Only, tt.token.Database = []content.EntryType{"LAW"}, "mark", "db"
			if got := tt.token.DeletionsUpTo(); got != tt.deletionsUpTo {
				t.Errorf("deletions up to %d, want %d", got, tt.deletionsUpTo)
			}
			want := content.SyncToken{Seq: 20, Types: []content.EntryType{"LAW"}, Only: "mark", Database: "db"}
			if d := cmp.Diff(want, tt.token.At(20)); d != "" {
				t.Errorf("at 20 (-want +got):\n%s", d)
			}
		})
	}
}

func TestChangesIdentifyTheirEntry(t *testing.T) {
	gone := &content.EntryDeletion{Key: "a", Type: content.TypeLaw}
	if want := (content.ID{Type: content.TypeLaw, Key: "a"}); gone.ID() != want {
		t.Errorf("the entry that is gone is %v", gone.ID())
	}
	planned := &content.Schedule{Key: "a", Type: content.TypeLaw, Action: content.SchedulePublish}
	if want := (content.ID{Type: content.TypeLaw, Key: "a"}); planned.EntryID() != want {
		t.Errorf("the schedule is about %v", planned.EntryID())
	}
	found := &content.Suggestion{Entry: content.ID{Type: content.TypeTier, Key: "gold"}}
	if found.Type() != content.TypeTier {
		t.Errorf("the suggestion is a %s", found.Type())
	}
}

func TestSortedTypesLeavesItsArgumentAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOf(rapid.SampledFrom(content.Types())).Draw(t, "types")
		before := append([]content.EntryType{}, given...)
		sorted := content.SortedTypes(given)
		if !cmp.Equal(before, given, cmpopts.EquateEmpty()) {
			t.Errorf("%v became %v", before, given)
		}
		if !cmp.Equal(content.SortedTypes(sorted), sorted, cmpopts.EquateEmpty()) {
			t.Errorf("sorting %v again returns %v", sorted, content.SortedTypes(sorted))
		}
		if !(content.SyncToken{Types: sorted}).SameTypes(given) {
			t.Errorf("a token of %v does not follow %v", sorted, given)
		}
	})
}
