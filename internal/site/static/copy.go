package static

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// workers is the number of pages that are made at once. Making one waits for the database now and then.
const workers = 4

// copier is one copy. Its maps are changed between waves only.
type copier struct {
	site Site
	o    Options
	to   *folder

	starts  map[string]bool   // addresses that the copy begins with
	targets map[string]target // by file
	folded  map[string]string // files by their names in lower case
	failed  map[string]int    // the status of addresses that are not there
	// withdrawn are those among them that the copy began with: records do not say who links to these.
	withdrawn []target
	problems  []Problem
	rendered  int
	done      int
}

// probe asks for what pages of the last copy would link to if it were there, so that they need not be written
// twice to find that it still is not.
func (x *copier) probe(ctx context.Context) error {
	for _, r := range x.to.sorted() {
		for _, address := range r.Lost {
			if u, err := url.Parse(address); err != nil || !strings.HasPrefix(u.Path, "/") || x.failed[address] != 0 {
				continue // the list may have been edited
			}
			a, err := x.ask(ctx, address, "")
			if err != nil {
				return err
			}
			if a.status >= http.StatusBadRequest {
				x.failed[address] = a.status
			}
		}
	}
	return nil
}

// round follows all links, in waves: each has what the one before links to.
func (x *copier) round(ctx context.Context, starts []string) error {
	x.starts, x.targets, x.folded = map[string]bool{}, map[string]target{}, map[string]string{}
	var wave []target
	for _, address := range starts {
		u, err := url.Parse(address)
		if err != nil {
			return fmt.Errorf("the site names an address that is none: %w", err)
		}
		t, ok := targetOf(u, 1)
		if !ok {
			x.problems = append(x.problems, Problem{address, "no file can have this name"})
			continue
		}
		x.starts[t.address] = true
		wave = append(wave, t)
	}
	for wave = x.claim(wave); len(wave) > 0; {
		found, err := x.wave(ctx, wave)
		if err != nil {
			return err
		}
		wave = x.claim(found)
	}
	return nil
}

// claim returns the targets whose files nothing else has, in order. Of names that differ by case only, which
// many file systems hold to be one, the first keeps it.
func (x *copier) claim(found []target) []target {
	slices.SortFunc(found, func(a, b target) int { return strings.Compare(a.file+" "+a.address, b.file+" "+b.address) })
	var out []target
	for _, t := range found {
		if _, ok := x.targets[t.file]; ok || x.failed[t.address] != 0 {
			continue
		}
		lower := strings.ToLower(t.file)
		if other := x.folded[lower]; other != "" {
			x.failed[t.address] = http.StatusConflict
			x.problems = append(x.problems, Problem{t.file, "differs only by case from " + other + ", which many file systems hold to be the same; it is left out"})
			continue
		}
		x.targets[t.file], x.folded[lower] = t, t.file
		out = append(out, t)
	}
	return out
}

// wave makes all targets and returns what they link to.
func (x *copier) wave(ctx context.Context, of []target) ([]target, error) {
	work, results := make(chan target), make(chan result)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for t := range work {
				results <- x.one(ctx, t)
			}
		})
	}
	go func() {
		defer close(results)
		defer running.Wait()
		defer close(work)
		for _, t := range of {
			select {
			case work <- t:
			case <-ctx.Done():
				return
			}
		}
	}()
	var found []target
	var failed []result
	var fault error
	for r := range results {
		found = append(found, r.links...)
		if r.rendered {
			x.rendered++
		}
		if r.status != 0 {
			failed = append(failed, r)
		}
		if r.err != nil && fault == nil {
			fault = r.err
			cancel()
		}
		if x.o.Progress != nil {
			x.done++
			x.o.Progress("copying", x.done, 0)
		}
	}
	// The workers read what has failed, so it changes when they are done.
	for _, r := range failed {
		x.fail(r.target, r.status)
	}
	if fault == nil && ctx.Err() != nil {
		fault = fmt.Errorf("the export was stopped, the next one continues: %w", context.Cause(ctx))
	}
	return found, fault
}

// result is what came of a target.
type result struct {
	target

	links    []target
	rendered bool  // the site had to make it
	status   int   // why it is not there; 0 if it is
	err      error // ends the copy
}

// one makes a target, unless it is unchanged.
func (x *copier) one(ctx context.Context, t target) (r result) {
	r.target = t
	last, text := x.to.last(t.file)
	if last != nil && last.Made == x.to.made && isHashed(t.file) {
		r.err = x.to.keep(last)
		return r
	}
	tag := ""
	if last != nil && last.Made == x.to.made && last.Address == t.address && !x.outdated(last, text) {
		tag = last.Tag
	}
	a, err := x.ask(ctx, t.address, tag)
	if err != nil {
		r.err = err
		return r
	}
	if a.status == http.StatusNotModified {
		for _, l := range last.Links {
			r.links = append(r.links, x.stored(t, l)...)
		}
		r.err = x.to.keep(last)
		return r
	}
	r.rendered = true
	return x.store(ctx, r, &record{File: t.file, Address: t.address, Tag: a.header.Get("Etag"), Number: x.to.number(t.file)}, a)
}

// store writes the answer for a target.
func (x *copier) store(ctx context.Context, r result, rec *record, a *answer) result {
	to := a.header.Get("Location")
	w := rewriter{x: x, at: r.target, rec: rec}
	if a.status/100 == 3 && isFile("/"+r.file) {
		// A file has no way to lead to another one, so it is that one.
		var err error
		if a, err = x.ask(ctx, to, ""); err != nil {
			r.err = err
			return r
		}
		rec.Tag = a.header.Get("Etag")
	}
	switch media := a.header.Get("Content-Type"); {
	case a.status/100 == 3:
		if path, there := w.address(to, ""); there && path != x.o.Base+link(r.file) {
			r.err = x.to.put(rec, w.redirect(path, to))
		} else {
			r.status = http.StatusNotFound
		}
	case a.status != http.StatusOK && (a.status != http.StatusNotFound || r.file != missingFile):
		r.status = a.status
	case isFile("/" + r.file):
		r.err = x.to.put(rec, w.file(r.file, a.body.Bytes()))
	case strings.HasPrefix(media, "text/html"):
		r.err = x.to.put(rec, w.page(a.body.Bytes()))
	default:
		x.to.object(r.file, fmt.Errorf("has the address of a page and is %s", media))
	}
	r.links = w.links
	return r
}

// outdated reports whether a page that the site has not changed must be made again: it links to what turned out
// to be missing, or lacks a link to what is there now.
func (x *copier) outdated(last *record, text []byte) bool {
	for _, t := range x.withdrawn {
		to := html.EscapeString(x.o.Base + link(t.file))
		if bytes.Contains(text, []byte(to+`"`)) || bytes.Contains(text, []byte(to+"#")) {
			return true
		}
	}
	return slices.ContainsFunc(last.Links, func(address string) bool { return x.failed[address] != 0 }) ||
		slices.ContainsFunc(last.Lost, func(address string) bool { return x.failed[address] == 0 })
}

// fail records that there is nothing at an address.
func (x *copier) fail(t target, status int) {
	if x.failed[t.address] == 0 && status != http.StatusNotFound && status != http.StatusBadRequest {
		x.problems = append(x.problems, Problem{t.address, fmt.Sprintf("is answered %d %s; export again to add it", status, http.StatusText(status))})
	}
	x.failed[t.address] = status
	if x.starts[t.address] {
		x.withdrawn = append(x.withdrawn, t)
	}
	delete(x.targets, t.file)
}

// answer is an answer of the site.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the first status and ignores later ones, as a server does.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write appends to the body; the status is 200 unless another one was set before. It never fails.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// maxTries bounds how often the site is asked for what it cannot answer yet, such as a diagram that is being
// drawn, for which it waits itself.
const maxTries = 3

// ask asks the site for an address, unless it has the entity tag.
func (x *copier) ask(ctx context.Context, address, tag string) (*answer, error) {
	for try := 1; ; try++ {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			return nil, fmt.Errorf("ask for %s: %w", address, err)
		}
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		a := &answer{header: http.Header{}}
		x.site.ServeHTTP(a, r)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the export was stopped, the next one continues: %w", ctx.Err())
		}
		if a.status < http.StatusInternalServerError || try == maxTries {
			return a, nil
		}
	}
}
