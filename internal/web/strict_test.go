package web_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"patternhub/internal/content"
	"patternhub/internal/web"
	"patternhub/internal/web/operation"
)

// dated refuses strings that are not dates, as a custom scalar's check does.
func dated(s string) error {
	if len(s) != len("2026-01-31") {
		return content.Fault(content.BadUserInput, "not a date")
	}
	return nil
}

// TestLiterals checks the coercion of literals in a document against the rules of the GraphQL
// specification. A wrong literal is refused before anything is executed.
func TestLiterals(t *testing.T) {
	s := mustServer(t, web.Options{Scalars: map[string]func(string) error{"DateTime": dated}})
	tests := map[string]struct{ good, bad []string }{
		"n":    {[]string{"2147483647", "-2147483648", "null"}, []string{"2147483648", "-2147483649", "1.0", `"1"`, "true", "[1]", "{}", "ONE"}},
		"f":    {[]string{"1", "1.5", "-1e10", "99999999999999999999", "null"}, []string{`"1"`, "true", "{}", "1e999"}},
		"text": {[]string{`"a"`, `""`, `"""b"""`, `"\u{1F600}"`, "null"}, []string{"1", "1.5", "true", "A", "{}", "[]"}},
		"id":   {[]string{`"a"`, "1", "12345678901234567890", "null"}, []string{"1.5", "true", "A", "{}"}},
		"b":    {[]string{"true", "false"}, []string{`"true"`, "1", "TRUE", "{}"}},
		"tier": {[]string{"GOLD", "null"}, []string{`"GOLD"`, "gold", "1", "true", "{}"}},
		"when": {[]string{`"2026-01-31"`, "null"}, []string{`"yesterday"`, "1", "true", "A", "{}", "[]"}},
		"ids":  {[]string{"[1]", `["a",1]`, "1", "[]", "null"}, []string{"[null]", "[[1]]", "[1.5]", "{}"}},
		"grid": {[]string{"[[1,null]]", "[1]", "1", "[null]"}, []string{"[[[1]]]", `[["a"]]`, "[[2147483648]]"}},
		"key":  {[]string{`{id:1}`, `{slug:"a"}`}, []string{"{}", `{id:1,slug:"a"}`, "{id:null}", "{other:1}", `"a"`}},
		"filter": {
			[]string{"{}", "{tier:GOLD}", "{and:{rank:1}}", "{and:[{rank:null}]}", `{slug:"a"}`},
			[]string{"{need:null}", "{other:1}", "{and:[null]}", "{tier:1}", "{tier:GOLD,tier:GOLD}", "1", `"a"`, "[]"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, literal := range tt.good {
				if a := s.post(t, "{echo("+name+":"+literal+")}", nil); a.status != 200 {
					t.Errorf("%s is refused: %s", literal, a.body)
				}
			}
			for _, literal := range tt.bad {
				a := s.post(t, "{echo("+name+":"+literal+")}", nil)
				if a.status != 400 || (a.code() != "GRAPHQL_VALIDATION_FAILED" && a.code() != "GRAPHQL_PARSE_FAILED") {
					t.Errorf("%s is served: %d %s", literal, a.status, a.body)
				}
			}
		})
	}
}

// TestVariables checks the same rules for variables. These are JSON, so that 1.0 is an Int and a number
// may be an ID; the resolver always gets the coerced form.
func TestVariables(t *testing.T) {
	s := mustServer(t, web.Options{Scalars: map[string]func(string) error{"DateTime": dated}})
	// Each good value is followed by what the resolver gets.
	tests := map[string]struct {
		kind string
		good map[string]string
		bad  []string
	}{
		"n":    {"Int", map[string]string{"2147483647": "2147483647", "1.0": "1", "1e3": "1000", "-0": "0", "null": "null"}, []string{"2147483648", "1.5", `"1"`, "true", "[1]", "{}", "1e400"}},
		"f":    {"Float", map[string]string{"1": "1", "1.5": "1.5", "null": "null"}, []string{`"1"`, "true", "1e400", "{}"}},
		"text": {"String", map[string]string{`"a"`: `"a"`, `"\ud83d\ude00"`: `"😀"`, "null": "null"}, []string{"1", "1.5", "true", "{}", "[]"}},
		"id":   {"ID", map[string]string{`"a"`: `"a"`, "1": `"1"`, "2.0": `"2"`, "9007199254740993": `"9007199254740993"`}, []string{"1.5", "true", "{}", "1e300"}},
		"b":    {"Boolean", map[string]string{"true": "true"}, []string{`"true"`, "1", "{}"}},
		"tier": {"TierName", map[string]string{`"GOLD"`: `"GOLD"`}, []string{`"gold"`, "1", "true"}},
		"when": {"DateTime", map[string]string{`"2026-01-31"`: `"2026-01-31"`}, []string{`"yesterday"`, "1", "{}"}},
		"ids":  {"[ID!]", map[string]string{"[1]": `["1"]`, "1": `["1"]`, "[]": "[]"}, []string{"[null]", "[[1]]", "[1.5]"}},
		"grid": {"[[Int]]", map[string]string{"[[1,null]]": "[[1,null]]", "[1]": "[[1]]", "1": "[[1]]"}, []string{"[[[1]]]", `[["a"]]`}},
		"key":  {"Key", map[string]string{`{"id":1}`: `{"id":"1"}`}, []string{"{}", `{"id":1,"slug":"a"}`, `{"id":null}`, `{"other":1}`}},
		"filter": {
			"PatternFilter",
			map[string]string{"{}": "{}", `{"and":{"rank":1}}`: `{"and":[{"rank":1}]}`, `{"tier":null}`: `{"tier":null}`},
			[]string{`{"need":null}`, `{"other":1}`, `{"and":[null]}`, `{"tier":1}`, "1", "[1]"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			send := func(value string) answer {
				return s.send(t, "POST", "/graphql", `{"query":"query($v:`+tt.kind+`){echo(`+name+`:$v)}","variables":{"v":`+value+`}}`, typeJSON, acceptNew)
			}
			for value, want := range tt.good {
				if a := send(value); a.status != 200 {
					t.Errorf("%s is refused: %s", value, a.body)
					continue
				}
				got, err := json.Marshal(s.graph.last()[name])
				if err != nil || string(got) != want {
					t.Errorf("%s became %s, want %s", value, got, want)
				}
			}
			for _, value := range tt.bad {
				if a := send(value); a.status != 400 || a.code() != "BAD_USER_INPUT" {
					t.Errorf("%s is served: %d %s", value, a.status, a.body)
				}
			}
		})
	}
}

// last returns the arguments of the last echo.
func (g *graph) last() map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen[len(g.seen)-1]
}

// TestVariableErrorsNameTheirLocation shows that one response reports all wrong variables, each with the
// path into its value.
func TestVariableErrorsNameTheirLocation(t *testing.T) {
	s := mustServer(t, web.Options{})
	a := s.post(t, "query($o:PatternFilter!,$n:Int!){echo(filter:$o,n:$n)}", map[string]any{"o": map[string]any{"and": []any{map[string]any{"rank": "x"}}}})
	var got []string
	for _, e := range a.Errors {
		got = append(got, e.Message)
	}
	want := []string{
		`Variable "$o" got invalid value "x" at "o.and[0].rank"; Expected a value of type "Int".`,
		`Variable "$n" of required type "Int!" was not provided.`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestUnicode checks escaped surrogates: a pair is one character, and half a pair is refused.
func TestUnicode(t *testing.T) {
	s := mustServer(t, web.Options{})
	// Characters before a string change its byte offset, not its character offset.
	if a := s.post(t, `{a:echo(text:"ééé😀") b:echo(text:"\ud83d")}`, nil); a.code() != "GRAPHQL_PARSE_FAILED" {
		t.Errorf("half a pair after others: %s", a.body)
	}
	if a := s.post(t, `{a:echo(text:"ééé😀") b:echo(text:"\ud83d\ude00")}`, nil); string(a.Data) != `{"a":"ééé😀","b":"😀"}` {
		t.Errorf("a pair after others: %s", a.body)
	}
}

// TestOverlapAgreesWithTheParser compares the rule with the one that it replaces, on random documents.
func TestOverlapAgreesWithTheParser(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	conflicts := 0
	for _, c := range random(11, 3_000) {
		doc, err := parser.ParseQuery(&ast.Source{Input: c.Query})
		if err != nil {
			continue
		}
		if len(validator.ValidateWithRules(schema, doc, rules.NewRules(rules.FieldsOnCorrectTypeRule))) > 0 {
			continue
		}
		theirs := len(validator.ValidateWithRules(schema, doc, rules.NewRules(rules.OverlappingFieldsCanBeMergedRule))) > 0
		ours := len(validator.ValidateWithRules(schema, doc, rules.NewRules(core.Rule{Name: "Overlap", RuleFunc: operation.Overlapping}))) > 0
		if theirs {
			conflicts++
		}
		// Other rules report conflicts in unused fragments.
		if ours != theirs && !unused(doc) {
			t.Errorf("%s: ours %v, theirs %v", c.Query, ours, theirs)
		}
	}
	if conflicts < 100 {
		t.Errorf("only %d documents conflict", conflicts)
	}
}

// unused reports whether a document has a fragment that no operation reaches.
func unused(doc *ast.QueryDocument) bool {
	reached := map[string]bool{}
	var in func(set ast.SelectionSet)
	in = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				in(sel.SelectionSet)
			case *ast.InlineFragment:
				in(sel.SelectionSet)
			case *ast.FragmentSpread:
				if f := doc.Fragments.ForName(sel.Name); f != nil && !reached[sel.Name] {
					reached[sel.Name] = true
					in(f.SelectionSet)
				}
			}
		}
	}
	for _, op := range doc.Operations {
		in(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		if !reached[f.Name] {
			return true
		}
	}
	return false
}
