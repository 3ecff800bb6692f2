package auth

import (
	"context"
	"sync"
	"time"

	"patternhub/internal/content"
)

// namesFor is the time for which names are kept. A name that is not known is looked up again earlier.
const namesFor = time.Minute

// Names knows the names of people and keys by which history calls writers. It is safe for concurrent use.
type Names struct {
	keys   *Keys
	people *People
	now    func() time.Time

	mu    sync.Mutex        // guards names and at; held while reading, so that many callers cause one read
	names map[string]string // by id
	at    time.Time
}

// NewNames returns Names. A nil now means time.Now.
func NewNames(keys *Keys, people *People, now func() time.Time) *Names {
	if now == nil {
		now = time.Now
	}
	return &Names{keys: keys, people: people, now: now}
}

// Of returns the name of a writer, "" if it is unknown, as that of a program is. If a key acted for a
// person, it names both. Those who were removed keep their names.
func (n *Names) Of(ctx context.Context, by string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := content.ParseBy(by)
	// A new id is unknown for at most cacheFor; a list with many unknown ids causes one read.
	known := n.names[w.Key] != "" && (w.Person == "" || n.names[w.Person] != "")
	if age := n.now().Sub(n.at); n.names == nil || age > namesFor || !known && age > cacheFor {
		if err := n.read(ctx); err != nil {
			return "", err
		}
	}
	if w.Person == "" {
		return n.names[w.Key], nil
	}
	return n.names[w.Person] + " by " + n.names[w.Key], nil
}

// read reads all names.
func (n *Names) read(ctx context.Context) error {
	keys, err := n.keys.List(ctx)
	if err != nil {
		return err
	}
	people, err := n.people.List(ctx, true)
	if err != nil {
		return err
	}
	n.names = make(map[string]string, len(keys)+len(people))
	for _, k := range keys {
		n.names[k.Key] = k.Name
	}
	for _, who := range people {
		n.names[who.Key] = who.Name
	}
	n.at = n.now()
	return nil
}
