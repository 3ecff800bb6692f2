package static_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site/static"
)

// TestLinksLeadToFiles exports a page with one kind of reference and compares the page of the copy. The copy
// has a base path, and a link without a file becomes its text, so that no link of a copy is broken.
func TestLinksLeadToFiles(t *testing.T) {
	const origin = "https://hub.example/docs"
	for name, c := range map[string]struct{ in, want string }{
		"a page":              {`<a class="x" href="/b">B</a>`, `<a class="x" href="/docs/b/">B</a>`},
		"the first page":      {`<a href="/">Home</a>`, `<a href="/docs/">Home</a>`},
		"itself":              {`<a href="/a">A</a>`, `<a href="/docs/a/">A</a>`},
		"a part":              {`<a href="/b#x%20y">B</a>`, `<a href="/docs/b/#x%20y">B</a>`},
		"a part of itself":    {`<a href="#x">B</a>`, `<a href="#x">B</a>`},
		"a slash at the end":  {`<a href="/b/">B</a>`, `<a href="/docs/b/">B</a>`},
		"beside":              {`<a href="b">B</a>`, `<a href="/docs/b/">B</a>`},
		"a value":             {`<a href="/b?tier=gold%20%26&amp;after=">B</a>`, `<b>no link: a place in another list</b>`},
		"another host":        {`<a href="https://example.org/b?x=1">B</a>`, `<a href="https://example.org/b?x=1">B</a>`},
		"without a scheme":    {`<a href="//example.org/b">B</a>`, `<a href="//example.org/b">B</a>`},
		"a mail":              {`<a href="mailto:a@example.org">B</a>`, `<a href="mailto:a@example.org">B</a>`},
		"what is left out":    {`<p>See <a href="/tool"><b>the</b> tool</a>.</p>`, `<p>See <b>the</b> tool.</p>`},
		"what is not there":   {`<a href="/gone">gone</a> <a href="/b">B</a>`, `gone <a href="/docs/b/">B</a>`},
		"a picture":           {`<img src="/diagrams/0f.svg?in=%2Fa&amp;theme=dark" alt="A">`, `<img src="/docs/diagrams/0f.dark.svg" alt="A">`},
		"a lost picture":      {`<p><img src="/diagrams/1f.svg?in=%2Fa" alt="A"></p>`, `<p></p>`},
		"a drawing":           {`<svg viewBox="0 0 1 1"><a href="/b"><linearGradient/></a></svg>`, `<svg viewBox="0 0 1 1"><a href="/docs/b/"><linearGradient/></a></svg>`},
		"a form":              {`<form action="/b"><input name="q"></form>`, `<form action="/docs/b/"><input name="q"></form>`},
		"the canonical one":   {`<link rel="canonical" href="` + origin + `/a">`, `<link rel="canonical" href="` + origin + `/a/">`},
		"another's canonical": {`<link rel="canonical" href="` + origin + `x/a">`, `<link rel="canonical" href="` + origin + `x/a">`},
		"Open Graph":          {`<meta property="og:url" content="` + origin + `/a"><meta name="description" content="` + origin + `/a is">`, `<meta property="og:url" content="` + origin + `/a/"><meta name="description" content="` + origin + `/a is">`},
		"statements":          {`<script type="application/ld+json">{"item":"` + origin + `/b","name":"/b <\/script>"}</script>`, `<script type="application/ld+json">{"item":"` + origin + `/b/","name":"/b \u003c/script\u003e"}</script>`},
		"code":                {`<script>var a = '<a href="/b">'</script><pre>&lt;a href="/b"></pre>`, `<script>var a = '<a href="/b">'</script><pre>&lt;a href="/b"></pre>`},
		"markup in a value":   {`<a href="/b" title='"&lt;x&gt;'>B</a>`, `<a href="/docs/b/" title="&#34;&lt;x&gt;">B</a>`},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{starts: []string{"/a"}, left: []string{"/tool"}, pages: map[string]served{
				"/": page("home"), "/a": page(c.in), "/b": page("b"),
				"/diagrams/0f.svg?in=%2Fa&theme=dark": {http.StatusOK, "image/svg+xml", "<svg/>", "", ""},
			}}
			dir := t.TempDir()
			export(t, f, dir, static.Options{Base: "/docs", Origin: origin})
			want := c.want
			if strings.HasPrefix(want, "<b>no link") {
				want = "B"
			}
			if d := cmp.Diff(want, contents(t, dir)["a/index.html"]); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestFilesOfAddresses checks the file of each address. An address without a file is a problem of the report;
// in particular no address leads to a file outside of the folder.
func TestFilesOfAddresses(t *testing.T) {
	for name, c := range map[string]struct{ address, file string }{
		"home":             {"/", "index.html"},
		"a page":           {"/docs/%C3%A9%20x", "docs/é x/index.html"},
		"with a point":     {"/docs/v1.2", "docs/v1.2/index.html"},
		"a value":          {"/patterns?tier=gold", "patterns/tier=gold/index.html"},
		"an odd value":     {"/patterns?industry=a%2F..%2Fb", "patterns/industry=a%2F..%2Fb/index.html"},
		"Markdown":         {"/patterns/saga.md", "patterns/saga.md"},
		"what is missing":  {static.Missing, "404.html"},
		"a dark picture":   {"/diagrams/0f.svg?in=%2Fa&theme=dark", "diagrams/0f.dark.svg"},
		"above the top":    {"/../../etc/passwd", ""},
		"above, escaped":   {"/a/%2e%2e/%2e%2e/b", ""},
		"a slash, escaped": {"/a%2f..%2fb", ""},
		"a backslash":      {`/a%5C..%5Cb`, ""},
		"a zero":           {"/a%00b", ""},
		"an empty part":    {"/a//b", ""},
		"the list itself":  {"/.patternhub-site.jsonl", ".patternhub-site.jsonl/index.html"},
	} {
		t.Run(name, func(t *testing.T) {
			body := served{http.StatusOK, "text/html", "x", "", ""}
			if strings.Contains(c.file, ".md") || strings.Contains(c.file, ".svg") {
				body.media = "text/plain"
			}
			f := &fake{starts: []string{c.address}, pages: map[string]served{c.address: body}}
			dir := filepath.Join(t.TempDir(), "out")
			report := export(t, f, dir, static.Options{})
			files := slices.Sorted(maps.Keys(contents(t, filepath.Dir(dir))))
			want := []string{"out/" + c.file}
			if c.file == "" {
				want = []string{}
			}
			list := "out/.patternhub-site.jsonl"
			files = slices.DeleteFunc(files, func(f string) bool { return f == list || strings.HasPrefix(f, "out/search/") })
			if c.file == ".patternhub-site.jsonl/index.html" {
				if problems(report) == "" {
					t.Error("the list is a page")
				}
				return
			}
			if d := cmp.Diff(want, files); d != "" || (c.file == "") != (problems(report) != "") {
				t.Errorf("%s (-want +got)\n%s", problems(report), d)
			}
		})
	}
}

// listing returns a site with a list of three pages, of which each leads to the next by a place.
func listing() *fake {
	return &fake{starts: []string{"/l"}, pages: map[string]served{
		"/l":                   page(`<a href="/l?tier=gold">gold</a><a rel="next" href="/l?after=x1">Next</a>`),
		"/l?after=x1":          page(`<a href="/l">First</a><a rel="prev" href="/l?before=x1">Previous</a><a rel="next" href="/l?after=x2">Next</a>`),
		"/l?after=x2":          page(`<a rel="prev" href="/l?before=x2">Previous</a>`),
		"/l?tier=gold":         page(`<a rel="next" href="/l?tier=gold&amp;after=y">Next</a>`),
		"/l?tier=gold&after=y": page(`<a rel="prev" href="/l?tier=gold&amp;before=y">Previous</a>`),
	}}
}

// TestPagesOfListsHaveNumbers checks that the files of a list are named by the number of the page, not by the
// place where it begins, and that links back to the first page lead to the list itself.
func TestPagesOfListsHaveNumbers(t *testing.T) {
	dir := t.TempDir()
	export(t, listing(), dir, static.Options{})
	want := map[string]string{
		"l/index.html":                  `<a href="/l/tier=gold/">gold</a><a rel="next" href="/l/page=2/">Next</a>`,
		"l/page=2/index.html":           `<a href="/l/">First</a><a rel="prev" href="/l/">Previous</a><a rel="next" href="/l/page=3/">Next</a>`,
		"l/page=3/index.html":           `<a rel="prev" href="/l/page=2/">Previous</a>`,
		"l/tier=gold/index.html":        `<a rel="next" href="/l/tier=gold/page=2/">Next</a>`,
		"l/tier=gold/page=2/index.html": `<a rel="prev" href="/l/tier=gold/">Previous</a>`,
	}
	if d := cmp.Diff(want, contents(t, dir)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// stamps returns when the files of a folder were written.
func stamps(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for file := range contents(t, dir) {
		info, err := os.Stat(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		out[file] = info.ModTime().UnixNano()
	}
	return out
}

// A second export makes and writes only what has changed.
func TestWhatIsUnchangedIsNeitherMadeNorWritten(t *testing.T) {
	f, dir := listing(), t.TempDir()
	f.pages["/e"] = entry("Saga", "About sagas.", "Steps.")
	f.pages["/l"] = page(f.pages["/l"].body + `<a href="/e">Saga</a><a href="/gone">gone</a>`)
	if r := export(t, f, dir, static.Options{}); r.Rendered < 6 || len(r.Lost) != 1 {
		t.Fatalf("%d pages were made, and %q are lost", r.Rendered, r.Lost)
	}
	before := stamps(t, dir)
	r := export(t, f, dir, static.Options{})
	if d := cmp.Diff(before, stamps(t, dir)); d != "" || r.Rendered != 0 || r.Written != 0 || r.Removed != 0 {
		t.Errorf("%+v, made %q (-before +after)\n%s", r, f.rendered, d)
	}
	// Only the probe of the lost link is answered with a page.
	if d := cmp.Diff([]string{"/gone"}, f.rendered); d != "" {
		t.Errorf("made (-want +got)\n%s", d)
	}
	f.pages["/l?after=x2"] = page(`<p>changed</p>`)
	if r := export(t, f, dir, static.Options{}); r.Rendered != 1 || r.Written != 1 {
		t.Errorf("after one change: %+v, made %q", r, f.rendered)
	}
	f.pages["/gone"] = page("here")
	export(t, f, dir, static.Options{})
	if got := contents(t, dir)["l/index.html"]; !strings.Contains(got, `<a href="/gone/">gone</a>`) {
		t.Errorf("once it is there, the link is %s", got)
	}
	f.pages["/l"] = page(`<img src="/diagrams/0f.svg?in=%2Fl"><img src="/assets/0f/a.png">`)
	f.pages["/diagrams/0f.svg?in=%2Fl"] = served{http.StatusOK, "image/svg+xml", "<svg/>", "", ""}
	f.pages["/assets/0f/a.png"] = served{http.StatusOK, "image/png", "PNG", "", ""}
	if r := export(t, f, dir, static.Options{}); r.Rendered != 3 {
		t.Errorf("with two pictures: %+v, made %q", r, f.rendered)
	}
	if r := export(t, f, dir, static.Options{}); r.Rendered != 0 {
		t.Errorf("what is named by a hash is made again: %q", f.rendered)
	}
	f.pages["/l"] = listing().pages["/l"]
	export(t, f, dir, static.Options{})
	if r := export(t, f, dir, static.Options{Made: "2"}); r.Rendered != 5 || r.Written != 0 {
		t.Errorf("by another version: %+v", r)
	}
}

// A page may be withdrawn while the export runs.
func TestALinkToWhatIsWithdrawnMeanwhileIsLeftOut(t *testing.T) {
	f, dir := &fake{starts: []string{"/a", "/b"}, pages: map[string]served{"/a": page(`<a href="/b">B</a>`), "/b": page("b")}}, t.TempDir()
	export(t, f, dir, static.Options{})
	delete(f.pages, "/b")
	r := export(t, f, dir, static.Options{})
	if d := cmp.Diff(map[string]string{"a/index.html": "B"}, contents(t, dir)); d != "" || r.Removed != 1 || len(r.Problems) > 0 {
		t.Errorf("%+v (-want +got)\n%s", r, d)
	}
}

// TestFilesOfOthersStay checks that an export neither replaces nor removes a file that it has not written, or
// that was changed since. It reports such a file if it is in the way. A page that is still of the site is
// written again.
func TestFilesOfOthersStay(t *testing.T) {
	f, dir := &fake{starts: []string{"/a", "/b", "/c", "/d"}, pages: map[string]served{"/a": page("a"), "/b": page("b"), "/c": page("c"), "/d": page("d")}}, t.TempDir()
	mustWrite(t, filepath.Join(dir, "CNAME"), "hub.example")
	mustWrite(t, filepath.Join(dir, "b/notes.txt"), "mine")
	mustWrite(t, filepath.Join(dir, "d/index.html"), "mine")
	r := export(t, f, dir, static.Options{})
	if got := problems(r); !strings.Contains(got, "d/index.html: is in the way") || len(r.Problems) != 1 {
		t.Errorf("the problems are %s", got)
	}
	mustWrite(t, filepath.Join(dir, "c/index.html"), "changed by hand")
	f.starts = []string{"/a"}
	r = export(t, f, dir, static.Options{})
	want := map[string]string{"CNAME": "hub.example", "a/index.html": "a", "b/notes.txt": "mine", "c/index.html": "changed by hand", "d/index.html": "mine"}
	if d := cmp.Diff(want, contents(t, dir)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if got := problems(r); !strings.Contains(got, "c/index.html: is no longer of the site, and was changed") || len(r.Problems) != 1 {
		t.Errorf("the problems are %s", got)
	}
	f.starts = []string{"/a", "/c"}
	mustWrite(t, filepath.Join(dir, "a/index.html"), "changed by hand")
	if r = export(t, f, dir, static.Options{}); contents(t, dir)["a/index.html"] != "a" {
		t.Errorf("a page that was changed by hand is %q: %+v", contents(t, dir)["a/index.html"], r)
	}
}

// Links in the folder must not lead an export out of it.
func TestNothingIsWrittenOutsideOfTheFolder(t *testing.T) {
	for name, c := range map[string]struct{ link, to string }{
		"a folder":         {"a", "outside"},
		"a file":           {"a/index.html", "outside/victim"},
		"a file inside":    {"a/index.html", "out/b/index.html"},
		"a part of a file": {".patternhub-site.part-0", "outside/victim"},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "out")
			mustWrite(t, filepath.Join(top, "outside/victim"), "untouched")
			mustWrite(t, filepath.Join(dir, "b/note"), "")
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, c.link)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(top, c.to), filepath.Join(dir, c.link)); err != nil {
				t.Fatal(err)
			}
			f := &fake{starts: []string{"/a", "/b"}, pages: map[string]served{"/a": page("aaa"), "/b": page("bbb")}}
			r := export(t, f, dir, static.Options{})
			if d := cmp.Diff(map[string]string{"victim": "untouched"}, contents(t, filepath.Join(top, "outside"))); d != "" {
				t.Errorf("outside (-want +got)\n%s", d)
			}
			if text, err := os.ReadFile(filepath.Join(dir, "b/index.html")); err != nil || string(text) != "bbb" {
				t.Errorf("the page beside is %q, %v", text, err)
			}
			if part := strings.HasPrefix(c.link, ".patternhub"); part != (len(r.Problems) == 0) {
				t.Errorf("the problems are %s", problems(r))
			}
		})
	}
	dir := t.TempDir()
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, ".patternhub-site.jsonl")); err != nil {
		t.Fatal(err)
	}
	if _, err := static.Export(t.Context(), &fake{}, dir, static.Options{}); err == nil {
		t.Error("a list that is a link is read")
	}
}

// Many file systems hold names that differ by case only to be one.
func TestNamesThatDifferByCaseOnlyAreTold(t *testing.T) {
	f, dir := &fake{starts: []string{"/docs/a", "/docs/A", "/b"}, pages: map[string]served{"/docs/a": page("small"), "/docs/A": page("capital"), "/b": page(`<a href="/docs/a">a</a><a href="/docs/A">A</a>`)}}, t.TempDir()
	r := export(t, f, dir, static.Options{})
	want := map[string]string{"docs/A/index.html": "capital", "b/index.html": `a<a href="/docs/A/">A</a>`}
	if d := cmp.Diff(want, contents(t, dir)); d != "" || !strings.Contains(problems(r), "docs/a/index.html: differs only by case from docs/A/index.html") {
		t.Errorf("%s (-want +got)\n%s", problems(r), d)
	}
}

// TestFormerAddressesLeadOn checks that a redirect becomes a page that leads to the new address, since a
// static host has no redirects. A redirect of a file becomes a copy of the file.
func TestFormerAddressesLeadOn(t *testing.T) {
	f, dir := &fake{starts: []string{"/new", "/old", "/favicon.ico", "/lost"}, pages: map[string]served{
		"/new": page("n"), "/old": moved("/new"), "/favicon.ico": moved("/assets/i.png"), "/assets/i.png": {http.StatusOK, "image/png", "PNG", "", ""}, "/lost": moved("/tool"),
	}, left: []string{"/tool"}}, t.TempDir()
	export(t, f, dir, static.Options{Base: "/x", Origin: "https://hub.example/x"})
	got := contents(t, dir)
	for _, want := range []string{`content="0; url=/x/new/"`, `<link rel="canonical" href="https://hub.example/x/new/">`, `<a href="/x/new/">`, "noindex"} {
		if !strings.Contains(got["old/index.html"], want) {
			t.Errorf("there is no %s in %s", want, got["old/index.html"])
		}
	}
	if got["favicon.ico"] != "PNG" || got["lost/index.html"] != "" {
		t.Errorf("the icon is %q, and a page that leads to nothing %q", got["favicon.ico"], got["lost/index.html"])
	}
}

// TestFilesWithAddressesHaveTheBase checks that files for programs have the base path in their addresses too.
// Attachments are copied byte by byte, even if they are HTML.
func TestFilesWithAddressesHaveTheBase(t *testing.T) {
	f, dir := &fake{starts: []string{"/llms.txt", "/site.webmanifest", "/assets/0f/a%20b.html", "/notes"}, pages: map[string]served{
		"/assets/0f/a%20b.html": page(`<a href="/a">as it is</a>`), "/notes": {http.StatusOK, "text/plain", "no page", "", ""},
		"/llms.txt": {http.StatusOK, "text/plain", "- [A](/a.md): B (/c)", "", ""}, "/site.webmanifest": {http.StatusOK, "application/manifest+json", `{"name":"/","start_url":"/","icons":[{"src":"/assets/i.png"}]}`, "", ""},
	}}, t.TempDir()
	if r := export(t, f, dir, static.Options{Base: "/x"}); problems(r) != "notes/index.html: has the address of a page and is text/plain" {
		t.Errorf("the problems are %s", problems(r))
	}
	want := map[string]string{"assets/0f/a b.html": `<a href="/a">as it is</a>`, "llms.txt": "- [A](/x/a.md): B (/c)", "site.webmanifest": `{"name":"/","start_url":"/x/","icons":[{"src":"/x/assets/i.png"}]}`}
	if d := cmp.Diff(want, contents(t, dir)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// What cannot be made is reported, and asked for again by the next export.
func TestFaultsAreTold(t *testing.T) {
	f, dir := &fake{starts: []string{"/a", "/b"}, pages: map[string]served{"/a": page(`<a href="/b">B</a>`), "/b": {status: http.StatusServiceUnavailable, media: "text/html"}}}, t.TempDir()
	asked := atomic.Int32{}
	f.before = func(address string) {
		if address == "/b" {
			asked.Add(1)
		}
	}
	r := export(t, f, dir, static.Options{})
	if !strings.Contains(problems(r), "/b: is answered 503") || asked.Load() != 3 || contents(t, dir)["a/index.html"] != "B" {
		t.Errorf("%s after %d tries; the page is %v", problems(r), asked.Load(), contents(t, dir))
	}
	f.pages["/b"] = page("b")
	if r := export(t, f, dir, static.Options{}); len(r.Problems) > 0 || contents(t, dir)["a/index.html"] != `<a href="/b/">B</a>` {
		t.Errorf("%s; the page is %v", problems(r), contents(t, dir))
	}
}

// many returns a site with many pages.
func many() *fake {
	f := &fake{pages: map[string]served{}}
	for i := range 200 {
		address := fmt.Sprintf("/p%03d", i)
		f.starts = append(f.starts, address)
		f.pages[address] = entry(fmt.Sprint("Page ", i), "A page.", "Some words.")
	}
	return f
}

// exportUntilKilled is an export that stops at its hundredth page, for ever.
func exportUntilKilled(dir string) {
	f, n := many(), atomic.Int32{}
	f.before = func(string) {
		if n.Add(1) == 100 {
			fmt.Println("half of it")
			select {}
		}
	}
	_, _ = static.Export(context.Background(), f, dir, static.Options{})
}

// TestAnExportThatWasKilledContinues kills an export in another process, damages its list and exports again.
// The result must be that of one export, and pages that were complete are not made again.
func TestAnExportThatWasKilledContinues(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), asExport+"="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	half := len(contents(t, dir))
	if half < 50 {
		t.Fatalf("%d pages were written", half)
	}
	// Lines that no export writes, one that was not written whole, and a file that was not renamed.
	list, err := os.OpenFile(filepath.Join(dir, ".patternhub-site.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := list.WriteString("\n{\"file\":\"p000/index.html\",\"hash\":\"\",\"lost\":[\"%zz\",\"mailto:a\"]}\n{\"file\":\"../x\",\"hash\":\"\"}\n{\"file\":\"p1"); err != nil {
		t.Fatal(err)
	}
	if err := list.Close(); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(dir, ".patternhub-site.part-1"), "half a page")
	f := many()
	r := export(t, f, dir, static.Options{})
	if len(r.Problems) > 0 || len(contents(t, dir)) != 200 || r.Rendered > 200-half+8 {
		t.Errorf("%d pages were there, then %+v", half, r)
	}
	fresh := t.TempDir()
	export(t, many(), fresh, static.Options{})
	for _, kind := range []string{"p*/index.html", "search/*/*.json", "search/*.json"} {
		if d := cmp.Diff(globbed(t, fresh, kind), globbed(t, dir, kind)); d != "" {
			t.Errorf("(-at once +continued)\n%s", d)
		}
	}
	if parts, err := filepath.Glob(filepath.Join(dir, ".patternhub-site.part-*")); err != nil || len(parts) > 0 {
		t.Errorf("parts of files are left: %v, %v", parts, err)
	}
}

// globbed returns files with their texts.
func globbed(t *testing.T, dir, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("there is no %s: %v", pattern, err)
	}
	out := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		short, _ := filepath.Rel(dir, name)
		out[short] = string(text)
	}
	return out
}

// TestAnExportCanBeStopped cancels an export, which returns the error of its context. The next export
// completes the folder.
func TestAnExportCanBeStopped(t *testing.T) {
	f, dir := many(), t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	n := atomic.Int32{}
	f.before = func(string) {
		if n.Add(1) == 50 {
			stop()
		}
	}
	if _, err := static.Export(ctx, f, dir, static.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	f.before = nil
	if r := export(t, f, dir, static.Options{}); len(r.Problems) > 0 || len(contents(t, dir)) != 200 {
		t.Errorf("%+v", r)
	}
}
