package resolvers_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/resolvers"
)

// gold publishes the tier that patterns refer to.
func gold(t *testing.T, h *live) *author {
	t.Helper()
	a := newAuthor(h.store)
	must(t, a.create(t.Context(), true))
	must(t, a.publish(t.Context(), content.ID{Type: content.TypeTier, Key: "e001"}))
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustToken signs a token as the hub would have, so that tests can make tokens of any state.
func mustToken(t *testing.T, h *live, s content.SyncToken) string {
	t.Helper()
	token, err := h.tokens.SignSync(t.Context(), s)
	must(t, err)
	return token
}

// TestSyncRefuses checks that a token is valid only for the database, the types and the history that it
// was made for. The order of the types does not matter.
func TestSyncRefuses(t *testing.T) {
	h := newLive(t)
	gold(t, h)
	foreign, err := auth.NewTokens(foreignStore{}).SignSync(t.Context(), content.SyncToken{Seq: 1})
	must(t, err)
	for name, tt := range map[string]struct {
		since string
		types []string
		first int
		want  content.Code
	}{
		"no first":          {"", nil, 0, content.BadUserInput},
		"too many":          {"", nil, 101, content.BadUserInput},
		"broken token":      {"x", nil, 1, content.BadUserInput},
		"foreign token":     {foreign, nil, 1, content.BadUserInput},
		"other types":       {mustToken(t, h, content.SyncToken{Seq: 1}), []string{"LAW"}, 1, content.BadUserInput},
		"of single entries": {mustToken(t, h, content.SyncToken{Seq: 1, Only: "ab"}), nil, 1, content.BadUserInput},
		"restored":          {mustToken(t, h, content.SyncToken{Seq: 99}), nil, 1, content.SyncTokenExpired},
		"types of the token": {
			mustToken(t, h, content.SyncToken{Seq: 1, Types: []content.EntryType{"LAW", "TIER"}}), []string{"TIER", "LAW"}, 1, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.page(t.Context(), tt.since, tt.types, tt.first)
			if content.CodeOf(err) != tt.want {
				t.Errorf("got %v, want code %q", err, tt.want)
			}
		})
	}
	next, err := h.dispatch(t.Context(), `{ sync(since: "") { nextToken } }`, nil)
	must(t, err)
	if resp := next(); len(resp.Errors) != 1 || content.CodeOf(resp.Errors[0].Err) != content.BadUserInput {
		t.Errorf("an empty token: %s %v", resp.Data, resp.Errors)
	}
	h.viewer = &content.Viewer{AccessRole: content.RolePreviewer, Perspective: content.Drafts}
	if _, err := h.page(t.Context(), "", nil, 1); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("with the drafts perspective: %v", err)
	}
}

// foreignStore is the identity of another database.
type foreignStore struct{}

func (foreignStore) Identity(context.Context) (*content.Identity, error) {
	return &content.Identity{Database: "elsewhere", Secret: []byte("elsewhere")}, nil
}

// TestExpiredTokensAreReported prunes the log of changes. Clients behind it must start again, and those at
// its end continue as before.
func TestExpiredTokensAreReported(t *testing.T) {
	h := newLive(t)
	a := gold(t, h)
	old := newReplica()
	must(t, old.finish(t.Context(), h, 10))
	must(t, a.create(t.Context(), false))
	must(t, a.publish(t.Context(), a.some(func(content.ID) bool { return true })...))
	copied := newReplica()
	must(t, copied.finish(t.Context(), h, 10))
	if _, err := h.store.Prune(t.Context(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if err := old.pull(t.Context(), h, 10); content.CodeOf(err) != content.SyncTokenExpired {
		t.Errorf("an old token: %v", err)
	}
	if err := copied.pull(t.Context(), h, 10); err != nil {
		t.Errorf("a token of the end: %v", err)
	}
	must(t, h.equalsFresh(t.Context(), copied))
	if _, err := h.subscribe(t.Context(), map[string]any{"since": old.token}); content.CodeOf(err) != content.SyncTokenExpired {
		t.Errorf("a subscription from an old token: %v", err)
	}
}

// subscription is an open entryChanged.
type subscription struct {
	next func() (*change, error)
	end  context.CancelFunc
}

const subscribeQuery = `subscription ($types: [EntryType!], $ids: [ID!], $since: SyncToken) {
	entryChanged(types: $types, ids: $ids, since: $since) ` + changeFields + ` }`

// subscribe opens a subscription; it ends with ctx or the test.
func (h *live) subscribe(ctx context.Context, vars map[string]any) (*subscription, error) {
	ctx, cancel := context.WithCancel(ctx)
	respond, err := h.dispatch(ctx, subscribeQuery, vars)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &subscription{end: cancel, next: func() (*change, error) {
		resp := respond()
		if resp == nil {
			return nil, errors.New("the subscription has ended")
		}
		if len(resp.Errors) > 0 {
			return nil, resp.Errors[0].Err
		}
		var data struct{ EntryChanged change }
		return &data.EntryChanged, json.Unmarshal(resp.Data, &data)
	}}
	if err := h.refused(ctx, vars); err != nil {
		cancel()
		return nil, err
	}
	return s, nil
}

// refused returns the reason why a subscription cannot begin. gqlgen reports it only with the first
// event, so the subscription is cancelled immediately and asked for one.
func (h *live) refused(ctx context.Context, vars map[string]any) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	respond, err := h.dispatch(ctx, subscribeQuery, vars)
	if err != nil {
		return err
	}
	got := make(chan error, 1)
	go func() {
		if resp := respond(); resp != nil && len(resp.Errors) > 0 {
			got <- resp.Errors[0].Err
			return
		}
		got <- nil
	}()
	cancel()
	return <-got
}

// stored returns an entry as the query shows it now.
func (h *live) stored(t *testing.T, id content.ID) string {
	t.Helper()
	next, err := h.dispatch(t.Context(), `query ($id: ID!) { node(id: $id) { ...on Entry `+entryFields+` } }`, map[string]any{"id": id.String()})
	must(t, err)
	resp := next()
	var data struct{ Node json.RawMessage }
	if len(resp.Errors) > 0 {
		t.Fatal(resp.Errors)
	}
	must(t, json.Unmarshal(resp.Data, &data))
	return string(data.Node)
}

func TestEntryChangedSendsEachPublishInItsRevision(t *testing.T) {
	h := newLive(t)
	h.run(t)
	a := gold(t, h)
	must(t, a.create(t.Context(), false))
	id := content.ID{Type: content.TypePattern, Key: "e002"}
	s, err := h.subscribe(t.Context(), nil)
	must(t, err)
	defer s.end()
	// All writes happen before the first event is read: each event must show its own revision.
	var want []string
	must(t, a.publish(t.Context(), id))
	want = append(want, h.stored(t, id))
	must(t, a.edit(t.Context(), id, true))
	must(t, a.publish(t.Context(), id))
	want = append(want, h.stored(t, id))
	must(t, a.unpublish(t.Context(), id))
	must(t, a.edit(t.Context(), id, false))
	must(t, a.publish(t.Context(), id))
	want = append(want[:2], "deletion of "+id.String(), h.stored(t, id))
	must(t, a.remove(t.Context(), id))
	want = append(want, "deletion of "+id.String())
	var tokens []string
	for i := range want {
		got, err := s.next()
		must(t, err)
		shown := string(got.Entry)
		if got.Kind == "EntryDeletion" {
			shown = "deletion of " + got.ID
		}
		if d := cmp.Diff(want[i], shown); d != "" {
			t.Errorf("event %d (-want +got):\n%s", i, d)
		}
		tokens = append(tokens, got.Token)
	}
	// From each token the subscription continues with the next event.
	for i := range len(want) - 1 {
		for name, from := range map[string]map[string]any{"argument": {"since": tokens[i]}, "last event": nil} {
			ctx := t.Context()
			if from == nil {
				ctx = resolvers.WithLastEventID(ctx, tokens[i])
			}
			s, err := h.subscribe(ctx, from)
			must(t, err)
			got, err := s.next()
			must(t, err)
			if got.Token != tokens[i+1] {
				t.Errorf("after event %d by %s comes %+v", i, name, got)
			}
			s.end()
		}
	}
	// The same tokens work for sync.
	r := &replica{entries: map[string]string{id.String(): "stale"}, token: tokens[0]}
	must(t, r.pull(t.Context(), h, 10))
	if len(r.entries) != 0 {
		t.Errorf("after sync there is %v", r.entries)
	}
}

func TestEntryChangedFollowsWhatWasAskedFor(t *testing.T) {
	h := newLive(t)
	h.run(t)
	a := gold(t, h)
	for range 3 {
		must(t, a.create(t.Context(), false))
	}
	tier, one := content.ID{Type: "TIER", Key: "e001"}, content.ID{Type: "PATTERN", Key: "e003"}
	for name, tt := range map[string]struct {
		vars map[string]any
		want []string
	}{
		"all":           {map[string]any{}, []string{"e001", "e002", "e003", "e004"}},
		"one type":      {map[string]any{"types": []string{"PATTERN"}}, []string{"e002", "e003", "e004"}},
		"one entry":     {map[string]any{"ids": []string{one.String()}}, []string{"e003"}},
		"type and ids":  {map[string]any{"types": []string{"TIER"}, "ids": []string{one.String(), tier.String()}}, []string{"e001"}},
		"several types": {map[string]any{"types": []string{"TIER", "PATTERN", "LAW"}}, []string{"e001", "e002", "e003", "e004"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := h.subscribe(t.Context(), tt.vars)
			must(t, err)
			defer s.end()
			must(t, a.publish(t.Context(), a.some(func(content.ID) bool { return true })...))
			var got []string
			last := ""
			for range tt.want {
				c, err := s.next()
				must(t, err)
				var e struct{ ID string }
				must(t, json.Unmarshal(c.Entry, &e))
				id, err := content.ParseID(e.ID)
				must(t, err)
				got, last = append(got, id.Key), c.Token
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			// With its own arguments, or without types, the token is accepted.
			tt.vars["since"] = last
			if _, err := h.subscribe(t.Context(), tt.vars); err != nil {
				t.Errorf("resume: %v", err)
			}
		})
	}
}

func TestEntryChangedRefuses(t *testing.T) {
	h := newLive(t)
	gold(t, h)
	id := content.ID{Type: "TIER", Key: "e001"}
	for name, tt := range map[string]struct {
		vars map[string]any
		want string
	}{
		"broken token":   {map[string]any{"since": "x"}, "not a sync token"},
		"empty token":    {map[string]any{"since": ""}, "not a sync token"},
		"other types":    {map[string]any{"types": []string{"LAW"}, "since": mustToken(t, h, content.SyncToken{Seq: 1})}, "other types"},
		"other entries":  {map[string]any{"ids": []string{id.String()}, "since": mustToken(t, h, content.SyncToken{Seq: 1, Only: "ab"})}, "same ids"},
		"unfinished":     {map[string]any{"since": mustToken(t, h, content.SyncToken{Seq: 1, Start: 3})}, "full pull"},
		"restored":       {map[string]any{"since": mustToken(t, h, content.SyncToken{Seq: 99})}, "restored"},
		"too many":       {map[string]any{"ids": slices.Repeat([]string{id.String()}, 101)}, "at most 100"},
		"unknown id":     {map[string]any{"ids": []string{"?"}}, "id"},
		"all is allowed": {map[string]any{"types": []string{"TIER"}, "ids": []string{id.String()}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := h.refused(t.Context(), tt.vars)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	h.viewer = &content.Viewer{AccessRole: content.RolePreviewer, Perspective: content.Drafts}
	if err := h.refused(t.Context(), nil); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("with the drafts perspective: %v", err)
	}
}

func TestSubscribersReadAPublishOnce(t *testing.T) {
	h := newLive(t)
	h.run(t)
	a := gold(t, h)
	must(t, a.create(t.Context(), false))
	const subscribers = 20
	var open []*subscription
	for range subscribers {
		s, err := h.subscribe(t.Context(), nil)
		must(t, err)
		defer s.end()
		open = append(open, s)
	}
	before := h.revisions.Load()
	must(t, a.publish(t.Context(), content.ID{Type: "PATTERN", Key: "e002"}))
	for _, s := range open {
		if _, err := s.next(); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.revisions.Load() - before; n != 1 {
		t.Errorf("%d subscribers read the revision %d times", subscribers, n)
	}
}

func TestSubscribersOutliveTheDatabase(t *testing.T) {
	server := mongotest.Server(t)
	h := newLiveAt(t, server.URI(), "hub")
	h.run(t)
	a := gold(t, h)
	must(t, a.create(t.Context(), false))
	s, err := h.subscribe(t.Context(), nil)
	must(t, err)
	defer s.end()
	must(t, server.Restart(t.Context()))
	id := content.ID{Type: "PATTERN", Key: "e002"}
	for err = a.publish(t.Context(), id); content.CodeOf(err) == content.Unavailable; err = a.publish(t.Context(), id) {
		if t.Context().Err() != nil {
			break
		}
	}
	must(t, err)
	got, err := s.next()
	if err != nil || got.Kind != "EntryUpsert" {
		t.Errorf("got %+v (%v)", got, err)
	}
}
