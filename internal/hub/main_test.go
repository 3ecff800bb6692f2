package hub_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"patternhub/internal/config"
	"patternhub/internal/hub"
	"patternhub/internal/mongodb/mongotest"
)

// asProgram is the variable that makes this test binary the program itself, for tests that kill it.
const asProgram = "PATTERNHUB_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout))
		stop()
		return
	}
	if os.Getenv(asPeer) != "" {
		exit(servePeer())
		return
	}
	// The tests name the repository's files relative to its top, as its documents do.
	exit(os.Chdir("../.."))
	// Bleve's analysis workers live as long as the process.
	mongotest.Main(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// exit ends this process if there is an error.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "patternhub:", err)
		os.Exit(1)
	}
}

// run runs a command line as main does.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	cli, command, err := config.Parse(args, inMemory(getenv), out)
	if err != nil {
		return err
	}
	return hub.New(hub.Options{CLI: cli, Command: command, Version: "test", Getenv: getenv, Out: out}).Run(ctx)
}

// inMemory returns an environment in which search is in memory, unless it says where: tests share this
// folder.
func inMemory(getenv func(string) string) func(string) string {
	return func(name string) string {
		if value := getenv(name); value != "" || name != "SEARCH_DIR" {
			return value
		}
		return "off"
	}
}

// waitLimit bounds how long a test waits for the program.
const waitLimit = 60 * time.Second

// service is a hub that runs in this process.
type service struct {
	url, admin string
	stop       func() error
	said       *transcript
}

// transcript records what the program prints and lets tests wait for a line.
type transcript struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{}
}

func (tr *transcript) add(line string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lines = append(tr.lines, line)
	close(tr.more)
	tr.more = make(chan struct{})
}

// wait returns the first group of the first line that matches pattern.
func (tr *transcript) wait(ctx context.Context, pattern string) (string, error) {
	re := regexp.MustCompile(pattern)
	for {
		tr.mu.Lock()
		for _, l := range tr.lines {
			if m := re.FindStringSubmatch(l); m != nil {
				tr.mu.Unlock()
				return m[len(m)-1], nil
			}
		}
		more, all := tr.more, strings.Join(tr.lines, "\n")
		tr.mu.Unlock()
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%q was never printed: %w\n%s", pattern, ctx.Err(), all)
		case <-more:
		}
	}
}

// start runs the program with the arguments on free ports and waits until it listens.
func start(t testing.TB, args ...string) *service {
	t.Helper()
	return startWith(t, func(string) string { return "" }, args...)
}

// startWith is start with an environment.
func startWith(t testing.TB, getenv func(string) string, args ...string) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	r, w := io.Pipe()
	done := make(chan error, 1)
	s := &service{said: &transcript{more: make(chan struct{})}}
	go func() {
		scanner := bufio.NewScanner(r)
		for scanner.Scan() {
			s.said.add(scanner.Text())
		}
	}()
	go func() {
		all := append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0"}, args...)
		err := run(ctx, all, getenv, w)
		w.Close()
		done <- err
	}()
	var once sync.Once
	var stopped error
	s.stop = func() error {
		once.Do(func() { cancel(); stopped = <-done })
		return stopped
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	s.url = s.mustHear(t, `GraphQL:\s+(http://\S+)`)
	s.admin = strings.TrimSuffix(s.mustHear(t, `Admin:\s+(http://\S+)`), "/metrics")
	return s
}

func (s *service) mustHear(t testing.TB, pattern string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	got, err := s.said.wait(ctx, pattern)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// seeded returns a ready hub on a database of the test's own.
func seeded(t *testing.T, args ...string) *service {
	t.Helper()
	uri, database := mongotest.Open(t)
	s := start(t, append([]string{"--mongodb-uri", uri, "--mongodb-database", database, "--limit-restore", "1000000", "--limit-bucket", "100000000"}, args...)...)
	s.mustHear(t, "^Ready")
	return s
}

// answer is a GraphQL answer.
type answer struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
	status int
}

// ask sends a query and reads the answer, whatever its status.
func (s *service) ask(ctx context.Context, query string, variables map[string]any) (*answer, error) {
	return s.askBody(ctx, map[string]any{"query": query, "variables": variables})
}

// askBody sends a request with all its parameters.
func (s *service) askBody(ctx context.Context, params map[string]any) (*answer, error) {
	body, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	return a, json.NewDecoder(resp.Body).Decode(a)
}

func (s *service) mustAsk(t *testing.T, query string, variables map[string]any) map[string]any {
	t.Helper()
	a, err := s.ask(t.Context(), query, variables)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %+v", query, a.Errors)
	}
	return a.Data
}

// get fetches a page and returns its status.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// at follows a path through an answer.
func at(v any, path ...string) any {
	for _, p := range path {
		v = v.(map[string]any)[p]
	}
	return v
}
