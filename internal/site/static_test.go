package site_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site"
)

// forFiles makes the pages of a copy on a static host.
func forFiles(o *site.Options) { o.Static, o.Playground = true, false }

// A copy that knows its address has what programs read of it; without one these have nothing to say.
func TestAddressesOfACopy(t *testing.T) {
	saga := listed("saga", 0)
	saga.Former = []string{"/patterns/long-lived-transaction"}
	from := &source{data: `{"entry":null}`, revision: 1, entries: []site.Listed{saga, {Path: "/nothing/here", Group: "nothing", Former: []string{"/nothing/before"}}}}
	always := []string{"/", "/-", "/search", "/patterns", "/health", "/graph", "/changes", "/patterns/saga", "/patterns/long-lived-transaction", "/robots.txt", "/llms.txt", "/site.webmanifest", "/favicon.ico"}
	known := []string{"/sitemap.xml", "/feed.atom", "/og.png"}
	never := []string{"/wizard", "/compare", "/calculator", "/nothing/here", "/nothing/before", "/sitemap-1.xml"}
	for name, origin := range map[string]string{"with an address": "https://hub.example/docs", "without": ""} {
		t.Run(name, func(t *testing.T) {
			s := build(t, from, func(o *site.Options) { forFiles(o); o.Origin = origin })
			got, err := s.Addresses(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range slices.Concat(always, known, never) {
				want := slices.Contains(always, a) || origin != "" && slices.Contains(known, a)
				if slices.Contains(got, a) != want {
					t.Errorf("%s is there: %v", a, !want)
				}
			}
		})
	}
	for i := range 100_010 {
		from.entries = append(from.entries, listed(fmt.Sprint("p", i), 0))
	}
	s := build(t, from, func(o *site.Options) { forFiles(o); absolute(o) })
	if got, err := s.Addresses(t.Context()); err != nil || !slices.Contains(got, "/sitemap-3.xml") || slices.Contains(got, "/sitemap-4.xml") {
		t.Errorf("the parts of a large sitemap are not there, %v", err)
	}
}

// TestACopyHasAPageForEachValue checks which addresses a copy has: lists narrowed by one value, but none by
// two, as their number would grow with the product of the values, and nothing that needs an input.
func TestACopyHasAPageForEachValue(t *testing.T) {
	s := build(t, &source{}, forFiles)
	for address, want := range map[string]bool{
		"/": true, "/patterns/saga": true, "/patterns": true, "/patterns?after=x": true, "/patterns?tier=gold": true, "/patterns?tier=gold&before=x": true,
		"/case-studies?company=a%2Fb": true, "/health?trend=rising": true, "/graph?relation=complements": true, "/diagrams/0f.svg?in=%2Fa&theme=dark": true,
		"/changes?before=2026-01-31": true,
		"/patterns?tier=gold&law=a":  false, "/patterns?tier=gold&tier=silver": false, "/patterns?tier=": false, "/patterns?q=a": false, "/patterns?order=newest": false,
		"/search?q=a": false, "/search?type=PATTERN": false, "/health?order=rising": false, "/graph?from=a&to=b": false, "/graph?impact=a": false, "/laws?tier=gold": false,
		"/compare": false, "/compare?patterns=a,b": false, "/wizard": false, "/wizard/pattern-selector/advice": false, "/calculator": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Prebuilt(u); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// onePatternInAList is the answer for a list that can be narrowed by two tiers.
var onePatternInAList = strings.Replace(noPatterns, `"tier":{}`, `"tier":{"facets":[{"values":[{"value":"gold","label":"Gold","count":2},{"value":"silver","label":"Silver","count":1}]}]}`, 1)

// Everything that a page of a copy offers must work without a server.
func TestPagesOfACopyNeedNoServer(t *testing.T) {
	for name, c := range map[string]struct{ path, data, want string }{
		"a list":          {"/patterns", onePatternInAList, `<a href="/patterns?tier=silver">Silver</a>`},
		"a narrowed list": {"/patterns?tier=gold", onePatternInAList, `<strong>Gold</strong>`},
		"the search":      {"/search", `{}`, `<site-find><p>The search on this page needs JavaScript.`},
		"nothing":         {"/-", `{}`, `<form class="big" action="/search"`},
		"an entry":        {"/patterns/circuit-breaker", onePattern, "Circuit Breaker"},
		"the changes":     {"/changes", `{}`, "Changes"},
	} {
		t.Run(name, func(t *testing.T) {
			body := get(t, build(t, &source{data: c.data, revision: 1}, forFiles), c.path).Body.String()
			if !strings.Contains(body, c.want) {
				t.Errorf("there is no %s in %s", c.want, body)
			}
			for _, wrong := range []string{"/wizard", "/compare\"", "/calculator", "/playground", "/feed.atom", "<site-search>", `action="/patterns"`, `action="/changes"`, "frame-ancestors"} {
				if strings.Contains(body, wrong) {
					t.Errorf("there is %s in %s", wrong, body)
				}
			}
			if !strings.Contains(body, `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;self&#39;;`) {
				t.Error("the page has no policy")
			}
		})
	}
}

// TestFilesOfACopyForPrograms checks that files for programs name the addresses of the copy: with its path,
// with a slash after the name of a page, and none of a page that needs a server.
func TestFilesOfACopyForPrograms(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1, entries: []site.Listed{listed("saga", 0)}}
	s := build(t, from, func(o *site.Options) { forFiles(o); o.Origin = "https://hub.example/docs" })
	for path, want := range map[string]string{
		"/sitemap.xml": "<loc>https://hub.example/docs/patterns/saga/</loc>", "/feed.atom": `href="https://hub.example/docs/patterns/saga/"`,
		"/llms.txt": "(https://hub.example/docs/patterns/saga.md)", "/robots.txt": "Disallow:\n\nSitemap: https://hub.example/docs/sitemap.xml",
	} {
		if got := get(t, s, path).Body.String(); !strings.Contains(got, want) || strings.Contains(got, "/compare") {
			t.Errorf("%s has no %s: %s", path, want, got)
		}
	}
}

// Pages that are kept in files must be made anew when what they depend on besides their content changes.
func TestACopyKnowsHowItWasMade(t *testing.T) {
	made := map[string]string{}
	for name, change := range map[string]func(*site.Options){
		"as it is": func(*site.Options) {}, "another version": func(o *site.Options) { o.Build = "2" }, "another title": func(o *site.Options) { o.Title = "B" },
		"another address": absolute, "another contact": func(o *site.Options) { o.Contact = "mailto:a@hub.example" },
	} {
		made[build(t, &source{}, func(o *site.Options) { forFiles(o); change(o) }).Made()] = name
	}
	if len(made) != 5 {
		t.Error(cmp.Diff(nil, made))
	}
}
