package auth

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// Presences reports which people have which entries open. It is safe for concurrent use.
//
// Signs are in the database, so that all replicas see them, and each replica looks there once in a second while somebody
// watches: one command, whatever the number of watchers. The change log is not for this, since a sign is no change of
// content and there may be one in a second for each person.
type Presences struct {
	store content.PresenceStore
	names *Names
	now   func() time.Time

	mu       sync.Mutex // guards watchers and what they have seen
	watchers map[*watcher]struct{}
}

// NewPresences returns Presences. A nil now means time.Now.
func NewPresences(store content.PresenceStore, names *Names, now func() time.Time) *Presences {
	if now == nil {
		now = time.Now
	}
	return &Presences{store: store, names: names, now: now, watchers: map[*watcher]struct{}{}}
}

// Beat stores a sign that a person has an entry open, in a field or in none. Signs less than a second apart fail with
// RateLimited. The caller checks that there are such an entry and such a field.
func (p *Presences) Beat(ctx context.Context, person string, id content.ID, field *string) (ends time.Time, err error) {
	at := p.now().UTC().Truncate(time.Millisecond)
	sign := &content.Presence{
		Name: content.AutosaveName(person, id, ""), PersonKey: person, Type: id.Type, EntryKey: id.Key,
		Field: field, At: at, EndsAt: at.Add(content.PresenceLife),
	}
	ok, err := p.store.Beat(ctx, sign)
	if err != nil {
		return time.Time{}, fmt.Errorf("beat: %w", err)
	}
	if !ok {
		return time.Time{}, content.Fault(content.RateLimited, "A person gives a sign at an entry at most once in a second. Try again in a second.")
	}
	return sign.EndsAt, nil
}

// watcher is one subscription. Its goroutine sends the newest state of each entry, so a slow reader misses states in
// between and delays nobody else.
type watcher struct {
	person  string
	ids     []content.ID
	out     chan *content.EntryPresence
	changed wait.Signal
	// seen has the last state of each entry that is not empty; pending is what was not sent yet. The mutex of Presences
	// guards both.
	seen    map[content.ID][]content.PresentPerson
	pending map[content.ID]*content.EntryPresence
}

// Watch returns a channel of who has some entries open, until ctx ends: the state of each of them in which somebody is, and then
// each that has changed. The channel is never closed.
func (p *Presences) Watch(ctx context.Context, person string, ids []content.ID) <-chan *content.EntryPresence {
	w := &watcher{
		person: person, ids: ids, out: make(chan *content.EntryPresence), changed: wait.NewSignal(),
		seen: map[content.ID][]content.PresentPerson{}, pending: map[content.ID]*content.EntryPresence{},
	}
	p.mu.Lock()
	p.watchers[w] = struct{}{}
	p.mu.Unlock()
	go p.send(ctx, w)
	return w.out
}

// send sends what is pending until ctx ends.
func (p *Presences) send(ctx context.Context, w *watcher) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, w)
	}()
	for {
		next := p.take(w)
		if next == nil {
			select {
			case <-w.changed.C():
				continue
			case <-ctx.Done():
				return
			}
		}
		select {
		case w.out <- next:
		case <-ctx.Done():
			return
		}
	}
}

// take removes one pending state of a watcher; nil if there is none.
func (p *Presences) take(w *watcher) *content.EntryPresence {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, state := range w.pending {
		delete(w.pending, id)
		return state
	}
	return nil
}

// Run looks for changes until ctx ends. It reports a look that fails; the next one comes anyway.
func (p *Presences) Run(ctx context.Context, failed func(error)) {
	wait.Every(ctx, content.PresenceEvery, func(ctx context.Context) {
		if err := p.Look(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	})
}

// Look reads who is present at the entries that are watched, and hands each watcher what has changed for it.
func (p *Presences) Look(ctx context.Context) error {
	ids := p.watched()
	if len(ids) == 0 {
		return nil
	}
	signs, err := p.store.Presences(ctx, ids, p.now().UTC())
	if err != nil {
		return fmt.Errorf("look for presence: %w", err)
	}
	here := map[content.ID][]*content.Presence{}
	names := map[string]string{}
	for _, s := range signs {
		here[s.EntryID()] = append(here[s.EntryID()], s)
		if names[s.PersonKey], err = p.names.Of(ctx, s.PersonKey); err != nil {
			return err
		}
	}
	for _, list := range here {
		slices.SortFunc(list, func(a, b *content.Presence) int {
			return cmp.Or(cmp.Compare(names[a.PersonKey], names[b.PersonKey]), cmp.Compare(a.PersonKey, b.PersonKey))
		})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.watchers {
		w.update(here, names)
	}
	return nil
}

// watched returns the entries that anybody watches.
func (p *Presences) watched() []content.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := map[content.ID]struct{}{}
	for w := range p.watchers {
		for _, id := range w.ids {
			ids[id] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(ids))
}

// update makes the states pending that differ from those that the watcher has seen.
func (w *watcher) update(here map[content.ID][]*content.Presence, names map[string]string) {
	for _, id := range w.ids {
		people := make([]content.PresentPerson, len(here[id]))
		for i, s := range here[id] {
			people[i] = content.PresentPerson{Name: names[s.PersonKey], Field: s.Field, IsViewer: s.PersonKey == w.person}
		}
		if slices.EqualFunc(people, w.seen[id], samePerson) {
			continue
		}
		w.seen[id] = people
		w.pending[id] = &content.EntryPresence{Target: id, People: people}
		w.changed.Notify()
	}
}

// samePerson reports whether two people are shown alike.
func samePerson(a, b content.PresentPerson) bool {
	if a.Field == nil || b.Field == nil {
		return a.Name == b.Name && a.IsViewer == b.IsViewer && a.Field == b.Field
	}
	return a.Name == b.Name && a.IsViewer == b.IsViewer && *a.Field == *b.Field
}
