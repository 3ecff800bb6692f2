// Package searchtest starts a real OpenSearch server for tests, out of the jars that Maven Central has. It
// needs Java 17 and Maven; the jars, about 50 MB, are kept in the user's cache. Only tests may import it.
package searchtest

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed node
var sources embed.FS

// version names the folder of the jars in the cache.
const version = "patternhub-opensearch-2.19.6-1"

const (
	// fetchLimit bounds the download of the jars.
	fetchLimit = 5 * time.Minute
	// startLimit bounds the start of a node, which takes some seconds on a machine without other work.
	startLimit = 2 * time.Minute
)

// server is the node of this test process.
type server struct {
	once sync.Once
	url  string
	err  error
	cmd  *exec.Cmd
	home string
}

var shared server

// errMissing says that the machine has no Java or no Maven.
var errMissing = errors.New("java and mvn are needed for a search server")

// Server returns the address of a server that all tests of this process share. OPENSEARCH_URI_TEST names a
// running one instead. Where Java or Maven is missing the test is skipped, but in CI it fails. A test
// needs a database of its own, after which its indexes are named.
func Server(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.url, shared.err = shared.start() })
	switch {
	case errors.Is(shared.err, errMissing) && os.Getenv("CI") == "":
		t.Skipf("searchtest: %v", shared.err)
	case shared.err != nil:
		t.Fatalf("searchtest: %v", shared.err)
	}
	return shared.url
}

// Close ends the server, if one was started. TestMain calls it after the tests.
func Close() error {
	if shared.cmd == nil {
		return nil
	}
	err := shared.cmd.Process.Kill()
	_ = shared.cmd.Wait() // it was killed
	return errors.Join(err, os.RemoveAll(shared.home))
}

// start returns the address of the node of OPENSEARCH_URI_TEST, or starts one. Without Java and Maven it
// returns errMissing.
func (s *server) start() (string, error) {
	if url := os.Getenv("OPENSEARCH_URI_TEST"); url != "" {
		return url, nil
	}
	for _, name := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(name); err != nil {
			return "", errMissing
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	dir := filepath.Join(cache, version)
	if err := prepare(dir); err != nil {
		return "", err
	}
	return s.run(dir)
}

// prepare fetches the jars and compiles the node, unless that is done.
func prepare(dir string) error {
	done := filepath.Join(dir, "done")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	files, err := fs.Sub(sources, "node")
	if err != nil {
		return fmt.Errorf("read the sources of the node: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), version+"-")
	if err != nil {
		return fmt.Errorf("make a folder for the node: %w", err)
	}
	defer os.RemoveAll(work)
	if err := os.CopyFS(work, files); err != nil {
		return fmt.Errorf("copy the sources of the node: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	for _, args := range [][]string{
		{"mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime"},
		{"javac", "-proc:none", "-cp", filepath.Join("lib", "*"), "-d", "classes", "OpenSearchNode.java"},
	} {
		c := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the commands of the list above
		c.Dir = work
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", args[0], err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(work, "done"), nil, 0o600); err != nil {
		return fmt.Errorf("prepare the node: %w", err)
	}
	if err := os.Rename(work, dir); err != nil {
		if _, missing := os.Stat(done); missing != nil { // another process was not faster
			return fmt.Errorf("prepare the node: %w", err)
		}
	}
	return nil
}

// run starts the node and waits until it answers.
func (s *server) run(dir string) (string, error) {
	ports, err := freePorts(2)
	if err != nil {
		return "", err
	}
	if s.home, err = os.MkdirTemp("", version+"-"); err != nil {
		return "", fmt.Errorf("make a folder for the node: %w", err)
	}
	if err := os.Mkdir(filepath.Join(s.home, "config"), 0o700); err != nil {
		return "", fmt.Errorf("make a folder for the node: %w", err)
	}
	c := exec.Command("java", "-Xms512m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m", //nolint:gosec,noctx // it lives until its test process ends
		"-Dlog4j2.configurationFile="+filepath.Join(dir, "log4j2.xml"), "-Dlog4j2.disable.jmx=true",
		"-cp", filepath.Join(dir, "classes")+string(os.PathListSeparator)+filepath.Join(dir, "lib", "*"), "OpenSearchNode", s.home, ports[0], ports[1])
	out, err := c.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("start the node: %w", err)
	}
	if err := c.Start(); err != nil {
		return "", fmt.Errorf("start the node: %w", err)
	}
	s.cmd = c
	started, said := make(chan bool, 1), strings.Builder{}
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if lines.Text() == "STARTED" {
				started <- true
				break
			}
			said.WriteString(lines.Text() + "\n")
		}
		close(started)
		for lines.Scan() { // the node must not block
		}
	}()
	select {
	case ok := <-started:
		if !ok {
			return "", fmt.Errorf("the node ended at its start\n%s", said.String())
		}
	case <-time.After(startLimit):
		return "", fmt.Errorf("the node did not start in %s", startLimit)
	}
	return "http://127.0.0.1:" + ports[0], nil
}

// freePorts returns ports of loopback on which nothing listens.
func freePorts(n int) ([]string, error) {
	var out []string
	for range n {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // they stay open until all are found
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		out = append(out, port)
	}
	return out, nil
}
