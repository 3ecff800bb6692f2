package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/mongodb/mongotest"
)

// deep is the page that is read by a cursor, with 20 entries a page.
const deep = 1000

// growing returns what BenchmarkGrowth asks, in the table's order. Names of a list end with how it is read.
func growing(id, cursor string) [][2]string {
	const card = `nodes { id slug name summary category difficulty publishedAt tier { slug name } laws { slug name } }`
	const two = `filter: {difficulty: {in: [INTERMEDIATE]}, enhanced: true}`
	const search = `search(query: "load balancing", first: 10) { totalCount nodes { slug name }`
	return [][2]string{
		{"by id", `{ node(id: "` + id + `") { ... on Pattern { slug name summary category tier { slug name } } } }`},
		{"first page", `{ patterns(first: 20) { ` + card + ` } }`},
		{"page 1,000 by cursor", `{ patterns(first: 20, after: "` + cursor + `") { ` + card + ` } }`},
		{"total count", `{ patterns(first: 1) { totalCount } }`},
		{"count by two filters", `{ patterns(first: 1, ` + two + `) { totalCount } }`},
		{"facets of all", `{ patterns(first: 1) { facets(fields: [CATEGORY, TIER, DIFFICULTY, TAG, LAW, COMPANY], limit: 20) { values { value count } } } }`},
		{"facets by two filters", `{ patterns(first: 1, ` + two + `) { facets(fields: [CATEGORY, TIER, DIFFICULTY, TAG, LAW, COMPANY], limit: 20) { values { value count } } } }`},
		{"search", `{ ` + search + ` } }`},
		{"search with facets", `{ ` + search + ` facets(fields: [TYPE, TIER, CATEGORY]) { values { value count } } } }`},
	}
}

// BenchmarkGrowth asks a cold hub, without caches, on the seed and on databases with many copies of its
// patterns, and reports processor time of the hub and of MongoDB together, times, commands, memory, the time of a start and the disk that MongoDB takes. BENCH_ENTRIES
// has the numbers of patterns, separated by spaces; without it nothing is measured, since 100,000 take
// minutes. With BENCH_SEARCH=off search is left out: filling its index takes longer than everything else. With
// BENCH_TEXTS=off the copies have no long texts, so that a million fit into less disk and time. BENCH_TABLE names a file
// for the table, which is written after each step.
func BenchmarkGrowth(b *testing.B) {
	sizes := strings.Fields(os.Getenv("BENCH_ENTRIES"))
	if len(sizes) == 0 {
		b.Skip("BENCH_ENTRIES names no sizes, such as 100000")
	}
	g := &growth{searching: os.Getenv("BENCH_SEARCH") != "off", cells: map[string]map[string]string{}}
	for _, size := range append([]string{"0"}, sizes...) {
		n, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		g.measure(b, n)
	}
}

// growth is what BenchmarkGrowth has found: cells by the row and the size that they belong to.
type growth struct {
	searching bool
	sizes     []string
	rows      []string
	cells     map[string]map[string]string
}

// add sets the cell of a row for the size that is measured now. A new row comes last.
func (g *growth) add(row, format string, args ...any) {
	if !slices.Contains(g.rows, row) {
		g.rows = append(g.rows, row)
		g.cells[row] = map[string]string{}
	}
	g.cells[row][g.sizes[len(g.sizes)-1]] = fmt.Sprintf(format, args...)
}

// write writes the table so far, if a file is named for it.
func (g *growth) write(b *testing.B) {
	b.Helper()
	if name := os.Getenv("BENCH_TABLE"); name != "" {
		if err := writeTable(name, "growth", g.text()); err != nil {
			b.Fatal(err)
		}
	}
}

// measure measures one size; 0 is the seed.
func (g *growth) measure(b *testing.B, patterns int) {
	b.Helper()
	uri, database := mongotest.Open(b)
	m := &bench{B: b, uri: uri, database: database}
	m.connect()
	m.seed()
	g.sizes = append(g.sizes, "seed")
	args := []string{"--entity-cache", "off", "--response-cache", "off", "--limit-restore", "1000000", "--limit-bucket", "100000000", "--search-dir", b.TempDir()}
	if !g.searching {
		args = append(args, "--search-url", "http://127.0.0.1:9")
	}
	begun := time.Now()
	if patterns > 0 {
		g.sizes[len(g.sizes)-1] = strconv.Itoa(patterns)
		m.grow(patterns)
		m.start(args...).stop(b) // creates the indexes again
		b.Logf("%d patterns were written in %v", patterns, time.Since(begun).Round(time.Second))
	}
	begun = time.Now()
	p := m.start(args...)
	defer p.stop(b)
	g.add("ready, s", "%.1f", time.Since(begun).Seconds())
	m.until(p, func(now map[string]float64) bool { return patterns == 0 || int(now["counted_entries"]) >= patterns })
	g.add("counting in memory after, s", "%.0f", time.Since(begun).Seconds())
	g.ask(m, p, patterns, false)
	if n, err := anonymous(p.command.Process.Pid); err == nil {
		g.add("memory, MB", "%d", n/1e6)
	}
	g.add("memory of counts, MB", "%.1f", p.values(b)["counted_bytes"]/1e6)
	g.stored(m)
	g.write(b)
	if !g.searching {
		return
	}
	m.until(p, func(map[string]float64) bool { return m.searches(p) })
	g.add("searching after, s", "%.0f", time.Since(begun).Seconds())
	g.ask(m, p, patterns, true)
	g.write(b)
}

// ask measures the queries that search, or the others.
func (g *growth) ask(m *bench, p *process, patterns int, search bool) {
	m.Helper()
	id, cursor := m.position(p, patterns)
	for _, q := range growing(id, cursor) {
		if search != strings.HasPrefix(q[0], "search") {
			continue
		}
		if cursor == "" && strings.Contains(q[1], "after:") {
			g.add(q[0], "")
			continue
		}
		to := target{url: p.url + "?query=" + url.QueryEscape(q[1])}
		m.fetch(to)
		before, database := p.use(m.B), m.mongod()
		times := m.load([]target{to}, 1, 2*span)
		after, databaseAfter, n := p.use(m.B), m.mongod(), float64(len(times))
		cpu := (after.cpu - before.cpu + databaseAfter.cpu - database.cpu) * 1000 / n
		commands := (databaseAfter.commands - database.commands) / n
		slices.Sort(times)
		ms := func(at int) float64 { return float64(times[len(times)*at/100].Microseconds()) / 1000 }
		g.add(q[0], "%.1f / %.1f / %.1f (%.0f)", cpu, ms(50), ms(95), commands)
		m.ReportMetric(cpu, strings.ReplaceAll(fmt.Sprintf("%s-%s-cpu-ms", g.sizes[len(g.sizes)-1], q[0]), " ", "-"))
	}
}

// stored adds what the database takes on disk.
func (g *growth) stored(m *bench) {
	var stats struct {
		Storage float64 `bson:"storageSize"`
		Index   float64 `bson:"indexSize"`
	}
	if err := m.db.RunCommand(m.Context(), bson.D{{Key: "dbStats", Value: 1}}).Decode(&stats); err != nil {
		m.Fatal(err)
	}
	g.add("documents on disk, MB", "%.0f", stats.Storage/1e6)
	g.add("indexes on disk, MB", "%.0f", stats.Index/1e6)
}

// text returns the table in Markdown.
func (g *growth) text() string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "Measured on %s with `make bench`: %s.\n\n", time.Now().UTC().Format(time.DateOnly), machine())
	fmt.Fprintf(&out, "| | %s patterns |\n|---|%s\n", strings.Join(g.sizes, " | "), strings.Repeat("--:|", len(g.sizes)))
	for _, row := range g.rows {
		fmt.Fprintf(&out, "| %s |", row)
		for _, size := range g.sizes {
			fmt.Fprintf(&out, " %s |", g.cells[row][size])
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

// growLimit bounds each step of a large database.
const growLimit = 2 * time.Hour

// grow copies the published patterns until there are n. It drops the indexes before, since creating them
// afterwards is faster, and keeps the total.
func (m *bench) grow(n int) {
	m.Helper()
	patterns := m.db.Collection("patterns")
	if err := patterns.Indexes().DropAll(m.Context()); err != nil {
		m.Fatal(err)
	}
	m.multiply(n)
	have, err := patterns.EstimatedDocumentCount(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	_, err = m.db.Collection("counters").UpdateOne(m.Context(), bson.D{{Key: "_id", Value: "changes"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "entries.patterns", Value: have}}}})
	if err != nil {
		m.Fatal(err)
	}
}

// until waits until the metrics of a program are as wanted.
func (m *bench) until(p *process, done func(map[string]float64) bool) {
	m.Helper()
	clock := time.NewTicker(time.Second)
	defer clock.Stop()
	for begun := time.Now(); !done(p.values(m.B)); <-clock.C {
		if time.Since(begun) > growLimit {
			m.Fatal("the program is not ready")
		}
	}
}

// searches reports whether a program can search.
func (m *bench) searches(p *process) bool {
	m.Helper()
	response, err := http.Get(p.url + "?query=" + url.QueryEscape(`{ search(query: "saga") { totalCount } }`))
	if err != nil {
		m.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// position returns the id of an entry, and the cursor before the deep page; "" if there is no such page.
func (m *bench) position(p *process, patterns int) (id, cursor string) {
	m.Helper()
	after, pages := "", 0
	if patterns > deep*20 {
		pages = deep / 5 // of 100 instead of 20
	}
	for i := range max(1, pages) {
		q := `{ patterns(first: 100` + after + `) { nodes { id } pageInfo { endCursor } } }`
		var got struct {
			Data struct {
				Patterns struct {
					Nodes    []struct{ ID string }
					PageInfo struct{ EndCursor string }
				}
			}
		}
		if err := json.Unmarshal(m.fetch(target{url: p.url + "?query=" + url.QueryEscape(q)}), &got); err != nil {
			m.Fatal(err)
		}
		if i == 0 {
			id = got.Data.Patterns.Nodes[0].ID
		}
		if pages > 0 {
			cursor = got.Data.Patterns.PageInfo.EndCursor
			after = `, after: "` + cursor + `"`
		}
	}
	return id, cursor
}
