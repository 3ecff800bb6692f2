package hub

import (
	"context"
	"fmt"
	"net/http"

	"patternhub/internal/config"
	"patternhub/internal/content"
	"patternhub/internal/porting"
	"patternhub/internal/site"
	"patternhub/internal/web"
)

// siteShare is the part of RESPONSE_CACHE that ready pages may take besides it, as one in so many.
const siteShare = 2

// site returns the function that builds the site over the server, nil if SITE is off.
func (h *hub) site() func(web.Ask) (http.Handler, error) {
	cfg := &h.program.cli.Config
	if cfg.Site == "off" {
		return nil
	}
	return func(ask web.Ask) (http.Handler, error) {
		kept, err := config.Bytes(cfg.ResponseCache)
		if err != nil {
			return nil, err
		}
		h.pages, err = site.New(site.Options{
			Ask: func(document string, vars map[string]any) (site.Question, error) {
				q, err := ask(document, vars)
				if err != nil {
					return nil, err
				}
				return question{q}, nil
			},
			// The server is there before the first request.
			Preview: func(ctx context.Context, token string) (context.Context, error) { return h.web.Preview(ctx, token) },
			Entries: h.published, Source: h.source, Contact: cfg.SiteContact, Diagrams: h.diagrams,
			Files: h.db.OpenFile,
			Title: cfg.SiteTitle, Origin: h.program.origin(), Overrides: cfg.SiteAssets, Static: h.program.command == siteCommand,
			Playground: cfg.Playground == "on" && cfg.Profile != "locked",
			Build:      h.program.version, CacheBytes: kept / siteShare, Log: h.program.log,
		})
		if err != nil {
			return nil, fmt.Errorf("make the site: %w", err)
		}
		h.telemetry.observeSite(h.pages)
		return h.pages, nil
	}
}

// published calls visit with each published entry.
func (h *hub) published(ctx context.Context, visit func(site.Listed)) error {
	graph := h.db.At(content.Published)
	for _, t := range content.Types() {
		for after := ""; ; {
			keys, err := h.db.KeysAfter(ctx, content.Published, t, after, content.MaxBatch)
			if err != nil {
				return fmt.Errorf("list entries: %w", err)
			}
			if len(keys) == 0 {
				break
			}
			after = keys[len(keys)-1]
			entries, err := graph.Reader(t).EntriesByKeys(ctx, keys)
			if err != nil {
				return fmt.Errorf("read entries: %w", err)
			}
			for _, e := range entries {
				if e != nil { // it has not been unpublished since
					visit(listed(e.Head()))
				}
			}
		}
	}
	return nil
}

// listed returns an entry in the form that the site's lists take.
func listed(m *content.Meta) site.Listed {
	out := site.Listed{ID: m.ID().String(), Path: m.ResourcePath(), Group: m.Type.Plural(), Name: m.Name, Summary: m.Summary}
	for _, slug := range m.FormerSlugs {
		former := content.Meta{Type: m.Type, Slug: slug}
		out.Former = append(out.Former, former.ResourcePath())
	}
	if m.PublishedAt != nil {
		out.Published = *m.PublishedAt
	}
	return out
}

// source returns the Markdown of a published entry, nil if it is not published.
func (h *hub) source(ctx context.Context, id string) ([]byte, error) {
	parsed, err := content.ParseID(id)
	if err != nil {
		return nil, err //nolint:wrapcheck // it has a code
	}
	return porting.Published(ctx, h.db, parsed) //nolint:wrapcheck // it says what was read
}

// question is a question in the form that the site takes.
type question struct{ *web.Question }

// Open begins to answer it.
func (q question) Open(ctx context.Context) (site.Reading, error) {
	r, err := q.Question.Open(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // its message is for the reader
	}
	return r, nil
}
