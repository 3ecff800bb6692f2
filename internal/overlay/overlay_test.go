package overlay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/overlay"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// TestMain stops the shared database after the tests and fails if goroutines are left.
func TestMain(m *testing.M) { mongotest.Main(m) }

// library is a store with patterns: a and b are published and have other drafts since, under other slugs;
// c and d are drafts only; e is published and unchanged.
type library struct {
	*repository.Store
	ids map[string]content.ID
}

// open returns a library in an empty database, which is closed with the test.
func open(t *testing.T) *library {
	t.Helper()
	l := &library{Store: storetest.Open(t), ids: map[string]content.ID{}}
	storetest.Publish(t, l.Store, storetest.Tier("gold", 1))
	for slug, published := range map[string]bool{"a": true, "b": true, "c": false, "d": false, "e": true} {
		p := storetest.Pattern(slug, "Published "+slug, 1)
		l.ids[slug] = p.ID()
		if published {
			storetest.Publish(t, l.Store, p)
		} else {
			storetest.Put(t, l.Store, p)
		}
	}
	for _, slug := range []string{"a", "b", "c", "d"} {
		found, err := l.At(content.Drafts).Patterns.Pages(t.Context(), []string{l.ids[slug].Key})
		if err != nil {
			t.Fatal(err)
		}
		found[0].Name, found[0].Slug, found[0].FormerSlugs = "Draft "+slug, slug+"-new", []string{slug}
		storetest.Put(t, l.Store, found[0])
	}
	return l
}

// graph returns the published graph with drafts over it.
func (l *library) graph(slugs ...string) *content.Graph {
	return overlay.New(l.At(content.Published), l.At(content.Drafts), l.previewed(false, slugs...))
}

// previewed returns patterns as the entries of a preview.
func (l *library) previewed(gone bool, slugs ...string) (out []content.Previewed) {
	for _, s := range slugs {
		out = append(out, content.Previewed{Type: content.TypePattern, Key: l.ids[s].Key, Gone: gone})
	}
	return out
}

// keys returns the keys of patterns.
func (l *library) keys(slugs ...string) (out []string) {
	for _, s := range slugs {
		out = append(out, l.ids[s].Key)
	}
	return out
}

// names returns the names of patterns, and - for a missing one.
func names[E content.Entry](found []E) string {
	out := make([]string, len(found))
	for i, e := range found {
		out[i] = "-"
		if !content.Missing(e) {
			out[i] = e.Head().Name
		}
	}
	return strings.Join(out, ", ")
}

// TestADraftStandsForItsEntry reads patterns in every way that the contract has, with the drafts of a and c.
func TestADraftStandsForItsEntry(t *testing.T) {
	l := open(t)
	g := l.graph("a", "c")
	c, reader := g.Patterns, g.Reader(content.TypePattern)
	all := l.keys("e", "a", "b", "c", "d")
	slugs := []string{"a", "a-new", "b", "b-new", "c", "c-new", "d", "d-new", "none"}
	const byKey, bySlug = "Published e, Draft a, Published b, Draft c, -", "Draft a, Draft a, Published b, -, Draft c, Draft c, -, -, -"
	entries := func(found []content.Entry, err error) (string, error) { return names(found), err }
	patterns := func(found []*content.Pattern, err error) (string, error) { return names(found), err }
	list := func(found []content.Slice[*content.Pattern], err error) (string, error) {
		if err != nil {
			return "", err
		}
		return names(found[0].Items), nil
	}
	q, ctx := content.Query{Order: content.Order{Field: content.OrderName}}, t.Context()
	among := content.Scope{Keys: strings.Join(all, content.KeySeparator)}
	for name, tt := range map[string]struct {
		read func() (string, error)
		want string
	}{
		"ByKeys":         {func() (string, error) { return patterns(c.ByKeys(ctx, all)) }, byKey},
		"Pages":          {func() (string, error) { return patterns(c.Pages(ctx, all)) }, byKey},
		"EntriesByKeys":  {func() (string, error) { return entries(reader.EntriesByKeys(ctx, all)) }, byKey},
		"PagesByKeys":    {func() (string, error) { return entries(reader.PagesByKeys(ctx, all)) }, byKey},
		"BySlugs":        {func() (string, error) { return patterns(c.BySlugs(ctx, slugs)) }, bySlug},
		"PagesBySlugs":   {func() (string, error) { return patterns(c.PagesBySlugs(ctx, slugs)) }, bySlug},
		"EntriesBySlugs": {func() (string, error) { return entries(reader.EntriesBySlugs(ctx, slugs)) }, bySlug},
		"Find":           {func() (string, error) { return list(c.Find(ctx, q, content.Scope{})) }, "Draft a, Published b, Published e"},
		"FindPages":      {func() (string, error) { return list(c.FindPages(ctx, q, among)) }, "Draft a, Published b, Published e"},
		"no keys":        {func() (string, error) { return patterns(c.ByKeys(ctx, nil)) }, ""},
		"twice":          {func() (string, error) { return patterns(c.ByKeys(ctx, l.keys("a", "a"))) }, "Draft a, Draft a"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.read()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	counts, err := c.Count(ctx, nil, content.Scope{})
	if err != nil || counts[0] != 3 {
		t.Errorf("it counts %v (%v), want the 3 that are published", counts, err)
	}
}

// TestWhatIsGoneIsNotShown reads patterns with the draft of a and without b and c.
func TestWhatIsGoneIsNotShown(t *testing.T) {
	l := open(t)
	c := overlay.New(l.At(content.Published), l.At(content.Drafts), append(l.previewed(false, "a"), l.previewed(true, "b", "c")...)).Patterns
	ctx := t.Context()
	byKeys, err := c.ByKeys(ctx, l.keys("a", "b", "c", "e"))
	if got := names(byKeys); err != nil || got != "Draft a, -, -, Published e" {
		t.Errorf("by keys: %s, %v", got, err)
	}
	bySlugs, err := c.PagesBySlugs(ctx, []string{"a", "b", "b-new", "c", "e"})
	if got := names(bySlugs); err != nil || got != "Draft a, -, -, -, Published e" {
		t.Errorf("by slugs: %s, %v", got, err)
	}
	found, err := c.Find(ctx, content.Query{Order: content.Order{Field: content.OrderName}}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(found[0].Items); got != "Draft a, Published e" {
		t.Errorf("in a list: %s", got)
	}
}

// TestCommandsDoNotGrowWithAPreview reads the same with previews of one entry and of as many as a release may have.
func TestCommandsDoNotGrowWithAPreview(t *testing.T) {
	var commands atomic.Int64
	s := storetest.Open(t, func(o *mongodb.Options) {
		o.Monitor = &mongodb.Monitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if e.CommandName == "find" || e.CommandName == "getMore" || e.CommandName == "aggregate" {
				commands.Add(1)
			}
		}}
	})
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	p := storetest.Pattern("a", "A", 1)
	storetest.Publish(t, s, p)
	counts := map[int]int64{}
	for _, n := range []int{1, content.MaxRelease} {
		entries := []content.Previewed{{Type: content.TypePattern, Key: p.Key}}
		for i := range n - 1 {
			entries = append(entries, content.Previewed{Type: content.TypePattern, Key: fmt.Sprint("other", i), Gone: i%2 == 0})
		}
		g := overlay.New(s.At(content.Published), s.At(content.Drafts), entries)
		commands.Store(0)
		for name, read := range map[string]func() error{
			"keys":  func() error { _, err := g.Patterns.Pages(t.Context(), []string{p.Key}); return err },
			"slugs": func() error { _, err := g.Patterns.PagesBySlugs(t.Context(), []string{"a"}); return err },
			"list":  func() error { _, err := g.Patterns.Find(t.Context(), content.Query{}, content.Scope{}); return err },
			"file":  func() error { _, err := g.Tables.File(t.Context(), "none"); return err },
		} {
			if err := read(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		counts[n] = commands.Load()
	}
	if counts[1] == 0 || counts[1] != counts[content.MaxRelease] {
		t.Errorf("commands by entries: %v", counts)
	}
}

// TestOtherTypesStayAsTheyAre: the collection of a type without a preview is the published one itself.
func TestOtherTypesStayAsTheyAre(t *testing.T) {
	l := open(t)
	published := l.At(content.Published)
	g := overlay.New(published, l.At(content.Drafts), l.previewed(false, "a"))
	if g.Tiers != published.Tiers || g.Patterns == published.Patterns {
		t.Error("the wrong collections were replaced")
	}
	if _, ok := g.Patterns.(content.Peeker[*content.Pattern]); ok {
		t.Error("drafts are looked for in memory")
	}
}

// failing is a collection that cannot be read.
type failing struct {
	content.Collection[*content.Pattern]
}

// errAway is the error of a collection that cannot be read.
var errAway = errors.New("away")

func (failing) ByKeys(context.Context, []string) ([]*content.Pattern, error) { return nil, errAway }

func (failing) BySlugs(context.Context, []string) ([]*content.Pattern, error) { return nil, errAway }

func (failing) Find(context.Context, content.Query, ...content.Scope) ([]content.Slice[*content.Pattern], error) {
	return nil, errAway
}

// TestErrorsOfEitherGraphAreReported makes one of the graphs unreadable.
func TestErrorsOfEitherGraphAreReported(t *testing.T) {
	l := open(t)
	away := func(g *content.Graph) *content.Graph {
		broken := *g
		broken.Patterns = failing{g.Patterns}
		return &broken
	}
	published, drafts := l.At(content.Published), l.At(content.Drafts)
	for name, g := range map[string]*content.Graph{
		"published": overlay.New(away(published), drafts, l.previewed(false, "a")),
		"drafts":    overlay.New(published, away(drafts), l.previewed(false, "a")),
	} {
		_, byKeys := g.Patterns.ByKeys(t.Context(), l.keys("a", "b"))
		_, bySlugs := g.Patterns.BySlugs(t.Context(), []string{"a"})
		_, find := g.Patterns.Find(t.Context(), content.Query{}, content.Scope{})
		for method, err := range map[string]error{"ByKeys": byKeys, "BySlugs": bySlugs, "Find": find} {
			if !errors.Is(err, errAway) {
				t.Errorf("%s of %s: %v", method, name, err)
			}
		}
	}
}

// TestAPreviewHasTheFilesOfItsDrafts asks for the files of a published pattern, and of two drafts of which one is
// previewed.
func TestAPreviewHasTheFilesOfItsDrafts(t *testing.T) {
	l := open(t)
	for slug, hash := range map[string]string{"c": "of c", "d": "of d", "e": "of e"} {
		found, err := l.At(content.Drafts).Patterns.Pages(t.Context(), l.keys(slug))
		if err != nil {
			t.Fatal(err)
		}
		found[0].Body = content.RichText{Markdown: "![a](a.png)\n", Files: []content.File{{Link: "a.png", Path: slug + ".png", Hash: hash, MediaType: "image/png"}}}
		storetest.Put(t, l.Store, found[0])
	}
	if _, err := l.Publish(t.Context(), "test", l.ids["e"]); err != nil {
		t.Fatal(err)
	}
	for hash, want := range map[string]string{"of c": "c.png", "of d": "", "of e": "e.png", "": ""} {
		f, err := l.graph("a", "c").Tables.File(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		if (f == nil) != (want == "") || f != nil && f.Path != want {
			t.Errorf("the file %q is %v, want %q", hash, f, want)
		}
	}
}
