package web

import (
	"net/http"

	"patternhub/internal/bounded"
	"patternhub/internal/web/run"
)

const (
	// textsBytes bounds the memory of the cache: some thousands of usual requests.
	textsBytes = 8 << 20
	// textLimit excludes long texts, which rarely repeat.
	textLimit = 16 << 10
)

// texts caches what requests ask for by their bytes: the parameters of the URL of a GET, or the body of a
// POST. So a request that was sent before is found without parsing its JSON, checking its variables and
// hashing them again. It holds only what would be admitted again in the same way, so a hit needs no check. Two
// spellings of one request are two entries. A nil texts caches nothing: if untrusted documents are logged,
// each request must be read.
type texts struct {
	calls bounded.Cache[textKey, run.Call]
}

// textKey identifies a request. A body may have the bytes of a URL.
type textKey struct {
	post bool
	text string
}

// newTexts returns an empty cache. The size of an entry is an estimate: three times its text, for the key and
// what was parsed from it, and 512 bytes for the rest.
func newTexts() *texts {
	return &texts{calls: bounded.Bytes(textsBytes, func(key textKey, _ *run.Call) int { return 3*len(key.text) + 512 }, nil)}
}

// find returns what a request asks for, without a viewer, or nil if it is not cached.
func (t *texts) find(r *http.Request, text string) *run.Call {
	if t == nil {
		return nil
	}
	return t.calls.Get(textKey{r.Method == http.MethodPost, text})
}

// store caches what an admitted request asked for if it depends only on its text: a persisted query may
// be evicted.
func (t *texts) store(r *http.Request, text string, c *run.Call) {
	if t == nil || len(text) > textLimit || !c.Operation.Public || c.Params.Query == "" || c.Params.Extensions != nil {
		return
	}
	t.calls.Set(textKey{r.Method == http.MethodPost, text},
		&run.Call{Operation: c.Operation, Vars: c.Vars, Price: c.Price, Params: c.Params, Sum: c.Sum})
}
