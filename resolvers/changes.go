package resolvers

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// Tokens signs and reads positions in the change log. VerifySync refuses a token that this hub did
// not sign, or that belongs to another database, with a fault for the client.
type Tokens interface {
	SignSync(ctx context.Context, t content.SyncToken) (string, error)
	VerifySync(ctx context.Context, token string) (content.SyncToken, error)
}

// Changes reports what has been published: a page of it, or each change as it happens.
// Store, Log and Feed are three views of the same log: pages, numbers, and new changes. All must
// be safe for concurrent use.
type Changes struct {
	Store content.Syncer
	Log   content.Log
	Feed  content.Feed
	// Acts reads what was done, for people.
	Acts content.ActLog
	// Entry returns the entry as a publish made it.
	Entry  func(ctx context.Context, c content.Change) (content.Entry, error)
	Tokens Tokens
	Logger *slog.Logger
}

// lastEventKey is the context key of the last event's id.
type lastEventKey struct{}

// WithLastEventID returns a context whose subscription continues after the last event that an
// event stream received. An empty id changes nothing.
func WithLastEventID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, lastEventKey{}, id)
}

const (
	// maxPull bounds a page, at the bound of connections.
	maxPull = 100
	// maxFollowed bounds the ids of one subscription.
	maxFollowed = 100
)

// publishedOnly refuses viewers of drafts. Sync reports what is published, and in the draft graph
// the relations of an entry would differ.
func publishedOnly(v *content.Viewer) error {
	if v.Perspective == content.Drafts {
		return content.Fault(content.BadUserInput, "Changes are those of the published graph; ask without the drafts perspective.")
	}
	return nil
}

// begin verifies the token and the types that a client sent. No token starts at the beginning; an
// empty one is invalid. A token includes its types, so they need not be repeated. Other types are
// refused, because the changes of those not followed so far would be missing.
func (c *Changes) begin(ctx context.Context, since *string, types []content.EntryType) (content.SyncToken, error) {
	if since == nil {
		return content.SyncToken{Types: content.SortedTypes(types)}, nil
	}
	token, err := c.Tokens.VerifySync(ctx, *since)
	if err != nil {
		return token, err
	}
	if types != nil && !token.SameTypes(types) {
		return token, content.Fault(content.BadUserInput, "This token was made for other types. Give the same ones, or none at all.")
	}
	return token, nil
}

// page reads one page of a pull. Every change carries its own token, so that a client which stops
// in the middle of a page can continue after the last change that it stored. first is from 1 to
// maxPull, and maxPull if nil.
func (c *Changes) page(ctx context.Context, since *string, types []content.EntryType, first *int) (*content.SyncPage, error) {
	p := content.Pull{First: maxPull}
	if first != nil {
		p.First = *first
	}
	if p.First < 1 || p.First > maxPull {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("first must be from 1 to %d.", maxPull))
	}
	var err error
	if p.Token, err = c.begin(ctx, since, types); err != nil {
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
		if page.Changes[i], err = c.event(ctx, at, change, pulled.Entries[i]); err != nil {
			return nil, err
		}
	}
	page.NextToken, err = c.Tokens.SignSync(ctx, pulled.Next)
	return page, err
}

// event returns a change in the form that clients see. at is the position of the change. e is nil
// exactly for a deletion.
func (c *Changes) event(ctx context.Context, at content.SyncToken, change content.Change, e content.Entry) (content.EntryChange, error) {
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

// follow sends each change after a token, or after now, until ctx ends. It never closes the
// channel; the subscription ends with its context. At most one change waits, so a slow reader
// delays only its own subscription.
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
	stop := c.Feed.Watch(f.notify)
	context.AfterFunc(ctx, stop)
	f.notify() // for changes before the watch began
	return f.out, nil
}

// follower is one subscription. It has a goroutine only while there are changes to send, so that
// thousands of subscriptions can wait cheaply. Only that goroutine uses at; mu guards running and
// notified.
type follower struct {
	changes *Changes
	ctx     context.Context //nolint:containedctx // a follower lives for one subscription
	only    []content.ID
	out     chan content.EntryChange
	at      content.SyncToken // used by the sending goroutine only

	mu                sync.Mutex
	running, notified bool
}

// notify starts a goroutine that sends new changes, unless one runs. It is called under the feed's
// lock and so does not block. notified reports that there was a call since the goroutine last
// looked.
func (f *follower) notify() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.notified = true; !f.running {
		f.running = true
		go f.run()
	}
}

// run sends all new changes and returns. It waits for a database that is not reachable.
func (f *follower) run() {
	for f.more() {
		_ = wait.Retry(f.ctx, wait.Short, f.catchUp, func(err error) {
			f.changes.Logger.Warn("a subscription waits for the change log", "error", err)
		})
	}
}

// more reports whether the goroutine is to look again; if not, it has ended. Both are decided in
// one step under the lock: a notify after that finds no goroutine running and starts one.
func (f *follower) more() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = f.notified && f.ctx.Err() == nil
	f.notified = false
	return f.running
}

// catchUp sends every change that is there. The position also moves past changes that do not
// concern the subscription, so that they are read once.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		changes, err := f.changes.Feed.After(ctx, f.at.Seq)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, change := range changes {
			if concerns(f.at, f.only, change) {
				if err := f.changes.send(ctx, f.at.At(change.Seq), change, f.out); err != nil {
					return err
				}
			}
			f.at.Seq = change.Seq
		}
	}
}

// resume returns where a subscription begins: after the token in the arguments, after that of a
// resumed event stream, or now. Without a token it begins at the end of the log, since sync
// delivers what is there already. If the log no longer reaches back to the position, the error is
// SyncTokenExpired, before the first event.
func (c *Changes) resume(ctx context.Context, types []content.EntryType, only []content.ID, since *string) (content.SyncToken, error) {
	if last, ok := ctx.Value(lastEventKey{}).(string); ok {
		since = &last // newer than the token in the document
	}
	at, err := c.begin(ctx, since, types)
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
	if since == nil {
		at.Seq, err = c.Log.LastSeq(ctx)
		return at, err
	}
	return at, c.Store.Reaches(ctx, at)
}

// concerns reports whether a change belongs to a subscription. The tools' tables are not entries
// and never do.
func concerns(t content.SyncToken, only []content.ID, c content.Change) bool {
	return c.Graph == content.Published && c.Type.IsEntry() &&
		(len(t.Types) == 0 || slices.Contains(t.Types, c.Type)) &&
		(len(only) == 0 || slices.Contains(only, content.ID{Type: c.Type, Key: c.Key}))
}

// send sends one change and waits until the subscriber reads it. It reads the entry in the change's
// own revision, so that a later publish does not show early.
func (c *Changes) send(ctx context.Context, at content.SyncToken, change content.Change, out chan<- content.EntryChange) error {
	var e content.Entry
	if change.Op == content.OpUpsert {
		var err error
		if e, err = c.Entry(ctx, change); err != nil {
			return err
		}
	}
	event, err := c.event(ctx, at, change, e)
	if err != nil {
		return err
	}
	select {
	case out <- event:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's context
	}
}
