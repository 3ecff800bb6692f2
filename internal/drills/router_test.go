package drills_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/local"
	generated "patternhub/internal/porting/sample"
	"patternhub/internal/repository"
)

// router presents a replica set as a router of a sharded cluster: it changes the answers to hello, by
// which drivers learn what they talk to. So the program takes the way of a sharded cluster, with sessions
// and transactions as for a mongos; that the data is on several servers is not simulated.
type router struct {
	listener net.Listener
	server   string
	links    sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func mustRouter(t *testing.T, server *local.Server) *router {
	t.Helper()
	at, err := url.Parse(server.URI())
	if err != nil {
		t.Fatal(err)
	}
	r := &router{server: at.Host}
	if r.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	r.links.Go(r.accept)
	t.Cleanup(func() {
		_ = r.listener.Close()
		r.mu.Lock()
		for _, c := range r.conns {
			_ = c.Close()
		}
		r.mu.Unlock()
		r.links.Wait()
	})
	return r
}

// uri has no directConnection: the driver is to find out that this is a router.
func (r *router) uri() string { return fmt.Sprintf("mongodb://%s/", r.listener.Addr()) }

func (r *router) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		r.links.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
		r.links.Go(func() { _ = answers(client, server); _ = client.Close() })
	}
}

// The codes of answers, and where their document begins.
const (
	opReply, replyDocument = 1, 16 + 20
	opMsg, msgDocument     = 2013, 16 + 5
)

// answers copies the server's messages to a client and changes those that are answers to hello.
func answers(client io.Writer, server io.Reader) error {
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(server, head); err != nil {
			return err //nolint:wrapcheck // the link ends
		}
		message := append(head, make([]byte, binary.LittleEndian.Uint32(head)-16)...)
		if _, err := io.ReadFull(server, message[16:]); err != nil {
			return err //nolint:wrapcheck // the link ends
		}
		at := msgDocument
		if binary.LittleEndian.Uint32(message[12:]) == opReply {
			at = replyDocument
		}
		if doc := bson.Raw(message[at:]); doc.Lookup("maxWireVersion").Type != 0 {
			message = append(slices.Clip(message[:at]), asRouter(doc)...)
			binary.LittleEndian.PutUint32(message, uint32(len(message)))
		}
		if _, err := client.Write(message); err != nil {
			return err //nolint:wrapcheck // the link ends
		}
	}
}

// asRouter returns an answer to hello as a router gives it.
func asRouter(hello bson.Raw) []byte {
	var fields bson.D
	if err := bson.Unmarshal(hello, &fields); err != nil {
		return hello
	}
	ofSet := []string{"setName", "setVersion", "hosts", "primary", "me", "electionId", "secondary", "lastWrite", "topologyVersion"}
	fields = slices.DeleteFunc(fields, func(e bson.E) bool { return slices.Contains(ofSet, e.Key) })
	out, err := bson.Marshal(append(fields, bson.E{Key: "msg", Value: "isdbgrid"}))
	if err != nil {
		return hello
	}
	return out
}

// drillRouter imports a sample through a router, and writes, publishes and reads in a hub behind it.
func drillRouter(t *testing.T, s *scene) {
	t.Helper()
	r := mustRouter(t, s.server)
	o := generated.Options{Patterns: 60, Bytes: 3000}
	file := filepath.Join(t.TempDir(), "sample.ndjson")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := generated.Write(out, o); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	const database = "drill_router"
	mustRun(t, "import", file, "--publish", "--mongodb-uri", r.uri(), "--mongodb-database", database)
	store, err := repository.Open(mongodb.Options{URI: s.server.URI(), Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close(t.Context())
	mustBeImported(t, store, o)

	h := ready(t, "--mongodb-uri", r.uri())
	a, err := h.write(t.Context(), s.key, create, map[string]any{"slug": "drill-router", "once": "router"})
	if err != nil || !a.ok() {
		t.Fatal(err, a)
	}
	company, _ := a.Data["companyCreate"].(map[string]any)["company"].(map[string]any)
	a, err = h.write(t.Context(), s.key, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, map[string]any{"id": company["id"]})
	if err != nil || !a.ok() {
		t.Fatal(err, a)
	}
	a, err = h.read(t.Context(), `{ company(slug: "drill-router") { slug } patterns(first: 2) { totalCount nodes { slug tier { slug } } facets(fields: [CATEGORY, TIER]) { field values { value count } } } }`)
	if err != nil || !a.ok() || a.Data["company"] == nil {
		t.Errorf("behind a router: %v %+v", err, a)
	}
}
