// Package contenttest has what tests of several packages need: the files of the schema, and a stub
// collection for every entry type. A stub has a type and no entries. A test replaces the collections
// that it reads.
package contenttest

import (
	"context"
	"errors"

	"patternhub/internal/content"
)

// stub is a collection that no test may read. Methods that it does not define panic.
type stub[E content.Entry] struct {
	content.Collection[E]
	entryType content.EntryType
}

func newStub[E content.Entry](t content.EntryType) content.Collection[E] {
	return stub[E]{entryType: t}
}

// Type is the type of the entries.
func (s stub[E]) Type() content.EntryType { return s.entryType }

// ByKeys returns an error.
func (s stub[E]) ByKeys(context.Context, []string) ([]E, error) {
	return nil, errors.New("the test reads " + string(s.entryType) + ", which is a stub")
}

// BySlugs returns an error.
func (s stub[E]) BySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return s.ByKeys(ctx, slugs)
}

// Pages returns an error.
func (s stub[E]) Pages(ctx context.Context, keys []string) ([]E, error) {
	return s.ByKeys(ctx, keys)
}

// PagesBySlugs returns an error.
func (s stub[E]) PagesBySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return s.ByKeys(ctx, slugs)
}
