package mongodb

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

const (
	// pollEvery is the interval at which the feed reads the log without a notification: change streams may
	// fail, or lag on a quiet sharded cluster.
	pollEvery = time.Second
	// readChanges bounds one read of the log.
	readChanges = 1000
	// keepChanges is the number of newest changes that are cached for followers that are a little
	// behind; at about 200 bytes each they take 2 MB.
	keepChanges = 10_000
)

// Feed tails the change log and delivers every change to its followers, in order and without a gap.
// One reader serves them all. It is safe for concurrent use.
// Followers are notified by a channel or a call and read the changes themselves, so the reader never
// waits for a slow one. recent is only appended to, or replaced by a copy without its oldest changes,
// and never written in place: a slice of it stays valid without the lock.
type Feed struct {
	store *Store
	log   *slog.Logger
	// first are the followers of Lead, in their order.
	first []Follower
	// warned is set once a warning was logged that the database has no snapshot reads.
	warned bool
	grown  wait.Broadcast // recent has grown
	check  wait.Signal    // the log may have grown

	mu          sync.Mutex // guards the fields below
	recent      []content.Change
	last        int64 // the newest change that was delivered
	started     bool  // Lead has set last
	interrupted bool  // the feed has failed since the last read
	// watchers are called when recent grows; the pointer identifies a watcher.
	watchers map[*func()]struct{}
}

// Follower processes the changes between the previous state and at, in the order of the log; there may
// be none. Some of many may be without a key; see content.Change. It must not block, since writers wait for it.
type Follower func(at content.State, changes ...content.Change)

// NewFeed returns a feed over a store; Run makes it live.
func NewFeed(s *Store, log *slog.Logger) *Feed {
	return &Feed{
		store: s, log: log, check: wait.NewSignal(), watchers: map[*func()]struct{}{},
	}
}

// Lead sets the followers that are called first, one after the other in this order, at each read of
// the log and before anyone else is notified. They learn of every change after since once, and get the state
// after the changes. All changes of a transaction come in one call. They are called without
// changes too, at least once per pollEvery, since a moment is readable for only some minutes. Lead
// must be called before Run.
func (f *Feed) Lead(since int64, followers ...Follower) {
	f.first = followers
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last, f.started = since, true
}

// Notify makes the feed read the log now, after a write, without waiting for the change stream. It
// never blocks.
func (f *Feed) Notify() { f.check.Notify() }

// Run reads the log until ctx ends, and then returns nil. Without Lead it begins at the end of the
// log: followers that need older changes read them themselves.
// It waits for a database that cannot be reached. It continues at the same position after an
// interruption, so that there is no gap.
func (f *Feed) Run(ctx context.Context) error {
	warn := func(err error) { f.log.WarnContext(ctx, "change feed interrupted", "error", err) }
	if err := wait.Retry(ctx, wait.Short, f.begin, warn); err != nil {
		return nil //nolint:nilerr // ctx has ended
	}
	_ = wait.Retry(ctx, wait.Short, f.tail, func(err error) {
		f.interrupt()
		warn(err)
	})
	return nil
}

// begin sets the position of a feed without Lead, and notifies the followers.
func (f *Feed) begin(ctx context.Context) error {
	last, err := f.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.started {
		f.last = last
	}
	f.notify()
	return nil
}

// interrupt marks the changes of the next read as content.Change.Reread: the feed did not read them as
// they happened.
func (f *Feed) interrupt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.interrupted = true
}

// notify notifies the followers. The caller holds f.mu.
// Watchers are called under the lock, so they must neither block nor call the feed.
func (f *Feed) notify() {
	f.grown.Notify()
	for watch := range f.watchers {
		(*watch)()
	}
}

// Watch calls fn whenever there may be new changes; see content.Feed.
func (f *Feed) Watch(fn func()) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[&fn] = struct{}{}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, &fn)
	}
}

// After returns existing changes; see content.Feed.
func (f *Feed) After(ctx context.Context, since int64) ([]content.Change, error) {
	changes, _, err := f.after(ctx, since)
	return changes, err
}

// tail reads the log after each event of the change stream, each Notify and each tick. It reads
// changes from the log itself, by number, so that none is missed or out of order; the content of the
// stream's events is ignored. It opens the stream before the first read, so that the stream reports a
// change that happens in between. It returns nil when ctx ends and an error otherwise, and leaves no
// goroutine behind.
func (f *Feed) tail(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := f.store.db.Collection(changesName).Watch(ctx,
		mongo.Pipeline{{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}}}, options.ChangeStream().SetMaxAwaitTime(pollEvery))
	if err != nil {
		err = translate("watch changes", err)
		if content.CodeOf(err) == content.Unavailable {
			return err
		}
		// A server that refuses the stream still serves reads, so each attempt reads the log once.
		return errors.Join(err, f.read(ctx))
	}
	events := make(chan error, 1)
	go func() { // ends with ctx, which is cancelled on return
		defer stream.Close(context.WithoutCancel(ctx))
		for stream.Next(ctx) {
			f.Notify()
		}
		events <- translate("watch changes", stream.Err())
	}()
	defer func() {
		cancel()
		<-events //nolint:errcheck // it was returned when it was received
	}()
	clock := time.NewTicker(pollEvery)
	defer clock.Stop()
	for {
		if err := f.read(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.check.C():
		case <-clock.C:
		case err := <-events:
			events <- err // for the deferred receive
			if err == nil {
				err = errors.New("watch changes: the stream ended")
			}
			return err
		}
	}
}

// read reads the changes after the last one and delivers them.
// Only Run's goroutine calls it, so f.last does not change while the lock is released.
func (f *Feed) read(ctx context.Context) error {
	f.mu.Lock()
	last, interrupted := f.last, f.interrupted
	f.mu.Unlock()
	n, err := f.store.news(ctx, last)
	if err != nil {
		return err
	}
	if n.at.Moment == 0 && !f.warned {
		f.warned = true
		f.log.WarnContext(ctx, "the database has no snapshot reads: a response may show parts of two states")
	}
	for i := range n.newest {
		n.newest[i].Reread = interrupted
	}
	changes := n.changes()
	for _, follow := range f.first {
		follow(n.at, changes...)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.interrupted = false
	if len(changes) == 0 {
		return nil
	}
	// recent has no gap: if there are older changes, the newest ones fill it alone.
	f.recent = append(f.recent, n.newest...)
	if over := len(f.recent) - keepChanges; over > 0 {
		f.recent = append([]content.Change(nil), f.recent[over:]...)
	}
	f.last = n.at.Seq
	f.notify()
	return nil
}

// Follow calls fn with each change after since; see content.Feed.
// fn runs on the caller's goroutine, without a lock. If the database cannot be reached, Follow logs
// the error and retries; it misses no change.
func (f *Feed) Follow(ctx context.Context, since int64, fn func(content.Change) error) error {
	for {
		var changes []content.Change
		var grown <-chan struct{}
		err := wait.Retry(ctx, wait.Short, func(ctx context.Context) (err error) {
			changes, grown, err = f.after(ctx, since)
			return err
		}, func(err error) { f.log.WarnContext(ctx, "follower waits for the change log", "error", err) })
		if err != nil {
			return err
		}
		for _, c := range changes {
			if err := fn(c); err != nil {
				return err
			}
			since = c.Seq
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the caller's own
		case <-grown:
		}
	}
}

// after returns changes after a number, from memory if it has them, otherwise from the log, and a
// channel that is closed when there may be more.
// It gets the channel before it looks up the changes: a change that comes in between closes the
// channel, so a caller that waits on it afterwards does not miss the change.
func (f *Feed) after(ctx context.Context, since int64) ([]content.Change, <-chan struct{}, error) {
	grown := f.grown.C()
	f.mu.Lock()
	if since >= f.last {
		f.mu.Unlock()
		return nil, grown, nil
	}
	if len(f.recent) > 0 && f.recent[0].Seq <= since+1 {
		i := 0
		for i < len(f.recent) && f.recent[i].Seq <= since {
			i++
		}
		out := f.recent[i:]
		f.mu.Unlock()
		return out, grown, nil
	}
	f.mu.Unlock()
	changes, err := f.store.Changes(ctx, since, readChanges)
	return changes, grown, err
}

var _ content.Feed = (*Feed)(nil)
