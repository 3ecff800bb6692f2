package site

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"patternhub/internal/accept"
	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

// asked is what a URL asks for, with the question of its page. The question is nil if the page needs no
// answer.
type asked struct {
	wanted

	route    *route
	question Question
	stem     string // of its tags
}

// errMissing is the error of a page about an entry that there is not.
var errMissing = errors.New("no such entry")

// serve answers a request for a page.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, rt *route) {
	a, err := s.find(r, rt)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, rt, a)
}

// show answers a request with the page that it asks for.
func (s *Site) show(w http.ResponseWriter, r *http.Request, rt *route, a *asked) {
	if previewing(r.Context()) {
		mine := *a
		mine.preview = true
		a = &mine
	}
	if a.canonical != address(r) {
		redirect(w, a.canonical, http.StatusFound)
		return
	}
	p, err := s.page(w, r, rt, a)
	if err == nil {
		s.deliver(w, r, p)
		return
	}
	if rt.named && content.CodeOf(err) == content.BadUserInput {
		err = errMissing // all that such an address says is a slug
	}
	if errors.Is(err, errMissing) && rt == &s.missing {
		p, err = s.render(rt, a, 0, nil) // without suggestions
	}
	if a.form != nil && content.CodeOf(err) == content.BadUserInput {
		p, err = s.refused(r, rt, a, err)
	}
	if rt == &s.missing && content.CodeOf(err) == content.Unavailable {
		p, err = s.unsuggested(r, rt, a)
	}
	switch {
	case errors.Is(err, errMissing) && rt == &s.source:
		s.lacksSource(w, r)
	case errors.Is(err, errMissing) && rt.bare:
		noFile(w)
	case errors.Is(err, errMissing):
		s.serve(w, r, &s.missing)
	case err != nil:
		s.fail(w, r, err)
	default:
		s.deliver(w, r, p)
	}
}

// deliver sends a page, or nothing for nil.
func (s *Site) deliver(w http.ResponseWriter, r *http.Request, p *page) {
	switch {
	case p == nil:
	case p.file != nil:
		s.attach(w, r, p.file)
	default:
		p.send(w, r)
	}
}

// page returns the page that a URL asks for, kept or new, or nil after it has answered that the reader's
// copy is unchanged.
func (s *Site) page(w http.ResponseWriter, r *http.Request, rt *route, a *asked) (*page, error) {
	if a.question == nil {
		return s.render(rt, a, 0, nil)
	}
	reading, err := a.question.Open(r.Context())
	if err != nil {
		return nil, err //nolint:wrapcheck // its message is for the reader
	}
	if a.preview {
		// It is made for its reader alone: not taken from the pages that are kept, and not shared.
		return s.run(rt, a, reading)
	}
	revision := reading.Revision()
	kept := s.kept(a.key, revision)
	tag := a.unchanged(r, kept, revision)
	if tag == nil && kept == nil {
		return s.make(r.Context(), rt, a, reading)
	}
	if err := reading.Charge(); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	if tag == nil {
		s.count.hits.Add(1)
		return kept, nil
	}
	s.count.unchanged.Add(1)
	sayUnchanged(w, tag)
	return nil, nil //nolint:nilnil // the answer is written
}

// unchanged returns the tag of a page if the reader has the page of a revision, otherwise nil. kept is that
// page, nil if it would have to be made: then it may not exist, and "*" says nothing about it.
func (a *asked) unchanged(r *http.Request, kept *page, revision uint64) []string {
	sent := r.Header["If-None-Match"]
	if len(sent) == 0 || kept == nil && accept.Tag[string](sent) >= 0 {
		return nil
	}
	var tag []string
	if kept != nil {
		tag = kept.etag
	} else {
		tag = []string{tagOf(a.stem, revision)}
	}
	if len(tag) == 0 || accept.Tag(sent, tag...) < 0 {
		return nil
	}
	return tag
}

// sayUnchanged answers that the reader's copy is unchanged. It does not repeat the headers that the copy has.
func sayUnchanged(w http.ResponseWriter, tag []string) {
	h := w.Header()
	h["Etag"], h["Cache-Control"], h["Vary"] = tag, revalidate, varies
	for _, name := range []string{"Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Content-Type-Options"} {
		delete(h, name)
	}
	w.WriteHeader(http.StatusNotModified)
}

// find returns what a request asks for. URLs that were asked before are found by their bytes, those of a
// route that stands aside with its pattern.
func (s *Site) find(r *http.Request, rt *route) (*asked, error) {
	at := address(r)
	url := at
	if rt.aside {
		url = rt.pattern + " " + at
	}
	if a := s.asked.Get(url); a != nil {
		return a, nil
	}
	a := &asked{wanted: rt.read(r), route: rt}
	a.stem = s.stem(a.key)
	if a.vars != nil && a.canonical == at {
		var err error
		if a.question, err = s.o.Ask(rt.document, a.vars); err != nil {
			return nil, err //nolint:wrapcheck // its message is for the reader
		}
	}
	s.asked.Set(url, a)
	return a, nil
}

// address returns the address of a request on this site.
func address(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + r.URL.RawQuery
}

// redirect sends a reader to another address of the site.
func redirect(w http.ResponseWriter, to string, status int) {
	h := w.Header()
	h["Location"], h["Cache-Control"] = []string{to}, revalidate
	w.WriteHeader(status)
}

// make renders a page once for all equal concurrent requests, on the goroutine of the first. The page is made
// to its end even if that reader leaves, since others may wait for it.
func (s *Site) make(ctx context.Context, rt *route, a *asked, reading Reading) (*page, error) {
	flight := a.key + " " + strconv.FormatUint(reading.Revision(), 36)
	first := false
	made, err, _ := s.making.Do(flight, func() (any, error) {
		first = true
		return s.run(rt, a, reading)
	})
	if ctx.Err() != nil {
		return nil, ctx.Err() //nolint:wrapcheck // the reader has left
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // its message is for the reader
	}
	if !first {
		// A reader who shares a run pays like for a kept page.
		if err := reading.Charge(); err != nil {
			return nil, err //nolint:wrapcheck // its message is for the reader
		}
	}
	return made.(*page), nil //nolint:forcetypeassert // run returns a page
}

// run asks the document, renders its answer and keeps the page. It turns a panic into an error, so that
// the others who wait for the page get an answer.
func (s *Site) run(rt *route, a *asked, reading Reading) (p *page, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			s.o.Log.Error("a page panicked", slog.String("page", rt.pattern), slog.Any("value", fault), slog.String("stack", string(debug.Stack())))
			p, err = nil, content.Fault(content.Internal, "")
		}
	}()
	s.count.misses.Add(1)
	data, keep, err := reading.Run()
	if err != nil {
		return nil, err //nolint:wrapcheck // its message is for the reader
	}
	if p, err = s.render(rt, a, reading.Revision(), data); err != nil {
		return nil, err
	}
	p.revision = reading.Revision()
	keep = keep && !a.preview
	if keep && p.status == http.StatusOK {
		p.etag = []string{tagOf(a.stem, p.revision)}
	}
	// A page of an older revision makes way for this one.
	if keep && s.ready != nil {
		s.ready.Set(a.key, p)
	}
	return p, nil
}

// fail answers with the page of an error.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	n := pages.NoticeText{Link: "/", LinkText: "To the first page"}
	status := http.StatusInternalServerError
	switch content.CodeOf(err) {
	case content.Unauthenticated:
		s.signIn(w, r, false)
		return
	case content.BadUserInput, content.LimitExceeded:
		s.o.Log.WarnContext(r.Context(), "a page was refused", slog.Any("error", err))
		status, n.Title = http.StatusBadRequest, "The address is not understood"
		n.Text = "A part of it, perhaps the place in a list, does not exist or no longer exists."
		n.Link, n.LinkText = r.URL.EscapedPath(), "To the beginning of this page"
	case content.RateLimited:
		status, n.Title = http.StatusTooManyRequests, "Too many pages at once"
		n.Text = "Many requests came from your network. Wait a moment and load the page again."
	case content.Unavailable:
		status, n.Title = http.StatusServiceUnavailable, "The hub is not ready"
		n.Text = "It is preparing its content or cannot reach it. Load the page again in a moment."
	case content.Timeout:
		status, n.Title = http.StatusGatewayTimeout, "This took too long"
		n.Text = "The hub is busy. Load the page again in a moment."
	default:
		n.Title, n.Text = "This page could not be made", "The fault is ours and has been recorded."
		if previewing(r.Context()) {
			status, n.Title = http.StatusConflict, "This draft cannot be shown yet"
			n.Text = "It may refer to an entry that is neither published nor part of this preview. Its author can publish that, or add it to a new preview."
		}
		n.Request = w.Header().Get("X-Request-Id")
	}
	var later interface{ RetryAfter() time.Duration }
	if errors.As(err, &later) {
		w.Header().Set("Retry-After", strconv.Itoa(int((later.RetryAfter()+time.Second-1)/time.Second)))
	}
	s.notice(w, r, status, n)
}
