package resolvers

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"patternhub/content"
)

// Tokens signs and reads places in the change log.
// A token that was not signed by this hub, or belongs to another database, is refused by VerifySync
// with a fault for the client.
type Tokens interface {
	SignSync(ctx context.Context, t content.SyncToken) (string, error)
	VerifySync(ctx context.Context, token string) (content.SyncToken, error)
}

// Changes tells what has been published: a page of it, or each change as it happens.
// Store, Log and Feed are three views of the same log: pages, numbers, and news. All must be safe
// for concurrent use.
type Changes struct {
	Store content.Syncer
	Log   content.Log
	Feed  content.Feed
	// Entry gives the entry as a publish made it.
	Entry  func(ctx context.Context, c content.Change) (content.Entry, error)
	Tokens Tokens
	Logger *slog.Logger
}

// lastEventKey keys the event in a context.
type lastEventKey struct{}

// WithLastEventID gives a context whose subscription goes on after an event, the one that an
// event stream saw last; an empty id changes nothing.
func WithLastEventID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, lastEventKey{}, id)
}

const (
	// maxPull bounds a page, as it does a connection's.
	maxPull = 100
	// maxFollowed bounds the ids of one subscription.
	maxFollowed = 100
	// retryEvery is the pause after a fault, so that a lost database is not hammered.
	retryEvery = 250 * time.Millisecond
)

// publishedOnly refuses viewers of drafts: what sync tells is published, and in their graph
// its relations would be others.
func publishedOnly(v *content.Viewer) error {
	if v.Perspective == content.Drafts {
		return content.Fault(content.BadUserInput, "Changes are those of the published graph; ask without the drafts perspective.")
	}
	return nil
}

// begin reads the token and the types that a client gave.
// An empty token follows the types given from the beginning. A token knows its types, so they need
// not be given again; other ones are refused, because what was not followed so far would be
// missing.
func (c *Changes) begin(ctx context.Context, since string, types []content.EntryType) (content.SyncToken, error) {
	if since == "" {
		return content.SyncToken{Types: content.SortedTypes(types)}, nil
	}
	token, err := c.Tokens.VerifySync(ctx, since)
	if err != nil {
		return token, err
	}
	if types != nil && !token.SameTypes(types) {
		return token, content.Fault(content.BadUserInput, "This token was made for other types. Give the same ones, or none at all.")
	}
	return token, nil
}

// page reads one page of a pull.
// Every change carries a token of its own, so that a client which breaks off in the middle of a
// page can go on behind the last change it took in. first is from 1 to maxPull, maxPull without it.
func (c *Changes) page(ctx context.Context, since *string, types []content.EntryType, first *int) (*content.SyncPage, error) {
	p := content.Pull{First: maxPull}
	if first != nil {
		p.First = *first
	}
	if p.First < 1 || p.First > maxPull {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("first must be from 1 to %d.", maxPull))
	}
	var err error
	if p.Token, err = c.begin(ctx, valueOf(since), types); err != nil {
		return nil, err
	}
	if p.Token.Only != "" {
		return nil, content.Fault(content.BadUserInput, "This token follows single entries; sync needs one that follows all of a type.")
	}
	pulled, err := c.Store.Pull(ctx, p)
	if err != nil {
		return nil, err
	}
	page := &content.SyncPage{Changes: make([]content.EntryChange, len(pulled.Changes)), HasMore: pulled.More}
	for i, change := range pulled.Changes {
		at := pulled.Next
		if at.Seq = change.Seq; at.Seq >= at.Start {
			at.Start = 0
		}
		if page.Changes[i], err = c.told(ctx, at, change, pulled.Entries[i]); err != nil {
			return nil, err
		}
	}
	page.NextToken, err = c.Tokens.SignSync(ctx, pulled.Next)
	return page, err
}

// told puts a change the way clients see it.
// at is the place of this change. e is nil for a deletion and for nothing else.
func (c *Changes) told(ctx context.Context, at content.SyncToken, change content.Change, e content.Entry) (content.EntryChange, error) {
	token, err := c.Tokens.SignSync(ctx, at)
	if err != nil {
		return nil, err
	}
	if change.Op == content.OpDelete {
		return &content.EntryDeletion{Key: change.Key, Type: change.Type, ChangedAt: change.At, Token: token, Reread: change.Reread}, nil
	}
	return &content.EntryUpsert{
		Entry: e, Revision: change.Revision, ChangedAt: change.At, Token: token, Reread: change.Reread,
	}, nil
}

// follow gives each change after a token, or after now, until ctx ends.
// The channel is never closed: the subscription ends with its context, and a reader stops by that.
// One change waits at most; a slow reader holds up its own subscription alone.
func (c *Changes) follow(ctx context.Context, types []content.EntryType, ids []*content.ID, since *string) (<-chan content.EntryChange, error) {
	if len(ids) > maxFollowed {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("entryChanged follows at most %d ids.", maxFollowed))
	}
	only := make([]content.ID, len(ids))
	for i, id := range ids {
		only[i] = *id
	}
	at, err := c.resume(ctx, types, only, since)
	if err != nil {
		return nil, err
	}
	f := &follower{changes: c, ctx: ctx, at: at, only: only, out: make(chan content.EntryChange)}
	stop := c.Feed.Watch(f.wake)
	context.AfterFunc(ctx, stop)
	f.wake() // for what has happened before the watch
	return f.out, nil
}

// follower is one subscription. It has a goroutine only while there is something to tell:
// thousands of them stand idle.
// The one goroutine at a time is what makes at safe without the lock; mu guards telling and again.
type follower struct {
	changes *Changes
	ctx     context.Context //nolint:containedctx // the subscription's own, for as long as it lives
	only    []content.ID
	out     chan content.EntryChange
	at      content.SyncToken // belongs to the goroutine that tells

	mu             sync.Mutex
	telling, again bool
}

// wake sees to it that somebody tells what is new.
// It is called under the feed's lock and so only notes and starts. again says that something came
// after the teller looked.
func (f *follower) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.again = true; !f.telling {
		f.telling = true
		go f.tell()
	}
}

// tell tells all that is new, and ends. A lost database is waited for.
// After a fault it wakes itself, since nothing else might for a long time.
func (f *follower) tell() {
	for f.pending() {
		err := f.catchUp()
		if err == nil || f.ctx.Err() != nil {
			continue
		}
		f.changes.Logger.Warn("a subscription waits for the change log", "error", err)
		select {
		case <-f.ctx.Done():
		case <-time.After(retryEvery):
			f.wake()
		}
	}
}

// pending takes the next reason to look, or says that there is none and tell has ended.
// Looking and ending are one step under the lock: a wake that comes after it finds nobody telling
// and starts a new teller.
func (f *follower) pending() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.telling = f.again && f.ctx.Err() == nil
	f.again = false
	return f.telling
}

// catchUp hands on every change that is there.
// The place moves on for changes of no concern too, so that they are not looked at again.
func (f *follower) catchUp() error {
	for {
		changes, err := f.changes.Feed.After(f.ctx, f.at.Seq)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, change := range changes {
			if concerns(f.at, f.only, change) {
				if err := f.changes.send(f.ctx, f.at.At(change.Seq), change, f.out); err != nil {
					return err
				}
			}
			f.at.Seq = change.Seq
		}
	}
}

// resume finds where a subscription begins: after the token in the arguments, the one that an
// event stream brought along, or now.
// Without a token it begins at the end of the log: what is there already can be had by sync. A
// place that the log no longer reaches is SyncTokenExpired, told before the first event.
func (c *Changes) resume(ctx context.Context, types []content.EntryType, only []content.ID, since *string) (content.SyncToken, error) {
	given := valueOf(since)
	if last, ok := ctx.Value(lastEventKey{}).(string); ok {
		given = last // it is newer than what the document was written with
	}
	at, err := c.begin(ctx, given, types)
	if err != nil {
		return at, err
	}
	mark := content.OnlyThese(only)
	if at.Only != "" && at.Only != mark {
		return at, content.Fault(content.BadUserInput, "This token follows other entries. Give the same ids.")
	}
	at.Only = mark
	if at.Start > 0 {
		return at, content.Fault(content.BadUserInput, "This token is from the middle of a full pull. Finish it with sync first.")
	}
	if given == "" {
		at.Seq, err = c.Log.LastSeq(ctx)
		return at, err
	}
	return at, c.Store.Reaches(ctx, at)
}

// concerns tells whether a change is one that a subscription is about.
// Tables of the tools are no entries and never told.
func concerns(t content.SyncToken, only []content.ID, c content.Change) bool {
	return c.Graph == content.Published && c.Type != content.TypeHealth &&
		(len(t.Types) == 0 || slices.Contains(t.Types, c.Type)) &&
		(len(only) == 0 || slices.Contains(only, content.ID{Type: c.Type, Key: c.Key}))
}

// send hands one change to a subscriber, however long it takes to read it.
// The entry is read by the change's own revision, so that a later publish does not show through
// early.
func (c *Changes) send(ctx context.Context, at content.SyncToken, change content.Change, out chan<- content.EntryChange) error {
	var e content.Entry
	if change.Op == content.OpUpsert {
		var err error
		if e, err = c.Entry(ctx, change); err != nil {
			return err
		}
	}
	event, err := c.told(ctx, at, change, e)
	if err != nil {
		return err
	}
	select {
	case out <- event:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
}

// valueOf gives what a pointer to a string points to, empty for none.
func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
