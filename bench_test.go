//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"patternhub/mongodb/mongotest"
)

// cards are lists as sites show them.
func cards() map[string]string {
	const card = `id slug name summary category difficulty publishedAt tier { slug name } laws { slug name } pillars { slug name }`
	return map[string]string{
		"list-20":  `{ patterns(first: 20) { nodes { ` + card + ` } } }`,
		"list-100": `{ patterns(first: 100) { nodes { ` + card + ` } } }`,
	}
}

// BenchmarkHTTP asks the whole program over HTTP, without its response cache, beside net/http
// writing the same bytes. The client runs in this process and its share is in all numbers.
func BenchmarkHTTP(b *testing.B) {
	uri, database := mongotest.Open(b)
	bodies := map[string][]byte{}
	for _, w := range []struct {
		name string
		args []string
	}{
		{"stock", []string{"--engine", "off", "--entity-cache", "off"}},
		{"engine-cold", []string{"--entity-cache", "off"}},
		{"engine-warm", nil},
	} {
		s := start(b, append([]string{
			"--mongodb-uri", uri, "--mongodb-database", database, "--response-cache", "off",
			"--limit-restore", "1000000", "--limit-bucket", "100000000",
		}, w.args...)...)
		s.mustHear(b, "^Ready")
		for name, query := range cards() {
			target := s.url + "?query=" + url.QueryEscape(query)
			fetch(b, target)
			if body := fetch(b, target); bodies[name] == nil {
				bodies[name] = body
			} else if data(body) != data(bodies[name]) {
				b.Fatalf("%s: the answers differ:\n%s\n%s", name, bodies[name], body)
			}
			for _, clients := range []int{1, 32} {
				b.Run(name+"/"+w.name+"/"+strconv.Itoa(clients), func(b *testing.B) { load(b, target, clients) })
			}
		}
		if err := s.stop(); err != nil {
			b.Fatal(err)
		}
	}
	for name, body := range bodies {
		static := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body)
		}))
		for _, clients := range []int{1, 32} {
			b.Run(name+"/net-http/"+strconv.Itoa(clients), func(b *testing.B) { load(b, static.URL, clients) })
		}
		static.Close()
	}
}

// data is the answer without what is told about its cost.
func data(body []byte) string {
	before, _, _ := strings.Cut(string(body), `,"extensions"`)
	return before
}

func fetch(b *testing.B, target string) []byte {
	b.Helper()
	response, err := http.Get(target)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"errors"`)) {
		b.Fatalf("%s: %s (%v)", response.Status, body, err)
	}
	return body
}

// load asks over so many connections and tells the CPU time of a request.
func load(b *testing.B, target string, clients int) {
	b.Helper()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	work := make(chan struct{})
	done := make(chan error, clients)
	for range clients {
		go func() {
			var failed error
			for range work {
				response, err := client.Get(target)
				if err != nil {
					failed = err
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
			}
			done <- failed
		}()
	}
	before := processor(b)
	b.ResetTimer()
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	for range clients {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64((processor(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// processor is the CPU time of this process, the database's not included.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
