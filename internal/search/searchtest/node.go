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
const version = "patternhub-opensearch-2.19.6-2"

const (
	// fetchLimit bounds the download of the jars.
	fetchLimit = 5 * time.Minute
	// startLimit bounds the start of a node, which takes some seconds on a machine without other work.
	startLimit = 2 * time.Minute
)

// server is the node that the tests of this process share.
type server struct {
	once sync.Once
	url  string
	err  error
	node *Node
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
	demand(t, shared.err)
	return shared.url
}

// demand skips or fails a test that has no server.
func demand(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errMissing) && os.Getenv("CI") == "":
		t.Skipf("searchtest: %v", err)
	case err != nil:
		t.Fatalf("searchtest: %v", err)
	}
}

// Close ends the server, if one was started. TestMain calls it after the tests.
func Close() error {
	if shared.node == nil {
		return nil
	}
	return errors.Join(shared.node.Kill(), os.RemoveAll(shared.node.home))
}

// start returns the address of the node of OPENSEARCH_URI_TEST, or starts one. Without Java and Maven it
// returns errMissing.
func (s *server) start() (string, error) {
	if url := os.Getenv("OPENSEARCH_URI_TEST"); url != "" {
		return url, nil
	}
	list, err := nodes(1)
	if err != nil {
		return "", err
	}
	s.node = list[0]
	return s.node.URL, s.node.Start()
}

// Node is a server of its own, for a test that kills it.
type Node struct {
	// Name is that of the node in its cluster, URL its address.
	Name, URL string

	dir, home string
	ports     []string // for HTTP and for other nodes
	peers     []string
	cmd       *exec.Cmd
}

// Cluster starts n servers that know each other, and ends them with the test. See Server for machines without Java.
func Cluster(t testing.TB, n int) []*Node {
	t.Helper()
	list, err := nodes(n)
	demand(t, err)
	started := make(chan error, n)
	for _, node := range list {
		t.Cleanup(func() {
			if err := errors.Join(node.Kill(), os.RemoveAll(node.home)); err != nil {
				t.Errorf("searchtest: %v", err)
			}
		})
		go func() { started <- node.Start() }()
	}
	for range list {
		err = errors.Join(err, <-started)
	}
	demand(t, err)
	return list
}

// nodes prepares n nodes, with a folder and ports for each.
func nodes(n int) ([]*Node, error) {
	for _, name := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil, errMissing
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find the cache: %w", err)
	}
	dir := filepath.Join(cache, version)
	if err := prepare(dir); err != nil {
		return nil, err
	}
	ports, err := freePorts(2 * n)
	if err != nil {
		return nil, err
	}
	var peers []string
	if n > 1 {
		peers = ports[n:]
	}
	var out []*Node
	for i := range n {
		node := &Node{Name: ports[n+i], URL: "http://127.0.0.1:" + ports[i], dir: dir, ports: []string{ports[i], ports[n+i]}, peers: peers}
		if node.home, err = os.MkdirTemp("", version+"-"); err == nil {
			err = os.Mkdir(filepath.Join(node.home, "config"), 0o700)
		}
		if err != nil {
			return nil, fmt.Errorf("make a folder for the node: %w", err)
		}
		out = append(out, node)
	}
	return out, nil
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

// Kill ends the node at once, as kill -9 does. What it has acknowledged is on its disk. A node that does not run
// stays as it is.
func (n *Node) Kill() error {
	if n.cmd == nil {
		return nil
	}
	err := n.cmd.Process.Kill()
	_ = n.cmd.Wait() // it was killed
	n.cmd = nil
	return err //nolint:wrapcheck // it says what failed
}

// Start starts the node, for the first time or after Kill, and waits until it runs.
func (n *Node) Start() error {
	args := append([]string{
		"-Xms512m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m",
		"-Dlog4j2.configurationFile=" + filepath.Join(n.dir, "log4j2.xml"), "-Dlog4j2.disable.jmx=true",
		"-cp", filepath.Join(n.dir, "classes") + string(os.PathListSeparator) + filepath.Join(n.dir, "lib", "*"), "OpenSearchNode", n.home, n.ports[0], n.ports[1],
	}, n.peers...)
	c := exec.Command("java", args...) //nolint:gosec,noctx // it lives until its test ends
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start the node: %w", err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("start the node: %w", err)
	}
	n.cmd = c
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
			return fmt.Errorf("the node ended at its start\n%s", said.String())
		}
	case <-time.After(startLimit):
		return fmt.Errorf("the node did not start in %s", startLimit)
	}
	return nil
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
