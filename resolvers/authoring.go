package resolvers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Authoring writes entries and issues preview tokens. Access is checked before its methods are
// called.
type Authoring struct {
	Store    content.Author
	Tokens   Tokens
	Previews Previews
}

// maxIdempotencyKey bounds idempotency keys, which are stored for a day. A UUID has 36 characters.
const maxIdempotencyKey = 200

// request identifies the writer and makes the write idempotent where the field has the directive. With
// the argument validateOnly, the write is only validated, and the directive has no effect.
// It hashes the field's name and its arguments after variables are inserted, so the same write in
// another GraphQL spelling has the same hash, and another field has a different one. The mutation's
// own resolver must call it, since it reads the field that is being resolved.
func (r *Resolver) request(ctx context.Context) content.Request {
	v := r.ViewerOf(ctx)
	out := content.Request{By: v.By()}
	if v.Session != nil {
		out.Person = v.Session.PersonKey
	}
	field := graphql.GetFieldContext(ctx)
	if field == nil || field.Field.Field == nil {
		return out
	}
	vars := graphql.GetOperationContext(ctx).Variables
	if out.ValidateOnly, _ = field.Field.ArgumentMap(vars)["validateOnly"].(bool); out.ValidateOnly {
		return out
	}
	d := field.Field.Directives.ForName("idempotent")
	if d == nil {
		return out
	}
	out.Key, _ = d.ArgumentMap(vars)["key"].(string)
	raw, err := json.Marshal(field.Field.ArgumentMap(vars))
	if err != nil {
		raw = []byte(err.Error()) // cannot fail: arguments came as JSON
	}
	sum := sha256.Sum256(append([]byte(field.Field.Name+" "), raw...))
	out.Hash = hex.EncodeToString(sum[:])
	return out
}

// checked refuses idempotency keys that are empty or too long. A write without the directive has no
// hash and needs no key. A write with an empty key was meant to be idempotent, but would run again
// each time.
func checked(r content.Request) error {
	if r.Hash != "" && strings.TrimSpace(r.Key) == "" {
		return content.Fault(content.BadUserInput, "An idempotency key is not empty: use a new UUID for each write.")
	}
	if len(r.Key) > maxIdempotencyKey {
		return content.Fault(content.BadUserInput, fmt.Sprintf("An idempotency key has at most %d characters.", maxIdempotencyKey))
	}
	return nil
}

// change holds the arguments of an update. A nil ifRevision overwrites the current revision,
// whatever it is; a nil merge refuses an update that is not based on the newest revision.
type change struct {
	id         content.ID
	ifRevision *int
	merge      *content.MergeStrategy
	input      any
}

// create creates an entry of type T.
func create[T any](ctx context.Context, a *Authoring, r content.Request, input any) (*relay.Payload[T], error) {
	return save[T](ctx, a, r, content.Edit{}, input)
}

// update changes an entry of type T. An id of another type is not found.
func update[T any](ctx context.Context, a *Authoring, r content.Request, c change) (*relay.Payload[T], error) {
	if c.id.Type != typeOf[T]() {
		return &relay.Payload[T]{UserErrors: []content.UserError{{
			Field: []string{"id"}, Message: "There is no entry with that id.", Code: content.ErrNotFound,
		}}}, nil
	}
	e := content.Edit{ID: c.id, IfRevision: c.ifRevision}
	if c.merge != nil {
		e.Merge = *c.merge
	}
	return save[T](ctx, a, r, e, c.input)
}

// typeOf returns the entry type of a Go type. It is empty for a T that is not an entry; no caller
// has one.
func typeOf[T any]() content.EntryType {
	for _, t := range content.Types() {
		if _, ok := any(content.NewEntry(t)).(*T); ok {
			return t
		}
	}
	return ""
}

// save turns the input into an edit and runs it. The payload lists what is wrong with the input; an
// error is for what the author cannot correct. If the outcome has no entry, the payload's entry is
// null.
func save[T any](ctx context.Context, a *Authoring, r content.Request, e content.Edit, input any) (*relay.Payload[T], error) {
	if err := checked(r); err != nil {
		return nil, err
	}
	e.ID.Type = typeOf[T]()
	e.Values = content.NewEntry(e.ID.Type)
	var err error
	if e.Fields, err = apply(input, e.Values); err != nil {
		return nil, err
	}
	e.Values.Head().Slug = content.CleanSlug(e.Values.Head().Slug)
	out, err := a.Store.Save(ctx, r, e)
	if err != nil {
		return nil, err
	}
	p := &relay.Payload[T]{UserErrors: out.Errors, Conflicts: out.Conflicts, Effects: out.Effects}
	if first := cacheOutcome(ctx, out); first != nil {
		p.Entry, _ = any(first).(*T)
	}
	p.Token, err = a.token(ctx, out)
	return p, err
}

// cacheOutcome stores the entries of an outcome in the loaders and returns the first one. Otherwise
// the fields below the payload would read the entry again, and perhaps an older one from a cache.
func cacheOutcome(ctx context.Context, out *content.Outcome) content.Entry {
	for _, e := range out.Entries {
		loaders.Prime(ctx, e)
	}
	if len(out.Entries) == 0 {
		return nil
	}
	return out.Entries[0]
}

// token returns a sync token at the last change of a write, or at the current state if the write
// changed nothing. It is nil for a write that was refused.
func (a *Authoring) token(ctx context.Context, out *content.Outcome) (*string, error) {
	if out.Seq == 0 {
		return nil, nil
	}
	token, err := a.Tokens.SignSync(ctx, content.SyncToken{Seq: out.Seq})
	return &token, err
}

// release converts the arguments of an act over many entries.
func release(ids []*content.ID, ifRevisions []int, cascade bool) content.Release {
	return content.Release{IDs: values(ids), IfRevisions: ifRevisions, Cascade: cascade}
}

// act runs one of the acts over many entries. It does not call run when the idempotency key is
// invalid. When act returns, the loaders have the entries that run wrote.
func (a *Authoring) act(ctx context.Context, r content.Request, run func() (*content.Outcome, error)) (*content.Outcome, *string, error) {
	if err := checked(r); err != nil {
		return nil, nil, err
	}
	out, err := run()
	if err != nil {
		return nil, nil, err
	}
	cacheOutcome(ctx, out)
	token, err := a.token(ctx, out)
	return out, token, err
}

// publish returns the entries that were named. Those that a cascade added are only counted, as
// there may be very many.
func (a *Authoring) publish(ctx context.Context, r content.Request, what content.Release) (*model.EntryPublishPayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Release(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	p := &model.EntryPublishPayload{UserErrors: pointers(out.Errors), Token: token, Effects: out.Effects}
	if n := len(out.Entries); n > 0 {
		p.Entries, p.PublishedCount = out.Entries[:min(len(what.IDs), n)], &n
	}
	return p, nil
}

// unpublish removes entries from the published graph. The payload lists the referrers that prevent it.
func (a *Authoring) unpublish(ctx context.Context, r content.Request, what content.Release) (*model.EntryUnpublishPayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Withdraw(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	return &model.EntryUnpublishPayload{Entries: out.Entries, Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: token, Effects: out.Effects}, nil
}

// remove deletes entries and returns their ids.
func (a *Authoring) remove(ctx context.Context, r content.Request, what content.Release) (*model.EntryDeletePayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Remove(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	p := &model.EntryDeletePayload{Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: token, Effects: out.Effects}
	if len(out.Deleted) > 0 {
		p.Deleted = pointers(out.Deleted)
	}
	return p, nil
}

// restore makes an old revision the working copy.
func (a *Authoring) restore(ctx context.Context, r content.Request, id content.ID, revision int, ifRevision *int) (*model.EntryRestorePayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Restore(ctx, r, id, revision, ifRevision) })
	if err != nil {
		return nil, err
	}
	p := &model.EntryRestorePayload{UserErrors: pointers(out.Errors), Conflicts: pointers(out.Conflicts), Token: token, Effects: out.Effects}
	if len(out.Entries) > 0 {
		p.Entry = out.Entries[0]
	}
	return p, nil
}

// plan schedules an action, or cancels it when at is nil. It changes no entry, so it has no token.
func (a *Authoring) plan(ctx context.Context, r content.Request, want content.Intent) (*model.EntrySchedulePayload, error) {
	out, _, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Plan(ctx, r, want) })
	if err != nil {
		return nil, err
	}
	p := &model.EntrySchedulePayload{UserErrors: pointers(out.Errors)}
	if len(out.Errors) == 0 {
		p.Entry, p.Schedule = out.Entries[0], out.Schedule
	}
	return p, nil
}

// revisions returns the history of an entry if the response's loaders show it to the viewer.
// For others it is null without an error: clients that select every field would get one for each entry.
func revisions(ctx context.Context, e content.Entry, page relay.Page) (*relay.RevisionConnection, error) {
	history := loaders.For(ctx).History
	if history == nil {
		return nil, nil
	}
	return relay.Revisions(history, e.ID(), page)
}

// changesOf lists how a revision differs from the one before, with slugs for keys.
// It also looks up references that are in both, since a list is shown whole. An entry that is
// deleted has an empty name.
func changesOf(ctx context.Context, r *content.Revision) ([]*content.FieldChange, error) {
	var ids []content.ID
	for _, e := range []content.Entry{r.Before, r.Entry} {
		if e != nil {
			for _, ref := range content.References(e) {
				ids = append(ids, ref.Target)
			}
		}
	}
	found, err := loaders.For(ctx).Entries(ctx, ids)
	if err != nil {
		return nil, err
	}
	slugs := map[content.ID]string{}
	for _, e := range found {
		if e != nil {
			slugs[e.ID()] = e.Head().Slug
		}
	}
	return pointers(content.Diff(r.Before, r.Entry, func(id content.ID) string { return slugs[id] })), nil
}

// pointers returns pointers to the items of a list, without copying them. A nil list becomes an
// empty one, which non-null lists need.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// values returns what pointers point to. None of them is nil.
func values[T any](list []*T) []T {
	out := make([]T, len(list))
	for i, p := range list {
		out[i] = *p
	}
	return out
}

// errShape reports that an input and its entry do not fit, which a test rules out.
var errShape = errors.New("the input does not fit its entry")
