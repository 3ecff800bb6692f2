package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestCachesChangeNoAnswer writes at random to a hub without caches, and sends the golden queries
// to it and to one with caches. With the token of the last write both must return the same answers.
// DRILL=long runs longer.
func TestCachesChangeNoAnswer(t *testing.T) {
	steps := 12
	if os.Getenv("DRILL") == "long" {
		steps = 500
	}
	plain := newStaffed(t, "--response-cache", "off", "--entity-cache", "off")
	cached := *plain
	cached.service = start(t, "--mongodb-uri", plain.uri, "--mongodb-database", plain.database, "--limit-restore", "1000000", "--limit-bucket", "100000000")
	cached.mustHear(t, "^Ready")
	queries := mustGolden(t)
	ask := func(s *staffed, query golden, token string) map[string]any {
		var headers []header
		if token != "" {
			headers = append(headers, header{"X-After", token})
		}
		a, _, err := s.send(t.Context(), query.text, query.variables, headers...)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) > 0 {
			return map[string]any{"errors": fmt.Sprint(a.Errors)}
		}
		return a.Data
	}
	compare := func(after, token string) {
		for name, query := range queries {
			if got, want := ask(&cached, query, token), ask(plain, query, ""); !reflect.DeepEqual(got, want) {
				t.Errorf("%s after %s:\n got %v\nwant %v", name, after, got, want)
			}
		}
	}
	compare("the start", "")
	random := rand.New(rand.NewPCG(8, 2026))
	ids := plain.mustIDs(t)
	for step := range steps {
		if t.Failed() {
			break
		}
		what, token := plain.mustChange(t, random, ids, step)
		if token == "" {
			t.Logf("%s is refused", what)
			continue
		}
		compare(what, token)
	}
}

// golden is a golden query with its variables.
type golden struct {
	text      string
	variables map[string]any
}

// mustGolden reads the golden queries by the names of their files.
func mustGolden(t *testing.T) map[string]golden {
	t.Helper()
	files, err := filepath.Glob("resolvers/testdata/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden queries: %v", err)
	}
	out := map[string]golden{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g := golden{text: string(text)}
		if _, variables, ok := strings.Cut(g.text, "# variables: "); ok {
			if err := json.NewDecoder(strings.NewReader(variables)).Decode(&g.variables); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		out[filepath.Base(file)] = g
	}
	return out
}

// mustIDs lists all entries by type.
func (s *staffed) mustIDs(t *testing.T) map[content.EntryType][]string {
	t.Helper()
	out := map[content.EntryType][]string{}
	changes, err := s.store(t).Changes(context.WithoutCancel(t.Context()), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Graph == content.Published && c.Type.Name() != "" {
			out[c.Type] = append(out[c.Type], content.ID{Type: c.Type, Key: c.Key}.String())
		}
	}
	return out
}

// mustChange renames, relates, unpublishes or publishes an entry, or records the health of a
// pattern, and returns the token of the write, empty if it was refused.
func (s *staffed) mustChange(t *testing.T, random *rand.Rand, ids map[content.EntryType][]string, step int) (what, token string) {
	t.Helper()
	types := content.Types()
	entryType := types[random.IntN(len(types))]
	id := ids[entryType][random.IntN(len(ids[entryType]))]
	name := strings.ToLower(entryType.Name()[:1]) + entryType.Name()[1:]
	publish := ` entryPublish(ids: [$id]) { userErrors { message } token }`
	fields := fmt.Sprintf(`name: "Renamed %d", summary: "Renamed."`, step)
	switch random.IntN(5) {
	case 0:
		// A record has no token of its own; the token of the publish after it includes both.
		what, id = "the health of saga", content.ID{Type: content.TypePattern, Key: "saga"}.String()
		a, _, err := s.send(t.Context(), `mutation($id: ID!, $value: Float!) {
			patternHealthRecord(input: {pattern: "saga", metric: GITHUB_STARS, month: "2026-01", value: $value}) { userErrors { message } }
			`+publish+` }`, map[string]any{"id": id, "value": step}, s.as(content.RolePublisher))
		if err != nil || len(a.Errors) > 0 {
			t.Fatalf("%s: %v %+v", what, err, a)
		}
		token, _ = at(a.Data, "entryPublish", "token").(string)
		return what, token
	case 1:
		what = "the end of " + entryType.Name()
		payload := s.author(t, content.RolePublisher, `mutation($id: ID!) { entryUnpublish(ids: [$id]) { userErrors { message } token } }`, map[string]any{"id": id})
		token, _ = payload["token"].(string)
		return what, token
	case 2:
		if entryType == content.TypePattern {
			fields += `, tier: "bronze", laws: ["emergent-chaos"]`
		}
		fields += fmt.Sprintf(`, slug: "renamed-%d"`, step)
	}
	what = entryType.Name() + " " + id + " with " + fields
	a, _, err := s.send(t.Context(), fmt.Sprintf(`mutation($id: ID!) { %sUpdate(id: $id, input: {%s}) { userErrors { message } }%s }`, name, fields, publish), map[string]any{"id": id}, s.as(content.RolePublisher))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %+v", what, a.Errors)
	}
	token, _ = at(a.Data, "entryPublish", "token").(string)
	return what, token
}
