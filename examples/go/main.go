// Command go lists a hub's gold patterns through a typed client, which genqlient generates
// from queries.graphql and the schema:
//
//	go tool genqlient genqlient.yaml && HUB_URL=http://127.0.0.1:8080 go run .
package main

//go:generate go tool genqlient genqlient.yaml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/Khan/genqlient/graphql"
)

// timeout bounds each request.
const timeout = 10 * time.Second

func main() {
	if err := run(context.Background(), os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, getenv func(string) string) error {
	url := getenv("HUB_URL")
	if url == "" {
		url = "http://127.0.0.1:8080"
	}
	client := graphql.NewClient(url+"/graphql", &http.Client{Timeout: timeout, Transport: keyed{getenv("HUB_KEY")}})
	shown := 0
	for after := (*string)(nil); ; {
		page, err := GoldPatterns(ctx, client, 10, after)
		if err != nil {
			return fmt.Errorf("list patterns: %w", err)
		}
		for _, p := range page.Patterns.Nodes {
			minutes := 0
			if p.ReadingMinutes != nil {
				minutes = *p.ReadingMinutes
			}
			fmt.Fprintf(out, "%-30s %3d min  %s\n", p.Slug, minutes, p.Name)
			shown++
		}
		if !page.Patterns.PageInfo.HasNextPage {
			if shown != page.Patterns.TotalCount {
				return fmt.Errorf("%d of %d patterns were listed", shown, page.Patterns.TotalCount)
			}
			break
		}
		after = page.Patterns.PageInfo.EndCursor
	}
	found, err := Companies(ctx, client, "circuit-breaker")
	if err != nil {
		return fmt.Errorf("find companies: %w", err)
	}
	if found.Pattern == nil {
		return errors.New("there is no circuit breaker")
	}
	fmt.Fprintf(out, "\n%s:\n", found.Pattern.Name)
	for _, c := range found.Pattern.Companies.Edges {
		scale := "no figure"
		if c.Scale != nil {
			scale = *c.Scale
		}
		fmt.Fprintf(out, "  %s (%s)\n", c.Node.Name, scale)
	}
	return nil
}

// keyed is a transport that adds an API key to each request, if there is one.
type keyed struct{ key string }

// RoundTrip sends a request with the key.
func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	return http.DefaultTransport.RoundTrip(r)
}
