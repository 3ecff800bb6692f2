package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// PatternFilter returns the condition of a filter of patterns, as if every slug existed and were equal
// to the key of its entry.
func PatternFilter(f *content.PatternFilter) (bson.D, error) {
	first := &filterBuilder{wanted: map[content.EntryType][]string{}}
	patternFilter(first, f)
	if first.err != nil {
		return nil, first.err
	}
	b := &filterBuilder{keys: map[content.EntryType]map[string]string{}}
	for t, slugs := range first.wanted {
		b.keys[t] = map[string]string{}
		for _, slug := range slugs {
			b.keys[t][slug] = slug
		}
	}
	patternFilter(b, f)
	return b.document(), b.err
}

// Interned shares decoded patterns.
type Interned struct{ inner interned[content.Pattern] }

// Decode returns the value of a document.
func (i *Interned) Decode(raw bson.Raw) (*content.Pattern, error) {
	return i.inner.decode(new(reader), raw, readPattern)
}

// Size returns the number of values, including those that were collected.
func (i *Interned) Size() int { return len(i.inner.values) }

// Overdue returns the error of an attempt at a transaction that failed with a server's error after a
// time.
func Overdue(code int32, took time.Duration) error {
	return overdue(mongo.CommandError{Code: code, Labels: []string{"TransientTransactionError"}}, took)
}

// Dialer returns a dialer whose connections are those of another with fewer system calls.
func Dialer(d options.ContextDialer) options.ContextDialer { return dialer{d} }

// Raw returns the bytes of a document as commands have them.
func Raw(d bson.D) bson.Raw { return rawOf(d) }

// Await waits until the counter holds a number of collections as of the newest state that it has seen. It reports
// false if ctx ends before.
func (c *Counter) Await(ctx context.Context, collections int) bool {
	for {
		moved := c.moved.C()
		c.mu.Lock()
		settled := 0
		for _, h := range c.counts {
			if h.ready && !h.taken && !h.lost && len(h.dirty) == 0 {
				settled++
			}
		}
		c.mu.Unlock()
		if settled >= collections {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-moved:
		}
	}
}
