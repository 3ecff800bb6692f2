package site

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"patternhub/internal/accept"
	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

const (
	// sourceSuffix at the end of an entry's path is the address of its Markdown.
	sourceSuffix = ".md"
	sourceMedia  = "text/markdown"
)

// wantsSource reports whether a request asks for the Markdown of an entry, by its address or by what it
// accepts.
func (s *Site) wantsSource(r *http.Request) bool {
	if s.o.Source == nil {
		return false
	}
	return strings.HasSuffix(r.URL.Path, sourceSuffix) || prefersMarkdown(r.Header["Accept"])
}

// prefersMarkdown reports whether a reader takes Markdown rather than HTML.
func prefersMarkdown(headers []string) bool {
	joined := strings.ToLower(strings.Join(headers, ","))
	if !strings.Contains(joined, sourceMedia) {
		return false
	}
	// A part may be repeated; the largest weight counts.
	weight := map[string]float64{}
	for part := range strings.SplitSeq(joined, ",") {
		media, options, _ := strings.Cut(part, ";")
		media = strings.TrimSpace(media)
		weight[media] = max(weight[media], accept.Weight(options))
	}
	return weight[sourceMedia] > 0 && weight[sourceMedia] >= weight["text/html"]
}

// sourceRoute returns the Markdown of entries. It is reached by wantsSource, not by its pattern.
func (s *Site) sourceRoute() route {
	read := func(r *http.Request) wanted {
		path, suffixed := strings.CutSuffix(r.URL.Path, sourceSuffix)
		w := wanted{canonical: address(r), key: "markdown " + path, vars: map[string]any{"path": escaped(path)}}
		if suffixed {
			w.canonical, w.key = escaped(r.URL.Path), w.key+sourceSuffix
		}
		return w
	}
	return file("/{source}", pages.SourceQuery, read, func(a *asked, _ uint64, answer *pages.SourceAnswer) (*page, error) {
		if answer.Missing() {
			return nil, errMissing
		}
		// A former address leads to the present one in the form that was asked for.
		suffix := ""
		if strings.HasSuffix(a.key, sourceSuffix) {
			suffix = sourceSuffix
		}
		plain, _, _ := strings.Cut(a.canonical, "?")
		if path := answer.Entry.ResourcePath; !samePath(path+suffix, plain) {
			return &page{status: http.StatusMovedPermanently, location: path + suffix}, nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), walkLimit)
		defer cancel()
		body, err := s.o.Source(ctx, answer.Entry.ID)
		switch {
		case err != nil:
			return nil, walkError(ctx, err)
		case body == nil:
			return nil, errMissing // it was unpublished a moment ago
		}
		p := text(sourceMedia+"; charset=utf-8", string(body))
		if s.frame.Origin != "" {
			p.link = []string{"<" + s.frame.Origin + answer.Entry.ResourcePath + `>; rel="canonical"`}
		}
		return p, nil
	})
}

// lacksSource answers a request for the Markdown of what is no entry: with its page if only the header
// asked for Markdown.
func (s *Site) lacksSource(w http.ResponseWriter, r *http.Request) {
	if plain, ok := strings.CutSuffix(r.URL.Path, sourceSuffix); ok {
		if to := s.standIn(plain); to != "" {
			redirect(w, to, http.StatusMovedPermanently)
			return
		}
		s.serve(w, r, &s.missing)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// standIn returns where an address of Markdown leads that no entry has, without the suffix; empty for nowhere.
// Links among the files of authors name such addresses: /pattern/saga.md by the folder of the type, and
// /laws/index.md or /laws.md for a list.
func (s *Site) standIn(address string) string {
	if path.Clean(address) != address {
		return "" // with an empty segment it could begin with two slashes, and so name another host
	}
	stem, slug, _ := strings.Cut(strings.TrimPrefix(address, "/"), "/")
	if t, ok := content.TypeByStem(stem); ok && slug != "" {
		return (&content.Meta{Type: t, Slug: slug}).ResourcePath() + sourceSuffix
	}
	address = "/" + strings.Trim(strings.TrimSuffix(address, "/index"), "/")
	// The routes of single entries and of the tree of pages have a variable; the entry is known to be missing.
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: address}})
	if pattern == method+address || pattern == method+"/{$}" {
		return escaped(address)
	}
	return ""
}
