package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"

	"patternhub/graph"
	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/engine"
	"patternhub/loaders"
	"patternhub/resolvers"
)

// desk is a seeded hub to which tests write.
type desk struct {
	*hub
	// schema is the engine, and stock gqlgen's executor.
	schema, stock graphql.ExecutableSchema
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	h := newHub(t)
	tokens := auth.NewTokens(h.store)
	previews := auth.NewPreviews(h.store, tokens, auth.NewKeys(h.store, nil), nil)
	cfg := graph.Config{Resolvers: &resolvers.Resolver{
		ViewerOf:  func(context.Context) *content.Viewer { return writer() },
		Authoring: resolvers.Authoring{Store: h.store, Tokens: tokens, Previews: previews},
	}}
	left := engine.OnStock(func(_ context.Context, reason string) { t.Errorf("left to stock: %s", reason) })
	return &desk{hub: h, schema: graph.NewEngine(cfg, h.levels(), left), stock: graph.NewExecutableSchema(cfg)}
}

// within returns the context of a response of the desk.
func (d *desk) within(ctx context.Context) context.Context {
	ctx = loading(ctx, d.store.At(content.Drafts), loaders.Wait)
	loaders.OpenHistory(ctx, d.store)
	return ctx
}

// TestAuthoring runs its parts on one hub, since seeding takes most of the time. Each part writes
// to entries of its own.
func TestAuthoring(t *testing.T) {
	d := newDesk(t)
	for name, part := range map[string]func(*testing.T, *desk){
		"every type can be written":           testEveryTypeCanBeWritten,
		"null clears and absence leaves":      testNullClearsAndAbsenceLeaves,
		"conflicts are shown as front matter": testConflictsAreShownAsFrontMatter,
		"revisions page both ways":            testRevisionsPageBothWays,
		"acts over many entries":              testActsOverManyEntries,
		"the list of all entries":             testTheListOfAllEntries,
		"replays answer the same":             testReplaysAnswerTheSame,
		"idempotency keys are bounded":        testIdempotencyKeysAreBounded,
		"pages of every script":               testPagesOfEveryScript,
	} {
		t.Run(name, func(t *testing.T) { part(t, d) })
	}
}

// writer returns the viewer who writes in these tests.
func writer() *content.Viewer {
	return &content.Viewer{AccessRole: content.RolePublisher, Key: &content.APIKey{Key: "writer"}, Perspective: content.Drafts}
}

// do runs an operation on the draft graph and returns its data.
func (d *desk) do(t *testing.T, query string, variables map[string]any) map[string]any {
	t.Helper()
	ctx := d.within(graphql.StartOperationTrace(t.Context()))
	exec := executor.New(d.schema)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	respond, ctx := exec.DispatchOperation(ctx, op)
	resp := respond(ctx)
	if len(resp.Errors) > 0 {
		t.Fatalf("%s: %v", query, resp.Errors)
	}
	var out map[string]any
	if err := json.Unmarshal(resp.Data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// at follows a path through an answer. For a list it takes the first item.
func at(v any, path ...string) any {
	for _, p := range path {
		if list, ok := v.([]any); ok {
			v = list[0]
		}
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// inputOf returns the input that would create an entry, as entryValues returns it.
func (d *desk) inputOf(t *testing.T, e content.Entry) map[string]any {
	t.Helper()
	got := d.do(t, `query($id: ID!) { entryValues(id: $id) { target revision values } }`, map[string]any{"id": e.ID().String()})
	if at(got, "entryValues", "target") != e.ID().String() || at(got, "entryValues", "revision") != float64(e.Head().Revision) {
		t.Errorf("the values of %s are those of %v", e.Head().Slug, got)
	}
	raw, err := json.Marshal(at(got, "entryValues", "values"))
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber() // as the hub reads variables
	if err := in.Decode(&values); err != nil {
		t.Fatal(err)
	}
	return values
}

// testEveryTypeCanBeWritten copies an entry of each type through its mutations and compares all
// fields that authors write, so that a stored field without an input fails.
func testEveryTypeCanBeWritten(t *testing.T, d *desk) {
	t.Helper()
	for _, kind := range content.Types() {
		t.Run(kind.Name(), func(t *testing.T) {
			some := d.some(t, kind, 12)
			inputs := make([]map[string]any, len(some)) // before copies add symmetric relations
			for i, e := range some {
				inputs[i] = d.inputOf(t, e)
				d.stays(t, e, inputs[i])
			}
			if kind.Singleton() {
				return // its entry cannot be copied
			}
			for i, e := range some {
				d.copies(t, e, inputs[i])
			}
		})
	}
}

// inputType returns the name of the input that writes an entry.
func inputType(e content.Entry) string {
	i := slices.IndexFunc(resolvers.Forms(), func(f *content.EntryForm) bool { return f.Type == e.Head().Type })
	return resolvers.Forms()[i].Input
}

// some reads complete entries of a type.
func (d *desk) some(t *testing.T, kind content.EntryType, n int) []content.Entry {
	t.Helper()
	changes, err := d.store.Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range changes {
		if c.Type == kind && c.Graph == content.Published && len(keys) < n {
			keys = append(keys, c.Key)
		}
	}
	found, err := d.store.At(content.Drafts).Reader(kind).PagesByKeys(t.Context(), keys)
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s: %v", kind, err)
	}
	return found
}

// stays updates an entry with what it holds, which makes no revision; the token names the current
// state.
func (d *desk) stays(t *testing.T, e content.Entry, input map[string]any) {
	t.Helper()
	name := e.Head().Type.Name()
	field := strings.ToLower(name[:1]) + name[1:]
	got := d.do(t, fmt.Sprintf(`mutation($id: ID!, $input: %[1]s!) { %[2]sUpdate(id: $id, input: $input) { %[2]s { revision status } userErrors { field message } token } }`, inputType(e), field),
		map[string]any{"id": e.ID().String(), "input": input})
	if p := at(got, field+"Update", field); at(p, "revision") != float64(e.Head().Revision) || at(p, "status") != string(e.Head().Status) || at(got, field+"Update", "token") == nil {
		t.Errorf("%s: an update with what it holds returns %v", e.Head().Slug, got)
	}
}

func (d *desk) copies(t *testing.T, e content.Entry, input map[string]any) {
	t.Helper()
	name := e.Head().Type.Name()
	field := strings.ToLower(name[:1]) + name[1:]
	input["slug"] = e.Head().Slug + "-copy"
	made := d.do(t, fmt.Sprintf(`mutation($input: %[1]s!) { %[2]sCreate(input: $input) { %[2]s { id slug revision status } userErrors { field code message } token } }`, inputType(e), field),
		map[string]any{"input": input})
	if errs := at(made, field+"Create", "userErrors").([]any); len(errs) > 0 {
		t.Fatalf("%s: %v", e.Head().Slug, errs)
	}
	if at(made, field+"Create", "token") == "" || at(made, field+"Create", field, "status") != "DRAFT" {
		t.Errorf("made as %v", made)
	}
	id, err := content.ParseID(at(made, field+"Create", field, "id").(string))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := d.store.At(content.Drafts).Reader(id.Type).PagesByKeys(t.Context(), []string{id.Key})
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range content.Changed(e, stored[0]) {
		if changed != "slug" {
			t.Errorf("%s: %s (-original +copy):\n%s", e.Head().Slug, changed,
				cmp.Diff(content.FieldValue(e, changed).Interface(), content.FieldValue(stored[0], changed).Interface()))
		}
	}
	renamed := d.do(t, fmt.Sprintf(`mutation($id: ID!) { %[1]sUpdate(id: $id, ifRevision: 1, input: {name: "Renamed"}) { %[1]s { name revision summary } userErrors { message } } }`, field), map[string]any{"id": id.String()})
	if at(renamed, field+"Update", field, "name") != "Renamed" || at(renamed, field+"Update", field, "summary") != e.Head().Summary {
		t.Errorf("renamed as %v", renamed)
	}
}

func testNullClearsAndAbsenceLeaves(t *testing.T, d *desk) {
	t.Helper()
	id := content.ID{Type: content.TypePattern, Key: "saga"}.String()
	got := d.do(t, `mutation($id: ID!) { patternUpdate(id: $id, input: {introduced: null, problem: null, tags: null}) { pattern { introduced problem tags solution } userErrors { field code } } }`, map[string]any{"id": id})
	p := at(got, "patternUpdate", "pattern")
	if at(p, "introduced") != nil || at(p, "problem") != "" || len(at(p, "tags").([]any)) != 0 || at(p, "solution") == "" {
		t.Errorf("after null: %v", got)
	}
	got = d.do(t, `mutation($id: ID!) { patternUpdate(id: $id, input: {tier: null, slug: null}) { pattern { id } userErrors { field code } token } }`, map[string]any{"id": id})
	want := []any{
		map[string]any{"field": []any{"input", "slug"}, "code": "REQUIRED"},
		map[string]any{"field": []any{"input", "tier"}, "code": "REQUIRED"},
	}
	if diff := cmp.Diff(want, at(got, "patternUpdate", "userErrors")); diff != "" || at(got, "patternUpdate", "token") != nil {
		t.Errorf("user errors (-want +got):\n%s", diff)
	}
	got = d.do(t, `mutation($id: ID!) { lawUpdate(id: $id, input: {name: "No law"}) { law { id } userErrors { field code } } }`, map[string]any{"id": id})
	if at(got, "lawUpdate", "userErrors", "code") != "NOT_FOUND" {
		t.Errorf("a pattern taken for a law: %v", got)
	}
}

func testConflictsAreShownAsFrontMatter(t *testing.T, d *desk) {
	t.Helper()
	id := content.ID{Type: content.TypePattern, Key: "cqrs"}.String()
	update := func(input string) map[string]any {
		return d.do(t, `mutation($id: ID!) { patternUpdate(id: $id, ifRevision: 1, mergeStrategy: FIELDS, input: {`+input+`}) {
			pattern { revision } userErrors { code } conflicts { path base theirs yours } } }`, map[string]any{"id": id})
	}
	update(`laws: ["emergent-chaos"], difficulty: BEGINNER`)
	got := update(`difficulty: INTERMEDIATE, laws: ["correlated-failure", "emergent-chaos"], relevance: NICHE`)
	base := at(got, "patternUpdate", "conflicts").([]any)
	want := []map[string]any{
		{"path": "difficulty", "theirs": "beginner", "yours": "intermediate"},
		{"path": "laws", "theirs": "- emergent-chaos", "yours": "- correlated-failure\n- emergent-chaos"},
	}
	for i, w := range want {
		for k, v := range w {
			if at(base[i], k) != v {
				t.Errorf("conflict %d: %s is %q, want %q", i, k, at(base[i], k), v)
			}
		}
	}
	if got = update(`relevance: NICHE`); at(got, "patternUpdate", "pattern", "revision") == nil {
		t.Errorf("a change that overlaps nothing returns %v", got)
	}
}

func testRevisionsPageBothWays(t *testing.T, d *desk) {
	t.Helper()
	id := content.ID{Type: content.TypeLaw, Key: "emergent-chaos"}.String()
	for i := range 5 {
		d.do(t, `mutation($id: ID!, $name: String!) { lawUpdate(id: $id, input: {name: $name}) { userErrors { code } } }`, map[string]any{"id": id, "name": fmt.Sprintf("Name %d", i)})
	}
	read := func(args string) (numbers []any, info any) {
		got := d.do(t, `query($id: ID!) { node(id: $id) { ... on Law { revisions(`+args+`) { totalCount nodes { revision author changes { path before after } } edges { cursor } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } } } }`, map[string]any{"id": id})
		all := at(got, "node", "revisions")
		for _, n := range at(all, "nodes").([]any) {
			numbers = append(numbers, at(n, "revision"))
		}
		if at(all, "totalCount") != 6.0 {
			t.Errorf("totalCount is %v", at(all, "totalCount"))
		}
		if len(numbers) > 0 && numbers[0] == 4.0 {
			want := map[string]any{"path": "name", "before": "Name 1", "after": "Name 2"}
			if diff := cmp.Diff([]any{want}, at(all, "nodes", "changes")); diff != "" || at(all, "nodes", "author") != "writer" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		}
		return numbers, at(all, "pageInfo")
	}
	numbers, info := read("first: 2")
	if fmt.Sprint(numbers) != "[6 5]" || at(info, "hasNextPage") != true || at(info, "hasPreviousPage") != false {
		t.Errorf("first page %v, %v", numbers, info)
	}
	if numbers, _ = read(fmt.Sprintf("first: 2, after: %q", at(info, "endCursor"))); fmt.Sprint(numbers) != "[4 3]" {
		t.Errorf("second page %v", numbers)
	}
	if numbers, info = read("last: 2"); fmt.Sprint(numbers) != "[2 1]" || at(info, "hasPreviousPage") != true {
		t.Errorf("last page %v", numbers)
	}
	if numbers, _ = read(fmt.Sprintf("last: 1, before: %q", at(info, "startCursor"))); fmt.Sprint(numbers) != "[3]" {
		t.Errorf("before that %v", numbers)
	}
}

func testActsOverManyEntries(t *testing.T, d *desk) {
	t.Helper()
	company := `input: {slug: "acme", name: "Acme", summary: "A company.", kind: COMPANY, industry: "anvils"}`
	made := d.do(t, `mutation { companyCreate(`+company+`) @idempotent(key: "k") { company { id } userErrors { message } } }`, nil)
	id := at(made, "companyCreate", "company", "id")
	if again := d.do(t, `mutation { companyCreate(`+company+`) @idempotent(key: "k") { company { id } userErrors { code } } }`, nil); at(again, "companyCreate", "company", "id") != id {
		t.Errorf("the same key returns %v", again)
	}
	other := d.do(t, `mutation { companyCreate(input: {slug: "other"}) @idempotent(key: "k") { userErrors { code field } } }`, nil)
	if at(other, "companyCreate", "userErrors", "code") != "IDEMPOTENCY_MISMATCH" {
		t.Errorf("another input under the key returns %v", other)
	}
	vars := map[string]any{"ids": []any{id}, "id": id}
	steps := []struct{ query, path, want string }{
		{`mutation($ids: [ID!]!) { x: entryPublish(ids: $ids, ifRevisions: [1]) { entries { slug status } publishedCount userErrors { code } token } }`, "entries status", "PUBLISHED"},
		{`mutation($id: ID!) { x: companyUpdate(id: $id, input: {industry: "rockets"}) { company { status } userErrors { code } } }`, "company status", "CHANGED"},
		{`mutation($ids: [ID!]!) { x: entryUnpublish(ids: $ids) { entries { status } referrers { place } userErrors { code } } }`, "entries status", "DRAFT"},
		{`mutation($id: ID!) { x: entryRestore(id: $id, revision: 1) { entry { revision ... on Company { industry } } userErrors { code } } }`, "entry industry", "anvils"},
		{`mutation($id: ID!) { x: entrySchedulePublish(id: $id, at: "2030-01-01T00:00:00Z") { entry { slug } schedule { state action at author entry { slug } } userErrors { code } } }`, "schedule state", "WAITING"},
		{`query { x: entrySchedules { action author } }`, "action", "PUBLISH"},
		{`mutation($id: ID!) { x: entrySchedulePublish(id: $id) { entry { slug } schedule { state } userErrors { code } } }`, "entry slug", "acme"},
		{`mutation($id: ID!) { x: entryScheduleUnpublish(id: $id, at: "2020-01-01T00:00:00Z") { schedule { state } userErrors { code } } }`, "userErrors code", "INVALID"},
		{`mutation { x: previewTokenCreate(minutes: 0) { token userErrors { field } } }`, "userErrors field", "[minutes]"},
		{`mutation($ids: [ID!]!) { x: entryDelete(ids: $ids) { deleted userErrors { code } } }`, "deleted", "[" + id.(string) + "]"},
		{`mutation($ids: [ID!]!) { x: entryDelete(ids: $ids) { deleted userErrors { code field } } }`, "userErrors code", "NOT_FOUND"},
		{`query { x: brokenReferences { place } }`, "", "[]"},
	}
	for _, s := range steps {
		got := d.do(t, s.query, used(s.query, vars))
		if v := fmt.Sprint(at(got["x"], strings.Fields(s.path)...)); v != s.want {
			t.Errorf("%s: %s is %s, want %s: %v", s.query, s.path, v, s.want, got)
		}
	}
}

// used returns the variables that a query declares.
func used(query string, vars map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range vars {
		if strings.Contains(query, "$"+k+":") {
			out[k] = v
		}
	}
	return out
}

// testReplaysAnswerTheSame repeats writes under their keys. Some of the writes change nothing.
func testReplaysAnswerTheSame(t *testing.T, d *desk) {
	t.Helper()
	company := `input: {slug: "replayed", name: "Replayed", summary: "A company.", kind: COMPANY, industry: "anvils"}`
	made := d.do(t, `mutation { companyCreate(`+company+`) @idempotent(key: "made") { company { id } token } }`, nil)
	id, _ := at(made, "companyCreate", "company", "id").(string)
	token := ""
	for _, mutation := range []string{
		`mutation { x: companyUpdate(id: "` + id + `", input: {name: "New"}) @idempotent(key: "a") { company { revision } token } }`,
		`mutation { x: companyUpdate(id: "` + id + `", input: {name: "New"}) @idempotent(key: "b") { company { revision } token } }`,
		`mutation { x: companyUpdate(id: "` + id + `", input: {name: "New"}) { company { revision } token } }`,
		`mutation { x: entryRestore(id: "` + id + `", revision: 2) @idempotent(key: "c") { entry { revision } token } }`,
	} {
		first, again := d.do(t, mutation, nil), d.do(t, mutation, nil)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s: %s", mutation, diff)
		}
		now, _ := at(first, "x", "token").(string)
		if now == "" || token != "" && now != token {
			t.Errorf("%s has the token %q and not %q", mutation, now, token)
		}
		token = now
	}
}

func testIdempotencyKeysAreBounded(t *testing.T, d *desk) {
	t.Helper()
	exec := executor.New(d.schema)
	for name, key := range map[string]string{"201 characters": strings.Repeat("k", 201), "nothing": "", "blanks": "  "} {
		ctx := loading(graphql.StartOperationTrace(t.Context()), d.store.At(content.Drafts), time.Millisecond)
		op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: `mutation { lawCreate(input: {}) @idempotent(key: "` + key + `") { userErrors { code } } }`})
		if errs != nil {
			t.Fatal(errs)
		}
		respond, ctx := exec.DispatchOperation(ctx, op)
		if resp := respond(ctx); len(resp.Errors) != 1 || content.CodeOf(resp.Errors[0]) != content.BadUserInput {
			t.Errorf("a key of %s returns %s, %v", name, resp.Data, resp.Errors)
		}
	}
}
