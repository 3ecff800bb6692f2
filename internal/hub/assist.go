package hub

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph"
	"patternhub/internal/config"
	"patternhub/internal/mcp"
	"patternhub/internal/web"
)

// localURL is the address of a hub on this machine.
const localURL = "http://127.0.0.1:8080"

// apiSchema returns the schema of the API, which resolvers do not change.
func apiSchema() *ast.Schema { return graph.NewExecutableSchema(graph.Config{}).Schema() }

// assistants returns the function that builds the handler of /mcp, nil if MCP is off.
func (h *hub) assistants(limits web.Limits) func(http.Handler) http.Handler {
	cfg := &h.program.cli.Config
	if cfg.MCP == "off" {
		return nil
	}
	return func(public http.Handler) http.Handler {
		return mcp.New(mcp.Options{
			API: mcp.InProcess(public), URL: localURL + "/graphql", Schema: apiSchema(), SiteURL: cfg.SiteURL,
			Log: h.program.log, Version: h.program.version, BodyBytes: limits.BodyBytes, Deadline: limits.Deadline,
		})
	}
}

// assist serves one assistant over standard input and output, with the key in HUB_KEY. Only messages of
// the protocol go there.
func (p *Program) assist(ctx context.Context) error {
	address := cmp.Or(p.cli.Assist.URL, p.getenv("HUB_URL"), localURL)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || address != u.Scheme+"://"+u.Host {
		return fmt.Errorf("invalid --url %q: it must be an address without a path, such as https://hub.example", address)
	}
	limits := config.DefaultLimits()
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return fmt.Errorf("the transport is a %T", http.DefaultTransport)
	}
	transport = transport.Clone()
	defer transport.CloseIdleConnections()
	s := mcp.New(mcp.Options{
		API: transport, URL: address + "/graphql", Schema: apiSchema(), SiteURL: address,
		Log: p.log, Version: p.version, BodyBytes: limits.BodyBytes, Deadline: limits.Deadline + answerTime,
	})
	return s.Serve(ctx, p.getenv("HUB_KEY"), os.Stdin, stdout{p.out})
}

// answerTime is what an answer may take on its way, beyond the time in which the hub makes it.
const answerTime = 10 * time.Second

// stdout is the output as a stream that ends with the program.
type stdout struct{ io.Writer }

// Close does nothing.
func (stdout) Close() error { return nil }
