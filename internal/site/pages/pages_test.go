package pages_test

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"patternhub/internal/site/listing"
	"patternhub/internal/site/pages"
)

// render returns the page of an answer.
func render[A any](t *testing.T, page func(*pages.Frame, *A) templ.Component, data string) string {
	t.Helper()
	var a A
	if err := json.Unmarshal([]byte(data), &a); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := page(&pages.Frame{Site: "A hub"}, &a).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sparse is an entry of which hardly anything is known.
const sparse = `"name":"A <name>","slug":"a","resourcePath":"/x/a","summary":"S","revision":1`

// TestSparseEntriesHavePages renders each type with nothing that may be missing.
func TestSparseEntriesHavePages(t *testing.T) {
	for name, html := range map[string]string{
		"pattern":       render(t, pages.Pattern, `{"pattern":{`+sparse+`}}`),
		"company":       render(t, pages.Company, `{"company":{`+sparse+`}}`),
		"case study":    render(t, pages.CaseStudy, `{"caseStudy":{`+sparse+`}}`),
		"guide":         render(t, pages.Guide, `{"guide":{`+sparse+`}}`),
		"migration":     render(t, pages.Migration, `{"migration":{`+sparse+`}}`),
		"journey":       render(t, pages.Journey, `{"journey":{`+sparse+`}}`),
		"learning path": render(t, pages.LearningPath, `{"learningPath":{`+sparse+`}}`),
		"quick start":   render(t, pages.QuickStart, `{"quickStart":{`+sparse+`}}`),
		"practice":      render(t, pages.Practice, `{"practice":{`+sparse+`}}`),
		"comparison":    render(t, pages.Comparison, `{"comparison":{`+sparse+`}}`),
		"failure":       render(t, pages.Failure, `{"failure":{`+sparse+`}}`),
		"law":           render(t, pages.Law, `{"law":{`+sparse+`}}`),
		"pillar":        render(t, pages.Pillar, `{"pillar":{`+sparse+`}}`),
		"role":          render(t, pages.Role, `{"role":{`+sparse+`}}`),
		"tier":          render(t, pages.Tier, `{"tier":{`+sparse+`}}`),
		"page":          render(t, pages.Page, `{"page":{`+sparse+`}}`),
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(html, "A &lt;name&gt;</h1>") || strings.Contains(html, "<h3>") || strings.Contains(html, "<table") {
				t.Errorf("the page is %s", html)
			}
		})
	}
}

func TestAnchorsOfTheTextWin(t *testing.T) {
	html := render(t, pages.CaseStudy, `{"caseStudy":{`+sparse+`,"scale":[{"metric":"users","label":"1M"}],
		"body":{"html":"<h2 id=\"scale\">Scale</h2>","headings":[{"level":2,"text":"Scale","anchor":"scale"}]}}}`)
	if strings.Count(html, `id="scale"`) != 1 || !strings.Contains(html, `<section id="scale-">`) || !strings.Contains(html, `href="#scale-"`) {
		t.Errorf("the page is %s", html)
	}
}

func TestNeighbours(t *testing.T) {
	list := func(slugs ...string) string {
		for i, s := range slugs {
			slugs[i] = `{"name":"` + s + `","resourcePath":"/x/` + s + `"}`
		}
		return `{"nodes":[` + strings.Join(slugs, ",") + `]}`
	}
	for name, c := range map[string]struct{ before, after, previous, next string }{
		"in the middle": {list("b"), list("c"), "b", "c"},
		"first":         {list(), list("c"), "", "c"},
		"last":          {list("b"), list(), "b", ""},
		"unread":        {"null", "null", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, pages.Pattern, `{"pattern":{`+sparse+`},"previous":`+c.before+`,"next":`+c.after+`}`)
			for rel, want := range map[string]string{"prev": c.previous, "next": c.next} {
				link := regexp.MustCompile(`rel="` + rel + `" href="/x/(\w+)"`).FindStringSubmatch(html)
				if got := append(link, "", "")[1]; got != want {
					t.Errorf("%s is %q, want %q", rel, got, want)
				}
			}
		})
	}
}

func TestNeighboursInAWholeList(t *testing.T) {
	link := func(slug string) string { return `{"name":"` + slug + `","resourcePath":"/x/` + slug + `"}` }
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"in the middle": {link("b") + "," + link("a") + "," + link("c"), []string{"/x/b", "/x/c"}},
		"alone":         {link("a"), nil},
		"not in it":     {link("b") + "," + link("c"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, pages.Role, `{"role":{`+sparse+`},"roles":[`+c.list+`]}`)
			var got []string
			for _, m := range regexp.MustCompile(`rel="(?:prev|next)" href="([^"]+)"`).FindAllStringSubmatch(html, -1) {
				got = append(got, m[1])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the neighbours are %v, want %v", got, c.want)
			}
		})
	}
}

func TestTheNeighbourhoodOfAPatternIsDrawn(t *testing.T) {
	edge := func(slug, relations string) string {
		return `{"relations":[` + relations + `],"node":{"name":"` + slug + `","resourcePath":"/patterns/` + slug + `","summary":"S"}}`
	}
	relation := func(name, direction, inferred string) string {
		return `{"relation":"` + name + `","direction":"` + direction + `","inferred":` + inferred + `}`
	}
	page := func(edges ...string) string {
		return render(t, pages.Pattern, `{"pattern":{`+sparse+`,"relatedPatterns":{"totalCount":40,"edges":[`+strings.Join(edges, ",")+`]}}}`)
	}
	html := page(
		edge("one", relation("COMPLEMENTS", "OUT", "true")+","+relation("COMPLEMENTS", "IN", "false")),
		edge("two", relation("PREREQUISITE", "IN", "false")),
	)
	for want, count := range map[string]int{
		`<title>A &lt;name&gt; works with one</title>`: 1, // stated by both, drawn once
		`<title>two needs A &lt;name&gt;</title>`:      1,
		`class="fig-weak"`:                             0, // one of them is certain
		`<a href="/patterns/one" class="fig-node`:      1,
		`26 more are in the list.`:                     1,
		`href="/graph?impact=a"`:                       1,
	} {
		if got := strings.Count(html, want); got != count {
			t.Errorf("%q occurs %d times, want %d, in %s", want, got, count, html)
		}
	}
	if one := page(edge("one", relation("COMPLEMENTS", "OUT", "false"))); strings.Contains(one, "<svg") || !strings.Contains(one, "Works well with") {
		t.Errorf("a single relation is drawn: %s", one)
	}
}

func TestTheTreeOfPages(t *testing.T) {
	page := func(slug, name string) string {
		return `{"slug":"` + slug + `","name":"` + name + `","resourcePath":"/` + slug + `"}`
	}
	html := render(t, pages.Page, `{"page":{"name":"Alerts","slug":"hand/ops/alerts","resourcePath":"/hand/ops/alerts"},
		"above":{"nodes":[`+page("hand", "Hand")+`]},
		"beside":{"pageInfo":{"hasNextPage":true},"nodes":[`+page("hand/ops/pager", "Pager")+`,`+page("hand/ops/alerts", "Alerts")+`,`+page("hand/ops/deep/er/one", "One")+`]},
		"below":{"nodes":[`+page("hand/ops/alerts/more", "More")+`]}}`)
	_, tree, _ := strings.Cut(html, "<details class=\"tree\">")
	tree, _, _ = strings.Cut(tree, "</details>")
	tree = strings.NewReplacer("> <", "><").Replace(tree)
	want := `<ul><li><a href="/hand/ops/alerts" aria-current="page">Alerts</a><ul><li><a href="/hand/ops/alerts/more">More</a></li></ul></li>` +
		`<li><span class="quiet">Deep</span><ul><li><span class="quiet">Er</span><ul><li><a href="/hand/ops/deep/er/one">One</a></li></ul></li></ul></li>` +
		`<li><a href="/hand/ops/pager">Pager</a></li></ul>`
	if !strings.Contains(tree, want) {
		t.Errorf("the tree is %s", tree)
	}
	if !strings.Contains(tree, `<a href="/pages">All pages</a>`) {
		t.Error("nothing leads to the pages that the tree does not show")
	}
	if !strings.Contains(html, `<li><a href="/hand">Hand</a></li>`) || !strings.Contains(html, `rel="next" href="/hand/ops/pager"`) {
		t.Errorf("the page is %s", html)
	}
}

func TestAPageWithItsOwnTitleHasOneTitle(t *testing.T) {
	html := render(t, pages.Page, `{"page":{`+sparse+`,"body":{"html":"<h1 id=\"own\">Own</h1>","headings":[{"level":1,"text":"Own","anchor":"own"}]}}}`)
	if strings.Count(html, "<h1") != 1 || !strings.Contains(html, "Own</h1>") {
		t.Errorf("the page is %s", html)
	}
}

func TestTablesLeaveOutEmptyColumns(t *testing.T) {
	html := render(t, pages.Pattern, `{"pattern":{`+sparse+`,"companies":{"edges":[{"scale":"1M","node":{"name":"C","resourcePath":"/companies/c"}},{"year":2020,"node":{"name":"D","resourcePath":"/companies/d"}}]}}}`)
	if !strings.Contains(html, ">Year<") || strings.Contains(html, ">Stated by<") || strings.Count(html, "<td>") != 4 {
		t.Errorf("the page is %s", html)
	}
}

func TestListsSayWhatTheyDoNotShow(t *testing.T) {
	html := render(t, pages.Law, `{"law":{`+sparse+`,"patterns":{"totalCount":120,"nodes":[{"name":"P","resourcePath":"/patterns/p"}]},
		"learningPaths":{"totalCount":3,"nodes":[{"name":"L","resourcePath":"/learning-paths/l"}]}}}`)
	if !strings.Contains(html, `<a href="/patterns?law=a">All 120</a>`) || !strings.Contains(html, "And 2 more.") {
		t.Errorf("the page is %s", html)
	}
}

func TestTextsAreMarkedAndReachable(t *testing.T) {
	html := render(t, pages.Page, `{"page":{`+sparse+`,"body":{"html":"<pre><code class=\"language-go\">if x</code></pre><table><tr><td>1</td></tr></table><p>&lt;pre&gt;</p>"}}}`)
	want := `<pre tabindex="0"><code class="language-go"><span class="k">if</span> x</code></pre><table tabindex="0"><tr><td>1</td></tr></table><p>&lt;pre&gt;</p>`
	if !strings.Contains(html, want) {
		t.Errorf("the page is %s", html)
	}
}

func TestDiagramsArePicturesBesideTheirSources(t *testing.T) {
	const block = `<pre tabindex="0"><code class="language-mermaid">a</code></pre>`
	html := render(t, pages.Page, `{"page":{`+sparse+`,"body":{"html":"<p>x</p><pre><code class=\"language-mermaid\">a</code></pre><pre><code class=\"language-mermaid\">a</code></pre>",
		"diagrams":[{"hash":"h","alt":"A \"b\" <c>","drawable":true},{"hash":"i","alt":"","drawable":false}]}}}`)
	for _, want := range []string{
		`<img class="when-light" loading="lazy" src="/diagrams/h.svg?in=%2Fx%2Fa" alt="A &#34;b&#34; &lt;c&gt;">`,
		`<img class="when-dark" loading="lazy" src="/diagrams/h.svg?in=%2Fx%2Fa&amp;theme=dark"`,
		`<summary>Source of the diagram</summary>` + block,
		block + `<p class="quiet">Diagrams of this kind are shown as their source.</p>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s:\n%s", want, html)
		}
	}
}

func TestEmptyLists(t *testing.T) {
	spec := listing.Spec{Path: "/guides", One: "guide", Many: "guides", Facets: []listing.Facet{{Param: "kind", Title: "Kind"}}, Orders: []listing.Order{{Title: "Name"}}}
	for name, c := range map[string]struct {
		query url.Values
		want  string
	}{
		"nothing there": {nil, "There are no guides yet"},
		"by a value":    {url.Values{"kind": {"a-b"}}, `<a href="/guides">without Kind: A b</a>`},
		"by a name":     {url.Values{"q": {"x"}}, `<a href="/search?q=x">Search all texts for “x”</a>`},
	} {
		t.Run(name, func(t *testing.T) {
			st := spec.Parse(c.query)
			var b strings.Builder
			if err := pages.List(&pages.Frame{List: st}, 0, pages.Marks{}, st.Groups(nil)).Render(context.Background(), &b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), c.want) {
				t.Errorf("there is no %s in %s", c.want, b.String())
			}
		})
	}
}

// TestThePageOfASiteHasItsNavigation renders a page whose site states a navigation.
func TestThePageOfASiteHasItsNavigation(t *testing.T) {
	const nav = `[{"level":0,"title":"Home","path":"/docs"},{"level":0,"title":"Guide <1>","path":null},{"level":1,"title":"Set up","path":"/docs/a"},` +
		`{"level":0,"title":"More","path":null},{"level":1,"title":"Other","path":"/docs/b"},{"level":1,"title":"Away","path":"https://example.org/"}]`
	html := render(t, pages.Page, `{"page":{"name":"Set up","slug":"docs/a","resourcePath":"/docs/a","summary":"S","revision":1},"above":{"nodes":[`+
		`{"name":"Set up","slug":"docs/a","resourcePath":"/docs/a","body":{"navigation":[]}},`+
		`{"name":"First","slug":"index","resourcePath":"/index","body":{"navigation":[{"level":0,"title":"Wrong","path":"/x"}]}},`+
		`{"name":"Home","slug":"docs","resourcePath":"/docs","body":{"navigation":`+nav+`}}]}}`)
	for _, want := range []string{
		`<details open><summary>Guide &lt;1&gt;</summary>`, `<details><summary>More</summary>`, `<a href="/docs/a" aria-current="page">Set up</a>`,
		`<a href="https://example.org/">Away</a>`, `<a rel="prev" href="/docs">`, `<a rel="next" href="/docs/b">`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("it lacks %s:\n%s", want, html)
		}
	}
	if strings.Contains(html, "Wrong") || strings.Contains(html, "First") {
		t.Errorf("it has the navigation or the crumb of another site:\n%s", html)
	}
}

func TestStepsCanBeTickedOff(t *testing.T) {
	steps := `"steps":[{"label":"Read <it>","links":[{"label":"Graph","section":"graph"},{"label":"A project","section":"project"}]}]`
	path := render(t, pages.LearningPath, `{"learningPath":{`+sparse+`,`+steps+`}}`)
	role := render(t, pages.Role, `{"role":{`+sparse+`,"learningPath":{"name":"P","resourcePath":"/x/a",`+steps+`}}}`)
	for name, html := range map[string]string{"of the path": path, "of the role": role} {
		for _, want := range []string{
			`<site-progress key="/x/a">`, `<input type="checkbox"> <span>Read &lt;it&gt;</span></label>`, `<a href="/graph">Graph</a>`, `<span>A project</span>`,
		} {
			if !strings.Contains(html, want) {
				t.Errorf("the page %s has no %s in %s", name, want, html)
			}
		}
	}
}

// TestThePageOfTheSiteIsNamedOnce: its own title is that of the site.
func TestThePageOfTheSiteIsNamedOnce(t *testing.T) {
	for want, html := range map[string]string{
		"<title>A hub</title>":                  render(t, pages.Home, `{"home":{"title":"A hub"}}`),
		"<title>A &lt;name&gt; – A hub</title>": render(t, pages.Company, `{"company":{`+sparse+`}}`),
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}
