package vocabulary_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph/gen/vocabulary"
)

// The sources of a small vocabulary: shows, which are ordered first, and the episodes of one.
const (
	showGo = `package content

type Show struct {
	Meta  ` + "`bson:\",inline\" entry:\"order=1,rank=2\"`" + `
	Title string ` + "`bson:\"title\" search:\"detail\"`" + `
	Guest []Guest ` + "`bson:\"guests\"`" + `
	Best  string ` + "`bson:\"best\" ref:\"EPISODE\" back:\"Episode.bestOf\"`" + `
	Worst string ` + "`bson:\"worst\" ref:\"EPISODE\"`" + `
}

type Guest struct {
	ShowKey string ` + "`bson:\"show\" ref:\"SHOW\"`" + `
	Role    string ` + "`bson:\"role\"`" + `
}

func (g Guest) Target() string { return g.ShowKey }

type ShowFilter struct {
	And, Or []*ShowFilter
	EntryFilter
}
`
	episodeGo = `package content

type Episode struct {
	Meta   ` + "`bson:\",inline\" entry:\"rank=1,prime\"`" + `
	ShowKey string   ` + "`bson:\"show\" ref:\"SHOW\" list:\"facet\"`" + `
	Mood    *Mood    ` + "`bson:\"mood,omitempty\" list:\"facet\"`" + `
	Minutes int      ` + "`bson:\"minutes\" list:\"order\"`" + `
	Topics  []string ` + "`bson:\"topics\" list:\"facet=SUBJECT\"`" + `
	Guests  []Guest  ` + "`bson:\"guests\"`" + `
	Notes   RichText ` + "`bson:\"notes\" list:\"page\"`" + `
}

type RichText struct{ Text string ` + "`bson:\"text\"`" + ` }

type Mood string

func (Mood) Values() []string { return nil }

type EpisodeFilter struct {
	And, Or []*EpisodeFilter
	Not     *EpisodeFilter
	EntryFilter
	Show    *SlugFilter
	Mood    *MoodFilter
	Minutes *IntFilter
	Topic   *TextFilter
	With    *SlugFilter ` + "`path:\"guests.show\"`" + `
}
`
	metaGo = `package content

type Meta struct { Key string ` + "`bson:\"_id\"`" + ` }
`
	episodeSchema = `
extend enum EntryType { EPISODE }
extend type Query { episode(slug: String!): Episode episodes: EpisodeConnection secret: String }
extend type Mutation { episodeCreate(name: String): Episode episodeBurn: Episode }
type Episode { id: ID! guests: EpisodeGuestConnection bestOf: ShowConnection }
type EpisodeConnection { nodes: [Episode!] }
type EpisodeGuestConnection { edges: [EpisodeGuestEdge!] }
type EpisodeGuestEdge { cursor: String node: Show role: String }
enum EpisodeFacet { SHOW MOOD SUBJECT }
enum EpisodeOrderField { NAME CREATED_AT UPDATED_AT PUBLISHED_AT MINUTES }
`
	showSchema = `
extend enum EntryType { SHOW }
extend type Query { serial(slug: String!): Show serials: [Show!] }
type Show { id: ID! episodes: EpisodeConnection }
type ShowConnection { nodes: [Show!] }
`
	rootSchema = `
enum EntryType
type Query { node: ID }
type Mutation { nothing: ID }
`
)

// read reads the small vocabulary after replacing some texts in it.
func read(t *testing.T, replaced ...string) (*vocabulary.Vocabulary, error) {
	t.Helper()
	dir := t.TempDir()
	change := strings.NewReplacer(replaced...)
	for name, text := range map[string]string{"show.go": showGo, "episode.go": episodeGo, "entry.go": metaGo} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(change.Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A generated file is not read, even if it does not parse.
	if err := os.WriteFile(filepath.Join(dir, "types.generated.go"), []byte("package content\n\nfunc {"), 0o600); err != nil {
		t.Fatal(err)
	}
	var sources []*ast.Source
	for name, text := range map[string]string{"schema/root.graphql": rootSchema, "schema/show.graphql": showSchema, "schema/episode.graphql": episodeSchema} {
		sources = append(sources, &ast.Source{Name: name, Input: change.Replace(text)})
	}
	s, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return vocabulary.Read(dir, s)
}

func mustRead(t *testing.T, replaced ...string) *vocabulary.Vocabulary {
	t.Helper()
	v, err := read(t, replaced...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNamesFollowFromTheStructAndTheSchema(t *testing.T) {
	v := mustRead(t)
	var got [][]string
	for _, e := range v.Entries {
		got = append(got, []string{e.Type, e.Const(), e.Stem(), e.Field(), e.Segment(), e.Collection()})
	}
	want := [][]string{{"SHOW", "TypeShow", "show", "Serials", "serials", "serials"}, {"EPISODE", "TypeEpisode", "episode", "Episodes", "episodes", "episodes"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
	if r := v.Ranked(); r[0].Name != "Episode" || !r[0].Prime || r[1].Prime {
		t.Errorf("%s is first in searches", r[0].Name)
	}
	if v.Entry("Show") != v.ByType("SHOW") || v.Entry("Show").Singleton || v.Entry("Nothing") != nil {
		t.Error("a type is not found by its names")
	}
}

func TestASingletonIsOneByItsTag(t *testing.T) {
	v := mustRead(t, "order=1,rank=2", "order=1,singleton")
	if !v.Entry("Show").Singleton || v.Entry("Episode").Singleton {
		t.Error("the wrong type has one entry")
	}
}

func TestConditionsFindTheirValues(t *testing.T) {
	v := mustRead(t)
	e := v.Entry("Episode")
	got, err := v.Conditions(e)
	if err != nil {
		t.Fatal(err)
	}
	want := []vocabulary.Condition{
		{Name: "Show", Kind: "SlugFilter", Path: "show", Ref: "SHOW"},
		{Name: "Mood", Kind: "MoodFilter", Path: "mood"},
		{Name: "Minutes", Kind: "IntFilter", Path: "minutes"},
		{Name: "Topic", Kind: "TextFilter", Path: "topics"},
		{Name: "With", Kind: "SlugFilter", Path: "guests.show", Ref: "SHOW"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("conditions (-want +got):\n%s", d)
	}
	indexes, err := v.Indexes(e)
	if d := cmp.Diff([]string{"mood", "minutes"}, indexes); d != "" || err != nil {
		t.Errorf("indexes (-want +got), %v:\n%s", err, d)
	}
	facets, err := v.Facets(e)
	wantFacets := []vocabulary.Facet{{Name: "SHOW", Path: "show", Ref: "SHOW"}, {Name: "MOOD", Path: "mood"}, {Name: "SUBJECT", Path: "topics", List: true}}
	if d := cmp.Diff(wantFacets, facets); d != "" || err != nil {
		t.Errorf("facets (-want +got), %v:\n%s", err, d)
	}
	if o, p := e.Orders(), e.Pages(); len(o) != 1 || o[0].OrderName() != "MINUTES" || len(p) != 1 || p[0].Stored != "notes" {
		t.Errorf("orders are %v and pages %v", o, p)
	}
}

func TestRootFieldsAreThoseOfTheType(t *testing.T) {
	v := mustRead(t)
	var got []string
	for _, f := range v.Reads(v.Entry("Episode")) {
		got = append(got, f.Name)
	}
	for _, f := range v.Writes(v.Entry("Episode")) {
		got = append(got, f.Name)
	}
	if d := cmp.Diff([]string{"episode", "episodes", "episodeCreate"}, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
}

func TestReversePath(t *testing.T) {
	v := mustRead(t)
	show, episode := v.Entry("Show"), v.Entry("Episode")
	for _, c := range []struct {
		from, to    *vocabulary.Entry
		field, path string
	}{
		{show, episode, "bestOf", "best"}, // the reference with the tag
		{show, episode, "mentions", ""},   // any reference
		{show, show, "guestOf", "guests.show"},
	} {
		if got, err := v.ReversePath(c.from, c.to, c.field); err != nil || got != c.path {
			t.Errorf("%s.%s is %q, %v; want %q", c.to.Name, c.field, got, err, c.path)
		}
	}
	if _, err := v.ReversePath(episode, episode, "similar"); err == nil {
		t.Error("no error for a list of entries that never refer")
	}
	v = mustRead(t, "ref:\"EPISODE\"`", "ref:\"EPISODE\" back:\"Episode.bestOf\"`")
	if _, err := v.ReversePath(v.Entry("Show"), v.Entry("Episode"), "bestOf"); err == nil {
		t.Error("no error for a list by two of several references")
	}
}

func TestEdgeData(t *testing.T) {
	edges := mustRead(t).Edges()
	if len(edges) != 1 || edges[0].Name != "EpisodeGuestEdge" || edges[0].Data.Name != "Guest" || edges[0].Field.Name != "Guests" || edges[0].Back {
		t.Errorf("edges are %+v", edges)
	}
	// An edge with more fields than its data is written by hand.
	if edges := mustRead(t, "role: String }", "role: String mood: String }").Edges(); len(edges) != 0 {
		t.Errorf("edges are %+v", edges)
	}
}

func TestSlipsAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"an option of lists":             {`list:"page"`, `list:"pages"`, `unknown option "pages"`},
		"an option of searches":          {`search:"detail"`, `search:"details"`, `unknown option "details"`},
		"an option of entries":           {"prime", "primary", `unknown option "primary"`},
		"an order that is not a number":  {"order=1", "order=first", "Show"},
		"an unknown type":                {`ref:"SHOW" list`, `ref:"SHO" list`, "SHO, which is not an entry type"},
		"an unknown way back":            {"Episode.bestOf", "Episode.best", "Episode.best as a way back"},
		"a facet without a tag":          {"MOOD SUBJECT }", "MOOD SUBJECT YEAR }", "EpisodeFacet has YEAR"},
		"a tag without a facet":          {"MOOD SUBJECT }", "MOOD }", "SUBJECT, which EpisodeFacet lacks"},
		"an order without a tag":         {"MINUTES }", "MINUTES YEAR }", "EpisodeOrderField has YEAR"},
		"a type outside the enum":        {"extend enum EntryType { EPISODE }", "", "does not extend EntryType by EPISODE"},
		"a condition on nothing":         {"Topic   *TextFilter", "Theme *TextFilter", "EpisodeFilter.Theme: Episode has no field theme"},
		"a type without a filter":        {"type ShowFilter", "type ShowFilters", "has no struct ShowFilter"},
		"a slug of a field without keys": {"guests.show", "guests.role", "role is not a reference"},
	} {
		if _, err := read(t, c.old, c.new); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
