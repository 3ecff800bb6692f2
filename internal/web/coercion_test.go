package web_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/graph/relay"
	"patternhub/internal/web"
)

// coerced is a request with the step at which graphql-js refuses it: "validation" or "variables" before
// execution, "field" with the paths of the failing fields, or "ok".
type coerced struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
	Step      string         `json:"step"`
	Paths     [][]any        `json:"paths,omitempty"`
}

// TestCoercion compares the step and the location of each fault in a literal or a variable with a table
// made by graphql-js.
func TestCoercion(t *testing.T) {
	s := mustServer(t, web.Options{Scalars: relay.Scalars(), MeasureOnly: true})
	raw, err := os.ReadFile("testdata/coercion.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		var c coerced
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		steps[c.Step]++
		if got := s.coerced(t, c.Query, c.Variables); !cmp.Equal(got, c) {
			t.Errorf("%s %v: %s", c.Query, c.Variables, cmp.Diff(c, got))
		}
	}
	if steps["ok"] == 0 || steps["validation"] == 0 || steps["variables"] == 0 || steps["field"] == 0 {
		t.Errorf("a step has no cases: %v", steps)
	}
}

// coerced sends a request and returns the step at which it was refused. It also checks that a
// refusal has its code, status and location, and no data if it came before execution.
func (s *server) coerced(t *testing.T, query string, variables map[string]any) coerced {
	t.Helper()
	a := s.post(t, query, variables)
	out := coerced{Query: query, Variables: variables, Step: "ok"}
	wrong := func(what string) { t.Errorf("%s %v: %s: %d %s", query, variables, what, a.status, a.body) }
	switch {
	case len(a.Errors) == 0:
	case a.code() == "GRAPHQL_VALIDATION_FAILED":
		out.Step = "validation"
	case a.status == 400 && a.code() == "BAD_USER_INPUT":
		out.Step = "variables"
	case a.code() == "BAD_USER_INPUT":
		out.Step = "field"
	default:
		wrong("the code")
	}
	for _, e := range a.Errors {
		if len(e.Locations) == 0 {
			wrong("no locations")
		}
		if out.Step == "field" {
			out.Paths = append(out.Paths, e.Path)
		}
	}
	if before := out.Step == "validation" || out.Step == "variables"; before != (a.status == 400) || before && a.Data != nil {
		wrong("the status or the data")
	}
	return out
}

func TestCoercionMessages(t *testing.T) {
	s := mustServer(t, web.Options{Scalars: relay.Scalars()})
	const moment = "A DateTime is a moment as RFC 3339 has it, such as 2026-01-31T12:00:00Z."
	for name, tt := range map[string]struct {
		query     string
		variables map[string]any
		want      string
	}{
		"literal":          {`{sort(at:"x")}`, nil, `Expected a value of type "DateTime!", found "x". ` + moment},
		"literal id":       {`{node(id:"x"){id}}`, nil, `Expected a value of type "ID!", found "x". This is not an id of this hub.`},
		"default":          {`query($d:DateTime="x"){sort(at:$d)}`, nil, `Expected a value of type "DateTime", found "x". ` + moment},
		"variable":         {`query($d:DateTime){echo(when:$d)}`, map[string]any{"d": "x"}, `Variable "$d" got invalid value "x"; Expected a value of type "DateTime". ` + moment},
		"within":           {`query($o:Order){sort(order:$o)}`, map[string]any{"o": map[string]any{"field": "a", "times": []any{"2026-01-31T12:00:00Z", 7}}}, `Variable "$o" got invalid value 7 at "o.times[1]"; Expected a value of type "DateTime".`},
		"list":             {`query($i:[ID!]!){nodes(ids:$i){id}}`, map[string]any{"i": []any{"x"}}, `Variable "$i" got invalid value "x" at "i[0]"; Expected a value of type "ID". This is not an id of this hub.`},
		"null in a list":   {`query($i:[ID!]!){nodes(ids:$i){id}}`, map[string]any{"i": []any{nil}}, `Variable "$i" got invalid value null at "i[0]"; Expected a value of non-null type "ID!".`},
		"null":             {`query($i:[ID!]!){nodes(ids:$i){id}}`, map[string]any{"i": nil}, `Variable "$i" of non-null type "[ID!]!" must not be null.`},
		"missing field":    {`query($o:Order){sort(order:$o)}`, map[string]any{"o": map[string]any{}}, `Variable "$o" got invalid value {}; Field "field" of required type "String!" was not provided.`},
		"null argument":    {`query($d:TierName=GOLD){sort(tier:$d)}`, map[string]any{"d": nil}, `Argument "tier" of non-null type "TierName!" must not be null.`},
		"null field":       {`query($d:TierName=GOLD){sort(order:{field:"a",tier:$d})}`, map[string]any{"d": nil}, `Argument "order" has an invalid value: variable "$d" is null where "TierName!" is expected.`},
		"null of a switch": {`query($b:Boolean=true){hello@include(if:$b)}`, map[string]any{"b": nil}, `Argument "if" of non-null type "Boolean!" must not be null.`},
	} {
		t.Run(name, func(t *testing.T) {
			if a := s.post(t, tt.query, tt.variables); len(a.Errors) != 1 || a.Errors[0].Message != tt.want {
				t.Errorf("got %s\nwant %s", a.body, tt.want)
			}
		})
	}
}

// coercions returns requests with each kind of value in each kind of position.
func coercions() []trial {
	var out []trial
	good, moments := `"2026-01-31T12:00:00Z"`, []string{`"2026-01-31T12:00:00,5Z"`, `"2024-02-30T00:00:00Z"`, `"2026-01-31T12:00:00+24:00"`, `"2026-01-31"`, "7", "true"}
	id := `"UGF0dGVybjpzYWdh"`
	kinds := []struct {
		kind      string
		positions []string // each with %s for a value of the kind
		values    []string // as JSON; a string may be an enum value as a literal
	}{
		{"DateTime", []string{"sort(at:%s)", "echo(when:%s)", `sort(order:{field:"a",times:%s})`, `sort(order:{field:"a",times:[%s]})`, `sort(orders:[{field:"a",deep:{field:"b",times:[%s]}}])`}, append(moments, good, "null")},
		{"ID", []string{"node(id:%s){id}", "nodes(ids:%s){id}", "nodes(ids:[%s]){id}", "echo(id:%s)", "echo(ids:[%s])", "echo(key:{id:%s})"}, []string{id, `"x"`, `""`, "7", "true", "null"}},
		{"PartialDate", []string{"sort(day:%s)"}, []string{`"2012"`, `"1970s"`, `"2012-13"`, `"x"`, "2012", "null"}},
		{"Opaque", []string{"sort(opaque:%s)"}, []string{`"x"`, `""`, "null"}},
		{"TierName", []string{"sort(tier:%s)", "sort(maybe:%s)", `sort(order:{field:"a",tier:%s})`, `sort(orders:[{field:"a",deep:{field:"b",tier:%s}}])`, "laws{ranked(tier:%s)}", "echo(filter:{tier:%s})"}, []string{`"GOLD"`, `"gold"`, "7", "null"}},
		{"String", []string{"sort(tags:%s)", "sort(tags:[%s])", `sort(tags:["a",%s])`, "need(text:%s)", "echo(filter:{need:%s})", "sort(order:{field:%s})"}, []string{`"a"`, "7", "null"}},
	}
	for _, k := range kinds {
		literal := func(v string) string {
			if k.kind == "TierName" {
				return strings.Trim(v, `"`)
			}
			return v
		}
		for _, position := range k.positions {
			for _, v := range k.values {
				out = append(out, trial{Query: "{" + fmt.Sprintf(position, literal(v)) + "}"})
			}
			heads := []string{k.kind, k.kind + "!", "[" + k.kind + "!]", "[" + k.kind + "!]!"}
			for _, v := range k.values {
				heads = append(heads, k.kind+"="+literal(v))
			}
			for _, head := range heads {
				query := "query($v:" + head + "){" + fmt.Sprintf(position, "$v") + "}"
				out = append(out, trial{Query: query})
				for _, v := range k.values {
					var value any
					if json.Unmarshal([]byte(v), &value) == nil {
						out = append(out, trial{query, map[string]any{"v": value}}, trial{query, map[string]any{"v": []any{value}}})
					}
				}
			}
		}
	}
	return out
}

func TestCoercionEqualsGraphQLJS(t *testing.T) {
	input, err := json.Marshal(map[string]any{"schema": sdl, "cases": coercions()})
	if err != nil {
		t.Fatal(err)
	}
	var theirs []coerced
	if err := json.Unmarshal([]byte(node(t, input, "coercion.mjs")), &theirs); err != nil {
		t.Fatal(err)
	}
	s := mustServer(t, web.Options{Scalars: relay.Scalars(), MeasureOnly: true})
	steps, differ := map[string]int{}, 0
	for _, c := range theirs {
		steps[c.Step]++
		if got := s.coerced(t, c.Query, c.Variables); !cmp.Equal(got, c) && differ < 20 {
			differ++
			t.Errorf("%s %v: %s", c.Query, c.Variables, cmp.Diff(c, got))
		}
	}
	t.Logf("%d cases: %v", len(theirs), steps)
}
