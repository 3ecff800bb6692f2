package hub_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/mongodb/mongotest"
)

// asked returns the measured queries, of each kind that sites send, in the table's order.
func asked() [][2]string {
	const card = `id slug name summary category difficulty publishedAt tier { slug name } laws { slug name } pillars { slug name }`
	return [][2]string{
		{"list of 20", `{ patterns(first: 20) { nodes { ` + card + ` } } }`},
		{"list of 100", `{ patterns(first: 100) { nodes { ` + card + ` } } }`},
		{"by slug", `{ pattern(slug: "saga") { ` + card + ` } }`},
		{"4 levels deep", `{ tiers { slug patterns(first: 5) { nodes { slug caseStudies(first: 3) { nodes { slug name companies(first: 2) { nodes { slug name } } } } } } } }`},
		{"filter, order, count", `{ patterns(first: 20, filter: {tier: {in: ["gold"]}}, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { slug name } } }`},
		{"20 bodies", `{ patterns(first: 20) { nodes { slug body { html } } } }`},
	}
}

// hubs are the ways in which the program can answer.
func hubs() [][]string {
	return [][]string{
		{"stock", "--engine", "off", "--entity-cache", "off"},
		{"stock, cache", "--engine", "off"},
		{"engine, cold", "--entity-cache", "off"},
		{"engine, warm"},
	}
}

// The last two are not GraphQL servers: they show the cost of everything else.
const (
	findsOnly = "finds only"
	static    = "net/http"
)

// span is the duration of the measurement of each cell: six queries, six ways, two loads and two
// sizes take some four minutes.
const span = 600 * time.Millisecond

// BenchmarkServers measures each server over HTTP, one after the other and without response caches:
// the program in each of its ways, a Go program that only sends the finds of the cold engine and
// does not decode their replies, and net/http writing the same bytes. Each is a process of its own,
// so that no number includes the client. The answers are compared first. BENCH_TABLE names a file
// for the table.
func BenchmarkServers(b *testing.B) {
	table := &table{}
	for _, patterns := range []int{0, 10_000} {
		uri, database := mongotest.Open(b)
		bench := &bench{B: b, uri: uri, database: database, table: table, size: "seed", answers: map[string][]byte{}}
		bench.connect()
		bench.seed()
		if patterns > 0 {
			bench.size = fmt.Sprintf("%d patterns", patterns)
			bench.multiply(patterns)
		}
		for _, way := range hubs() {
			bench.hub(way[0], way[1:]...)
		}
		bench.peers()
	}
	if name := os.Getenv("BENCH_TABLE"); name != "" {
		if err := writeTable(name, "measured", table.text()); err != nil {
			b.Fatal(err)
		}
	}
}

// hub measures the program in one of its ways.
func (m *bench) hub(way string, args ...string) {
	p := m.program(append([]string{"--response-cache", "off", "--limit-restore", "1000000", "--limit-bucket", "100000000"}, args...)...)
	defer p.stop(m.B)
	m.recordMemory(way, "after start", p)
	for _, q := range asked() {
		targets := ofClients(p.url, q[1])
		m.fetch(targets[0])
		body := m.fetch(targets[0]) // fills all caches
		if first := m.answers[q[0]]; first == nil {
			m.answers[q[0]] = body
		} else if data(body) != data(first) {
			m.Fatalf("%s, %s: the answers differ:\n%s\n%s", way, q[0], first, body)
		}
		m.both(way, q[0], targets, p)
	}
	m.recordMemory(way, "at the end", p)
}

// recordMemory records the memory of a program, if the system reports it.
func (m *bench) recordMemory(way, moment string, p *process) {
	bytes, err := anonymous(p.command.Process.Pid)
	if err != nil {
		m.Logf("memory is not measured: %v", err)
		return
	}
	m.table.anonymous(m.size, way, moment, float64(bytes))
}

// peers measures the servers that are not GraphQL servers.
func (m *bench) peers() {
	commands := m.record()
	for _, way := range []string{findsOnly, static} {
		for _, q := range asked() {
			task := task{Answer: m.answers[q[0]]}
			if way == findsOnly {
				task.URI, task.Database, task.Commands = m.uri, m.database, commands[q[0]]
			}
			p := m.peer(task)
			m.fetch(target{url: p.url})
			m.both(way, q[0], []target{{url: p.url}}, p)
			p.stop(m.B)
		}
	}
}

// connections is the number of connections in the larger of both loads.
const connections = 32

// ofClients returns a query for each client with the same answer except for one number, since equal
// concurrent queries would be run once for all.
func ofClients(to, query string) []target {
	out := make([]target, connections)
	for i := range out {
		out[i].url = to + "?query=" + url.QueryEscape(ofClient(i, query))
	}
	return out
}

func ofClient(i int, query string) string {
	return fmt.Sprintf("{ client%02d: __typename %s", i, strings.TrimPrefix(query, "{ "))
}

// target is a request: a GET, or a POST if it has a body.
type target struct {
	url    string
	body   []byte
	header http.Header
	status int // of the answer; 200 if 0
}

func (t target) send(client *http.Client) (*http.Response, error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if t.body != nil {
		method, body = http.MethodPost, bytes.NewReader(t.body)
	}
	r, err := http.NewRequest(method, t.url, body)
	if err != nil {
		return nil, err
	}
	if t.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(r.Header, t.header)
	return client.Do(r)
}

// both measures targets over 1 and over 32 connections.
func (m *bench) both(way, query string, targets []target, p *process) {
	for _, clients := range []int{1, connections} {
		m.load(targets, clients, span/6) // opens the connections and fills the pools
		before, database := p.use(m.B), m.mongod()
		times := m.load(targets, clients, span)
		after, databaseAfter := p.use(m.B), m.mongod()
		n := float64(len(times))
		slices.Sort(times)
		r := row{
			size: m.size, way: way, query: query, clients: clients, perSecond: n / span.Seconds(),
			cpu: (after.cpu - before.cpu) * 1e6 / n, mongod: (databaseAfter.cpu - database.cpu) * 1e6 / n,
			allocs: (after.allocs - before.allocs) / n, commands: (databaseAfter.commands - database.commands) / n,
			p50: times[len(times)/2], p99: times[len(times)*99/100],
		}
		m.table.rows = append(m.table.rows, r)
		m.Run(strings.ReplaceAll(fmt.Sprintf("%s/%s/%s/%d", m.size, query, way, clients), " ", "-"), func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // load has measured, for a time and not for b.N
			b.ReportMetric(r.cpu, "cpu-µs/request")
			b.ReportMetric(r.mongod, "mongod-µs/request")
			b.ReportMetric(r.allocs, "allocs/request")
			b.ReportMetric(r.commands, "commands/request")
			b.ReportMetric(r.perSecond, "requests/s")
			b.ReportMetric(float64(r.p50.Microseconds()), "p50-µs")
			b.ReportMetric(float64(r.p99.Microseconds()), "p99-µs")
		})
	}
}

// load sends requests over that many connections for a time and returns the time of each answer.
func (m *bench) load(targets []target, clients int, span time.Duration) []time.Duration {
	m.Helper()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	end := time.Now().Add(span)
	var mu sync.Mutex
	var all []time.Duration
	var failed atomic.Pointer[error]
	var running sync.WaitGroup
	for i := range clients {
		target := targets[i%len(targets)]
		running.Go(func() {
			var times []time.Duration
			for begun := time.Now(); begun.Before(end) || len(times) == 0; begun = time.Now() {
				response, err := target.send(client)
				if err != nil {
					failed.Store(&err)
					return
				}
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if err == nil && response.StatusCode != cmp.Or(target.status, http.StatusOK) {
					err = errors.New(response.Status)
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				times = append(times, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
		})
	}
	running.Wait()
	if err := failed.Load(); err != nil {
		m.Fatal(*err)
	}
	return all
}

// data returns the answer without its cost.
func data(body []byte) string {
	before, _, _ := strings.Cut(string(body), `,"extensions"`)
	return before
}

func (m *bench) fetch(t target) []byte {
	m.Helper()
	response, err := t.send(http.DefaultClient)
	if err != nil {
		m.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"errors"`)) {
		m.Fatalf("%s: %s (%v)", response.Status, body, err)
	}
	return body
}
