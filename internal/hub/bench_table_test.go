package hub_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
)

// row is the cost of one way of answering one query, per request in microseconds.
type row struct {
	size, way, query string
	clients          int
	perSecond        float64
	cpu, mongod      float64
	allocs, commands float64
	p50, p99         time.Duration
}

// memory is a program's memory at one moment.
type memory struct {
	size, way, moment string
	bytes             float64
}

// table collects the results of BenchmarkServers.
type table struct {
	rows     []row
	memories []memory
}

func (t *table) anonymous(size, way, moment string, bytes float64) {
	t.memories = append(t.memories, memory{size, way, moment, bytes})
}

// writeTable replaces a table in a file. Lines with its name are around it; the text outside of them is
// written by hand.
func writeTable(file, name, text string) error {
	begins, ends := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->\n"
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	before, rest, begun := strings.Cut(string(raw), begins)
	_, after, ended := strings.Cut(rest, ends)
	if !begun || !ended {
		return fmt.Errorf("write table: %s has no lines for the table %q", file, name)
	}
	return os.WriteFile(file, []byte(before+begins+"\n"+text+"\n"+ends+after), 0o600)
}

// text returns the table in Markdown: for each size and query the cost of each way at 32
// connections, with the times at 1, and then the ratios.
func (t *table) text() string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "Measured on %s with `make bench`: %s.\n", time.Now().UTC().Format(time.DateOnly), machine())
	for _, size := range t.sizes() {
		fmt.Fprintf(&out, "\n### %s\n\n", strings.ToUpper(size[:1])+size[1:])
		fmt.Fprintln(&out, "| query | answered by | CPU µs, 1 | CPU µs, 32 | mongod µs, 32 | allocations | commands | p50 / p99 ms, 1 | p50 / p99 ms, 32 | requests/s, 32 |")
		fmt.Fprintln(&out, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
		for _, q := range asked() {
			for _, way := range ways() {
				one, many := t.find(size, q[0], way, 1), t.find(size, q[0], way, 32)
				fmt.Fprintf(&out, "| %s | %s | %.0f | %.0f | %.0f | %.0f | %.1f | %s | %s | %.0f |\n", q[0], way,
					one.cpu, many.cpu, many.mongod, many.allocs, many.commands, times(one), times(many), many.perSecond)
			}
		}
	}
	t.ratios(&out)
	t.resided(&out)
	return out.String()
}

func ways() []string {
	var out []string
	for _, h := range hubs() {
		out = append(out, h[0])
	}
	return append(out, findsOnly, static)
}

func times(r row) string {
	return fmt.Sprintf("%.2f / %.2f", float64(r.p50.Microseconds())/1e3, float64(r.p99.Microseconds())/1e3)
}

func (t *table) sizes() []string {
	var out []string
	for _, r := range t.rows {
		if len(out) == 0 || out[len(out)-1] != r.size {
			out = append(out, r.size)
		}
	}
	return out
}

func (t *table) find(size, query, way string, clients int) row {
	for _, r := range t.rows {
		if r.size == size && r.query == query && r.way == way && r.clients == clients {
			return r
		}
	}
	return row{}
}

// ratios writes the server's CPU time relative to the others in the same run, at 32 connections.
func (t *table) ratios(out *bytes.Buffer) {
	fmt.Fprint(out, "\n### Ratios of server CPU, 32 connections\n\n| content | query | cold : finds only | warm : net/http | stock : warm | stock with cache : warm |\n|---|---|--:|--:|--:|--:|\n")
	for _, size := range t.sizes() {
		for _, q := range asked() {
			cpu := func(way string) float64 { return t.find(size, q[0], way, 32).cpu }
			fmt.Fprintf(out, "| %s | %s | %.2f | %.2f | %.1f | %.1f |\n", size, q[0], cpu("engine, cold")/cpu(findsOnly),
				cpu("engine, warm")/cpu(static), cpu("stock")/cpu("engine, warm"), cpu("stock, cache")/cpu("engine, warm"))
		}
	}
}

func (t *table) resided(out *bytes.Buffer) {
	fmt.Fprint(out, "\n### Anonymous resident memory\n\n| content | program | moment | MB |\n|---|---|---|--:|\n")
	for _, m := range t.memories {
		fmt.Fprintf(out, "| %s | %s | %s | %.0f |\n", m.size, m.way, m.moment, m.bytes/1e6)
	}
}
