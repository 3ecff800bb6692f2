package web

import (
	"net/http"

	"patternhub/internal/bounded"
	"patternhub/internal/web/run"
)

const (
	// urlsBytes bounds the memory of the cache: some thousands of usual URLs.
	urlsBytes = 8 << 20
	// urlLimit excludes long URLs, which rarely repeat.
	urlLimit = 4 << 10
)

// urls caches what GET requests ask for by the bytes of their URL, so that a cached answer is found
// without reading the URL, the variables and their hash again. That saves more than half of the
// cost of a 304. It holds only what would be admitted again in the same way, so a hit needs no
// check. Two spellings of one request are two entries. A nil urls caches nothing: if untrusted
// documents are logged, each request must be read.
type urls struct {
	calls bounded.Cache[string, run.Call]
}

func newURLs() *urls {
	return &urls{calls: bounded.Bytes(urlsBytes, func(raw string, _ *run.Call) int { return 3*len(raw) + 512 }, nil)}
}

// find returns what a request asks for, without a viewer, or nil if it is not cached.
func (u *urls) find(r *http.Request) *run.Call {
	if u == nil || r.Method == http.MethodPost {
		return nil
	}
	return u.calls.Get(r.URL.RawQuery)
}

// store caches what an admitted GET asked for if it depends only on the URL: a persisted query may
// be evicted.
func (u *urls) store(r *http.Request, c *run.Call) {
	if u == nil || r.Method == http.MethodPost || len(r.URL.RawQuery) > urlLimit || !c.Operation.Public || c.Params.Query == "" ||
		c.Params.Extensions != nil {
		return
	}
	u.calls.Set(r.URL.RawQuery, &run.Call{Operation: c.Operation, Vars: c.Vars, Price: c.Price, Params: c.Params, Sum: c.Sum})
}
