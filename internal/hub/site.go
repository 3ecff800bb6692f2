package hub

import (
	"context"
	"net/http"

	"patternhub/internal/config"
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
		return site.New(site.Options{
			Ask: func(document string, vars map[string]any) (site.Question, error) {
				q, err := ask(document, vars)
				if err != nil {
					return nil, err
				}
				return question{q}, nil
			},
			Title: cfg.SiteTitle, Origin: cfg.SiteURL, Overrides: cfg.SiteAssets,
			Playground: cfg.Playground == "on" && cfg.Profile != "locked",
			Build:      h.program.version, CacheBytes: kept / siteShare, Log: h.program.log,
		})
	}
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
