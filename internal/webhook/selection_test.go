package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

// answer is the result of a test's Execute.
type answer struct {
	data string
	errs gqlerror.List
	err  error
}

// failed returns an error at a field of the node.
func failed(code content.Code) gqlerror.List {
	return gqlerror.List{{Message: "It went wrong.", Path: ast.Path{ast.PathName("node"), ast.PathName("tier")}, Extensions: map[string]any{"code": string(code)}}}
}

// selections returns Selections over a store with one published law; Execute answers with a.
func selections(t *testing.T, a answer) (*webhook.Selections, *fixture, content.Entry) {
	t.Helper()
	f := newFixture(t)
	f.law(t, "a", "a", "A")
	found, err := f.store.At(content.Published).Reader(content.TypeLaw).EntriesByKeys(t.Context(), []string{"a"})
	must(t, err)
	return &webhook.Selections{
		Store: f.store, MaxTokens: 10, Validate: func(string) error { return nil },
		Execute: func(_ context.Context, query string, variables map[string]any, e content.Entry) (json.RawMessage, gqlerror.List, error) {
			if query != "query ($id: ID!) { node(id: $id) { ... on Entry { name }\n} }" || variables["id"] != e.ID().String() || e.ID() != found[0].ID() {
				t.Errorf("asked %s with %v of %v", query, variables, e.ID())
			}
			return json.RawMessage(a.data), a.errs, a.err
		},
	}, f, found[0]
}

func TestErrorsThatFailASelection(t *testing.T) {
	const whole, partial, none = `{"node":{"name":"A"}}`, `{"node":{"name":"A","tier":null}}`, `{"node":null}`
	for name, tt := range map[string]struct {
		answer answer
		want   string
		code   content.Code
	}{
		"the whole entry":           {answer{data: whole}, `{"name":"A"}`, ""},
		"null beside an error":      {answer{data: partial, errs: failed(content.Forbidden)}, `{"name":"A","tier":null}`, ""},
		"an error that may be gone": {answer{data: partial, errs: failed(content.Unavailable)}, "", content.Unavailable},
		"out of time":               {answer{data: none, errs: failed(content.Timeout)}, "", content.Timeout},
		"null by its own fault":     {answer{data: none, errs: failed(content.BadUserInput)}, "", content.BadUserInput},
		"null of an existing entry": {answer{data: none, errs: failed(content.Internal)}, "", content.Internal},
		"nothing but errors":        {answer{errs: failed(content.LimitExceeded)}, "", content.LimitExceeded},
		"no JSON":                   {answer{data: "{"}, "", content.Internal},
		"no answer":                 {answer{err: content.Fault(content.Unavailable, "Away.")}, "", content.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, e := selections(t, tt.answer)
			got, err := s.Run(t.Context(), "{ name }", e)
			if string(got) != tt.want || tt.code == "" && err != nil || tt.code != "" && (err == nil || content.CodeOf(err) != tt.code) {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

// TestAnUnpublishedEntryIsNull: an entry that it refers to may be gone as well, so that nothing of
// it can be shown.
func TestAnUnpublishedEntryIsNull(t *testing.T) {
	s, f, e := selections(t, answer{data: `{"node":null}`, errs: failed(content.Internal)})
	must(t, f.store.Delete(t.Context(), "x", e.ID()))
	if got, err := s.Run(t.Context(), "{ name }", e); err != nil || string(got) != "null" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSelectionsAreTriedBeforeTheyAreAccepted(t *testing.T) {
	errAway := errors.New("away")
	for name, tt := range map[string]struct {
		selection string
		validate  error
		answer    answer
		code      content.Code // empty for one that is accepted
	}{
		"right":                   {"{ name }", nil, answer{data: `{"node":{"name":"A"}}`}, ""},
		"no braces":               {"name", nil, answer{}, content.BadUserInput},
		"two operations":          {"{ name } { name }", nil, answer{}, content.BadUserInput},
		"a fragment":              {"{ name } fragment F on Law { name }", nil, answer{}, content.BadUserInput},
		"braces that close early": {"{ name } } query { law { name }", nil, answer{}, content.BadUserInput},
		"too many tokens":         {"{ a b c d e f g h i }", nil, answer{}, content.BadUserInput},
		"refused to clients":      {"{ name }", content.Fault(content.BadUserInput, "No."), answer{}, content.BadUserInput},
		"wrong on an entry":       {"{ name }", nil, answer{data: `{"node":null}`, errs: failed(content.LimitExceeded)}, content.BadUserInput},
		"forbidden on an entry":   {"{ name }", nil, answer{data: `{"node":{}}`, errs: failed(content.Forbidden)}, content.BadUserInput},
		"a temporary fault":       {"{ name }", nil, answer{data: `{"node":null}`, errs: failed(content.Unavailable)}, ""},
		"no answer":               {"{ name }", nil, answer{err: errAway}, content.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, _ := selections(t, tt.answer)
			s.Validate = func(string) error { return tt.validate }
			if err := s.Check(t.Context(), tt.selection); (err == nil) != (tt.code == "") || err != nil && content.CodeOf(err) != tt.code {
				t.Errorf("got %v, want %q", err, tt.code)
			}
		})
	}
}
