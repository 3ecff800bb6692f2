package loaders

import (
	"context"
	"slices"
	"sync"

	"patternhub/internal/content"
)

// A load whose field shows what only pages have marks its keys before they are read. Marked keys are
// read whole, together with the others of their batch: that is one command less than a read of
// their pages afterwards.

// marks holds keys that are to be read whole.
type marks[K comparable] struct {
	mu   sync.Mutex
	keys map[K]bool
}

// add marks keys.
func (m *marks[K]) add(keys ...K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys == nil {
		m.keys = make(map[K]bool, len(keys))
	}
	for _, key := range keys {
		m.keys[key] = true
	}
}

// any reports whether one of some keys is marked.
func (m *marks[K]) any(keys []K) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.keys) > 0 && slices.ContainsFunc(keys, func(key K) bool { return m.keys[key] })
}

// shows reports whether the field of a context shows what only pages of entries of a type have.
func (s *shared) shows(ctx context.Context, t content.EntryType) bool {
	if _, ok := ctx.(unshown); ok || s.shown == nil {
		return false
	}
	return slices.Contains(s.shown(ctx), t)
}

// unshown is the context of loads whose entries no field shows.
type unshown struct {
	context.Context //nolint:containedctx // it is a context
}

// readNamed reads entries by keys or slugs, as pages if one of these is marked, and otherwise as entities.
func (s *openSet[E]) readNamed(ctx context.Context, names []string, m *marks[string], entities, pages func(context.Context, []string) ([]E, error)) ([]E, error) {
	if !m.any(names) {
		return entities(ctx, names)
	}
	found, err := pages(ctx, names)
	if err == nil {
		s.keepWhole(found...)
	}
	return found, err
}

// keepWhole stores whole entries for Page.
func (s *openSet[E]) keepWhole(found ...E) {
	pages := s.whole()
	pages.reserve(len(found))
	for _, e := range found {
		if !content.Missing(e) {
			pages.Prime(e.Head().Key, e)
		}
	}
}
