package site_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site"
)

// moment is when the entries of the tests were published.
var moment = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// hostile is a text that would be markup in HTML, XML, Markdown or JSON.
const hostile = `</script></title><script>alert(1)</script>]]>&"'[x](javascript:alert(1))`

// listed returns an entry that was published some minutes after the moment.
func listed(slug string, minutes int) site.Listed {
	return site.Listed{
		ID: "id-" + slug, Path: "/patterns/" + slug, Group: "patterns", Name: "The " + slug, Summary: "About " + slug + ".",
		Published: moment.Add(time.Duration(minutes) * time.Minute),
	}
}

// absolute sets the address of a site.
func absolute(o *site.Options) { o.Origin = "https://hub.example" }

// sitemap is a sitemap or a list of them, as a crawler reads it.
type sitemap struct {
	XMLName xml.Name
	URLs    []struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
	} `xml:"url"`
	Parts []struct {
		Loc string `xml:"loc"`
	} `xml:"sitemap"`
}

// read reads an XML document of the site.
func read(t *testing.T, h http.Handler, path string, into any) {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Type"), "xml; charset=utf-8") {
		t.Fatalf("%s is answered %d as %s", path, w.Code, w.Header().Get("Content-Type"))
	}
	if err := xml.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, w.Body)
	}
}

// An address that leads to no page would be a dead link to every crawler, so entries of types without a page
// are left out, and so are searches.
func TestTheSitemapHasEachPageOnce(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1, entries: []site.Listed{listed("saga", 0), {Path: "/nothing/here", Group: "nothing"}, {Path: "/patterns/a%20b", Group: "patterns", Published: moment}, {Path: "/docs/intro", Group: "pages"}}}
	s := build(t, from, absolute)
	var got sitemap
	read(t, s, "/sitemap.xml", &got)
	var lines []string
	for _, u := range got.URLs {
		lines = append(lines, u.Loc+" "+u.LastMod)
	}
	want := []string{
		"https://hub.example/ ", "https://hub.example/patterns ",
		"https://hub.example/patterns/saga 2026-03-14T15:09:26Z", "https://hub.example/patterns/a%20b 2026-03-14T15:09:26Z", "https://hub.example/docs/intro ",
	}
	for _, line := range want {
		if n := strings.Count(strings.Join(lines, "\n")+"\n", line+"\n"); n != 1 {
			t.Errorf("%q is in the sitemap %d times: %q", line, n, lines)
		}
	}
	for _, line := range lines {
		if strings.Contains(line, "/nothing") || strings.Contains(line, "/search") {
			t.Errorf("the sitemap has %q", line)
		}
	}
	if get(t, build(t, from, nil), "/sitemap.xml").Code != http.StatusNotFound {
		t.Error("a site that does not know its address has a sitemap")
	}
}

// The protocol allows 50,000 addresses in a file. All parts come from one walk over the entries.
func TestALargeSitemapHasParts(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1}
	for i := range 100_010 {
		from.entries = append(from.entries, listed(fmt.Sprint("p", i), 0))
	}
	s := build(t, from, func(o *site.Options) { absolute(o); o.CacheBytes = 64 << 20 })
	var index sitemap
	read(t, s, "/sitemap.xml", &index)
	if index.XMLName.Local != "sitemapindex" || len(index.Parts) != 3 {
		t.Fatalf("the sitemap is %s with %d parts", index.XMLName.Local, len(index.Parts))
	}
	seen := map[string]bool{}
	for _, p := range index.Parts {
		var part sitemap
		read(t, s, strings.TrimPrefix(p.Loc, "https://hub.example"), &part)
		if len(part.URLs) > 50_000 {
			t.Errorf("%s has %d addresses", p.Loc, len(part.URLs))
		}
		for _, u := range part.URLs {
			seen[u.Loc] = true
		}
	}
	if len(seen) < 100_010 || from.walks != 1 {
		t.Errorf("the parts have %d addresses, and the entries were read %d times", len(seen), from.walks)
	}
	for _, path := range []string{"/sitemap-0.xml", "/sitemap-4.xml", "/sitemap--1.xml", "/sitemap-01.xml", "/sitemap-1", "/sitemap-.xml", "/sitemap-99999999999999999999.xml"} {
		if w := get(t, s, path); w.Code != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, w.Code)
		}
	}
}

// The entries come in no order of time, and one of them has a text that would break the document.
func TestTheFeedHasWhatWasPublishedLast(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1}
	for i := range 70 {
		from.entries = append(from.entries, listed(fmt.Sprint("p", i), (i*37)%70))
	}
	from.entries[5].Name, from.entries[5].Published = hostile+"\x00", moment.Add(2*time.Hour)
	for name, origin := range map[string]string{"with an address": "https://hub.example", "without": ""} {
		t.Run(name, func(t *testing.T) {
			var feed struct {
				ID      string `xml:"id"`
				Updated string `xml:"updated"`
				Entries []struct {
					ID, Title, Updated string
					Link               struct {
						Href string `xml:"href,attr"`
					} `xml:"link"`
				} `xml:"entry"`
			}
			read(t, build(t, from, func(o *site.Options) { o.Origin = origin }), "/feed.atom", &feed)
			if len(feed.Entries) != 50 || feed.Updated != "2026-03-14T17:09:26Z" || !strings.HasPrefix(feed.ID, "urn:uuid:") {
				t.Fatalf("the feed has %d entries, is of %s and its id is %s", len(feed.Entries), feed.Updated, feed.ID)
			}
			if got := feed.Entries[0].Link.Href; got != origin+"/patterns/p5" {
				t.Errorf("the first link is %s", got)
			}
		})
	}
}

// A walk over all entries is dear, so the lists share one until something is published.
func TestListsAreReadOnceForEachRevision(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1, entries: []site.Listed{listed("saga", 0)}}
	s := build(t, from, absolute)
	for range 2 {
		for _, path := range []string{"/sitemap.xml", "/feed.atom", "/llms.txt"} {
			get(t, s, path)
		}
	}
	tag := get(t, s, "/feed.atom").Header().Get("Etag")
	if w := get(t, s, "/feed.atom", "If-None-Match: "+tag); w.Code != http.StatusNotModified || from.walks != 1 {
		t.Errorf("the answer is %d, and the entries were read %d times", w.Code, from.walks)
	}
	from.revision, from.entries = 2, nil
	if w := get(t, s, "/feed.atom", "If-None-Match: "+tag); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "saga") || from.walks != 2 {
		t.Errorf("after a publish the answer is %d, and the entries were read %d times", w.Code, from.walks)
	}
}

// A name or summary must not become a heading, a link or a line of its own.
func TestTheGuideForLanguageModels(t *testing.T) {
	from := &source{data: `{"entry":null}`, revision: 1, entries: []site.Listed{listed("saga", 0)}}
	for i := range 250 {
		e := listed(fmt.Sprint("law", i), 0)
		e.Group = "case-studies"
		from.entries = append(from.entries, e)
	}
	from.entries[1].Name, from.entries[1].Summary = "A\n# B "+hostile, "one\ntwo"
	got := get(t, build(t, from, nil), "/llms.txt").Body.String()
	for name, want := range map[string]string{
		"title": "# A hub\n", "group": "\n## Patterns\n\n- [The saga](/patterns/saga.md): About saga.\n", "words": "\n## Case studies\n",
		"more": "\n50 more are in", "one line": `- [A \# B \</script\>`, "escaped": `\[x\](javascript:alert(1))](/patterns/law0.md): one two`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: there is no %q in %.900s", name, want, got)
		}
	}
}

// noPatterns is the answer to the document of a list in which nothing is found.
const noPatterns = `{"entry":null,"patterns":{"totalCount":0},"tier":{},"category":{},"difficulty":{},"relevance":{},"domain":{},"law":{},"pillar":{}}`

// oneEntry is the answer to the documents that find an entry by its path.
const oneEntry = `{"entry":{"id":"id-saga","resourcePath":"/patterns/saga","type":"Pattern","name":"Saga"}}`

// gone is the answer to a document that finds no entry.
const gone = `{"entry":null,"search":null,"home":{}}`

// Browsers accept everything, so only a reader that names Markdown, and prefers it, gets it at the address of the
// page.
func TestMarkdownIsAsTheAuthorWroteIt(t *testing.T) {
	const text = "---\r\nname: \"Saga\"\r\n---\r\n\r\n* one\t\r\n"
	browser := "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for name, c := range map[string]struct {
		data, path, accept, location string
		status                       int
		markdown                     bool
	}{
		"by its address":         {oneEntry, "/patterns/saga.md", browser, "", 200, true},
		"by the header":          {oneEntry, "/patterns/saga", "Accept: text/markdown", "", 200, true},
		"preferred":              {oneEntry, "/patterns/saga", "Accept: text/html;q=0.5, text/markdown;q=0.9", "", 200, true},
		"less than HTML":         {onePattern, "/patterns/circuit-breaker", "Accept: text/html, text/markdown;q=0.5", "", 200, false},
		"refused":                {onePattern, "/patterns/circuit-breaker", "Accept: text/markdown;q=0", "", 200, false},
		"browser":                {onePattern, "/patterns/circuit-breaker", browser, "", 200, false},
		"former slug":            {oneEntry, "/patterns/sagas.md", browser, "/patterns/saga.md", 301, false},
		"former slug, by header": {oneEntry, "/patterns/sagas", "Accept: text/markdown", "/patterns/saga", 301, false},
		"no entry":               {`{"entry":null,"search":null}`, "/patterns/none.md", browser, "", 404, false},
		"just unpublished":       {strings.Replace(oneEntry, "id-saga", "id-gone", 1), "/patterns/saga.md", browser, "", 404, false},
		"by the folder":          {gone, "/pattern/saga.md", browser, "/patterns/saga.md", 301, false},
		"of a page":              {gone, "/page/ops/%C3%BCber.md", browser, "/ops/%C3%BCber.md", 301, false},
		"of a list":              {gone, "/patterns.md", browser, "/patterns", 301, false},
		"the index of a list":    {gone, "/patterns/index.md", browser, "/patterns", 301, false},
		"the index of the site":  {gone, "/index.md", browser, "/", 301, false},
		"of another host":        {gone, "/page//evil.example.md", browser, "", 404, false},
		"of a folder above":      {gone, "/page/../../evil.md", browser, "", 404, false},
		"a list, by header":      {noPatterns, "/patterns", "Accept: text/markdown", "", 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			from := &source{data: c.data, revision: 1, sources: map[string]string{"id-saga": text}}
			w := get(t, build(t, from, absolute), c.path, c.accept)
			if w.Code != c.status || w.Header().Get("Location") != c.location || !strings.Contains(w.Header().Get("Vary"), "Accept,") && c.location == "" {
				t.Fatalf("the answer is %d to %q, %v", w.Code, w.Header().Get("Location"), w.Header())
			}
			if got := w.Header().Get("Content-Type") == "text/markdown; charset=utf-8"; got != c.markdown {
				t.Fatalf("the answer is %s", w.Header().Get("Content-Type"))
			}
			if c.markdown && (w.Body.String() != text || w.Header().Get("Link") != `<https://hub.example/patterns/saga>; rel="canonical"`) {
				t.Errorf("the answer is %q with the link %s", w.Body, w.Header().Get("Link"))
			}
		})
	}
}

// A picture has one address, as its page has, and is not compressed a second time.
func TestPictures(t *testing.T) {
	for name, c := range map[string]struct {
		data, path, location string
		status               int
	}{
		"entry":         {oneEntry, "/og/patterns/saga.png", "", 200},
		"site":          {`{"entry":null}`, "/og.png", "", 200},
		"former slug":   {oneEntry, "/og/patterns/sagas.png", "/og/patterns/saga.png", 301},
		"no entry":      {`{"entry":null,"search":null}`, "/og/patterns/none.png", "", 404},
		"no picture":    {`{"entry":null,"search":null}`, "/og/patterns/saga", "", 404},
		"hostile title": {`{"entry":{"resourcePath":"/patterns/x","type":"Pattern","name":"\u202e<script>\u0000分布"}}`, "/og/patterns/x.png", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, build(t, &source{data: c.data, revision: 1}, nil), c.path, "Accept-Encoding: br")
			if w.Code != c.status || w.Header().Get("Location") != c.location {
				t.Fatalf("the answer is %d to %q", w.Code, w.Header().Get("Location"))
			}
			if c.status != http.StatusOK {
				return
			}
			if w.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Type") != "image/png" {
				t.Errorf("the picture has the headers %v", w.Header())
			}
			if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil {
				t.Error(err)
			}
		})
	}
}

// statements returns what a page says to programs.
func statements(t *testing.T, body string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, part := range strings.Split(body, `<script type="application/ld+json">`)[1:] {
		text, _, _ := strings.Cut(part, "</script>")
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		out = append(out, v)
	}
	return out
}

// The statements are read back as JSON, in spite of a title that would end the script or the document.
func TestPagesSayWhatTheyAre(t *testing.T) {
	data, err := json.Marshal(map[string]any{"pattern": map[string]any{"name": hostile, "summary": hostile, "resourcePath": "/patterns/x", "publishedAt": moment}})
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, build(t, &source{data: string(data), revision: 1}, absolute), "/patterns/x", "Host: evil.example").Body.String()
	said := statements(t, body)
	if len(said) != 2 || said[0]["@type"] != "TechArticle" || said[0]["headline"] != hostile || said[0]["url"] != "https://hub.example/patterns/x" ||
		said[0]["dateModified"] != "2026-03-14" {
		t.Fatalf("the page says %v", said)
	}
	want := []any{
		map[string]any{"@type": "ListItem", "position": 1.0, "name": "Home", "item": "https://hub.example/"},
		map[string]any{"@type": "ListItem", "position": 2.0, "name": "Patterns", "item": "https://hub.example/patterns"},
		map[string]any{"@type": "ListItem", "position": 3.0, "name": hostile, "item": "https://hub.example/patterns/x"},
	}
	if diff := cmp.Diff(want, said[1]["itemListElement"]); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		`<link rel="canonical" href="https://hub.example/patterns/x">`, `<meta property="og:image" content="https://hub.example/og/patterns/x.png">`,
		`<link rel="alternate" type="text/markdown" href="/patterns/x.md">`, `<link rel="manifest" href="/site.webmanifest">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	list := get(t, build(t, &source{data: noPatterns}, absolute), "/patterns").Body.String()
	if said := statements(t, list); len(said) != 2 || said[0]["@type"] != "DefinedTermSet" {
		t.Errorf("a list says %v", said)
	}
}

// The Host header is the client's: what is made from it could be kept and shown to others.
func TestWithoutAnAddressNothingIsAbsolute(t *testing.T) {
	s := build(t, &source{data: onePattern, revision: 1, entries: []site.Listed{listed("saga", 0)}}, nil)
	for _, path := range []string{"/patterns/circuit-breaker", "/feed.atom", "/llms.txt", "/robots.txt"} {
		w := get(t, s, "http://evil.example"+path, "X-Forwarded-Host: evil.example")
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "evil.example") || strings.Contains(w.Body.String(), `rel="canonical"`) {
			t.Errorf("%s is answered %d %s", path, w.Code, w.Body)
		}
	}
}

// These files depend on no content, and readers have their copies confirmed.
func TestFilesWithKnownNames(t *testing.T) {
	s := build(t, &source{data: `{"entry":null}`, revision: 1}, func(o *site.Options) {
		absolute(o)
		o.Contact, o.Now = "mailto:security@hub.example", func() time.Time { return moment }
	})
	for path, want := range map[string]string{
		"/robots.txt":               "\nSitemap: https://hub.example/sitemap.xml\n",
		"/.well-known/security.txt": "Contact: mailto:security@hub.example\nExpires: 2026-10-01T00:00:00Z\nCanonical: https://hub.example/.well-known/security.txt\n",
		"/site.webmanifest":         `"name":"A hub"`,
	} {
		w := get(t, s, path)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is answered %d %s", path, w.Code, w.Body)
		}
		if again := get(t, s, path, "If-None-Match: "+w.Header().Get("Etag")); again.Code != http.StatusNotModified {
			t.Errorf("%s, unchanged, is answered %d", path, again.Code)
		}
	}
	icon := get(t, s, "/favicon.ico")
	if w := get(t, s, icon.Header().Get("Location")); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the icon is answered %d as %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := get(t, build(t, &source{data: `{"search":null}`}, nil), "/.well-known/security.txt"); w.Code != http.StatusNotFound {
		t.Errorf("without a contact security.txt is answered %d", w.Code)
	}
}

// Words that differ in spaces only share an address, and so an answer that is kept.
func TestSuggestions(t *testing.T) {
	from := &source{data: `{"suggest":[{"name":"</script>","path":"/patterns/saga","type":"CASE_STUDY"}]}`, revision: 1}
	s := build(t, from, nil)
	w := get(t, s, "/search/suggest?q=sa")
	var got []map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{{"name": "</script>", "path": "/patterns/saga", "type": "Case study"}}
	if diff := cmp.Diff(want, got); diff != "" || strings.Contains(w.Body.String(), "</script>") {
		t.Error(diff, w.Body)
	}
	if diff := cmp.Diff([]map[string]any{{"prefix": "sa"}}, from.asked); diff != "" {
		t.Error(diff)
	}
	if w := get(t, s, "/search/suggest?q=++sa&x=1"); w.Header().Get("Location") != "/search/suggest?q=sa" {
		t.Errorf("another spelling leads to %q", w.Header().Get("Location"))
	}
}
