package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"patternhub/internal/mongodb/mongotest"
)

// contest is two servers that answer the same requests in their own ways.
type contest struct {
	name       string
	ours, them side
	// bar is the least part of their speed that ours must have, by CPU time.
	bar float64
}

// side is one server of a contest.
type side struct {
	way     string
	process *process
	targets []target
	cpu     []float64 // µs for each request, by round
}

// turns is the number of times that both sides of a contest are measured, one after the other.
const turns = 5

// BenchmarkSite measures what pages cost over HTTP: one that is kept and one that is unchanged beside net/http
// with the same bytes, and one that is not kept beside the query of its document. Each server is a process
// of its own, and both of a contest are measured in turn, so that other work of the machine disturbs both.
// BENCH_TABLE names a file for the table.
func BenchmarkSite(b *testing.B) {
	uri, database := mongotest.Open(b)
	m := &bench{B: b, uri: uri, database: database, size: "site", table: &table{}, answers: map[string][]byte{}}
	m.connect()
	m.seed()
	open := []string{"--limit-restore", "1000000000", "--limit-bucket", "1000000000"}
	keeps := m.program(open...)
	defer keeps.stop(b)
	forgets := m.program(append(open, "--response-cache", "off")...)
	defer forgets.stop(b)
	contests := []contest{
		m.againstNet("kept page", keeps, nil, http.StatusOK, 0.6),
		m.againstNet("kept page, zipped", keeps, http.Header{"Accept-Encoding": {"gzip"}}, http.StatusOK, 0.6),
		m.againstNet("unchanged page", keeps, http.Header{"If-None-Match": {"*"}}, http.StatusNotModified, 0.8),
		m.againstQuery("page that is not kept", forgets),
	}
	for i := range contests {
		m.hold(&contests[i])
		if them := contests[i].them.process; them != forgets {
			them.stop(b)
		}
	}
	if name := os.Getenv("BENCH_TABLE"); name != "" {
		if err := writeTable(name, "site", siteTable(contests)); err != nil {
			b.Fatal(err)
		}
	}
}

// pageOf returns a target for a page of a hub.
func pageOf(p *process, path string) target {
	return target{url: strings.TrimSuffix(p.url, "/graphql") + path}
}

// againstNet returns the contest of a page with net/http, which writes the same header and bytes.
func (m *bench) againstNet(name string, p *process, header http.Header, status int, bar float64) contest {
	m.Helper()
	at := pageOf(p, "/patterns/saga")
	at.header, at.status = header, status
	response, err := at.send(&http.Client{Transport: &http.Transport{DisableCompression: true}})
	if err != nil {
		m.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		m.Fatalf("%s: %s (%v)", name, response.Status, err)
	}
	sent := response.Header.Clone()
	sent.Del("Date") // net/http writes it itself
	peer := m.peer(task{Answer: body, Status: status, Header: sent})
	them := at
	them.url = peer.url
	return contest{name, side{way: "site", process: p, targets: []target{at}}, side{way: static, process: peer, targets: []target{them}}, bar}
}

// againstQuery returns the contest of pages with the queries of their documents at the same hub. Each client
// asks for another pattern, since equal concurrent requests would be answered by one run.
func (m *bench) againstQuery(name string, p *process) contest {
	m.Helper()
	var slugs struct {
		Data struct {
			Patterns struct{ Nodes []struct{ Slug string } }
		}
	}
	list := m.fetch(target{url: p.url + "?query=" + url.QueryEscape(fmt.Sprintf("{patterns(first:%d){nodes{slug}}}", connections))})
	if err := json.Unmarshal(list, &slugs); err != nil {
		m.Fatal(err)
	}
	c := contest{name, side{way: "site", process: p}, side{way: "query over HTTP", process: p}, 0.5}
	for _, n := range slugs.Data.Patterns.Nodes {
		page := pageOf(p, "/patterns/"+n.Slug)
		link := playgroundLink.FindSubmatch(m.fetch(page))
		if link == nil {
			m.Fatalf("%s has no link to its document", page.url)
		}
		values, err := url.ParseQuery(html.UnescapeString(string(link[1])))
		if err != nil {
			m.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{"query": values.Get("query"), "variables": json.RawMessage(values.Get("variables"))})
		if err != nil {
			m.Fatal(err)
		}
		query := target{url: p.url, body: body}
		m.fetch(query)
		c.ours.targets, c.them.targets = append(c.ours.targets, page), append(c.them.targets, query)
	}
	return c
}

// hold measures both sides of a contest in turn and reports their CPU time.
func (m *bench) hold(c *contest) {
	for range turns {
		for _, s := range []*side{&c.ours, &c.them} {
			m.load(s.targets, connections, span/6)
			before := s.process.use(m.B).cpu
			n := len(m.load(s.targets, connections, span))
			s.cpu = append(s.cpu, (s.process.use(m.B).cpu-before)*1e6/float64(n))
		}
	}
	m.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
		b.ReportMetric(0, "ns/op") // load has measured, for a time and not for b.N
		b.ReportMetric(c.ours.median(), "cpu-µs/request")
		b.ReportMetric(c.them.median(), "their-cpu-µs/request")
		b.ReportMetric(c.speed(), "of-theirs")
	})
}

// median returns the CPU time of a request in the middle one of all rounds.
func (s *side) median() float64 {
	sorted := slices.Sorted(slices.Values(s.cpu))
	return sorted[len(sorted)/2]
}

// speed returns our speed as a part of theirs: the middle one of the ratios of all rounds.
func (c *contest) speed() float64 {
	ratios := make([]float64, len(c.ours.cpu))
	for i := range ratios {
		ratios[i] = c.them.cpu[i] / c.ours.cpu[i]
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// siteTable returns the results in Markdown.
func siteTable(contests []contest) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "Measured on %s with `make bench`: %s.\n\n", time.Now().UTC().Format(time.DateOnly), machine())
	fmt.Fprint(&out, "| answer | beside | CPU µs | CPU µs of the other | speed by CPU | at least |\n|---|---|--:|--:|--:|--:|\n")
	for _, c := range contests {
		fmt.Fprintf(&out, "| %s | %s | %.0f | %.0f | %.0f %% | %.0f %% |\n", c.name, c.them.way, c.ours.median(), c.them.median(), 100*c.speed(), 100*c.bar)
	}
	return out.String()
}
