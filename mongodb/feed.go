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

	"patternhub/content"
)

const (
	// pollEvery is how long the feed trusts the change stream's silence: streams may fail, or
	// lag on a quiet sharded cluster.
	pollEvery = time.Second
	// retryEvery is the pause after a fault, so that a lost database is not hammered.
	retryEvery = 250 * time.Millisecond
	// readChanges bounds one read of the log.
	readChanges = 1000
	// keepChanges is how many of the newest changes stay in memory for followers that are a
	// little behind; at about 200 bytes each they take 2 MB.
	keepChanges = 10_000
)

// Feed tails the change log and hands every change to its followers, in order and without a
// gap. One reader serves them all. It is safe for concurrent use.
// Followers wait on a channel or are called, and read the changes themselves; the reader never
// waits for a slow one. recent is appended to, or replaced by a copy that is shorter at the front,
// and never written in place: a part of it that was handed out stays right without the lock.
type Feed struct {
	store *Store
	log   *slog.Logger

	mu     sync.Mutex
	recent []content.Change
	last   int64
	lost   bool          // the log was out of sight since the last read
	moved  chan struct{} // closed and replaced when recent grows
	poke   chan struct{}
	// watchers are called when recent grows; the pointer tells one from another.
	watchers map[*func()]struct{}
}

// NewFeed makes a feed over a store; Run makes it live.
func NewFeed(s *Store, log *slog.Logger) *Feed {
	return &Feed{store: s, log: log, moved: make(chan struct{}), poke: make(chan struct{}, 1), watchers: map[*func()]struct{}{}}
}

// Poke tells the feed that something has just been written, so that it need not wait for the
// change stream to say so.
// It never waits. One note is enough for any number of writes, for the reader takes all that the
// log has; a second note while one is waiting would say nothing new.
func (f *Feed) Poke() {
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// Run reads the log until ctx ends. It begins at the end of the log: followers that want older
// changes read them themselves. A lost database is waited for.
// It returns nil, and only when ctx has ended: whoever runs it need not start it again. A place
// that was reached is kept over interruptions, so the first read after one has no gap.
func (f *Feed) Run(ctx context.Context) error {
	started := false
	for ctx.Err() == nil {
		if !started {
			last, err := f.store.LastSeq(ctx)
			if err != nil {
				f.pause(ctx, err)
				continue
			}
			f.begin(last)
			started = true
		}
		if err := f.tail(ctx); err != nil {
			f.lose()
			f.pause(ctx, err)
		}
	}
	return nil
}

// pause says what went wrong and waits a moment, or until ctx ends.
func (f *Feed) pause(ctx context.Context, err error) {
	if ctx.Err() == nil {
		f.log.WarnContext(ctx, "change feed interrupted", "error", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(retryEvery):
	}
}

// begin sets the place of a feed that has none yet, and wakes those who began to follow before it.
func (f *Feed) begin(last int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == 0 {
		f.last = last
	}
	f.wake()
}

// lose notes that the log is out of sight: what the next read finds was not seen as it happened,
// and those who are told of it are told that too.
func (f *Feed) lose() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = true
}

// wake tells the followers to look again; f.mu is held.
// Watchers are called under the lock, so they must neither block nor call the feed.
func (f *Feed) wake() {
	close(f.moved)
	f.moved = make(chan struct{})
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

// After gives changes that are there already; see content.Feed.
func (f *Feed) After(ctx context.Context, since int64) ([]content.Change, error) {
	changes, _, err := f.after(ctx, since)
	return changes, err
}

// tail reads the log whenever the change stream, a poke or the clock says so. What is read
// comes from the log itself, by number, so no event can be missed or come out of order.
// The stream is opened before the first read: a change between the two is then told by the stream
// instead of by neither. The stream gives numbers only, and even those are not looked at. It
// returns nil when ctx ends and an error for everything else; both leave no goroutine behind.
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
		// A server that refuses the stream still answers reads, and the next attempt reads again.
		return errors.Join(err, f.read(ctx))
	}
	events := make(chan error, 1)
	go func() { // ends with ctx, which the function's end cancels
		defer stream.Close(context.WithoutCancel(ctx))
		for stream.Next(ctx) {
			f.Poke()
		}
		events <- translate("watch changes", stream.Err())
	}()
	defer func() {
		cancel()
		<-events //nolint:errcheck // it was told where it came
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
		case <-f.poke:
		case <-clock.C:
		case err := <-events:
			events <- err // for the deferred wait
			if err == nil {
				err = errors.New("watch changes: the stream ended")
			}
			return err
		}
	}
}

// read takes what the log has beyond the last change.
// Only Run calls it, so nobody else moves f.last between the look and the append.
func (f *Feed) read(ctx context.Context) error {
	for {
		f.mu.Lock()
		last, lost := f.last, f.lost
		f.mu.Unlock()
		changes, err := f.store.Changes(ctx, last, readChanges)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			f.mu.Lock()
			f.lost = false
			f.mu.Unlock()
			return nil
		}
		for i := range changes {
			changes[i].Reread = lost
		}
		f.mu.Lock()
		f.recent = append(f.recent, changes...)
		if over := len(f.recent) - keepChanges; over > 0 {
			f.recent = append([]content.Change(nil), f.recent[over:]...)
		}
		f.last = changes[len(changes)-1].Seq
		f.wake()
		f.mu.Unlock()
	}
}

// Follow hands each change after since to fn; see content.Feed.
// fn runs on the caller's goroutine, without a lock. A database that cannot be reached is waited
// for and logged; the follower loses nothing but time.
func (f *Feed) Follow(ctx context.Context, since int64, fn func(content.Change) error) error {
	for {
		changes, moved, err := f.after(ctx, since)
		if err != nil {
			f.log.WarnContext(ctx, "follower waits for the change log", "error", err)
			select {
			case <-ctx.Done():
				return ctx.Err() //nolint:wrapcheck // the caller's own
			case <-time.After(retryEvery):
			}
			continue
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
		case <-moved:
		}
	}
}

// after gives changes after a number, from memory where they are there and from the log where
// they are not, and a channel that is closed when there may be more.
// The channel is taken before the changes are looked up. A change that comes in between closes it,
// so whoever waits on it afterwards wakes at once and cannot miss the change.
func (f *Feed) after(ctx context.Context, since int64) ([]content.Change, <-chan struct{}, error) {
	f.mu.Lock()
	moved := f.moved
	if since >= f.last {
		f.mu.Unlock()
		return nil, moved, nil
	}
	if len(f.recent) > 0 && f.recent[0].Seq <= since+1 {
		i := 0
		for i < len(f.recent) && f.recent[i].Seq <= since {
			i++
		}
		out := f.recent[i:]
		f.mu.Unlock()
		return out, moved, nil
	}
	f.mu.Unlock()
	changes, err := f.store.Changes(ctx, since, readChanges)
	return changes, moved, err
}

var _ content.Feed = (*Feed)(nil)
