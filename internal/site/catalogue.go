package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

// Listed is a published entry in the lists for machines.
type Listed struct {
	// ID is its global id, Path its path on the site, and Group the plural of its type in URLs.
	ID, Path, Group string
	Name, Summary   string
	// Former are the paths that it had before.
	Former []string
	// Published is when it was last published.
	Published time.Time
}

const (
	// maxFeed is the number of entries in the feed.
	maxFeed = 50
	// maxGroup is the number of entries of a type in llms.txt.
	maxGroup = 200
	// walkLimit bounds the time to read all entries.
	walkLimit = 30 * time.Second
)

// catalogue is what the lists for machines show, as of one revision. Of most entries it holds the path
// and the time, since there may be many.
type catalogue struct {
	revision uint64
	places   []place
	newest   []Listed // the newest first
	groups   []group
	former   []string // of a copy on a static host only
}

// place is a line of the sitemap.
type place struct {
	path      string
	published time.Time
}

// group is the entries of one type, at most maxGroup, and how many there are.
type group struct {
	name    string
	entries []Listed
	total   int
}

// catalogue returns the catalogue as of a revision. It is read once for each, except for 0, which stands for
// an unknown one.
func (s *Site) catalogue(revision uint64) (*catalogue, error) {
	if c := s.listed.Load(); c != nil && c.revision == revision && revision > 0 {
		return c, nil
	}
	made, err, _ := s.making.Do("catalogue "+strconv.FormatUint(revision, 36), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), walkLimit)
		defer cancel()
		c := &catalogue{revision: revision, places: s.fixed()}
		if err := s.o.Entries(ctx, func(e Listed) { s.add(c, e) }); err != nil {
			return nil, walkError(ctx, err)
		}
		s.listed.Store(c)
		return c, nil
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // walkError has
	}
	return made.(*catalogue), nil //nolint:forcetypeassert // it is one
}

// walkError returns the error of a walk with a code.
func walkError(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return content.Wrap(content.Timeout, "", err)
	}
	return err
}

// fixed returns the pages that are about no entry.
func (s *Site) fixed() []place {
	var out []place
	for _, rt := range routes() {
		path := strings.TrimSuffix(strings.TrimPrefix(rt.pattern, method), "{$}")
		if !rt.unlisted && !strings.Contains(path, "{") && (!s.o.Static || !pages.NeedsServer(path)) {
			out = append(out, place{path: path})
		}
	}
	return out
}

// add adds an entry that the site has a page for.
func (s *Site) add(c *catalogue, e Listed) {
	if !s.hasPage(e) {
		return
	}
	c.places = append(c.places, place{e.Path, e.Published})
	if s.o.Static {
		c.former = append(c.former, e.Former...)
	}
	at, _ := slices.BinarySearchFunc(c.newest, e, func(a, b Listed) int { return b.Published.Compare(a.Published) })
	if at < maxFeed {
		c.newest = slices.Insert(c.newest, at, e)
		c.newest = c.newest[:min(len(c.newest), maxFeed)]
	}
	if n := len(c.groups); n == 0 || c.groups[n-1].name != e.Group {
		c.groups = append(c.groups, group{name: e.Group})
	}
	g := &c.groups[len(c.groups)-1]
	if g.total++; len(g.entries) < maxGroup {
		g.entries = append(g.entries, e)
	}
}

// hasPage reports whether the site has a page for an entry. The entries of most types stand below the plural
// of the type: a route for all paths is not theirs. The page of a tool is not about the entry with its tables.
func (s *Site) hasPage(e Listed) bool {
	u, err := url.Parse(e.Path)
	if err != nil || u.EscapedPath() != e.Path {
		return false
	}
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: u})
	pattern = strings.TrimPrefix(pattern, method)
	folder := "/" + e.Group + "/"
	return pattern != "/" && pattern != "" && !pages.NeedsServer(u.Path) && (!strings.HasPrefix(e.Path, folder) || strings.HasPrefix(pattern, folder))
}
