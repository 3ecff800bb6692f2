package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph"
	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
)

// staffed is a seeded hub with a key for each role.
type staffed struct {
	*service
	uri, database string
	keys          map[content.AccessRole]string
}

func newStaffed(t *testing.T, args ...string) *staffed {
	t.Helper()
	uri, database := mongotest.Open(t)
	s := &staffed{uri: uri, database: database, keys: map[content.AccessRole]string{}}
	s.service = start(t, append([]string{"--mongodb-uri", uri, "--mongodb-database", database, "--limit-restore", "1000000", "--limit-bucket", "100000000"}, args...)...)
	s.mustHear(t, "^Ready")
	for _, role := range content.AccessRole("").Values() {
		token, _, _ := strings.Cut(s.command(t, "keys", "create", "--role", strings.ToLower(role), "--name", role), "\n")
		s.keys[content.AccessRole(role)] = token
	}
	return s
}

// command runs another command on the hub's database.
func (s *staffed) command(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append(args, "--mongodb-uri", s.uri, "--mongodb-database", s.database), func(string) string { return "" }, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// header is a header of a request, as name and value.
type header [2]string

// as returns the header of a role's key; it is empty for an anonymous request.
func (s *staffed) as(role content.AccessRole) header {
	if role == "" {
		return header{}
	}
	return header{"Authorization", "Bearer " + s.keys[role]}
}

// send sends a query with headers.
func (s *staffed) send(ctx context.Context, query string, variables map[string]any, headers ...header) (*answer, http.Header, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		if h[0] != "" {
			req.Header.Set(h[0], h[1])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	return a, resp.Header, json.NewDecoder(resp.Body).Decode(a)
}

// mustSend sends a query with headers and fails the test on an error.
func (s *staffed) mustSend(t *testing.T, query string, variables map[string]any, headers ...header) map[string]any {
	t.Helper()
	a, _, err := s.send(t.Context(), query, variables, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %+v", query, a.Errors)
	}
	return a.Data
}

// TestEveryRootFieldHasARole compares the table of roles with the root fields of the schema, both ways.
func TestEveryRootFieldHasARole(t *testing.T) {
	access, schema := auth.NewAccess(), graph.NewExecutableSchema(graph.Config{}).Schema()
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, f := range root.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if !access.Known(root.Name, f.Name) {
				t.Errorf("%s.%s has no row in auth.NewAccess", root.Name, f.Name)
			}
			if access.Needs(root.Name, f.Name) != content.RoleReader && f.Type.NonNull {
				t.Errorf("%s.%s is refused to some, so it must be nullable", root.Name, f.Name)
			}
		}
	}
	for _, f := range schema.Subscription.Fields {
		if access.Needs("Subscription", f.Name) != content.RoleReader {
			t.Errorf("Subscription.%s needs a role, which no transport asks for", f.Name)
		}
	}
}

// TestRolesOfEveryPrivilegedField calls each such field with each role.
func TestRolesOfEveryPrivilegedField(t *testing.T) {
	s := newStaffed(t)
	access, schema := auth.NewAccess(), graph.NewExecutableSchema(graph.Config{}).Schema()
	roles := []content.AccessRole{""}
	for _, r := range content.AccessRole("").Values() {
		roles = append(roles, content.AccessRole(r))
	}
	asked := 0
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, f := range root.Fields {
			need := access.Needs(root.Name, f.Name)
			if need == content.RoleReader {
				continue
			}
			query := strings.ToLower(root.Name) + " { " + f.Name + arguments(schema, f) + " { __typename } }"
			for _, role := range roles {
				asked++
				want := ""
				switch {
				case role == "" || role == content.RoleReader:
					want = map[bool]string{true: "UNAUTHENTICATED", false: "FORBIDDEN"}[role == ""]
				case !role.Covers(need):
					want = "FORBIDDEN"
				}
				a, _, err := s.send(t.Context(), query, nil, s.as(role))
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				if len(a.Errors) > 0 {
					got = a.Errors[0].Extensions.Code
				}
				// A role that may call the field can get "missing", but never "not allowed".
				refused := got == "UNAUTHENTICATED" || got == "FORBIDDEN" || got == "GRAPHQL_VALIDATION_FAILED"
				if want != "" && got != want || want == "" && refused {
					t.Errorf("%s.%s as %q: %q, want %q: %+v", root.Name, f.Name, role, got, want, a.Errors)
				}
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d queries were sent", asked)
	}
}

// arguments returns values for a field's required arguments that have no effect.
func arguments(schema *ast.Schema, f *ast.FieldDefinition) string {
	var out []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			out = append(out, a.Name+": "+literal(schema, a.Type))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// literal returns a valid value of a type with only its required fields.
func literal(schema *ast.Schema, t *ast.Type) string {
	switch {
	case t.Elem != nil:
		return "[]"
	case t.Name() == "ID":
		return fmt.Sprintf("%q", content.ID{Type: content.TypeLaw, Key: "nothing"}.String())
	case t.Name() == "URI" || t.Name() == "String" || t.Name() == "SyncToken":
		return `"https://example.org"`
	case t.Name() == "PartialDate":
		return `"2026-01"`
	case t.Name() == "DateTime":
		return `"2026-01-31T12:00:00Z"`
	case schema.Types[t.Name()].Kind == ast.Enum:
		return schema.Types[t.Name()].EnumValues[0].Name
	case schema.Types[t.Name()].Kind != ast.InputObject:
		return "1"
	}
	var out []string
	for _, f := range schema.Types[t.Name()].Fields {
		if f.Type.NonNull && f.DefaultValue == nil {
			out = append(out, f.Name+": "+literal(schema, f.Type))
		}
	}
	return "{" + strings.Join(out, ", ") + "}"
}
