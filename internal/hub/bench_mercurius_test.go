//go:build linux

package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/mongodb/mongotest"
)

// Each cell is measured in several rounds, and the median counts. The servers take turns, so that other
// work on the machine meets all of them. Six queries take some four minutes.
const (
	rounds = 5
	turn   = 800 * time.Millisecond
)

// BenchmarkMercurius measures the hub against a good GraphQL server on Node with the same database, and
// against net/http writing the same bytes. Beside the cold hub stands a program that only sends its commands
// with the same driver, prepared and not decoded: no server over this driver is cheaper. Beside the warm one
// stands a handler that does only what no server can leave out. The answers are compared first. The hub runs
// without its response cache, cold also without its entity cache; the peer has no cache. BENCH_TABLE names a
// file for the table.
func BenchmarkMercurius(b *testing.B) {
	dir := filepath.Join("internal", "hub", "testdata", "mercurius")
	install(b, dir)
	m := &bench{B: b}
	m.uri, m.database = mongotest.Open(b)
	m.connect()
	m.seed()
	commands := m.record()
	args := []string{"--response-cache", "off", "--limit-restore", "1000000", "--limit-bucket", "100000000"}
	warm := m.program(args...)
	defer warm.stop(b)
	cold := m.program(append(args, "--entity-cache", "off")...)
	defer cold.stop(b)
	peer := m.mercurius(dir)
	defer peer.stop(b)

	targets := func(p *process, query string) []target {
		if p == peer {
			return []target{post(p.url, query)} // it compiles each text for itself
		}
		var out []target
		for i := range connections { // the hub would run equal concurrent queries once for all
			out = append(out, post(p.url, ofClient(i, query)))
		}
		return out
	}

	answers := map[string][]byte{}
	for _, q := range asked() {
		answers[q[0]] = m.equal(q, cold, warm, peer)
		for _, p := range []*process{cold, warm, peer} {
			m.load(targets(p, q[1]), connections, turn) // fills caches, and lets Node compile what is hot
		}
	}
	var table []duel
	for _, q := range asked() {
		floor := m.peer(task{Answer: answers[q[0]]})
		one := []target{post(floor.url, "")}
		least := m.least(q, answers[q[0]], warm)
		leasts := targets(&process{url: least.url + "/graphql"}, q[1])
		finds := m.peer(task{Answer: answers[q[0]], URI: m.uri, Database: m.database, Commands: commands[q[0]]})
		cells := []*cell{
			{way: "hub, cold", clients: 1, server: cold, targets: targets(cold, q[1])},
			{way: "hub, warm", clients: 1, server: warm, targets: targets(warm, q[1])},
			{way: "Mercurius", clients: 1, server: peer, targets: targets(peer, q[1])},
			{way: static, clients: 1, server: floor, targets: one},
			{way: "hub, warm", clients: connections, server: warm, targets: targets(warm, q[1])},
			{way: "Mercurius", clients: connections, server: peer, targets: targets(peer, q[1])},
			{way: static, clients: connections, server: floor, targets: one},
			{way: findsOnly, clients: 1, server: finds, targets: []target{post(finds.url, "")}},
			{way: minimal, clients: 1, server: least, targets: leasts},
			{way: minimal, clients: connections, server: least, targets: leasts},
		}
		m.turns(q[0], cells)
		table = append(table,
			duel{query: q[0], caches: "cold", hub: cells[0], peer: cells[2], floor: cells[3], finds: cells[7], warm: cells[1]},
			duel{query: q[0], caches: "warm", hub: cells[1], peer: cells[2], floor: cells[3], least: cells[8]},
			duel{query: q[0], caches: "warm", hub: cells[4], peer: cells[5], floor: cells[6], least: cells[9]})
		least.stop(b)
		floor.stop(b)
		finds.stop(b)
	}
	if name := os.Getenv("BENCH_TABLE"); name != "" {
		if err := writeTable(name, "mercurius", duels(table)); err != nil {
			b.Fatal(err)
		}
	}
}

// minimal is a handler with the headers of the hub's answers, see task.minimal.
const minimal = "minimal handler"

// least starts a minimal handler for what the clients of the hub send.
func (m *bench) least(q [2]string, answer []byte, hub *process) *process {
	m.Helper()
	t := task{Answer: answer}
	for i := range connections {
		t.Queries = append(t.Queries, ofClient(i, q[1]))
	}
	response, err := post(hub.url, t.Queries[0]).send(http.DefaultClient)
	if err != nil {
		m.Fatal(err)
	}
	defer response.Body.Close()
	t.Header = response.Header
	t.Header.Set("Content-Length", strconv.Itoa(len(answer)))
	t.Header.Del("Date") // net/http adds it
	p := m.peer(t)
	if got := m.fetch(post(p.url+"/graphql", t.Queries[0])); !bytes.Equal(got, answer) {
		m.Fatalf("the minimal handler answers %s", got)
	}
	return p
}

// nodeTool runs a command with Node.
const nodeTool = ".ci/node"

// install installs the packages of a folder, unless those of its lock are there. Without Node the
// benchmark is skipped.
func install(b *testing.B, dir string) {
	b.Helper()
	if out, err := exec.CommandContext(b.Context(), nodeTool, "node", "--version").CombinedOutput(); err != nil {
		b.Skipf("Mercurius is not measured, because Node is missing: %v\n%s", err, out)
	}
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		b.Fatal(err)
	}
	installed, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return
	}
	out, err := exec.CommandContext(b.Context(), nodeTool, "npm", "--prefix", dir, "ci", "--no-progress", "--loglevel=error").CombinedOutput()
	if err != nil {
		b.Fatalf("npm ci in %s: %v\n%s", dir, err, out)
	}
}

// mercurius starts the peer.
func (m *bench) mercurius(dir string) *process {
	m.Helper()
	command := exec.CommandContext(context.WithoutCancel(m.Context()), nodeTool, "node", filepath.Join(dir, "server.js"), m.uri, m.database)
	command.Env = append(os.Environ(), "NODE_ENV=production")
	command.Stderr = os.Stderr
	var address string
	p := begin(m.B, command, map[string]*string{"Peer:": &address})
	p.url = address
	return p
}

func post(to, query string) target {
	body, _ := json.Marshal(map[string]string{"query": query}) // texts always marshal
	return target{url: to, body: body}
}

// equal fails unless the servers answer a query with the same data, also when they have compiled it. It
// returns the answer.
func (m *bench) equal(q [2]string, servers ...*process) []byte {
	m.Helper()
	var first, body []byte
	var want any
	for _, p := range servers {
		for range 3 {
			body = m.fetch(post(p.url, q[1]))
			var got struct{ Data any }
			if err := json.Unmarshal(body, &got); err != nil || got.Data == nil {
				m.Fatalf("%s: %v: %s", q[0], err, body)
			}
			if first == nil {
				first, want = body, got.Data
			}
			if diff := cmp.Diff(want, got.Data); diff != "" {
				m.Fatalf("%s: the answers of the hub (-) and of the peer (+) differ:\n%s", q[0], diff)
			}
		}
	}
	return first
}

// cell is what one server costs with one query and load; the figures are medians.
type cell struct {
	way            string
	clients        int
	server         *process
	targets        []target
	cpu, perSecond float64 // CPU in microseconds per request
}

// turns measures cells in turns.
func (m *bench) turns(query string, cells []*cell) {
	m.Helper()
	cpu, perSecond := make([][]float64, len(cells)), make([][]float64, len(cells))
	for range rounds {
		for i, c := range cells {
			m.load(c.targets, c.clients, turn/8) // a server that has paused is slower at first
			before, begun := m.spent(c.server), time.Now()
			n := float64(len(m.load(c.targets, c.clients, turn)))
			cpu[i] = append(cpu[i], float64((m.spent(c.server)-before).Microseconds())/n)
			perSecond[i] = append(perSecond[i], n/time.Since(begun).Seconds())
		}
	}
	for i, c := range cells {
		c.cpu, c.perSecond = median(cpu[i]), median(perSecond[i])
		m.Run(strings.ReplaceAll(fmt.Sprintf("%s/%s/%d", query, c.way, c.clients), " ", "-"), func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // turns has measured, for a time and not for b.N
			b.ReportMetric(c.cpu, "cpu-µs/request")
			b.ReportMetric(c.perSecond, "requests/s")
		})
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// spent returns the CPU time that a server has used, of all its threads, as user and as system.
func (m *bench) spent(p *process) time.Duration {
	m.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		m.Fatal(err)
	}
	// The second field is the program's name in parentheses, which may contain blanks. The 14th and the
	// 15th count hundredths of a second.
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	var ticks int
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			m.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// duel is a row of the table: the servers with one query and load. A warm hub sends no commands, so finds and
// warm, the warm hub with the same query, are nil; beside a cold one least is nil.
type duel struct {
	query, caches                        string
	hub, peer, floor, least, finds, warm *cell
}

// bound is the CPU time of a cold hub that decodes for nothing: its commands, which include the cost of
// net/http, and what a warm hub adds to net/http.
func (d duel) bound() float64 { return d.finds.cpu + d.warm.cpu - d.floor.cpu }

// duels returns the table in Markdown.
func duels(rows []duel) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Measured on %s with `make bench`: %s.\n\n", time.Now().UTC().Format(time.DateOnly), machine())
	fmt.Fprintln(&out, "| query | hub | connections | hub, CPU µs | Mercurius, CPU µs | net/http, CPU µs | minimal handler, CPU µs | finds only, CPU µs | Mercurius : hub | Mercurius : finds only | Mercurius : bound | hub : net/http | minimal : net/http | hub, requests/s | Mercurius, requests/s | net/http, requests/s |")
	fmt.Fprintln(&out, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range rows {
		var finds, reach, bound, least, fixed string
		if r.finds != nil {
			finds, reach = fmt.Sprintf("%.0f", r.finds.cpu), fmt.Sprintf("%.2f", r.peer.cpu/r.finds.cpu)
			bound = fmt.Sprintf("%.2f", r.peer.cpu/r.bound())
		}
		if r.least != nil {
			least, fixed = fmt.Sprintf("%.0f", r.least.cpu), fmt.Sprintf("%.2f", r.least.cpu/r.floor.cpu)
		}
		fmt.Fprintf(&out, "| %s | %s | %d | %.0f | %.0f | %.0f | %s | %s | %.2f | %s | %s | %.2f | %s | %.0f | %.0f | %.0f |\n", r.query, r.caches, r.hub.clients,
			r.hub.cpu, r.peer.cpu, r.floor.cpu, least, finds, r.peer.cpu/r.hub.cpu, reach, bound, r.hub.cpu/r.floor.cpu, fixed, r.hub.perSecond, r.peer.perSecond, r.floor.perSecond)
	}
	return out.String()
}
