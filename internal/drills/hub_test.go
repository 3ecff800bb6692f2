package drills_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// maxWait is the time that a drill waits for the program before it fails.
const maxWait = 60 * time.Second

// hub is a process of the program.
type hub struct {
	cmd        *exec.Cmd
	url, admin string
	client     *http.Client
	ended      chan struct{} // closed when the process has ended

	mu    sync.Mutex
	lines []string
	moved chan struct{} // closed and replaced when there is a new line
	log   bytes.Buffer
}

// start runs the program on free ports and waits until it listens, which needs no database.
func start(t *testing.T, args ...string) *hub {
	t.Helper()
	h := &hub{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: maxWait},
		ended:  make(chan struct{}), moved: make(chan struct{}),
	}
	args = append([]string{
		"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0",
		"--limit-restore", "1000000", "--limit-bucket", "100000000", "--limit-sockets", "100",
		"--search-dir", t.TempDir(),
	}, args...)
	h.cmd = command(context.WithoutCancel(t.Context()), t, args...)
	h.cmd.Stderr = &h.log
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go h.listen(out)
	t.Cleanup(func() {
		h.kill()
		h.client.CloseIdleConnections()
		if t.Failed() {
			log := h.log.String()
			t.Logf("the log's end:\n%s", log[max(0, len(log)-3000):])
		}
	})
	h.url = h.mustPrint(t, `GraphQL:\s+(http://\S+)`)
	h.admin = strings.TrimSuffix(h.mustPrint(t, `Admin:\s+(http://\S+)`), "/metrics")
	return h
}

// command returns a run of the program in a folder of its own, so that what it writes into its default
// folder is removed with the test.
func command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir()
	return cmd
}

// ready runs the program and waits until it serves.
func ready(t *testing.T, args ...string) *hub {
	t.Helper()
	h := start(t, args...)
	h.mustPrint(t, "^Ready")
	return h
}

func (h *hub) listen(out io.Reader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		h.mu.Lock()
		h.lines = append(h.lines, lines.Text())
		close(h.moved)
		h.moved = make(chan struct{})
		h.mu.Unlock()
	}
	_ = h.cmd.Wait() // cmd.ProcessState has the result
	close(h.ended)
}

// mustPrint waits for a line that matches a pattern and returns its last group.
func (h *hub) mustPrint(t *testing.T, pattern string) string {
	t.Helper()
	re, limit := regexp.MustCompile(pattern), time.After(maxWait)
	for {
		h.mu.Lock()
		for _, line := range h.lines {
			if m := re.FindStringSubmatch(line); m != nil {
				h.mu.Unlock()
				return m[len(m)-1]
			}
		}
		moved := h.moved
		h.mu.Unlock()
		select {
		case <-moved:
		case <-h.ended:
			t.Fatalf("the program has ended without printing %q: %s", pattern, h.log.String())
		case <-limit:
			t.Fatalf("%q was not printed within %v", pattern, maxWait)
		}
	}
}

// kill ends the process immediately.
func (h *hub) kill() {
	_ = h.cmd.Process.Kill() // it may have ended already
	<-h.ended
}

// mustTerminate sends the process SIGTERM.
func (h *hub) mustTerminate(t *testing.T) {
	t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// answer is the response to a request.
type answer struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
	status int
	took   time.Duration
}

// code returns the code of the first error.
func (a *answer) code() string {
	if a == nil || len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// ok reports whether the answer has data and no errors.
func (a *answer) ok() bool { return a.status == http.StatusOK && len(a.Errors) == 0 && a.Data != nil }

// read sends a query by GET. It returns an error if the answer is not complete.
func (h *hub) read(ctx context.Context, query string, headers ...string) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"?query="+url.QueryEscape(query), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	return h.do(r, headers)
}

// write sends a request by POST, as mutations require.
func (h *hub) write(ctx context.Context, key, query string, variables map[string]any) (*answer, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	return h.do(r, []string{"Content-Type: application/json", "Authorization: Bearer " + key})
}

func (h *hub) do(r *http.Request, headers []string) (*answer, error) {
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	begun := time.Now()
	resp, err := h.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(a); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	a.took = time.Since(begun)
	return a, nil
}

// status fetches a page and returns its status, 0 if the connection fails.
func (h *hub) status(ctx context.Context, page string) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
	if err != nil {
		return 0
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// stats is the content of /statz.
type stats struct {
	Goroutines  int
	Heap        int64
	Connections int
}

func (h *hub) mustStats(t *testing.T) stats {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.admin+"/statz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var s stats
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// serves waits until reads succeed again and returns how long that took.
func (h *hub) serves(t *testing.T) time.Duration {
	t.Helper()
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	for n := 0; ctx.Err() == nil; n++ {
		// Each query is different, so that no cache answers it.
		if a, err := h.read(ctx, probe(n)); err == nil && a.ok() {
			return time.Since(begun)
		}
	}
	t.Fatal("reads do not succeed again")
	return 0
}

// probe returns a query that reaches the database; each number is another query.
func probe(n int) string {
	return fmt.Sprintf(`{ patterns(first: 5, filter: {readingMinutes: {gte: %d}}) { nodes { slug tier { slug } } } }`, -n)
}

// refused reports whether an error means that the program does not listen any more.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
