package authoring_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"patternhub/internal/content"
)

// memory is a content.Transactor without a database. It runs each plan twice and discards the first
// run, as a store does after a write conflict, to expose plans that carry state from one run to the
// next.
type memory struct {
	mu    sync.Mutex // guards state; held for a whole transaction
	state state
	// refuse, if it is set, fails a transaction before its end.
	refuse func() error
}

// state is all that memory stores. Its values are never changed, only replaced.
type state struct {
	graphs       map[content.Perspective]map[content.ID]content.Entry
	revisions    map[content.ID][]content.Snapshot // the oldest first
	changes      []content.Change
	schedules    map[string]content.Schedule
	answers      map[string]content.Answer
	observations map[string]content.Observation
	turns        map[int64][]content.Turn
	remaining    map[string][]content.RevisionID
	autosaves    map[string]content.Autosave
	releases     map[string]content.NamedRelease
}

func newMemory() *memory {
	return &memory{state: state{
		graphs:       map[content.Perspective]map[content.ID]content.Entry{content.Drafts: {}, content.Published: {}},
		revisions:    map[content.ID][]content.Snapshot{},
		schedules:    map[string]content.Schedule{},
		answers:      map[string]content.Answer{},
		observations: map[string]content.Observation{}, releases: map[string]content.NamedRelease{},
		turns:     map[int64][]content.Turn{},
		remaining: map[string][]content.RevisionID{},
		autosaves: map[string]content.Autosave{},
	}}
}

func (s state) clone() state {
	return state{
		graphs: map[content.Perspective]map[content.ID]content.Entry{
			content.Drafts: maps.Clone(s.graphs[content.Drafts]), content.Published: maps.Clone(s.graphs[content.Published]),
		},
		revisions: maps.Clone(s.revisions), changes: slices.Clone(s.changes),
		schedules: maps.Clone(s.schedules), answers: maps.Clone(s.answers), observations: maps.Clone(s.observations), releases: maps.Clone(s.releases),
		turns: maps.Clone(s.turns), remaining: maps.Clone(s.remaining), autosaves: maps.Clone(s.autosaves),
	}
}

func (m *memory) Transact(ctx context.Context, plan func(context.Context, content.Transaction) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var next state
	for range 2 {
		next = m.state.clone()
		if err := try(ctx, &next, plan); err != nil {
			return err
		}
	}
	if m.refuse != nil {
		if err := m.refuse(); err != nil {
			return err
		}
	}
	m.state = next
	return nil
}

// try runs a plan and applies its writes to a state.
func try(ctx context.Context, into *state, plan func(context.Context, content.Transaction) error) error {
	t := &transaction{state: into}
	if err := plan(ctx, t); err != nil {
		return err
	}
	for _, write := range t.planned {
		if err := write(); err != nil {
			return err
		}
	}
	if t.finish == nil {
		return nil
	}
	last := int64(0)
	if t.logged {
		last = int64(len(into.changes))
	}
	return t.finish(ctx, last)
}

func (m *memory) Waiting(_ context.Context, limit int) ([]content.Schedule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := slices.SortedFunc(maps.Values(m.state.schedules), func(a, b content.Schedule) int { return a.At.Compare(b.At) })
	out = slices.DeleteFunc(out, func(s content.Schedule) bool { return s.State != content.ScheduleWaiting })
	return out[:min(limit, len(out))], nil
}

// transaction is one run of a write.
type transaction struct {
	*state
	planned []func() error
	logged  bool
	finish  func(context.Context, int64) error
}

func (t *transaction) plan(write func() error) { t.planned = append(t.planned, write) }

// checkTypes refuses types that are not entry types.
func checkTypes(types ...content.EntryType) error {
	for _, t := range types {
		if !t.IsEntry() {
			return content.Fault(content.BadUserInput, "Unknown entry type.")
		}
	}
	return nil
}

// pick calls f with copies of the entries of a graph that are among ids.
func (t *transaction) pick(p content.Perspective, ids []content.ID, f func(content.Entry) error) error {
	for _, id := range ids {
		if err := checkTypes(id.Type); err != nil {
			return err
		}
		if e, ok := t.graphs[p][id]; ok {
			if err := f(content.Clone(e)); err != nil {
				return err
			}
		}
	}
	return nil
}

// all returns copies of the entries of one type, by key.
func (t *transaction) all(p content.Perspective, et content.EntryType) []content.Entry {
	var out []content.Entry
	for id, e := range t.graphs[p] {
		if id.Type == et {
			out = append(out, content.Clone(e))
		}
	}
	slices.SortFunc(out, func(a, b content.Entry) int { return cmp.Compare(a.ID().Key, b.ID().Key) })
	return out
}

func (t *transaction) Copies(_ context.Context, p content.Perspective, ids []content.ID, read func(int) error) (map[content.ID]content.Copy, error) {
	out := map[content.ID]content.Copy{}
	return out, t.pick(p, ids, func(e content.Entry) error {
		out[e.ID()] = content.Copy{Entry: e}
		if read == nil {
			return nil
		}
		size := len(e.Head().Name)
		for _, text := range content.RichTexts(e) {
			size += len(text.Markdown)
		}
		return read(size)
	})
}

func (t *transaction) Heads(_ context.Context, ids []content.ID) (map[content.ID]*content.Meta, error) {
	out := map[content.ID]*content.Meta{}
	return out, t.pick(content.Drafts, ids, func(e content.Entry) error { out[e.ID()] = bare(e); return nil })
}

// bare returns a head as transactions read it.
func bare(e content.Entry) *content.Meta {
	h := *e.Head()
	h.Name, h.Summary, h.UpdatedAt = "", "", time.Time{}
	return &h
}

func (t *transaction) Exist(_ context.Context, p content.Perspective, ids []content.ID) (map[content.ID]bool, error) {
	out := map[content.ID]bool{}
	return out, t.pick(p, ids, func(e content.Entry) error { out[e.ID()] = true; return nil })
}

func (t *transaction) BySlugs(_ context.Context, et content.EntryType, slugs []string) ([]*content.Meta, error) {
	var out []*content.Meta
	for _, e := range t.all(content.Drafts, et) {
		h := e.Head()
		if slices.ContainsFunc(append(h.FormerSlugs, h.Slug), func(s string) bool { return slices.Contains(slugs, s) }) {
			out = append(out, bare(e))
		}
	}
	return out, checkTypes(et)
}

func (t *transaction) Referring(_ context.Context, p content.Perspective, et content.EntryType, ids []content.ID, meant func(content.Reference) bool) ([]content.ReferenceRow, error) {
	var out []content.ReferenceRow
	found := 0
	for _, e := range t.all(p, et) {
		before := len(out)
		for _, r := range content.References(e) {
			if slices.Contains(ids, r.Target) && !slices.Contains(ids, e.ID()) && meant(r) {
				out = append(out, content.ReferenceRow{Entry: e, Place: r.Place, Target: r.Target})
			}
		}
		if len(out) > before {
			found++
		}
		if found == content.MaxReferrers {
			break
		}
	}
	return out, checkTypes(et)
}

func (t *transaction) Relations(_ context.Context, p content.Perspective, keys []string) (map[string][]content.RelationRow, error) {
	out := map[string][]content.RelationRow{}
	for _, e := range t.all(p, content.TypePattern) {
		related := slices.ContainsFunc(e.(*content.Pattern).Relations, func(r content.RelationRow) bool { return slices.Contains(keys, r.PatternKey) })
		if related && !slices.Contains(keys, e.ID().Key) && (p == content.Published || e.Head().Status != content.StatusDraft) {
			out[e.ID().Key] = e.(*content.Pattern).Relations
		}
	}
	return out, nil
}

func (t *transaction) Revisions(_ context.Context, id content.ID, before, limit int) ([]content.Snapshot, error) {
	var out []content.Snapshot
	for _, s := range slices.Backward(t.revisions[id]) {
		if (before <= 0 || s.Revision < before) && len(out) < limit {
			s.Entry = content.Clone(s.Entry)
			out = append(out, s)
		}
	}
	return out, nil
}

func (t *transaction) LastRevisions(_ context.Context, ids []content.ID) (map[content.ID]int, error) {
	out := map[content.ID]int{}
	for _, id := range ids {
		if all := t.revisions[id]; len(all) > 0 {
			out[id] = all[len(all)-1].Revision
		}
	}
	return out, nil
}

// in returns an entry of a graph in a revision, 0 for an entry that must not exist. Any other state
// fails with Conflict.
func (t *transaction) in(p content.Perspective, id content.ID, revision int) (content.Entry, error) {
	e := t.graphs[p][id]
	if e == nil && revision > 0 || e != nil && e.Head().Revision != revision {
		return nil, content.Stale()
	}
	return e, nil
}

func (t *transaction) Put(s content.Snapshot, over int) error {
	s.Entry = content.Clone(s.Entry)
	id := s.Entry.ID()
	t.plan(func() error {
		if _, err := t.in(content.Drafts, id, over); err != nil {
			return err
		}
		t.graphs[content.Drafts][id] = s.Entry
		t.revisions[id] = append(slices.Clone(t.revisions[id]), s)
		return nil
	})
	return checkTypes(id.Type)
}

func (t *transaction) Publish(c content.Copy, relations *[]content.RelationRow) error {
	e := content.Clone(c.Entry)
	if relations != nil {
		e.(*content.Pattern).Relations = *relations
	}
	t.plan(func() error { t.graphs[content.Published][e.ID()] = e; return nil })
	return nil
}

func (t *transaction) Relate(p *content.Pattern) {
	given := content.Clone(p).(*content.Pattern)
	t.update(content.Published, &given.Meta, func(e content.Entry) {
		e.(*content.Pattern).Relations = given.Relations
		e.Head().PublishedAt, e.Head().Publication = given.PublishedAt, given.Publication
	})
}

func (t *transaction) Mark(m *content.Meta) {
	given := *m
	t.update(content.Drafts, &given, func(e content.Entry) {
		h := e.Head()
		h.Status, h.PublishedAt, h.Publication = given.Status, given.PublishedAt, given.Publication
	})
}

// update plans the change of an entry in its revision.
func (t *transaction) update(p content.Perspective, m *content.Meta, change func(content.Entry)) {
	t.plan(func() error {
		e, err := t.in(p, m.ID(), m.Revision)
		if err != nil {
			return err
		}
		e = content.Clone(e)
		change(e)
		t.graphs[p][m.ID()] = e
		return nil
	})
}

func (t *transaction) Delete(p content.Perspective, id content.ID) {
	t.plan(func() error {
		if t.graphs[p][id] == nil {
			return content.Stale()
		}
		delete(t.graphs[p], id)
		return nil
	})
}

func (t *transaction) Observe(o *content.Observation) error {
	given := *o
	t.plan(func() error { t.observations[given.Key()] = given; return nil })
	t.Log(content.Change{Type: content.NonEntryHealth, Key: o.Key(), Op: content.OpUpsert, Graph: content.Published, At: o.RecordedAt, By: o.RecordedBy})
	return nil
}

func (t *transaction) Log(c content.Change) {
	t.logged = true
	t.plan(func() error {
		c.Seq = int64(len(t.changes)) + 1
		t.changes = append(t.changes, c)
		return nil
	})
}

func (t *transaction) Published(_ context.Context, ids []content.ID) (map[content.ID]content.Standing, error) {
	out := map[content.ID]content.Standing{}
	return out, t.pick(content.Published, ids, func(e content.Entry) error {
		now := content.Standing{Published: e.Head().Revision}
		if p, ok := e.(*content.Pattern); ok {
			now.Relations = p.Relations
		}
		out[e.ID()] = now
		return nil
	})
}

// Matching knows the conditions that the tests of package authoring use.
func (t *transaction) Matching(_ context.Context, f *content.EntriesFilter, read func(content.ID, int) error) error {
	for id, e := range t.graphs[content.Drafts] {
		h := e.Head()
		if f.Types != nil && !slices.Contains(f.Types, id.Type) || f.Status != nil && !slices.Contains(f.Status.In, h.Status) {
			continue
		}
		if err := read(id, h.Revision); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) Turns(_ context.Context, seq int64) ([]content.Turn, error) {
	return slices.Clone(t.turns[seq]), nil
}

func (t *transaction) Remaining(_ context.Context, name string) ([]content.RevisionID, error) {
	return slices.Clone(t.remaining[name]), nil
}

func (t *transaction) KeepRemaining(_ context.Context, name string, _ time.Time, rest []content.RevisionID) error {
	t.remaining[name] = slices.Clone(rest)
	return nil
}

func (t *transaction) KeepTurns(_ context.Context, seq int64, _ time.Time, turns []content.Turn) error {
	t.turns[seq] = slices.Clone(turns)
	return nil
}

func (t *transaction) LastSeq(context.Context) (int64, error) {
	return int64(len(t.changes)), nil
}

func (t *transaction) Finish(f func(context.Context, int64) error) { t.finish = f }

// named returns the key of a schedule in the state.
func named(id content.ID, action content.ScheduleAction) string {
	return strings.Join([]string{content.RefToAny(id), string(action)}, ":")
}

func (t *transaction) Schedule(s content.Schedule) {
	t.plan(func() error { t.schedules[named(s.EntryID(), s.Action)] = s; return nil })
}

func (t *transaction) Unschedule(id content.ID, actions ...content.ScheduleAction) {
	t.plan(func() error {
		for _, action := range actions {
			delete(t.schedules, named(id, action))
		}
		return nil
	})
}

func (t *transaction) EndSchedule(_ context.Context, s content.Schedule) (bool, error) {
	name := named(s.EntryID(), s.Action)
	was, ok := t.schedules[name]
	if !ok || was.State != content.ScheduleWaiting || !was.At.Equal(s.At) {
		return false, nil
	}
	was.State, was.Problem = s.State, s.Problem
	t.schedules[name] = was
	return true, nil
}

func (t *transaction) Answer(_ context.Context, r content.Request, after time.Time) (content.Answer, bool, error) {
	a, ok := t.answers[r.By+" "+r.Key]
	if !ok || !a.At.After(after) {
		return content.Answer{}, false, nil
	}
	return a, true, nil
}

func (t *transaction) Remember(_ context.Context, r content.Request, a content.Answer) error {
	t.answers[r.By+" "+r.Key] = a
	return nil
}

// ownRelease returns a copy of a release that shares nothing with the stored one.
func ownRelease(r content.NamedRelease) *content.NamedRelease {
	r.Entries = slices.Clone(r.Entries)
	return &r
}

func (m *memory) NextRelease(context.Context) (*content.NamedRelease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var next *content.NamedRelease
	for _, r := range m.state.releases {
		if r.State == content.ReleaseScheduled && (next == nil || r.At.Before(*next.At)) {
			next = ownRelease(r)
		}
	}
	return next, nil
}

func (t *transaction) NamedRelease(_ context.Context, key string) (*content.NamedRelease, error) {
	r, ok := t.releases[key]
	if !ok {
		return nil, nil //nolint:nilnil // nil is none, as the contract says
	}
	return ownRelease(r), nil
}

func (t *transaction) PendingReleases(_ context.Context, ids []content.ID) ([]*content.NamedRelease, error) {
	var out []*content.NamedRelease
	for _, key := range slices.Sorted(maps.Keys(t.releases)) {
		r := t.releases[key]
		has := func(e content.ReleaseEntry) bool { return slices.Contains(ids, e.EntryID()) }
		if r.State != content.ReleasePublished && slices.ContainsFunc(r.Entries, has) {
			out = append(out, ownRelease(r))
		}
	}
	return out, nil
}

func (t *transaction) CountPending(context.Context) (n int, err error) {
	for _, r := range t.releases {
		if r.State != content.ReleasePublished {
			n++
		}
	}
	return n, nil
}

func (t *transaction) KeepRelease(_ context.Context, r *content.NamedRelease) error {
	t.releases[r.Key] = *ownRelease(*r)
	return nil
}

func (t *transaction) DropRelease(_ context.Context, key string) error {
	delete(t.releases, key)
	return nil
}
