package drills_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/search/searchtest"
)

const (
	// searchNodes is the number of nodes of the search cluster, and searchKills how often one is killed.
	searchNodes, searchKills = 3, 4
	// searchWait bounds the wait for the cluster: a node needs some seconds to start on a machine without other work.
	searchWait = 3 * time.Minute
)

// TestSearchCluster kills nodes of a search cluster while authors write and delete: in turn that with the primary
// copy of an index, and the elected manager. Afterwards the index has every acknowledged change, and no deleted entry
// has returned. Each node takes a gigabyte, so it runs only at length.
func TestSearchCluster(t *testing.T) {
	if !long() {
		t.Skip("it runs with DRILL=long")
	}
	c := mustCluster(t)
	s := &scene{}
	s.server, s.key = mustSeed(t)
	var err error
	s.store, err = repository.Open(mongodb.Options{URI: s.server.URI(), Database: "patternhub", Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close(context.WithoutCancel(t.Context())) })
	h := ready(t, "--mongodb-uri", s.server.URI(), "--search-url", c.url)
	ctx, stop := context.WithTimeout(t.Context(), 10*maxWait)
	defer stop()
	e := &editors{scene: s, hub: h}
	c.mustAgree(t, e) // it is filled
	var writers sync.WaitGroup
	for i := range authors {
		writers.Go(func() { e.edit(ctx, t, i) })
	}
	for round := range searchKills {
		e.await(ctx, 20)
		victim := c.mustFind(t, []string{"primary", "manager"}[round%2])
		if err := victim.Kill(); err != nil {
			t.Fatal(err)
		}
		e.await(ctx, 20)
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		c.mustBeWhole(t)
	}
	e.await(ctx, 20)
	stop()
	writers.Wait()
	c.mustAgree(t, e)
	t.Logf("%d entries were written and %d deleted over %d kills", e.written, e.deleted, searchKills)
}

// editors write and delete companies. The counts are of what was acknowledged.
type editors struct {
	*scene

	hub *hub

	mu               sync.Mutex
	written, deleted int
}

// edit writes and publishes companies, and deletes each third, until ctx ends.
func (e *editors) edit(ctx context.Context, t *testing.T, author int) {
	t.Helper()
	for n := 0; ctx.Err() == nil; n++ {
		slug := fmt.Sprintf("search-%d-%d", author, n)
		a, err := e.hub.write(ctx, e.key, create, map[string]any{"slug": slug, "once": slug})
		if err == nil && a.ok() {
			id := a.Data["companyCreate"].(map[string]any)["company"].(map[string]any)["id"]
			a, err = e.hub.write(ctx, e.key, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, map[string]any{"id": id})
			if err == nil && a.ok() && n%3 == 2 {
				a, err = e.hub.write(ctx, e.key, `mutation($id: ID!) { entryDelete(ids: [$id]) { userErrors { message } } }`, map[string]any{"id": id})
			}
		}
		if ctx.Err() != nil {
			return // it may or may not be written; the store says
		}
		if err != nil || !a.ok() {
			t.Errorf("%s: %v %+v", slug, err, a)
			return
		}
		e.mu.Lock()
		e.written++
		if n%3 == 2 {
			e.deleted++
		}
		e.mu.Unlock()
	}
}

// await waits until n more entries were written.
func (e *editors) await(ctx context.Context, n int) {
	written := func() int {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.written
	}
	for until := written() + n; written() < until && ctx.Err() == nil; {
		<-time.After(time.Millisecond)
	}
}

// mustKeys returns the published companies that the store has.
func (e *editors) mustKeys(t *testing.T) []string {
	t.Helper()
	var out []string
	for after := ""; ; {
		keys, err := e.store.KeysAfter(t.Context(), content.Published, content.TypeCompany, after, content.MaxBatch)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == 0 {
			return out
		}
		out, after = append(out, keys...), keys[len(keys)-1]
	}
}

// searchCluster is a cluster behind a balancer, as operators put one in front of theirs.
type searchCluster struct {
	nodes []*searchtest.Node
	url   string

	listener net.Listener
	links    sync.WaitGroup
}

// mustCluster starts a cluster and waits until all nodes have joined it.
func mustCluster(t *testing.T) *searchCluster {
	t.Helper()
	c := &searchCluster{nodes: searchtest.Cluster(t, searchNodes)}
	var err error
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	c.url = "http://" + c.listener.Addr().String()
	c.links.Go(c.balance)
	t.Cleanup(func() { _ = c.listener.Close(); c.links.Wait() })
	c.mustBeWhole(t)
	return c
}

// balance connects each client to the next node that listens.
func (c *searchCluster) balance() {
	for n := 0; ; n++ {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		var server net.Conn
		for i := range c.nodes {
			if server, err = net.Dial("tcp", strings.TrimPrefix(c.nodes[(n+i)%len(c.nodes)].URL, "http://")); err == nil {
				break
			}
		}
		if err != nil {
			_ = client.Close()
			continue
		}
		c.links.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
		c.links.Go(func() { _, _ = io.Copy(client, server); _ = client.Close() })
	}
}

// ask asks the cluster and decodes its answer.
func (c *searchCluster) ask(ctx context.Context, path string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the cluster: %w", err)
	}
	r.Close = true // so that the next question may go to another node
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask the cluster: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the cluster answers %d", resp.StatusCode)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer of the cluster: %w", err)
	}
	return nil
}

// mustBecome calls check until it returns nil.
func mustBecome(t *testing.T, check func() error) {
	t.Helper()
	for end := time.Now().Add(searchWait); ; <-time.After(100 * time.Millisecond) {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// mustBeWhole waits until all nodes are in the cluster and each index has all its copies.
func (c *searchCluster) mustBeWhole(t *testing.T) {
	t.Helper()
	mustBecome(t, func() error {
		var health struct {
			Status string `json:"status"`
			Nodes  int    `json:"number_of_nodes"`
		}
		if err := c.ask(t.Context(), "/_cluster/health", &health); err != nil {
			return err
		}
		if health.Nodes != searchNodes || health.Status != "green" {
			return fmt.Errorf("the cluster has %d nodes and is %s", health.Nodes, health.Status)
		}
		return nil
	})
}

// mustFind returns the node that has the primary copy of the published index, or that is the manager.
func (c *searchCluster) mustFind(t *testing.T, role string) (node *searchtest.Node) {
	t.Helper()
	mustBecome(t, func() error {
		var rows []struct{ Node, Index, Prirep string }
		path := "/_cat/cluster_manager?format=json"
		if role == "primary" {
			path = "/_cat/shards/patternhub-*-published-*?format=json&h=node,index,prirep"
		}
		if err := c.ask(t.Context(), path, &rows); err != nil {
			return err
		}
		for _, r := range rows {
			i := slices.IndexFunc(c.nodes, func(n *searchtest.Node) bool { return n.Name == r.Node })
			if i >= 0 && (r.Prirep == "" || r.Prirep == "p") {
				node = c.nodes[i]
				return nil
			}
		}
		return fmt.Errorf("no node is the %s: %v", role, rows)
	})
	return node
}

// mustAgree waits until the published index has the companies that the store has and no others. It reads the index
// itself: the hub would not show what the store does not have.
func (c *searchCluster) mustAgree(t *testing.T, e *editors) {
	t.Helper()
	mustBecome(t, func() error {
		// A search waits for the changes that the hub knows of.
		a, err := e.hub.read(t.Context(), `{ search(query: "circuit breaker", first: 1) { totalCount } }`)
		if err != nil {
			return err
		}
		if !a.ok() {
			return fmt.Errorf("search answers %d %+v", a.status, a.Errors)
		}
		var found struct {
			Hits struct {
				Hits []struct {
					ID     string                `json:"_id"`
					Source struct{ Card string } `json:"_source"`
				}
			}
		}
		if err := c.ask(t.Context(), "/patternhub-*-published-*/_search?size=10000", &found); err != nil {
			return err
		}
		var indexed []string
		for _, h := range found.Hits.Hits {
			if _, key, ok := strings.Cut(h.ID, "COMPANY:"); ok && h.Source.Card != "" {
				indexed = append(indexed, key)
			}
		}
		slices.Sort(indexed)
		if diff := cmp.Diff(e.mustKeys(t), indexed); diff != "" {
			return fmt.Errorf("the index (-store +index):\n%s", diff)
		}
		return nil
	})
}
