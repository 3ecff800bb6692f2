package answer

import (
	"bytes"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// minCompress is the size below which compression costs more than it saves.
const minCompress = 1024

// negotiateEncoding returns gzip if the client accepts it. gzip is the only coding: every client
// has it, and a second one would double the size of the cache.
func negotiateEncoding(accept []string) string {
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		// A wildcard is ignored: clients that want gzip name it.
		name, option, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := strings.TrimPrefix(strings.ReplaceAll(option, " ", ""), "q=")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") && parseQ(q) > 0 {
			return "gzip"
		}
	}
	return ""
}

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
