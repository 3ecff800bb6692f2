package answer

import (
	"bytes"
	"net/http"

	"github.com/klauspost/compress/gzip"

	"patternhub/internal/accept"
)

// minCompress is the size below which compression costs more than it saves.
const minCompress = 1024

// encodingOf returns gzip if the client accepts it, and otherwise "". gzip is the only coding: every client has
// it, and a second one would double the size of the cache.
func encodingOf(r *http.Request) string { return accept.Encoding(r.Header["Accept-Encoding"], "gzip") }

// compressed returns the gzip form, which is made once. Concurrent first callers wait for one of them.
func (k *stored) compressed() []byte {
	k.zip.Do(func() { k.gzip = compress(k.head, k.rest) })
	return k.gzip
}

// compress returns the gzip form of an answer's parts.
func compress(parts ...[]byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	// Writing to a buffer never fails.
	for _, part := range parts {
		_, _ = z.Write(part)
	}
	_ = z.Close()
	return out.Bytes()
}
