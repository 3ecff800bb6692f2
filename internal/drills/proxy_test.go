package drills_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"patternhub/internal/mongodb/local"
)

// between is a proxy between hubs and their mongod.
type between struct {
	*toxiproxy.Proxy
}

// mustProxy starts a proxy for a server.
func mustProxy(t *testing.T, server *local.Server) *between {
	t.Helper()
	at, err := url.Parse(server.URI())
	if err != nil {
		t.Fatal(err)
	}
	parent := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	b := &between{toxiproxy.NewProxy(parent, "mongod", "127.0.0.1:0", at.Host)}
	b.mustOpen(t)
	t.Cleanup(b.Stop)
	return b
}

// mustOpen accepts connections again, at the same address.
func (b *between) mustOpen(t *testing.T) {
	t.Helper()
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
}

// uri returns the address of the proxy. A direct connection prevents the driver from bypassing it.
func (b *between) uri() string { return "mongodb://" + b.Listen + "/?directConnection=true" }

// mustHarm applies a toxic to all traffic in one direction: "upstream" or "downstream".
func (b *between) mustHarm(t *testing.T, toxic, direction, attributes string) {
	t.Helper()
	text := fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":%s}`, toxic, direction, attributes)
	if _, err := b.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

// mustHang drops all data but closes nothing, like a network that loses all packets.
func (b *between) mustHang(t *testing.T) {
	t.Helper()
	b.mustHarm(t, "timeout", "upstream", `{"timeout":0}`)
	b.mustHarm(t, "timeout", "downstream", `{"timeout":0}`)
}

// heal removes all toxics.
func (b *between) heal(t *testing.T) {
	t.Helper()
	b.Toxics.ResetToxics(t.Context())
}

// mustSeed starts a server with a seeded database and creates a publisher's key. Fail points of
// mongod are enabled, so that drills can make it fail.
func mustSeed(t *testing.T) (server *local.Server, key string) {
	t.Helper()
	server, err := local.Start(t.Context(), local.Options{Dir: t.TempDir(), Args: []string{"--setParameter", "enableTestCommands=1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Kill(); err != nil {
			t.Error(err)
		}
	})
	mustRun(t, "seed", "--mongodb-uri", server.URI())
	said := mustRun(t, "keys", "create", "--role", "publisher", "--mongodb-uri", server.URI())
	key, _, _ = strings.Cut(said, "\n")
	return server, key
}

// mustRun runs a command of the program to its end.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	cmd := command(t.Context(), t, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return string(out)
}
