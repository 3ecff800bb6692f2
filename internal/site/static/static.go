// Package static writes a copy of a site to a folder, for a host that serves files only.
//
// The pages are those of the site, asked for in process like requests of a reader; the package knows nothing
// of their content. What it adds:
//
//	names.go     the files of addresses: patterns/saga/index.html, patterns/tier=gold/page=2/index.html
//	rewrite.go   links of pages lead to these files; a link to what the copy does not have becomes its text
//	copy.go      follows links, asks for pages with the entity tags of the last copy, and keeps what is unchanged
//	folder.go    writes files, and remembers which are its own
//	index.go     the words of all pages, for the search of the copy
//
// The copy is one of what the site shows while it is made. If something is published meanwhile, pages may be of
// two moments; the next copy then writes what has changed.
package static

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Missing is the address that a site is asked for to get its page of what is not found. It has no words that a
// site could search for.
const Missing = "/-"

// Site is a site that can be copied.
type Site interface {
	http.Handler
	// Addresses returns the addresses from which links lead to everything that the copy should have.
	Addresses(ctx context.Context) ([]string, error)
	// Prebuilt reports whether the copy should have a page, whatever its place in a list is.
	Prebuilt(u *url.URL) bool
}

// Options are the options of a copy.
type Options struct {
	// Base is the path that the copy stands below on its host, such as /docs; empty for the top.
	Base string
	// Origin begins the absolute addresses of the site's pages, Base included; empty if they have none.
	Origin string
	// Made names what else pages depend on, besides their content and these options: the version of the site
	// and its settings.
	// Pages of another name are made anew.
	Made string
	// Progress is called with the number of addresses that are done; it may be nil.
	Progress func(doing string, done, total int)
}

// Problem is a part of the copy that could not be made.
type Problem struct{ Place, What string }

// String returns the problem as one line.
func (p Problem) String() string { return p.Place + ": " + p.What }

// Report is the result of a copy. Rendered counts the pages and files that the site had to make, and Unchanged
// the files that had the right bytes.
type Report struct {
	Written, Unchanged, Removed, Rendered int
	// Bytes is the size of all files of the copy.
	Bytes int64
	// Lost are the addresses that pages link to and that the site does not have. The copy has no such links.
	Lost []string
	// Problems are the parts of the copy that are missing. All others are there.
	Problems []Problem
}

// String returns the counts in words.
func (r *Report) String() string {
	s := fmt.Sprintf("%d pages and files made, %d written, %d unchanged, %d removed, %.1f MB", r.Rendered, r.Written, r.Unchanged, r.Removed, float64(r.Bytes)/1e6)
	if n := len(r.Problems); n > 0 {
		s += fmt.Sprintf(", %d with problems", n)
	}
	return s
}

// maxRounds bounds how often pages are made again because something that they link to is not there. Each round
// removes the links that the one before found dead, so the second is usually the last.
const maxRounds = 4

// Export writes a copy of a site to a folder, or brings the copy there up to date. It writes only what has
// changed, each file at once, and never outside of the folder, whatever links are in it. It removes files of
// earlier copies that this one does not have, and nothing else. If it is interrupted, the next copy continues.
func Export(ctx context.Context, site Site, dir string, o Options) (*Report, error) {
	starts, err := site.Addresses(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pages for everybody
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	to, err := openFolder(dir, o.Made+"\n"+o.Base+"\n"+o.Origin)
	if err != nil {
		return nil, err
	}
	x := &copier{site: site, o: o, to: to, failed: map[string]int{}}
	report, err := x.run(ctx, starts)
	return report, errors.Join(err, to.close())
}

// run makes the copy.
func (x *copier) run(ctx context.Context, starts []string) (*Report, error) {
	if err := x.probe(ctx); err != nil {
		return nil, err
	}
	for range maxRounds {
		before := len(x.failed)
		if err := x.round(ctx, starts); err != nil {
			return nil, err
		}
		if len(x.failed) == before {
			break
		}
	}
	if err := x.index(ctx); err != nil {
		return nil, err
	}
	if err := x.to.finish(); err != nil {
		return nil, err
	}
	r := &Report{Rendered: x.rendered, Written: x.to.written, Removed: x.to.removed, Problems: slices.Concat(x.problems, x.to.problems)}
	for file, rec := range x.to.records {
		if x.to.seen[file] {
			r.Bytes += rec.Size
			r.Unchanged++
		}
	}
	r.Unchanged -= r.Written
	for address, status := range x.failed {
		if status == http.StatusNotFound || status == http.StatusBadRequest {
			r.Lost = append(r.Lost, address)
		}
	}
	slices.Sort(r.Lost)
	// A second round finds the problems of the first again.
	slices.SortFunc(r.Problems, func(a, b Problem) int { return strings.Compare(a.String(), b.String()) })
	r.Problems = slices.Compact(r.Problems)
	return r, nil
}
