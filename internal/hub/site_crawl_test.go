package hub_test

import (
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crawled is one page of a crawl: where its links lead, and the fragments that it has.
type crawled struct {
	status int
	links  map[string]bool // paths with their queries
	ids    map[string]bool
}

// crawl is a walk over a site without scripts.
type crawl struct {
	at    string // the address of the site, without a slash at its end
	pages map[string]*crawled
	// fragments are the links to fragments, by the page that has them.
	fragments map[string][]string
}

var (
	linkTo = regexp.MustCompile(`(?:href|src|action)="([^"]+)"`)
	idOf   = regexp.MustCompile(` id="([^"]+)"`)
)

// crawlAll visits everything of a site that links lead to, and checks that it is there.
func crawlAll(t *testing.T, at, from string) *crawl {
	t.Helper()
	c := &crawl{at: at, pages: map[string]*crawled{}, fragments: map[string][]string{}}
	c.all(t, from)
	for path, p := range c.pages {
		if p.status != http.StatusOK {
			t.Errorf("%s is answered %d; pages that link to it: %v", path, p.status, c.linkingTo(path))
		}
	}
	for page, targets := range c.fragments {
		for _, target := range targets {
			to, fragment, _ := strings.Cut(target, "#")
			if plain, err := url.PathUnescape(fragment); err != nil || !c.pages[to].ids[plain] {
				t.Errorf("%s links to %s, which has no such fragment", page, target)
			}
		}
	}
	return c
}

// visit reads a page and follows redirects. It returns nil for what is not of this site.
func (c *crawl) visit(t *testing.T, path string) *crawled {
	t.Helper()
	if p := c.pages[path]; p != nil {
		return p
	}
	resp, body := open(t, c.at+path)
	if to := resp.Header.Get("Location"); to != "" && resp.StatusCode/100 == 3 {
		p := c.visit(t, to)
		c.pages[path] = p
		return p
	}
	p := &crawled{status: resp.StatusCode, links: map[string]bool{}, ids: map[string]bool{}}
	c.pages[path] = p
	for _, m := range idOf.FindAllStringSubmatch(body, -1) {
		p.ids[html.UnescapeString(m[1])] = true
	}
	for _, m := range linkTo.FindAllStringSubmatch(body, -1) {
		target := html.UnescapeString(m[1])
		if strings.HasPrefix(target, "#") {
			target = path + target
		}
		if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "/playground") {
			continue
		}
		to, fragment, _ := strings.Cut(target, "#")
		if fragment != "" {
			c.fragments[path] = append(c.fragments[path], target)
		}
		p.links[to] = true
	}
	return p
}

// all visits every page that links lead to.
func (c *crawl) all(t *testing.T, from string) {
	t.Helper()
	for open := []string{from}; len(open) > 0; open = open[1:] {
		for to := range c.visit(t, open[0]).links {
			if c.pages[to] == nil && !slices.Contains(open, to) {
				open = append(open, to)
			}
		}
	}
}

// links reports whether the page at one path links to another.
func (c *crawl) links(from, to string) bool { return c.pages[from] != nil && c.pages[from].links[to] }

// stated is a list of the facts with the relations of its rows, as paths of keys and the types that they lead to.
type stated struct {
	file, list, path string
	relations        map[string]string
}

// subject marks relations whose values name their type.
const subject = "subject"

// relationsOfFacts are all relations between entries that the facts state. Left out is what describes another
// relation: the tier in which a case study lists a pattern.
var relationsOfFacts = []stated{
	{"patterns", "patterns", "/patterns/", map[string]string{
		"tier": "/tiers/", "tierClaims": "/tiers/", "relatedLaws": "/laws/", "relatedPillars": "/pillars/", "adopters.company": "/companies/",
		"modernAlternatives": subject, "relatedPatterns.slug": "/patterns/",
	}},
	{"companies", "companies", "/companies/", map[string]string{"owner": "/companies/", "patternStack": "/patterns/"}},
	{"case_studies", "caseStudies", "/case-studies/", map[string]string{
		"tier": "/tiers/", "patterns.pattern": "/patterns/", "practices": "/practices/", "companies.company": "/companies/", "laws": "/laws/", "pillars": "/pillars/",
	}},
	{"case_studies", "failureStudies", "/failures/", map[string]string{"company": "/companies/"}},
	{"practices", "practices", "/practices/", map[string]string{"tierClaim": "/tiers/", "replacedBy": subject, "conflictsWith": subject}},
	{"laws", "laws", "/laws/", map[string]string{
		"directPillars": "/pillars/", "pillars": "/pillars/", "keyPatterns": subject, "patterns": "/patterns/", "caseStudies": "/case-studies/", "interactions.law": "/laws/",
	}},
	{"pillars", "pillars", "/pillars/", map[string]string{
		"laws": "/laws/", "lawsOnPillarsIndex": "/laws/", "keyPatterns": subject, "example.company": "/companies/", "patternFit.pattern": "/patterns/",
		"patterns": "/patterns/", "caseStudies": "/case-studies/",
	}},
	{"pillars", "roleOrders", "/roles/", map[string]string{"order": "/pillars/"}},
	{"roles", "roles", "/roles/", map[string]string{"pathSlug": "/learning-paths/"}},
	{"learning_paths", "paths", "/learning-paths/", map[string]string{
		"role": "/roles/", "steps.links.laws": "/laws/", "steps.links.pillars": "/pillars/", "steps.links.tiers": "/tiers/", "steps.links.guides": "/guides/",
		"steps.links.patterns": "/patterns/", "steps.links.quickStarts": "/quick-starts/",
	}},
	{"learning_paths", "otherPaths", "/learning-paths/", map[string]string{"linkedFromRole": "/roles/"}},
	{"learning_paths", "patternTracks", "/learning-paths/", map[string]string{"patterns": "/patterns/"}},
	{"guides", "guides", "/guides/", map[string]string{"companies": "/companies/", "patterns": "/patterns/", "exampleCompanies": "/companies/"}},
	{"guides", "packs", "/guides/", map[string]string{
		"tiers": "/tiers/", "patterns": "/patterns/", "patternsOnPackPage": "/patterns/", "practices": "/practices/", "monthlyCostUsdAt1000Tps.pattern": "/patterns/",
	}},
	{"journeys", "journeys", "/journeys/", map[string]string{
		"phases.tiers": "/tiers/", "phases.patterns": "/patterns/", "phases.practices": "/practices/", "companies": "/companies/", "outcomes.company": "/companies/",
	}},
	{"migrations", "migrations", "/migrations/", map[string]string{"from": subject, "to": subject, "viaPatterns": "/patterns/", "relatedPatterns": "/patterns/"}},
	{"quick_starts", "quickStarts", "/quick-starts/", map[string]string{
		"startWith": subject, "patterns": "/patterns/", "scenarios.gold": subject, "scenarios.silver": subject, "scenarios.avoid": subject, "caseStudies": "/case-studies/",
	}},
	{"quick_starts", "challenges", "/quick-starts/", map[string]string{"patterns": "/patterns/"}},
	{"comparisons", "comparisons", "/comparisons/", map[string]string{"subjects": subject, "scenarios.best": subject, "parentPattern": "/patterns/"}},
}

// targets returns the paths that a relation of a row leads to.
func targets(row any, keys, to string) (out []string) {
	switch v := row.(type) {
	case []any:
		for _, x := range v {
			out = append(out, targets(x, keys, to)...)
		}
	case map[string]any:
		if key, rest, _ := strings.Cut(keys, "."); keys != "" {
			return targets(v[key], rest, to)
		}
		if to == subject {
			if kind, ok := map[any]string{"pattern": "/patterns/", "practice": "/practices/"}[v["kind"]]; ok {
				out = append(out, kind+text(v["slug"]))
			}
			return out
		}
		for _, x := range v {
			out = append(out, targets(x, "", to)...)
		}
	case string:
		out = append(out, to+v)
	}
	return out
}

// rowsOf returns a list of the facts.
func rowsOf(t *testing.T, file, list string) (rows []map[string]any) {
	t.Helper()
	text, err := os.ReadFile("seed/testdata/facts/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var lists map[string]json.RawMessage
	if err := cmp.Or(json.Unmarshal(text, &lists), json.Unmarshal(lists[list], &rows)); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestTheSiteIsConnected crawls the whole site without scripts, after a publish that changed some fields. It
// finds every entry of the facts, every relation as a link in both directions, no dead link and no dead
// fragment, and the sections of the fields of every entry.
func TestTheSiteIsConnected(t *testing.T) {
	s := newStaffed(t)
	s.republish(t)
	c := crawlAll(t, strings.TrimSuffix(s.url, "/graphql"), "/")
	c.checkRelations(t)
	c.checkSections(t, s.store(t))
	if !slices.Contains(c.fragments["/changes"], "/patterns/saga#problem") {
		t.Error("the changes do not lead to the part of a page that has changed")
	}
}

// checkRelations checks that each relation of the facts is a link in both directions.
func (c *crawl) checkRelations(t *testing.T) {
	t.Helper()
	count := 0
	for _, f := range relationsOfFacts {
		for _, row := range rowsOf(t, f.file, f.list) {
			path := f.path + cmp.Or(text(row["slug"]), text(row["role"]))
			if c.pages[path] == nil {
				t.Errorf("no link leads to %s", path)
			}
			for keys, to := range f.relations {
				for _, target := range targets(row, keys, to) {
					count++
					if !c.links(path, target) || !c.links(target, path) {
						t.Errorf("%s %s: %s links to %s is %v, back is %v", f.file, keys, path, target, c.links(path, target), c.links(target, path))
					}
				}
			}
		}
	}
	if count < 4000 {
		t.Errorf("only %d relations were read", count)
	}
	c.checkOutlines(t)
}

// checkOutlines checks the migrations of the facts that have no slug there: each pattern or practice that one
// leads from has a migration in common with each that it leads to.
func (c *crawl) checkOutlines(t *testing.T) {
	t.Helper()
	for _, row := range rowsOf(t, "migrations", "outlines") {
		for _, from := range targets(row["from"], "", subject) {
			for _, to := range targets(row["to"], "", subject) {
				common := func(path string) bool {
					return strings.HasPrefix(path, "/migrations/") && c.links(to, path) && c.links(path, from) && c.links(path, to)
				}
				if c.pages[from] == nil || !slices.ContainsFunc(slices.Collect(maps.Keys(c.pages[from].links)), common) {
					t.Errorf("no migration connects %s and %s", from, to)
				}
			}
		}
	}
}

// text returns a value if it is a text.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// linkingTo returns up to three pages that link to a path.
func (c *crawl) linkingTo(path string) (out []string) {
	for _, from := range slices.Sorted(maps.Keys(c.pages)) {
		if c.pages[from].links[path] && len(out) < 3 {
			out = append(out, from)
		}
	}
	return out
}
