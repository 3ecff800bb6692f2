package mongodb_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository/storetest"
)

// The driver's own encoder is the reference.
func TestCommandsHaveTheBytesOfTheDriver(t *testing.T) {
	type word string
	for name, v := range map[string]any{
		"null":                   nil,
		"text":                   "Überraschung \x00 end",
		"no text":                "",
		"true":                   true,
		"false":                  false,
		"small int":              7,
		"negative int":           -1,
		"largest int of 32 bits": math.MaxInt32,
		"int of 64 bits":         math.MaxInt32 + 1,
		"smallest int":           math.MinInt64,
		"int64":                  int64(7),
		"int32":                  int32(7),
		"float":                  1.5,
		"NaN":                    math.NaN(),
		"time":                   time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.FixedZone("", 3600)),
		"time before 1970":       time.Date(1950, 1, 2, 3, 4, 5, 678_999_999, time.UTC),
		"regular expression":     bson.Regex{Pattern: "^a", Options: "i"},
		"timestamp":              bson.Timestamp{T: 1, I: 2},
		"smallest key":           bson.MinKey{},
		"document":               bson.D{{Key: "$in", Value: bson.A{nil, "", bson.D{}}}},
		"no document":            bson.D{},
		"array":                  bson.A{1, "two", bson.A{}},
		"long array":             make(bson.A, 120),
		"texts":                  []string{"a", "b"},
		"no texts":               []string{},
		"words":                  []word{"a"},
		"a word":                 word("a"),
		"a pointer":              new("text"),
	} {
		t.Run(name, func(t *testing.T) {
			d := bson.D{{Key: "before", Value: 1}, {Key: "value", Value: v}, {Key: "after", Value: "x"}}
			want, err := bson.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if got := mongodb.Raw(d); !bytes.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, bson.Raw(want))
			}
		})
	}
}

// A reply has at most 16 MB, and a list may be larger. Each of these entries has 3 MB, since its text is
// stored as Markdown, as HTML and as plain text.
func TestAListLargerThanOneReplyIsRead(t *testing.T) {
	s := storetest.Open(t)
	const entries, size = 6, 1 << 20
	for i := range entries {
		p := storetest.Pattern(fmt.Sprintf("p%d", i), fmt.Sprintf("P %d", i), 5)
		p.Body.Markdown = strings.Repeat("word ", size/5)
		storetest.Put(t, s, p)
	}
	for name, window := range map[string]content.Window{"a page": {Limit: 50}, "all": {}} {
		t.Run(name, func(t *testing.T) {
			found, err := s.At(content.Drafts).Patterns.FindPages(t.Context(), content.Query{Window: window}, content.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if len(found[0].Items) != entries {
				t.Fatalf("%d entries, want %d", len(found[0].Items), entries)
			}
			for i, p := range found[0].Items {
				if p.Key != fmt.Sprintf("p%d", i) || len(p.Body.Text) < size/2 {
					t.Errorf("entry %d is %s with %d bytes of text", i, p.Key, len(p.Body.Text))
				}
			}
		})
	}
}

// cutter forwards connections to a server and cuts those that send a find, as often as cuts says.
type cutter struct {
	net.Listener
	server string
	cuts   atomic.Int32
}

// mustCutter starts a proxy of a server on a free port of the loopback address. The test ends only after all
// its connections have ended.
func mustCutter(t *testing.T, server string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, server: server}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { c.forward(from) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	return c
}

// forward copies between a client and the server until one of them ends. It looks for the command in each
// read by itself, which is enough since the driver writes a small message at once.
func (c *cutter) forward(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var replies sync.WaitGroup
	replies.Go(func() { _, _ = io.Copy(client, server); _ = client.Close() })
	defer replies.Wait()
	defer server.Close()
	buffer := make([]byte, 64<<10) // more than a message of the test has
	for {
		n, err := client.Read(buffer)
		if bytes.Contains(buffer[:n], []byte("\x02find\x00")) && c.cuts.Add(-1) >= 0 {
			return
		}
		if _, wrong := server.Write(buffer[:n]); err != nil || wrong != nil {
			return
		}
	}
}

// TestAReadIsRepeatedOnce cuts the connection of a read. The caller does not notice one cut; after
// two the error is Unavailable.
func TestAReadIsRepeatedOnce(t *testing.T) {
	uri, database := mongotest.Open(t)
	at, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	proxy := mustCutter(t, at.Host)
	s, err := mongodb.Open(mongodb.Options{URI: "mongodb://" + proxy.Addr().String() + "/?directConnection=true&serverSelectionTimeoutMS=20000", Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(context.WithoutCancel(t.Context())) }()
	// After a cut the driver looks for the server again, for which a busy machine takes a while.
	for cuts, want := range map[int32]content.Code{0: "", 1: "", 2: content.Unavailable} {
		proxy.cuts.Store(cuts)
		_, err := s.At(content.Drafts).Tiers.ByKeys(t.Context(), []string{"gold"})
		if (err != nil) != (want != "") || err != nil && content.CodeOf(err) != want {
			t.Errorf("after %d cuts the error is %v, want %q", cuts, err, want)
		}
	}
}
