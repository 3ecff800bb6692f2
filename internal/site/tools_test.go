package site_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/site"
	"patternhub/internal/site/pages"
)

// refusing answers like source, but refuses documents that ask for an answer of a form.
type refusing struct {
	source

	message string
}

func (s *refusing) Ask(_ string, vars map[string]any) (site.Question, error) {
	s.asked = append(s.asked, vars)
	s.err = nil
	if vars["ready"] == true {
		s.err = content.Fault(content.BadUserInput, s.message)
	}
	return &s.source, nil
}

const tierChoices = `{"tiers":[{"slug":"gold","name":"Gold","patterns":{"totalCount":2,"nodes":[{"slug":"saga","name":"Saga"},{"slug":"cqrs","name":"CQRS"}]}}]}`

func TestFormsAskForWhatTheirAddressSays(t *testing.T) {
	wizard := func(input map[string]any, ready bool) map[string]any {
		return map[string]any{"slug": "w", "input": input, "ready": ready}
	}
	answer := func(question, option string) any { return map[string]any{"question": question, "option": option} }
	for name, c := range map[string]struct {
		path string
		want map[string]any
	}{
		"comparison":            {"/compare?patterns=saga,cqrs", map[string]any{"slugs": []string{"saga", "cqrs"}, "ready": true}},
		"empty comparison":      {"/compare", map[string]any{"slugs": []string{}, "ready": false}},
		"comparison of one":     {"/compare?patterns=saga", map[string]any{"slugs": []string{"saga"}, "ready": false}},
		"empty wizard":          {"/wizard/w", wizard(map[string]any{}, false)},
		"wizard with mistake":   {"/wizard/w?team=0", wizard(map[string]any{}, false)},
		"wizard with answers":   {"/wizard/w?answer=a.x,b.y", wizard(map[string]any{"wizard": "w", "answers": []any{answer("a", "x"), answer("b", "y")}, "constraints": map[string]any{}, "preferences": map[string]any{}}, true)},
		"wizard with all kinds": {"/wizard/w?tier=gold&team=3&legacy=without&problem=messaging&inuse=saga", wizard(map[string]any{"wizard": "w", "answers": []any{}, "constraints": map[string]any{"tierFloor": "gold", "teamSize": 3.0, "withoutLegacy": true}, "preferences": map[string]any{"problems": []any{"MESSAGING"}, "inUse": []any{"saga"}}}, true)},
		"estimate":              {"/calculator?patterns=saga&rate=700", map[string]any{"input": map[string]any{"patterns": []any{"saga"}, "teamSize": 5, "dailyRate": 700.0}, "ready": true}},
		"estimate of nothing":   {"/calculator?rate=700", map[string]any{"input": map[string]any{"teamSize": 5}, "ready": false}},
		"health":                {"/health?tier=gold&trend=rising&order=declining", map[string]any{"first": 25, "filter": map[string]any{"tier": map[string]any{"in": []any{"gold"}}, "trend": map[string]any{"in": []any{"RISING"}}}, "orderBy": map[string]any{"field": "CHANGE", "direction": "ASC"}}},
		"health, page before":   {"/health?before=x", map[string]any{"last": 25, "before": "x"}},
		"changes":               {"/changes?before=2026-01-31", map[string]any{"until": "2026-01-31T00:00:00Z"}},
		"changes, wrong day":    {"/changes?before=yesterday", map[string]any{}},
		"graph":                 {"/graph?relation=prerequisite&from=a&to=b&impact=c", map[string]any{"relations": []any{"PREREQUISITE"}, "from": "a", "to": "b", "path": true, "impact": "c", "affected": true}},
		"half a way":            {"/graph?from=a", map[string]any{"from": "a", "to": "", "path": false, "impact": "", "affected": false}},
	} {
		t.Run(name, func(t *testing.T) {
			from := &source{data: `{"wizard":{"slug":"w"},"tiers":[],"healthDashboard":{"patterns":{}},"patternNetwork":{},"patterns":{}}`}
			get(t, build(t, from, nil), c.path)
			if diff := cmp.Diff(c.want, from.asked[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMistakesAreSaidInTheForm checks that a form with mistakes comes back with what was written and what
// is wrong with it, also if only the API knows.
func TestMistakesAreSaidInTheForm(t *testing.T) {
	for name, c := range map[string]struct{ path, message, want string }{
		"known by the form":    {"/compare?patterns=saga", "", "Choose at least two patterns."},
		"known by the API":     {"/compare?patterns=saga,nope", `There is no pattern "nope".`, "There is no pattern &#34;nope&#34;."},
		"without words":        {"/compare?patterns=saga,nope", "", "These values do not go together."},
		"what was written":     {"/compare?patterns=saga,nope", "No.", `value="nope" checked`},
		"number of the team":   {"/calculator?patterns=saga&team=600", "", "The number must be from 1 to 500."},
		"refused estimate":     {"/calculator?patterns=nope", "No.", "No."},
		"marks the wrong one":  {"/calculator?patterns=saga&team=600", "", `aria-invalid="true" aria-describedby="team-problem"`},
		"hostile words stay":   {"/compare?patterns=saga,%3Cscript%3E", "<script>", "&lt;script&gt;"},
		"answers without form": {"/wizard/w?answer=x", "", "An answer is the question and the option"},
	} {
		t.Run(name, func(t *testing.T) {
			from := &refusing{source: source{data: tierChoices}, message: c.message}
			if strings.HasPrefix(c.path, "/wizard") {
				from.data = `{"wizard":{"slug":"w","name":"W"}}`
			}
			s := build(t, &from.source, func(o *site.Options) { o.Ask = from.Ask })
			w := get(t, s, c.path)
			if w.Code != http.StatusBadRequest || w.Header().Get("Etag") != "" || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "<script>") {
				t.Errorf("the answer is %d with the tag %q: %s", w.Code, w.Header().Get("Etag"), w.Body)
			}
		})
	}
}

func TestAFormHasOneAddress(t *testing.T) {
	for name, c := range map[string]struct{ path, want string }{
		"from a browser":      {"/compare?patterns=saga&patterns=cqrs", "/compare?patterns=saga,cqrs"},
		"answer of a wizard":  {"/wizard/w?answer=a.x&answer=b.y&tier=", "/wizard/w?answer=a.x,b.y"},
		"an answer again":     {"/wizard/w?answer=a.x&answer=a.z", "/wizard/w?answer=a.z"},
		"unknown parameter":   {"/graph?utm_source=x", "/graph"},
		"slash at the end":    {"/nope/", "/nope"},
		"slashes at the end":  {"/nope/x///", "/nope/x"},
		"former, with query":  {"/part1-axioms?x=1", "/laws"},
		"a law's former page": {"/part1-axioms/law1-failure", "/laws/correlated-failure"},
		"a role's link":       {"/learning-paths/architect", "/roles/senior-engineer"},
		"a featured study":    {"/a/discord-voice", "/case-studies/discord"},
		"a section's link":    {"/excellence/old", "/excellence/new"},
	} {
		t.Run(name, func(t *testing.T) {
			data := `{"search":{"nodes":[]},"home":{"sections":[{"link":"excellence/old/#wizard","page":{"resourcePath":"/excellence/new"}}],
				"roles":[{"seedLink":"learning-paths/architect","resourcePath":"/roles/senior-engineer"}],
				"featured":[{"seedPath":"a/discord-voice","caseStudy":{"resourcePath":"/case-studies/discord"}}]},
				"laws":[{"resourcePath":"/laws/correlated-failure","provenance":{"page":"part1-axioms/law1-failure"}}]}`
			s := build(t, &source{data: data}, nil)
			path := c.path
			for range 3 {
				w := get(t, s, path)
				to := w.Header().Get("Location")
				if to == "" {
					break
				}
				path = to
				if path == c.want {
					return
				}
			}
			t.Errorf("%s leads to %s, want %s", c.path, path, c.want)
		})
	}
}

// TestChangesCoverAllTypes checks that a new type is not forgotten in the document of the changes.
func TestChangesCoverAllTypes(t *testing.T) {
	for _, kind := range content.Types() {
		name := kind.Plural()
		if kind.Singleton() {
			name = kind.Stem()
		}
		words := strings.Split(name, "-")
		for i, w := range words[1:] {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
		if field := strings.Join(words, ""); !strings.Contains(pages.ChangesQuery.Text, "  "+field) {
			t.Errorf("queries/changes.graphql does not ask for %s", field)
		}
	}
}

// unsearchable answers like source, but fails for documents that search.
type unsearchable struct{ source }

func (s *unsearchable) Ask(_ string, vars map[string]any) (site.Question, error) {
	s.err = nil
	if vars["search"] == true {
		s.err = content.Fault(content.Unavailable, "The search index is being prepared.")
	}
	return &s.source, nil
}

// TestAddressesNeedNoSearch checks that an address is redirected or not found while the search index is
// being built.
func TestAddressesNeedNoSearch(t *testing.T) {
	from := &unsearchable{source{data: `{"home":{}}`}}
	s := build(t, &from.source, func(o *site.Options) { o.Ask = from.Ask })
	if w := get(t, s, "/part1-axioms"); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "/laws" {
		t.Errorf("a former address is answered %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := get(t, s, "/nope"); w.Code != http.StatusNotFound || w.Header().Get("Etag") != "" {
		t.Errorf("an unknown address is answered %d with the tag %q", w.Code, w.Header().Get("Etag"))
	}
}

// entry is an entry of the page of changes.
func entry(name, published string, revision int) map[string]any {
	return map[string]any{"name": name, "resourcePath": "/patterns/" + name, "publishedAt": published, "revision": revision}
}

// TestChangesAreWholeDays checks that a day is not shown before all that was published on later days.
func TestChangesAreWholeDays(t *testing.T) {
	var patterns []any
	for i := range 25 { // as many as the document asks for, so there are more
		patterns = append(patterns, entry("p"+strconv.Itoa(i), "2026-03-0"+strconv.Itoa(9-i/10)+"T10:00:00Z", 1))
	}
	data, err := json.Marshal(map[string]any{
		"patterns": map[string]any{"nodes": patterns},
		"guides":   map[string]any{"nodes": []any{entry("revised", "2026-03-08T09:30:00Z", 4), entry("ancient", "2026-03-01T10:00:00Z", 1)}},
		"laws":     []any{entry("law", "2026-03-09T10:00:00Z", 1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, build(t, &source{data: string(data)}, nil), "/changes").Body.String()
	for _, want := range []string{`id="d2026-03-09"`, `id="d2026-03-07"`, "09:30 UTC, revision 4", `href="/changes?before=2026-03-07"`, "All of them, newest first", `href="/patterns/law"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(body, "ancient") {
		t.Error("the page shows a day before one that is not whole")
	}
	if n := strings.Index(body, "d2026-03-09"); n > strings.Index(body, "d2026-03-08") {
		t.Error("the older day comes first")
	}
}

// TestChangesSayWhatChanged shows entries with what is known of their last publish.
func TestChangesSayWhatChanged(t *testing.T) {
	publication := func(replaced int, changed, removed []string) map[string]any {
		return map[string]any{"replaced": replaced, "changed": changed, "removed": removed}
	}
	for name, c := range map[string]struct {
		publication map[string]any
		revision    int
		created     string
		want, not   string
	}{
		"new":                     {map[string]any{"replaced": nil, "changed": []string{}, "removed": []string{}}, 3, "2026-03-01T10:00:00Z", ">new<", "Changed"},
		"not recorded, the first": {nil, 1, "2026-03-01T10:00:00Z", ">new<", "Changed"},
		"not recorded":            {nil, 4, "2026-03-01T10:00:00Z", "revision 4", "Changed"},
		"the same again":          {publication(4, nil, nil), 4, "2026-03-01T10:00:00Z", "revision 4", "Changed"},
		"relations of a new one":  {publication(1, []string{"relatedPatterns"}, nil), 1, "2026-03-09T01:00:00Z", ">new<", "Changed"},
		"relations of an old one": {publication(1, []string{"relatedPatterns"}, nil), 1, "2026-03-08T23:00:00Z", `<a href="/patterns/a#related">related patterns</a>`, ">new<"},
		"changed that day":        {publication(1, []string{"problem"}, nil), 2, "2026-03-09T01:00:00Z", `<a href="/patterns/a#problem">problem</a>`, ">new<"},
		"several":                 {publication(1, []string{"name", "body"}, nil), 3, "2026-03-01T10:00:00Z", `<a href="/patterns/a">text</a>`, "Removed"},
		"removed alone":           {publication(1, nil, []string{"whenToUse"}), 3, "2026-03-01T10:00:00Z", "<span>when to use</span>", "Changed"},
		"a field without a name":  {publication(1, []string{"<b>"}, nil), 3, "2026-03-01T10:00:00Z", "&lt;b&gt;", "<b>"},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry("a", "2026-03-09T10:00:00Z", c.revision)
			e["publication"], e["createdAt"] = c.publication, c.created
			data, err := json.Marshal(map[string]any{"patterns": map[string]any{"nodes": []any{e}}})
			if err != nil {
				t.Fatal(err)
			}
			_, body, _ := strings.Cut(get(t, build(t, &source{data: string(data)}, nil), "/changes").Body.String(), `class="rows"`)
			if body, _, _ = strings.Cut(body, "</section>"); !strings.Contains(body, c.want) || strings.Contains(body, c.not) {
				t.Errorf("the page shows %s", body)
			}
		})
	}
}
