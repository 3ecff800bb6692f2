package answer

import (
	"slices"
	"strings"
	"sync"
)

// maxTags bounds Surrogate-Key to what proxies accept as a header.
const maxTags = 8 << 10

// tagSet collects the entries of an answer.
type tagSet struct {
	mu sync.Mutex
	in *tagBuffer // nil when the header is written
}

// tagBuffer is the memory of a set. Buffers are pooled: a map that grows to some fifty entries
// costs more than everything done with it.
type tagBuffer struct {
	seen map[string]struct{}
	all  []string
}

var tagBuffers = sync.Pool{New: func() any { return &tagBuffer{seen: map[string]struct{}{}} }}

// maxPooledTags is the size of the largest buffer that goes back to the pool.
const maxPooledTags = 1024

// newTagSet returns an empty set with a buffer of an earlier answer.
func newTagSet() *tagSet { return &tagSet{in: tagBuffers.Get().(*tagBuffer)} }

// add adds one entry. It is safe for concurrent use. A load that ends after list adds nothing.
func (t *tagSet) add(tag string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in == nil {
		return
	}
	if _, added := t.in.seen[tag]; !added {
		t.in.seen[tag] = struct{}{}
		t.in.all = append(t.in.all, tag)
	}
}

// list ends the set and returns the header: first the types of the operation, then as many entries
// as fit, sorted, so that equal answers have equal headers. Entries that do not fit are left out: a
// purge by type still reaches the answer.
func (t *tagSet) list(types string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	tags := t.in.all
	slices.Sort(tags)
	size, fit := len(types), 0
	for _, tag := range tags {
		if size+1+len(tag) > maxTags {
			break
		}
		size, fit = size+1+len(tag), fit+1
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(types)
	for _, tag := range tags[:fit] {
		b.WriteByte(' ')
		b.WriteString(tag)
	}
	if len(tags) <= maxPooledTags {
		clear(t.in.seen)
		clear(tags)
		t.in.all = tags[:0]
		tagBuffers.Put(t.in)
	}
	t.in = nil
	return b.String()
}
