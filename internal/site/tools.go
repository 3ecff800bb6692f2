package site

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"patternhub/internal/content"
	"patternhub/internal/site/form"
	"patternhub/internal/site/pages"
)

// The greatest number that GraphQL's Int holds, and the bounds of the API for a team and for money.
const (
	maxInt   = 1<<31 - 1
	maxTeam  = 500
	leastPay = 0.01
	maxPay   = 1e9
)

// choice returns a field with one or more values of an enum of the schema.
func choice(param, title, enum string, many int) form.Field {
	return form.Field{Param: param, Title: title, Kind: form.Choice, Many: many, Values: pages.EnumValues(enum)}
}

// whole returns a field with a whole number.
func whole(param, title, help string, low, high float64) form.Field {
	return form.Field{Param: param, Title: title, Help: help, Kind: form.Number, Min: low, Max: high}
}

var compareForm = form.Spec{Path: "/compare", Fields: []form.Field{
	{Param: "patterns", Title: "Patterns", Help: "two to six", Many: 6},
}}

var wizardForm = form.Spec{Fields: []form.Field{
	{Param: "answer", Title: "Answers", Many: 16},
	{Param: "tier", Title: "Lowest tier"},
	choice("category", "Category", "PatternCategory", 8),
	whole("team", "People in the team", "1 to 500", 1, maxTeam),
	choice("experience", "Experience of the team", "Experience", 1),
	{Param: "legacy", Title: "Legacy patterns", Kind: form.Choice, Values: []string{"WITHOUT"}},
	choice("problem", "It should help with", "ProblemDomain", 20),
	whole("users", "Users", "how many there are", 0, maxInt),
	choice("consistency", "Consistency", "Consistency", 1),
	whole("latency", "Latency in ms", "at most", 1, maxInt),
	{Param: "inuse", Title: "Patterns in use", Help: "slugs with commas, such as saga, outbox", Many: 50},
}}

var calculatorForm = form.Spec{Path: "/calculator", Fields: []form.Field{
	{Param: "patterns", Title: "Patterns", Help: "up to 20", Many: 20},
	{Param: "migrations", Title: "Migrations", Help: "up to 10", Many: 10},
	{Param: "inuse", Title: "Patterns in use", Help: "slugs with commas, such as saga, outbox; shared work is not counted again", Many: 50},
	whole("team", "People in the team", "1 to 500", 1, maxTeam),
	choice("experience", "Experience of the team", "Experience", 1),
	choice("architecture", "System today", "Architecture", 1),
	whole("users", "Users now", "", 0, maxInt),
	whole("projected", "Users expected", "", 0, maxInt),
	whole("systems", "Systems to connect", "0 to 200", 0, 200),
	{Param: "rate", Title: "Cost of a person-day", Help: "in any currency", Kind: form.Number, Min: leastPay, Max: maxPay, Decimal: true},
	{Param: "benefit", Title: "Earnings a month", Help: "in the same currency", Kind: form.Number, Min: leastPay, Max: maxPay, Decimal: true},
}}

var healthForm = form.Spec{Path: "/health", Fields: []form.Field{
	{Param: "tier", Title: "Tier", Many: 5},
	choice("category", "Category", "PatternCategory", 8),
	choice("trend", "Trend", "HealthTrend", 3),
	{Param: "order", Title: "Order", Kind: form.Choice, Values: []string{"RISING", "DECLINING", "DASHBOARD", "NAME"}},
	{Param: "after"},
	{Param: "before"},
}}

var graphForm = form.Spec{Path: "/graph", Fields: []form.Field{
	choice("relation", "Relation", "PatternRelation", 6),
	{Param: "tier", Title: "Tier", Many: 5},
	choice("category", "Category", "PatternCategory", 8),
	{Param: "from", Title: "Way from"},
	{Param: "to", Title: "to"},
	{Param: "impact", Title: "What depends on"},
	{Param: "after"},
}}

var changesForm = form.Spec{Path: "/changes", Fields: []form.Field{
	{Param: "before", Title: "Before the day", Kind: form.Day},
}}

// tool returns a page with a form. The variables of its document follow from the form; of one that is
// not sound, they must not ask for the answer.
func tool[A any, P answer[A]](spec *form.Spec, doc pages.Document[A], component func(*pages.Frame, P) templ.Component, vars func(*form.State, *http.Request) map[string]any) route {
	return toolAt(spec.Path, spec, doc, component, vars)
}

// toolAt is like tool for a path with a variable part.
func toolAt[A any, P answer[A]](pattern string, spec *form.Spec, doc pages.Document[A], component func(*pages.Frame, P) templ.Component, vars func(*form.State, *http.Request) map[string]any) route {
	rt := newRoute(pattern, doc, component, func(r *http.Request) wanted {
		st := spec.Parse(escaped(r.URL.Path), r.URL.Query())
		v := vars(st, r)
		return wanted{canonical: st.URL(), key: st.URL(), form: st, vars: v}
	})
	rt.vars = vars
	return rt
}

// compareVars are the variables of a comparison.
// One pattern alone is a mistake to name, while none is the page before anything is chosen.
func compareVars(st *form.State, _ *http.Request) map[string]any {
	slugs := st.Values("patterns")
	if len(slugs) == 1 {
		st.Object("patterns", "Choose at least two patterns.")
	}
	return map[string]any{"slugs": append([]string{}, slugs...), "ready": len(slugs) > 0 && st.Sound()}
}

// wizardVars are the variables of a wizard. What a pattern must have are constraints, all else
// preferences.
func wizardVars(st *form.State, r *http.Request) map[string]any {
	slug := r.PathValue("slug")
	// The answers are read first: two to one question change the canonical address.
	must, prefer := map[string]any{}, map[string]any{}
	input := map[string]any{"wizard": slug, "answers": answers(st)}
	ready := !st.Empty() && st.Sound()
	if !ready {
		return map[string]any{"slug": slug, "input": map[string]any{}, "ready": false}
	}
	st.Set(must, "tierFloor", "tier")
	st.Set(must, "categories", "category")
	st.Set(must, "teamSize", "team")
	st.Set(must, "experience", "experience")
	if st.Value("legacy") != "" {
		must["withoutLegacy"] = true
	}
	st.Set(prefer, "problems", "problem")
	st.Set(prefer, "users", "users")
	st.Set(prefer, "consistency", "consistency")
	st.Set(prefer, "latencyMs", "latency")
	st.Set(prefer, "inUse", "inuse")
	input["constraints"], input["preferences"] = must, prefer
	return map[string]any{"slug": slug, "input": input, "ready": true}
}

// answers returns the answers of a wizard's form, each of which is the question and the option with a
// point between them. They are not parameters of their own, since the names of questions are content: a
// question could be named like another parameter. Of two answers to one question, the later counts.
func answers(st *form.State) []any {
	var kept []string
	for _, v := range st.Values("answer") {
		question, _, ok := strings.Cut(v, ".")
		if !ok {
			st.Object("answer", "An answer is the question and the option with a point between them.")
			continue
		}
		kept = slices.DeleteFunc(kept, func(k string) bool { return strings.HasPrefix(k, question+".") })
		kept = append(kept, v)
	}
	if len(kept) < len(st.Values("answer")) && st.Problem("answer") == "" {
		*st = *st.With("answer", kept...)
	}
	out := []any{}
	for _, v := range kept {
		question, option, _ := strings.Cut(v, ".")
		out = append(out, map[string]any{"question": question, "option": option})
	}
	return out
}

// calculatorVars are the variables of an estimate.
func calculatorVars(st *form.State, _ *http.Request) map[string]any {
	// The document requires an input, also where it does not use it.
	input := map[string]any{"teamSize": st.Int("team", pages.DefaultTeam)}
	ready := len(st.Values("patterns"))+len(st.Values("migrations")) > 0 && st.Sound()
	if !ready {
		return map[string]any{"input": input, "ready": false}
	}
	for key, param := range map[string]string{
		"patterns": "patterns", "migrations": "migrations", "inUse": "inuse", "experience": "experience", "architecture": "architecture",
		"currentUsers": "users", "projectedUsers": "projected", "existingSystems": "systems", "dailyRate": "rate", "monthlyBenefit": "benefit",
	} {
		st.Set(input, key, param)
	}
	return map[string]any{"input": input, "ready": true}
}

// healthPage is the number of patterns on a page of the dashboard.
const healthPage = 25

// healthVars are the variables of the dashboard.
func healthVars(st *form.State, _ *http.Request) map[string]any {
	// A form with a mistake shows the first page of all patterns rather than none.
	vars, filter := map[string]any{"first": healthPage}, map[string]any{}
	if !st.Sound() {
		return vars
	}
	for field, param := range map[string]string{"tier": "tier", "category": "category", "trend": "trend"} {
		in := map[string]any{}
		if st.Set(in, "in", param); len(in) > 0 {
			filter[field] = in
		}
	}
	if len(filter) > 0 {
		vars["filter"] = filter
	}
	order := map[string][2]string{"rising": {"CHANGE", "DESC"}, "declining": {"CHANGE", "ASC"}, "dashboard": {"DASHBOARD_SCORE", "DESC"}, "name": {"NAME", "ASC"}}
	if o, ok := order[st.Value("order")]; ok {
		vars["orderBy"] = map[string]any{"field": o[0], "direction": o[1]}
	}
	if before := st.Value("before"); before != "" {
		delete(vars, "first")
		vars["last"], vars["before"] = healthPage, before
	} else {
		st.Set(vars, "after", "after")
	}
	return vars
}

// graphVars are the variables of the network. Tiers and categories narrow the picture, not the answer.
func graphVars(st *form.State, _ *http.Request) map[string]any {
	from, to, impact := st.Value("from"), st.Value("to"), st.Value("impact")
	if from == "" && to != "" {
		st.Object("from", "Choose where the way begins.")
	}
	if from != "" && to == "" {
		st.Object("to", "Choose where the way leads.")
	}
	vars := map[string]any{
		"from": from, "to": to, "path": from != "" && st.Sound(), "impact": impact, "affected": impact != "" && st.Sound(),
	}
	// With a mistake, the whole network is shown.
	if st.Sound() {
		st.Set(vars, "relations", "relation")
	}
	st.Set(vars, "after", "after")
	return vars
}

// changesVars are the variables of the changes before a day.
func changesVars(st *form.State, _ *http.Request) map[string]any {
	vars := map[string]any{}
	if day := st.Value("before"); day != "" && st.Sound() {
		vars["until"] = day + "T00:00:00Z"
	}
	return vars
}

// refused returns the page of a form whose values the API refuses, with the reason of the API. The reader
// gets the form back as they sent it, instead of a page that says only what went wrong. It is rendered from
// the same document without the part that was refused, so it costs one more run.
func (s *Site) refused(r *http.Request, rt *route, a *asked, cause error) (*page, error) {
	st := *a.form
	if fault := (*content.Error)(nil); errors.As(cause, &fault) {
		st.Refused = fault.Message
	}
	if st.Refused == "" {
		st.Refused = "These values do not go together."
	}
	wanted := a.wanted
	wanted.form, wanted.vars = &st, rt.vars(&st, r)
	return s.again(r, rt, wanted)
}

// unsuggested returns the page of an address that leads nowhere while entries cannot be searched.
func (s *Site) unsuggested(r *http.Request, rt *route, a *asked) (*page, error) {
	wanted := a.wanted
	wanted.vars = map[string]any{"words": a.words, "search": false}
	return s.again(r, rt, wanted)
}

// again returns a page for other variables, which is not kept: the cause of it may be gone by the next
// request.
func (s *Site) again(r *http.Request, rt *route, w wanted) (*page, error) {
	question, err := s.o.Ask(rt.document, w.vars)
	if err != nil {
		return nil, err //nolint:wrapcheck // its message is for the reader
	}
	reading, err := question.Open(r.Context())
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	data, _, err := reading.Run()
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	return s.render(rt, &asked{wanted: w}, reading.Revision(), data)
}
