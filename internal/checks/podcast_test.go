package checks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"patternhub/internal/mongodb/mongotest"
)

func TestMain(m *testing.M) {
	mongotest.Main(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// They hold the files of content types that the hub does not have, below the folders where they belong:
// an ordinary one, and one with a single entry.
const (
	sample = "testdata/podcast"
	single = "testdata/motto"
)

// program is the path of the hub's program in a copy of the repository.
const program = "bin/patternhub"

// step is a numbered step of CONTRIBUTING that names a file or a folder to write.
var step = regexp.MustCompile("(?m)^[0-9]\\. `([^`]+)`")

// description is a description in a schema file, with its lines.
var description = regexp.MustCompile(`(?ms)^ *"""$.*?"""$|^ *"[^"\n]*"$`)

// TestContributingNamesWhatATypeTakes holds the page's steps and figures to the sample that the other test
// adds to the hub.
func TestContributingNamesWhatATypeTakes(t *testing.T) {
	page, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, m := range step.FindAllStringSubmatch(string(page), -1) {
		steps = append(steps, strings.TrimSuffix(m[1], "/"))
	}
	lines, described := map[string]int{}, 0
	files := filesOf(t, sample)
	for _, name := range files {
		raw, err := os.ReadFile(filepath.Join(sample, name))
		if err != nil {
			t.Fatal(err)
		}
		lines[filepath.Ext(name)] += bytes.Count(raw, []byte("\n"))
		if filepath.Ext(name) == ".graphql" {
			for _, d := range description.FindAll(raw, -1) {
				described += 1 + bytes.Count(d, []byte("\n"))
			}
		}
	}
	if d := cmp.Diff([]string{"schema/podcast.graphql", "internal/content/podcast.go", "seed/data/podcast"}, steps); d != "" {
		t.Errorf("the steps of CONTRIBUTING (-want +got):\n%s", d)
	}
	for _, name := range files {
		if !strings.HasPrefix(name, "schema/podcast.graphql") && name != "internal/content/podcast.go" && filepath.Dir(name) != "seed/data/podcast" {
			t.Errorf("the sample has %s, which no step names", name)
		}
	}
	want := fmt.Sprintf("%d lines of Go and %d of the schema, of which %d are descriptions", lines[".go"], lines[".graphql"], described)
	if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), want) {
		t.Errorf("CONTRIBUTING does not say %q", want)
	}
}

// filesOf lists the files of a sample.
func filesOf(t *testing.T, sample string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(sample), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, name)
		}
		return err
	})
	if err != nil || len(out) < 3 {
		t.Fatalf("the sample has %v: %v", out, err)
	}
	return out
}

// TestATypeIsThreeFiles follows CONTRIBUTING in a copy of the repository: it adds the sample, generates,
// holds the copy to its own checks, and uses the new type in a hub. That compiles the largest packages
// anew, so it runs where there is time (ALL_CHECKS).
func TestATypeIsThreeFiles(t *testing.T) {
	if os.Getenv("ALL_CHECKS") == "" {
		t.Skip("make engine and continuous integration run it")
	}
	dir := filepath.Join(t.TempDir(), "hub")
	copyRepository(t, "../..", dir)
	for _, files := range []string{sample, single} {
		if err := os.CopyFS(dir, os.DirFS(files)); err != nil {
			t.Fatal(err)
		}
	}
	// Generated files of another set of types, or none at all, must not matter.
	if err := os.Remove(filepath.Join(dir, "internal", "search", "types.generated.go")); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, "make", "generate")
	changed := changedByHand(t, "../..", dir)
	want := slices.Sorted(slices.Values(append(filesOf(t, sample), filesOf(t, single)...)))
	if d := cmp.Diff(want, slices.Sorted(slices.Values(changed))); d != "" {
		t.Errorf("files that are not generated (-want +got):\n%s", d)
	}
	runIn(t, dir, "make", "build")
	runIn(t, dir, "go", "test", "./internal/content", "./internal/auth", "./internal/checks", "./graph/gen/...")
	p := &podcasts{dir: dir}
	p.uri, p.database = mongotest.Open(t)
	p.serve(t)
	p.read(t)
	p.write(t)
	p.keepTheOnly(t)
	p.port(t)
}

// copyRepository copies what generating and building need, and no data of a hub that runs there.
func copyRepository(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		skipped := d.Name() == ".git" || d.Name() == "node_modules" || name == "bin" || name == "data"
		switch {
		case skipped && d.IsDir():
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case skipped || !d.Type().IsRegular(): // in a linked worktree .git is a file
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// changedByHand lists the files of a copy that are others than those of the original and not generated.
func changedByHand(t *testing.T, original, dir string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".generated.go") ||
			strings.HasPrefix(name, "docs/clients/") || strings.HasPrefix(name, "graph/model/") {
			return err
		}
		before, err := os.ReadFile(filepath.Join(original, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		after, err := os.ReadFile(filepath.Join(dir, name))
		if !bytes.Equal(before, after) {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// runIn runs a command in a folder and returns what it prints.
func runIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := tryIn(t, dir, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out[max(0, len(out)-8_000):])
	}
	return out
}

// tryIn is like runIn for a command that may fail. The long checks are not run once more.
func tryIn(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), args[0], args[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "ALL_CHECKS=")
	out, err := c.CombinedOutput()
	return string(out), err
}

// podcasts is a hub that has the sample's type.
type podcasts struct{ dir, uri, database, url, key string }

// command returns a command line of the hub's program on the test's database.
func (p *podcasts) command(args ...string) []string {
	return append(append([]string{program}, args...), "--mongodb-uri", p.uri, "--mongodb-database", p.database)
}

// serve starts the hub, which loads the seed into the empty database, and makes a key.
func (p *podcasts) serve(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, program, p.command("serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0")[1:]...)
	c.Dir, c.Stderr = p.dir, t.Output()
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	said, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := c.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the hub ended with %v", err)
		}
	})
	address := regexp.MustCompile(`GraphQL:\s+(http://\S+)`)
	ready := false
	for lines := bufio.NewScanner(said); !ready && lines.Scan(); {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			p.url = m[1]
		}
		ready = strings.HasPrefix(lines.Text(), "Ready")
	}
	if !ready || p.url == "" {
		t.Fatal("the hub never was ready")
	}
	p.key, _, _ = strings.Cut(runIn(t, p.dir, p.command("keys", "create", "--role", "publisher")...), "\n")
}

// ask sends a query with the key and decodes its data.
func (p *podcasts) ask(t *testing.T, query string, into any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+p.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := struct {
		Data   any
		Errors []any
	}{Data: into}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%s: %v %v", query, err, answer.Errors)
	}
}

// read lists, filters, counts, follows and finds the entry of the seed. Each is asked twice, so that the
// second answer comes from memory.
func (p *podcasts) read(t *testing.T) {
	t.Helper()
	const slug = "breakers-in-production"
	const named = `[{"name":"Breakers in production"}]`
	for query, want := range map[string]string{
		`{ podcasts { totalCount nodes { slug resourcePath kind minutes } } }`: `{"podcasts":{"totalCount":1,"nodes":[` +
			`{"slug":"` + slug + `","resourcePath":"/podcasts/` + slug + `","kind":"INTERVIEW","minutes":42}]}}`,
		`{ podcasts(filter: {kind: {in: [INTERVIEW]}, minutes: {gt: 40}}, orderBy: {field: MINUTES}) { nodes { name } } }`: `{"podcasts":{"nodes":` + named + `}}`,
		`{ podcasts(filter: {operator: {in: ["netflix"]}, pattern: {in: ["bulkhead"]}}) { nodes { name } } }`:              `{"podcasts":{"nodes":` + named + `}}`,
		`{ podcasts(filter: {operator: {in: ["uber"]}}) { nodes { name } } }`:                                              `{"podcasts":{"nodes":[]}}`,
		`{ podcasts(filter: {not: {kind: {in: [INTERVIEW]}}}) { totalCount } }`:                                            `{"podcasts":{"totalCount":0}}`,
		`{ podcasts { facets(fields: [KIND, OPERATOR, PATTERN]) { field values { value label count } } } }`: `{"podcasts":{"facets":[` +
			`{"field":"KIND","values":[{"value":"INTERVIEW","label":"Interview","count":1}]},` +
			`{"field":"OPERATOR","values":[{"value":"netflix","label":"Netflix","count":1}]},` +
			`{"field":"PATTERN","values":[{"value":"bulkhead","label":"Bulkhead","count":1},{"value":"circuit-breaker","label":"Circuit Breaker","count":1}]}]}}`,
		`{ podcast(slug: "` + slug + `") { body { text } operator { name } patterns { nodes { slug } } revisions { totalCount } } }`: `{"podcast":{` +
			`"body":{"text":"What was heard\nA breaker that nobody watches opens at the worst time. The guest shows the thresholds that proved themselves, and those that did not."},` +
			`"operator":{"name":"Netflix"},"patterns":{"nodes":[{"slug":"circuit-breaker"},{"slug":"bulkhead"}]},"revisions":{"totalCount":1}}}`,
		`{ pattern(slug: "bulkhead") { podcasts(filter: {operator: {in: ["netflix"]}}) { nodes { name } } } }`: `{"pattern":{"podcasts":{"nodes":` + named + `}}}`,
		`{ company(slug: "netflix") { podcasts(filter: {kind: {in: [TALK]}}) { totalCount } } }`:               `{"company":{"podcasts":{"totalCount":0}}}`,
		`{ entry(path: "/podcasts/` + slug + `") { __typename name } }`:                                        `{"entry":{"__typename":"Podcast","name":"Breakers in production"}}`,
		`{ search(query: "quist", types: [PODCAST]) { nodes { name } } }`:                                      `{"search":{"nodes":` + named + `}}`,
		`{ suggest(prefix: "breakers in") { name } }`:                                                          `{"suggest":` + named + `}`,
	} {
		for range 2 {
			var got json.RawMessage
			p.ask(t, query, &got)
			if string(got) != want {
				t.Errorf("%s gives %s, want %s", query, got, want)
			}
		}
	}
}

// write makes an entry, publishes it and changes it. Cached answers must not outlive the change.
func (p *podcasts) write(t *testing.T) {
	t.Helper()
	var made struct {
		PodcastCreate struct {
			Podcast    *struct{ ID string }
			UserErrors []any
		}
	}
	p.ask(t, `mutation { podcastCreate(input: {slug: "tales", name: "Tales of queues", summary: "Queues.", host: "Ben", kind: TALK, patterns: ["bulkhead"], body: "Full."}) { podcast { id } userErrors { message } } }`, &made)
	if made.PodcastCreate.Podcast == nil {
		t.Fatalf("nothing was made: %v", made.PodcastCreate.UserErrors)
	}
	id := strconv.Quote(made.PodcastCreate.Podcast.ID)
	p.listed(t, "before it is published", 1)
	var out json.RawMessage
	p.ask(t, `mutation { entryPublish(ids: [`+id+`]) { userErrors { message } } }`, &out)
	p.listed(t, "published", 2)
	p.ask(t, `mutation { podcastUpdate(id: `+id+`, input: {minutes: 7}) { podcast { minutes } userErrors { message } } }`, &out)
	if !strings.Contains(string(out), `"minutes":7`) {
		t.Errorf("the update gives %s", out)
	}
	p.ask(t, `mutation { entryUnpublish(ids: [`+id+`]) { userErrors { message } } }`, &out)
	p.listed(t, "unpublished", 1)
}

// listed holds the number of podcasts, all of which are about one pattern.
func (p *podcasts) listed(t *testing.T, when string, want int) {
	t.Helper()
	type list struct{ Podcasts struct{ TotalCount int } }
	var got struct {
		list
		Pattern list
	}
	p.ask(t, `{ podcasts { totalCount } pattern(slug: "bulkhead") { podcasts { totalCount } } }`, &got)
	if all, of := got.Podcasts.TotalCount, got.Pattern.Podcasts.TotalCount; all != want || of != want {
		t.Errorf("%d podcasts %s, %d of them about the pattern; want %d", all, when, of, want)
	}
}

// keepTheOnly changes the entry of the type that has one, and tries to make another and to take it away.
func (p *podcasts) keepTheOnly(t *testing.T) {
	t.Helper()
	var only struct{ Motto struct{ ID, Line string } }
	p.ask(t, `{ motto { id line } }`, &only)
	if only.Motto.Line != "Patterns that hold." {
		t.Errorf("the motto is %+v", only.Motto)
	}
	id := strconv.Quote(only.Motto.ID)
	for mutation, want := range map[string]string{
		`mottoCreate(input: {slug: "other", name: "Other", summary: "Other.", line: "Other."}) { motto { id } userErrors { code } }`: "TAKEN",
		`entryUnpublish(ids: [` + id + `]) { userErrors { code } }`:                                                                  "NOT_ALLOWED",
		`entryDelete(ids: [` + id + `]) { userErrors { code } }`:                                                                     "NOT_ALLOWED",
		`mottoUpdate(id: ` + id + `, input: {slug: "credo", line: "Patterns that last."}) { motto { line } userErrors { code } }`:    "Patterns that last.",
	} {
		var got json.RawMessage
		p.ask(t, "mutation { "+mutation+" }", &got)
		if !strings.Contains(string(got), want) {
			t.Errorf("%s gives %s, want %s", mutation, got, want)
		}
	}
	var out json.RawMessage
	p.ask(t, `mutation { entryPublish(ids: [`+id+`]) { userErrors { message } } }`, &out)
	p.ask(t, `{ motto { id line } }`, &only)
	if only.Motto.Line != "Patterns that last." {
		t.Errorf("after its change is published the motto is %+v; the publish gives %s", only.Motto, out)
	}
}

// port exports the content, imports it into an empty database, changes the file of an entry and imports
// that. A second file for the entry of the type that has one is refused.
func (p *podcasts) port(t *testing.T) {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "tree")
	runIn(t, p.dir, p.command("export", tree)...)
	const podcast, motto = "podcast/breakers-in-production.md", "motto/credo.md"
	text := mustFile(t, tree, podcast)
	if d := cmp.Diff(mustFile(t, sample, "seed/data/"+podcast), text); d != "" {
		t.Errorf("the export (-seed +got):\n%s", d)
	}
	other, again := &podcasts{dir: p.dir}, filepath.Join(t.TempDir(), "again")
	other.uri, other.database = mongotest.Open(t)
	runIn(t, p.dir, other.command("import", tree, "--publish")...)
	runIn(t, p.dir, other.command("export", again)...)
	for _, name := range []string{podcast, motto} {
		if d := cmp.Diff(mustFile(t, tree, name), mustFile(t, again, name)); d != "" {
			t.Errorf("%s from another database (-want +got):\n%s", name, d)
		}
	}
	mustWrite(t, tree, podcast, strings.Replace(text, "minutes: 42", "minutes: 43", 1))
	if said := runIn(t, p.dir, p.command("import", tree, "--publish")...); !strings.Contains(said, "0 created, 1 changed, ") {
		t.Errorf("the import of one changed file says:\n%s", said)
	}
	p.takes(t, 43)
	mustWrite(t, tree, "motto/second.md", mustFile(t, tree, motto))
	if said, err := tryIn(t, p.dir, p.command("import", tree)...); err == nil || !strings.Contains(said, "remove one of them") {
		t.Errorf("the import of two mottos: %v\n%s", err, said)
	}
}

// takes waits until the feed has taken a change of the podcast's length to the hub.
func (p *podcasts) takes(t *testing.T, minutes int) {
	t.Helper()
	var got struct{ Podcast struct{ Minutes int } }
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(10 * time.Second); got.Podcast.Minutes != minutes && time.Now().Before(end); <-again.C {
		p.ask(t, `{ podcast(slug: "breakers-in-production") { minutes } }`, &got)
	}
	if got.Podcast.Minutes != minutes {
		t.Errorf("after the import it takes %d minutes, want %d", got.Podcast.Minutes, minutes)
	}
}

func mustFile(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func mustWrite(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
