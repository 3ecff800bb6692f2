package hub_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph"
	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
)

// canary is a word that only drafts contain, in every field of theirs.
const canary = "zebrawood"

// store opens the hub's database for the test.
func (s *staffed) store(t *testing.T) *repository.Store {
	t.Helper()
	store, err := repository.Open(mongodb.Options{URI: s.uri, Database: s.database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	return store
}

// anEntry returns a complete published entry of a type.
func anEntry(t *testing.T, store *repository.Store, kind content.EntryType) content.Entry {
	t.Helper()
	changes, err := store.Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Type == kind && c.Graph == content.Published {
			found, err := store.At(content.Drafts).Reader(kind).PagesByKeys(t.Context(), []string{c.Key})
			if err != nil {
				t.Fatal(err)
			}
			return found[0]
		}
	}
	t.Fatalf("no %s is published", kind)
	return nil
}

// hideCanaries adds drafts to the published content: for each type a new entry and a change of a
// published one. The changed pattern refers to the new entries.
func hideCanaries(t *testing.T, store *repository.Store) {
	t.Helper()
	for _, kind := range content.Types() {
		e := anEntry(t, store, kind)
		h := e.Head()
		h.Summary, h.Name = canary+" of a change", h.Name+" "+canary
		if body := content.FieldValue(e, "body"); body.IsValid() {
			body.Addr().Interface().(*content.RichText).Markdown += "\n\n## " + canary + "\n\nThe " + canary + ".\n"
		}
		if _, err := store.Put(t.Context(), canary, e); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if kind.Singleton() {
			continue // it has no second entry
		}
		draft := anEntry(t, store, kind)
		d := draft.Head()
		d.Key, d.Slug, d.Name, d.Revision = canary, canary, "A "+canary, 0
		if _, err := store.Put(t.Context(), canary, draft); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	p, ok := anEntry(t, store, content.TypePattern).(*content.Pattern)
	if !ok {
		t.Fatal("no pattern")
	}
	name := canary
	if out, err := store.ChangeRelease(t.Context(), content.Request{By: canary}, content.ReleaseChange{Name: &name, Add: []content.ReleaseEntry{
		{Type: content.TypePattern, Key: canary, Action: content.SchedulePublish}, {Type: p.Type, Key: p.Key, Action: content.ScheduleUnpublish},
	}}); err != nil || len(out.Errors) > 0 {
		t.Fatalf("hide a release: %+v, %v", out, err)
	}
	p.LawKeys = append(slices.Clone(p.LawKeys), canary)
	p.Relations = append(slices.Clone(p.Relations), content.RelationRow{PatternKey: canary, Relation: "PREREQUISITE"})
	if _, err := store.Put(t.Context(), canary, p); err != nil {
		t.Fatal(err)
	}
}

// crawler generates queries for everything that the schema offers to a reader.
type crawler struct {
	schema  *ast.Schema
	changed map[string]string // type name to the slug of the entry with a changed working copy
	queries []string
}

// selection selects all fields of a type, that many levels deep.
func (c *crawler) selection(def *ast.Definition, levels int) string {
	var out []string
	if def.IsAbstractType() {
		for _, p := range c.schema.GetPossibleTypes(def) {
			var leaves []string
			for _, f := range p.Fields {
				if !strings.HasPrefix(f.Name, "__") && c.schema.Types[f.Type.Name()].IsLeafType() && !required(f) {
					leaves = append(leaves, p.Name+"_"+f.Name+": "+f.Name)
				}
			}
			out = append(out, "... on "+p.Name+" { "+strings.Join(leaves, " ")+" }")
		}
		return "{ __typename " + strings.Join(out, " ") + " }"
	}
	for _, f := range def.Fields {
		target := c.schema.Types[f.Type.Name()]
		switch {
		case strings.HasPrefix(f.Name, "__"), f.Name == "revisions": // refused to readers, as the test of roles shows
		case f.Name == "facets":
			out = append(out, "facets(fields: ["+strings.Join(enumValues(c.schema, f.Arguments.ForName("fields").Type.Name()), ", ")+"], limit: 100) { field values { value count label } }")
		case required(f):
		case target.IsLeafType():
			out = append(out, f.Name)
		case levels > 0:
			args := ""
			if f.Arguments.ForName("first") != nil {
				args = "(first: 3)"
			}
			out = append(out, f.Name+args+" "+c.selection(target, levels-1))
		}
	}
	if len(out) == 0 {
		return "{ __typename }"
	}
	return "{ " + strings.Join(out, " ") + " }"
}

func required(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

func enumValues(schema *ast.Schema, name string) []string {
	var out []string
	for _, v := range schema.Types[name].EnumValues {
		out = append(out, v.Name)
	}
	return out
}

// values returns all useful values of an argument or a field of a filter.
func (c *crawler) values(t *ast.Type, name string, field *ast.FieldDefinition) []string {
	def := c.schema.Types[t.Name()]
	list := func(v string) string {
		if t.Elem != nil {
			return "[" + v + "]"
		}
		return v
	}
	switch {
	case t.Name() == "ID":
		var out []string
		for _, kind := range content.Types() {
			out = append(out, list(fmt.Sprintf("%q", content.ID{Type: kind, Key: canary}.String())),
				list(fmt.Sprintf("%q", content.ID{Type: kind, Key: c.changed[kind.Name()]}.String())))
		}
		return out
	case name == "path" && field.Type.Name() == "Entry":
		var out []string
		for _, kind := range content.Types() {
			out = append(out, fmt.Sprintf("%q", "/"+kind.Plural()+"/"+canary), fmt.Sprintf("%q", "/"+kind.Plural()+"/"+c.changed[kind.Name()]))
		}
		return out
	case t.Name() == "String" && (name == "after" || name == "before"):
		return nil
	case t.Name() == "String" && t.Elem != nil:
		return []string{fmt.Sprintf("[%q, %q]", canary, c.changed["Pattern"])}
	case t.Name() == "String":
		return []string{fmt.Sprintf("%q", canary), fmt.Sprintf("%q", canary[:5]), fmt.Sprintf("%q", c.changed[field.Type.Name()])}
	case def.Kind == ast.Enum:
		var out []string
		for _, v := range enumValues(c.schema, t.Name()) {
			out = append(out, list(v))
		}
		return out
	case def.Kind == ast.InputObject:
		return c.objects(def, field)
	}
	return nil
}

// objects returns an input with each of its fields alone.
func (c *crawler) objects(def *ast.Definition, field *ast.FieldDefinition) []string {
	var out []string
	for _, f := range def.Fields {
		if f.Type.Name() == def.Name {
			continue // and, or, not: they only combine the other fields
		}
		for _, v := range c.values(f.Type, f.Name, field) {
			out = append(out, "{"+f.Name+": "+v+"}")
		}
	}
	return out
}

// crawl generates the queries of one root field: plain, and with each argument in turn.
func (c *crawler) crawl(f *ast.FieldDefinition) {
	target := c.schema.Types[f.Type.Name()]
	ask := func(args []string, selection string) {
		call := ""
		if len(args) > 0 {
			call = "(" + strings.Join(args, ", ") + ")"
		}
		c.queries = append(c.queries, "{ "+f.Name+call+" "+selection+" }")
	}
	deep, flat := c.selection(target, 3), c.selection(target, 1)
	if target.IsLeafType() {
		deep, flat = "", ""
	}
	if !required(f) {
		ask(nil, deep)
	}
	page := []string{}
	if f.Arguments.ForName("first") != nil {
		page = append(page, "first: 100")
	}
	for _, a := range f.Arguments {
		if a.Name == "first" || a.Name == "last" {
			continue
		}
		others := append([]string{}, page...)
		for _, o := range f.Arguments {
			if o != a && o.Type.NonNull && o.DefaultValue == nil {
				values := c.values(o.Type, o.Name, f)
				if len(values) == 0 {
					return
				}
				others = append(others, o.Name+": "+values[len(values)-1])
			}
		}
		for _, v := range c.values(a.Type, a.Name, f) {
			selection := flat
			if a.Type.NonNull {
				selection = deep
			}
			ask(append(slices.Clone(others), a.Name+": "+v), selection)
		}
	}
}

// allQueries returns queries for everything that the schema offers to a reader.
func allQueries(t *testing.T, store *repository.Store) []string {
	t.Helper()
	c := &crawler{schema: graph.NewExecutableSchema(graph.Config{}).Schema(), changed: map[string]string{}}
	for _, kind := range content.Types() {
		c.changed[kind.Name()] = anEntry(t, store, kind).Head().Slug
	}
	for _, f := range c.schema.Query.Fields {
		if !strings.HasPrefix(f.Name, "__") && f.Name != "rateLimit" && f.Name != "viewer" {
			c.crawl(f)
		}
	}
	return c.queries
}

// seen is a response to a reader without a key, with the headers that caches compare.
type seen struct{ body, etag, keys string }

func (s *staffed) see(t *testing.T, query string, headers ...header) seen {
	t.Helper()
	a, head, err := s.send(t.Context(), query, nil, headers...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return seen{string(raw), head.Get("ETag"), head.Get("Surrogate-Key")}
}

// TestNothingRevealsThatADraftExists sends queries for everything that the schema offers, with
// every argument, filter, order and facet, before and after drafts are written. The answers must be
// equal to the byte, including counts, cursors, errors and validators. The second time another
// replica answers, whose cache is empty and which has read the writes from the log.
func TestNothingRevealsThatADraftExists(t *testing.T) {
	s := newStaffed(t, "--limit-mode", "measure")
	other := &staffed{service: start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database, "--limit-mode", "measure", "--limit-restore", "1000000", "--limit-bucket", "100000000")}
	other.mustHear(t, "^Ready")
	store := s.store(t)
	queries := allQueries(t, store)
	before := make([]seen, len(queries))
	answered, validators := 0, 0
	for i, q := range queries {
		before[i] = s.see(t, q)
		if strings.Contains(before[i].body, `"Data":{`) {
			answered++
		}
		if before[i].etag != "" {
			validators++
		}
	}
	if len(queries) < 500 || answered < len(queries)*9/10 || validators < answered/2 {
		t.Fatalf("%d queries, %d of them with data, %d with validators: the crawl misses much", len(queries), answered, validators)
	}
	hideCanaries(t, store)
	token, _, err := s.send(t.Context(), `mutation { companyCreate(input: {slug: "last", name: "Last", kind: COMPANY}) { token } }`, nil, s.as(content.RoleAuthor))
	if err != nil {
		t.Fatal(err)
	}
	last := header{"X-After", at(token.Data, "companyCreate", "token").(string)} // then the replica has read all writes
	if _, _, err := other.send(t.Context(), `{ tiers { id } }`, nil, last); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i, q := range queries {
		after := other.see(t, q)
		if after == before[i] && !strings.Contains(after.body, canary+" of a change") {
			continue
		}
		at := 0
		for at < min(len(after.body), len(before[i].body)) && after.body[at] == before[i].body[at] {
			at++
		}
		from := max(0, at-100)
		t.Errorf("%.200s\nbefore ...%.300s\nafter  ...%.300s\nETag %s, %s", q, before[i].body[from:], after.body[from:], before[i].etag, after.etag)
		if failed++; failed == 10 {
			t.Fatal("and so on")
		}
	}
	t.Logf("%d queries, %d with data, %d with validators", len(queries), answered, validators)
}

// TestSubscribersDoNotReceiveDrafts writes drafts during an open stream and then publishes: the first
// event is the publish.
func TestSubscribersDoNotReceiveDrafts(t *testing.T) {
	s := newStaffed(t)
	store := s.store(t)
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"?query="+url.QueryEscape(`subscription { entryChanged { ... on EntryUpsert { entry { slug name summary } } ... on EntryDeletion { id } } }`), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	// The stream begins with a comment or an empty line when it listens. Repeating the publish until it
	// arrives makes it needless to wait for that.
	hideCanaries(t, store)
	published := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := store.Publish(ctx, "test", content.ID{Type: content.TypeTier, Key: "gold"}); err != nil {
				published <- err
				return
			}
		}
	}()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if !strings.Contains(data, `"slug":"gold"`) {
				t.Errorf("the first event is %s", data)
			}
			return
		}
	}
	select {
	case err := <-published:
		t.Fatal(err)
	default:
		t.Fatalf("no event came: %v", lines.Err())
	}
}
