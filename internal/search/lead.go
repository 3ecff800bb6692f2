package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"patternhub/internal/content"
	"patternhub/internal/search/opensearch"
	"patternhub/internal/wait"
)

const (
	// leaseLength is how long an index is not updated after its indexer has died.
	leaseLength = 10 * time.Second
	// renewEvery is the interval at which a lease is renewed.
	renewEvery = 2 * time.Second
	// takeEvery is the interval at which other processes try to take it.
	takeEvery = 2 * time.Second
	// idleEvery is the interval at which the indexer reads the log without a note.
	idleEvery = time.Second
)

// errLost says that another process is the indexer.
var errLost = errors.New("another replica has taken over the search index")

// indexer updates the index of a graph while it has the lease. Each thing that it does is harmless if it is
// late: a document is written under the number of its change, so an older one does not replace a newer one; the
// row is saved under the epoch of the lease; and indexes are removed by the epoch in their names.
type indexer struct {
	*remote
	lease *content.Lease
	row   row
}

// lead takes the lease, works until it is lost, and tries again, until ctx ends.
func (r *remote) lead(ctx context.Context) {
	holder := uuid.NewString()
	for ctx.Err() == nil {
		// The lease counts from before it was asked for, so that it ends here before it ends in the store.
		until := time.Now().Add(leaseLength)
		l, err := r.store.TakeLease(ctx, r.name, holder, leaseLength)
		if err == nil && l != nil {
			err = r.work(ctx, l, until)
		}
		if err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "the search index cannot be updated; retrying", "error", err)
		}
		wait.Sleep(ctx, takeEvery)
	}
}

// work keeps the index until the lease is lost or something fails. It renews the lease at the same time, and
// ends the work when it has not succeeded in time.
func (r *remote) work(ctx context.Context, l *content.Lease, until time.Time) error {
	// The row comes with the lease, and no other process can change it from then on.
	x := &indexer{remote: r, lease: l}
	if len(l.State) > 0 {
		if err := json.Unmarshal(l.State, &x.row); err != nil {
			return fmt.Errorf("read the position of the search index: %w", err)
		}
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		defer stop()
		r.renew(working, l, until)
	}()
	err := x.keep(working)
	stop()
	<-renewed
	if ending := context.WithoutCancel(ctx); ctx.Err() != nil || err != nil && !errors.Is(err, errLost) {
		// Another process may do better, and need not wait for the end of the lease.
		limited, cancel := context.WithTimeout(ending, time.Second)
		defer cancel()
		err = errors.Join(err, r.store.EndLease(limited, l))
	}
	return err
}

// renew renews the lease until ctx ends. A single failure does not matter, since the lease lasts for several
// attempts. It returns if the lease is lost or could not be renewed in time.
func (r *remote) renew(ctx context.Context, l *content.Lease, until time.Time) {
	for wait.Sleep(ctx, renewEvery) {
		begun := time.Now()
		attempt, cancel := context.WithDeadline(ctx, until)
		again, err := r.store.TakeLease(attempt, r.name, l.Holder, leaseLength)
		cancel()
		switch {
		case err == nil && (again == nil || again.Epoch != l.Epoch):
			return
		case err == nil:
			until = begun.Add(leaseLength)
		case time.Now().After(until):
			return
		}
	}
}

// keep opens the index of the row, or fills a new one, and applies the changes of the log. It reads the log
// after each note, and otherwise every second, when it also looks whether the index is still there.
func (x *indexer) keep(ctx context.Context) error {
	reason, err := x.reason(ctx)
	if err != nil {
		return err
	}
	if reason != "" {
		x.log.InfoContext(ctx, "a search index is filled", "reason", reason, "epoch", x.lease.Epoch)
		if err := x.fill(ctx); err != nil {
			return err
		}
	}
	for {
		err := x.catchUp(ctx)
		if opensearch.NotFound(err) {
			return x.forget(ctx)
		}
		if err != nil {
			return err
		}
		timer := time.NewTimer(idleEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err() //nolint:wrapcheck // work looks at it
		case <-timer.C:
			if err := x.exists(ctx); opensearch.NotFound(err) {
				return x.forget(ctx)
			}
		case <-x.wake.C():
			timer.Stop()
		}
	}
}

// reason returns why a new index is needed; "" if the one of the row is there and can be brought up to date.
func (x *indexer) reason(ctx context.Context) (string, error) {
	if x.row.Index == "" {
		return "there is none", nil
	}
	err := x.exists(ctx)
	if opensearch.NotFound(err) {
		return "the server has lost it", nil
	}
	if err != nil {
		return "", err
	}
	return misfit(ctx, x.store, x.database, &x.row.Position)
}

// exists returns an error that is NotFound if the server does not have the index of the row.
func (x *indexer) exists(ctx context.Context) error {
	if err := x.client.Do(ctx, opensearch.Request{Method: http.MethodHead, Path: x.row.Index}, nil); err != nil {
		return fmt.Errorf("look at the search index: %w", err)
	}
	return nil
}

// forget makes the next indexer fill a new index, since the server has lost this one.
func (x *indexer) forget(ctx context.Context) error {
	x.log.ErrorContext(ctx, "the search server has lost the index", "name", x.row.Index)
	return x.save(ctx, row{})
}

// save stores a row under the epoch of the lease.
func (x *indexer) save(ctx context.Context, to row) error {
	raw, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("store the position of the search index: %w", err)
	}
	l := *x.lease
	l.State = raw
	switch ok, err := x.store.SaveLease(ctx, &l); {
	case err != nil:
		return fmt.Errorf("store the position of the search index: %w", err)
	case !ok:
		return errLost
	}
	x.row = to
	return nil
}

// fill fills a new index beside the old one, and then changes the row to it. The index has the epoch in its
// name, so that no two indexers write to one.
func (x *indexer) fill(ctx context.Context) error {
	begun, err := lastPosition(ctx, x.store, x.database)
	if err != nil {
		return err
	}
	began := time.Now()
	next := &remoteIndex{client: x.client, name: fmt.Sprintf("%s-e%d", x.name, x.lease.Epoch)}
	if next.name == x.row.Index && !opensearch.NotFound(x.exists(ctx)) {
		return errors.New("the index of this epoch is in use; the next epoch fills another one")
	}
	if err := next.remove(ctx); err != nil { // an attempt of this indexer that failed
		return err
	}
	if err := next.create(ctx); err != nil {
		return err
	}
	entries := 0
	err = eachBatch(content.ReadNewest(ctx), x.graph, fillBatch, func(batch map[content.ID]content.Entry) error {
		entries += len(batch)
		return next.write(ctx, begun.Seq, batch)
	})
	if err != nil {
		return err
	}
	// What has changed since is written before anybody uses the index.
	to := row{Index: next.name, Position: *begun, Own: begun.Seq}
	if to, err = x.apply(ctx, to); err != nil {
		return err
	}
	if err := next.show(ctx); err != nil {
		return err
	}
	if err := x.save(ctx, to); err != nil {
		return err
	}
	x.log.InfoContext(ctx, "search index filled", "entries", entries, "took", time.Since(began))
	return x.tidy(ctx)
}

// tidy removes the indexes of earlier epochs. An indexer that was stopped and wakes up knows only smaller
// epochs than that of the present index, so it cannot remove that one.
func (x *indexer) tidy(ctx context.Context) error {
	var list map[string]struct{}
	if err := x.client.Do(ctx, opensearch.Request{Method: http.MethodGet, Path: x.name + "-e*/_alias?ignore_unavailable=true"}, &list); err != nil {
		return fmt.Errorf("list search indexes: %w", err)
	}
	for name := range list {
		alias := strings.TrimSuffix(name, physical(""))
		epoch, err := strconv.ParseInt(strings.TrimPrefix(alias, x.name+"-e"), 10, 64)
		if err != nil || epoch >= x.lease.Epoch || alias == x.row.Index {
			continue
		}
		if err := (&remoteIndex{client: x.client, name: alias}).remove(ctx); err != nil {
			return err
		}
	}
	return nil
}

// catchUp applies the changes of the log after the row, and then saves the row. A search that finds the new
// position in the row finds the changes in the index, since they are shown before.
func (x *indexer) catchUp(ctx context.Context) error {
	to, err := x.apply(ctx, x.row)
	if err != nil || to.Position == x.row.Position {
		return err
	}
	if to.Own != x.row.Own {
		if err := (&remoteIndex{client: x.client, name: to.Index}).show(ctx); err != nil {
			return err
		}
	}
	return x.save(ctx, to)
}

// apply writes the changes of the log after a row to its index, and returns the row after them. All are
// written as of one state, under its number. The row says how far the index may be ahead before
// anything of it can be seen.
func (x *indexer) apply(ctx context.Context, to row) (row, error) {
	_, at, err := x.store.Now(content.ReadNewest(ctx))
	if err != nil {
		return to, fmt.Errorf("read the change log: %w", err)
	}
	moment := content.ReadOne(ctx, func() content.State { return at })
	index := &remoteIndex{client: x.client, name: to.Index}
	for to.Position.Seq < at.Seq {
		changes, err := x.store.Changes(ctx, to.Position.Seq, logPage)
		if err != nil {
			return to, fmt.Errorf("read the change log: %w", err)
		}
		ids := map[content.ID]bool{}
		for i := range changes {
			c := &changes[i]
			if c.Seq > at.Seq {
				break
			}
			to.Position = positionOf(x.database, c)
			if c.Graph == x.perspective && c.Type.Name() != "" {
				ids[content.ID{Type: c.Type, Key: c.Key}] = true
				to.Own = c.Seq
			}
		}
		if len(changes) == 0 {
			break // they were pruned meanwhile
		}
		if err := x.announce(ctx, to, at.Seq, len(ids)); err != nil {
			return to, err
		}
		to.Ahead = max(to.Ahead, at.Seq)
		err = readEntries(moment, x.graph, ids, func(entries map[content.ID]content.Entry) error {
			return index.write(ctx, at.Seq, entries)
		})
		if err != nil {
			return to, err
		}
	}
	return to, nil
}

// announce saves how far the index of the row may be ahead of its position. A response that reads an earlier
// state is then computed again. No search reads a new index yet, so it needs no announcement.
func (x *indexer) announce(ctx context.Context, to row, seq int64, changes int) error {
	if changes == 0 || to.Index != x.row.Index || x.row.Ahead >= seq {
		return nil
	}
	ahead := x.row
	ahead.Ahead = seq
	return x.save(ctx, ahead)
}
