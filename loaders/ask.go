package loaders

import (
	"context"

	"patternhub/internal/content"
)

// An executor that flushes can ask for values instead of loading them: what is not in memory is requested,
// and the executor asks again after its next flush. So it needs no goroutine that waits. A load of what was
// asked for returns it, or the error of reading it, without waiting.

// ask returns a value or the error of the last flush, and reports whether there is either. If not, the value
// comes with the next flush.
func (l *Loader[K, V]) ask(ctx context.Context, key K) (v V, ready bool, err error) {
	v, ok, err := l.immediate(ctx, key)
	if ok || err != nil {
		return v, true, err
	}
	l.mark(ctx, key)
	b := l.gather(ctx, key)
	l.mu.Lock()
	b.asked[key] = true
	l.mu.Unlock()
	return v, false, nil
}

// asks is ask for many keys. A key that is the zero K has no value. put, if not nil, is called with each value
// that is there.
func (l *Loader[K, V]) asks(ctx context.Context, keys []K, put func(i int, v V)) (failed []error, ready bool) {
	var none K
	ready = true
	for i, key := range keys {
		if key == none {
			continue
		}
		v, there, err := l.ask(ctx, key)
		switch {
		case !there:
			ready = false
		case err != nil:
			if failed == nil {
				failed = make([]error, len(keys))
			}
			failed[i] = err
		case put != nil:
			put(i, v)
		}
	}
	return failed, ready
}

// Rows reads the entries of one type by their keys for an executor that reads references itself.
type Rows struct{ of content.EntryType }

// RowsOf returns the rows of an entry type.
func RowsOf(t content.EntryType) Rows { return Rows{t} }

// Ask stores in out the entities with some keys, nil for a missing one and for an empty key. It reports
// whether all of them have been read; if not, the caller asks again after a flush. failed has the errors by
// index, or is nil.
func (r Rows) Ask(ctx context.Context, keys []string, out []any) (failed []error, ready bool) {
	return For(ctx).of(r.of).ask(ctx, keys, out)
}

// AskWhole is Ask for the whole entries of entities; see Set.Page.
func (r Rows) AskWhole(ctx context.Context, of, out []any) (failed []error, ready bool) {
	return For(ctx).of(r.of).askWhole(ctx, of, out)
}

func (s *Set[E]) ask(ctx context.Context, keys []string, out []any) (failed []error, ready bool) {
	return s.open().byKey.asks(ctx, keys, func(i int, e E) { out[i] = plain(e) })
}

// plain returns a plain nil for a missing entry.
func plain[E content.Entry](e E) any {
	if content.Missing(e) {
		return nil
	}
	return e
}

func (s *Set[E]) askWhole(ctx context.Context, of, out []any) (failed []error, ready bool) {
	ready = true
	for i, entity := range of {
		e, there, err := s.askPage(ctx, entity.(E))
		switch {
		case !there:
			ready = false
		case err != nil:
			if failed == nil {
				failed = make([]error, len(of))
			}
			failed[i] = err
		default:
			out[i] = plain(e)
		}
	}
	return failed, ready
}

// askPage is Page without waiting.
func (s *Set[E]) askPage(ctx context.Context, entity E) (page E, ready bool, err error) {
	head := entity.Head()
	page, ready, err = s.open().whole().ask(ctx, head.Key)
	if !ready || err != nil || current(page, head) {
		return page, ready, err
	}
	past, ready, err := s.shared.snapshots().ask(ctx, content.RevisionID{ID: head.ID(), Revision: head.Revision})
	if ready && err == nil {
		page = pageOf[E](past)
	}
	return page, ready, err
}

func (s *Set[E]) askSlugs(ctx context.Context, slugs []string) (ready bool) {
	_, ready = s.open().bySlug().asks(ctx, slugs, nil)
	return ready
}

// Ask asks for what LoadAll, List, Count or Facets loads, and reports whether the load need not wait.
func (s *Set[E]) Ask(ctx context.Context, w content.Wanted) (ready bool) {
	o := s.open()
	if w.Keys != nil {
		_, ready = o.byKey.asks(ctx, w.Keys, nil)
		return ready
	}
	if !o.askFilter(ctx, w.Filter) {
		return false
	}
	var form string
	var err error
	if w.Count || w.Facets != nil {
		form, err = o.facetForm(ctx, content.FacetQuery{Filter: w.Filter, Fields: w.Facets, Limit: w.Limit})
	} else {
		if slugs := slugsIn(w.Query.Window); len(slugs) > 0 && !s.askSlugs(unshown{ctx}, slugs) { //nolint:contextcheck // unshown stands on ctx
			return false
		}
		w.Query.Filter = w.Filter
		form, err = o.listForm(ctx, w.Query)
	}
	switch q := (question{w.Scope, form}); {
	case err != nil:
		return true
	case w.Count:
		_, ready, _ = o.count().ask(ctx, q)
	case w.Facets != nil:
		_, ready, _ = o.facet().ask(ctx, q)
	default:
		_, ready, _ = o.list().ask(ctx, q)
	}
	return ready
}

// askFilter asks for the entries whose slugs a filter names, of all types at once.
func (s *openSet[E]) askFilter(ctx context.Context, filter any) (ready bool) {
	if filter == nil || s.kept(filter) != nil {
		return true
	}
	slugs, err := s.collection.Slugs(filter)
	if err != nil {
		return true
	}
	ready = true
	for t, list := range slugs {
		if set := s.shared.sets.of(t); set != nil {
			ready = set.askSlugs(unshown{ctx}, list) && ready //nolint:contextcheck // it wraps ctx
		}
	}
	if ready {
		_, _ = s.keep(ctx, filter, slugs) // an error is that of the load
	}
	return ready
}
