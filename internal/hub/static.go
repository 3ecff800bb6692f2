package hub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/site/static"
)

// siteCommand is the command that writes the site as files.
const siteCommand = "site"

// maxNotes is the number of dead links that the command prints.
const maxNotes = 20

// copySite writes the site as files for a static host.
func (p *Program) copySite(ctx context.Context) error {
	base, err := basePath(p.cli.Copy.Base)
	if err != nil {
		return err
	}
	p.cli.Copy.Base = base
	// The pages are those of a reader without a key, who asks for all of them in one burst. They are kept in
	// files rather than in memory, and none of them searches.
	cfg := &p.cli.Config
	cfg.Site, cfg.Anonymous, cfg.Playground, cfg.LimitMode = "on", "on", "off", "measure"
	cfg.ResponseCache, cfg.SearchDir, cfg.SearchURL = "off", "off", ""
	h := &hub{program: p, vector: cache.NewRevisions(content.State{})}
	defer h.close(ctx)
	if err := h.compose(ctx); err != nil {
		return err
	}
	if err := h.prepareOnce(ctx); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer func() { stop(); running.Wait() }()
	// Reads need a recent moment, so the export follows the log like a hub that serves.
	begun, _ := h.vector.Now()
	h.feed.Lead(begun.Seq, h.networks.Note, h.vector.Advance)
	running.Go(func() { _ = h.feed.Run(background) })
	return h.copy(ctx)
}

// copy writes the site and prints what that changed.
func (h *hub) copy(ctx context.Context) error {
	p := h.program
	begun, bar := time.Now(), newProgress(p.out)
	report, err := static.Export(ctx, h.pages, p.cli.Copy.Dir, static.Options{
		Base: p.cli.Copy.Base, Origin: p.origin(), Made: h.pages.Made(), Progress: bar.show,
	})
	bar.end()
	if err != nil {
		return err
	}
	for i, address := range report.Lost {
		if i == maxNotes {
			p.say("note      %d more links lead nowhere", len(report.Lost)-maxNotes)
			break
		}
		p.say("note      a link to %s is left out: nothing is published there", address)
	}
	for _, problem := range report.Problems {
		p.say("problem   %s", problem)
	}
	if p.cli.SiteURL == "" {
		p.say("note      without SITE_URL there is no absolute address: sitemap.xml, feed.atom and the pictures of links are left out")
	}
	p.say("note      the wizards, the comparison and the calculator need a server and are left out")
	p.say("Site: %s, in %.1f s.", report, time.Since(begun).Seconds())
	if len(report.Problems) > 0 {
		return errors.New("some files were not written; the rest was exported")
	}
	return nil
}

// origin returns the address that the site's pages begin with, empty if it is not known.
func (p *Program) origin() string {
	if p.cli.SiteURL == "" {
		return ""
	}
	if p.command != siteCommand {
		return p.cli.SiteURL
	}
	return p.cli.SiteURL + p.cli.Copy.Base
}

// basePath returns a path without the slash at its end, empty for the top of a host.
func basePath(of string) (string, error) {
	u, err := url.Parse(of)
	clean := strings.TrimSuffix(of, "/")
	if err != nil || !strings.HasPrefix(of, "/") || u.EscapedPath() != of || u.RawQuery != "" || u.Host != "" || path.Clean("/"+clean) != "/"+strings.TrimPrefix(clean, "/") {
		return "", fmt.Errorf("invalid --base %q: it must be a path such as /docs/", of)
	}
	return clean, nil
}
