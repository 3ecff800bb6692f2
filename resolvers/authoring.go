package resolvers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/content"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

// Authoring writes, and hands out tokens for previews.
// Who may write is settled before its methods are called.
type Authoring struct {
	Store  content.Author
	Tokens Tokens
	// Preview makes a token with which its holder reads drafts until it ends.
	Preview func(ctx context.Context, by *content.Viewer, lifetime time.Duration) (token string, ends time.Time, err error)
}

// maxIdempotencyKey bounds idempotency keys: a UUID has 36 characters.
// A bound is needed at all because keys are stored for a day.
const maxIdempotencyKey = 200

// request tells who writes, and makes the write idempotent where the field says so.
// The hash is of the field's name and its arguments after variables are put in, so the same write
// in other words of GraphQL is the same, and the same key for another field is not. It has to be
// called by the resolver of the mutation itself, since it looks at the field that is being
// resolved.
func (r *Resolver) request(ctx context.Context) content.Request {
	out := content.Request{By: "anonymous"}
	if key := r.ViewerOf(ctx).Key; key != nil {
		out.By = key.ID
	}
	field := graphql.GetFieldContext(ctx)
	if field == nil || field.Field.Field == nil {
		return out
	}
	d := field.Field.Directives.ForName("idempotent")
	if d == nil {
		return out
	}
	vars := graphql.GetOperationContext(ctx).Variables
	out.Key, _ = d.ArgumentMap(vars)["key"].(string)
	raw, err := json.Marshal(field.Field.ArgumentMap(vars))
	if err != nil {
		raw = []byte(err.Error()) // arguments came as JSON, so they always marshal
	}
	sum := sha256.Sum256(append([]byte(field.Field.Name+" "), raw...))
	out.Hash = hex.EncodeToString(sum[:])
	return out
}

// checked refuses idempotency keys that are too long.
// An empty key is fine: the write is then new each time.
func checked(r content.Request) error {
	if len(r.Key) > maxIdempotencyKey {
		return content.Fault(content.BadUserInput, fmt.Sprintf("An idempotency key has at most %d characters.", maxIdempotencyKey))
	}
	return nil
}

// change is the arguments of an update.
// A nil ifRevision writes over whatever is there; a nil merge refuses what is not based on the
// newest.
type change struct {
	id         content.ID
	ifRevision *int
	merge      *content.MergeStrategy
	input      any
}

// create makes an entry of type T.
func create[T any](ctx context.Context, a *Authoring, r content.Request, input any) (*relay.Payload[T], error) {
	return save[T](ctx, a, r, content.Edit{}, input)
}

// update changes an entry of type T. An id of another type is one that T does not have.
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

// typeOf is the entry type of a Go type.
// It is empty for a T that is no entry, which no caller has.
func typeOf[T any]() content.EntryType {
	for _, t := range content.Types() {
		if _, ok := any(content.NewEntry(t)).(*T); ok {
			return t
		}
	}
	return ""
}

// save gathers what the input gives into an edit and runs it. What is wrong with the input is in
// the payload; an error is for what the author cannot help. Without an entry in the outcome the
// payload's entry stays null.
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
	out, err := a.Store.Save(ctx, r, e)
	if err != nil {
		return nil, err
	}
	p := &relay.Payload[T]{UserErrors: out.Errors, Conflicts: out.Conflicts}
	if first := told(ctx, out); first != nil {
		p.Entry, _ = any(first).(*T)
	}
	p.Token, err = a.token(ctx, out)
	return p, err
}

// told makes the entries of an outcome known to what the answer asks of them, and gives the
// first one.
// Otherwise fields below the payload would read the entry again, and perhaps an older one from
// memory.
func told(ctx context.Context, out *content.Outcome) content.Entry {
	for _, e := range out.Entries {
		loaders.For(ctx).Know(ctx, e)
	}
	if len(out.Entries) == 0 {
		return nil
	}
	return out.Entries[0]
}

// token names a write; nil when nothing was written.
// It is a sync token at the place of the write's last change.
func (a *Authoring) token(ctx context.Context, out *content.Outcome) (*string, error) {
	if out.Seq == 0 {
		return nil, nil
	}
	token, err := a.Tokens.SignSync(ctx, content.SyncToken{Seq: out.Seq})
	return &token, err
}

// release gathers the arguments of the acts over many entries.
func release(ids []*content.ID, ifRevisions []int, cascade bool) content.Release {
	what := content.Release{IDs: make([]content.ID, len(ids)), IfRevisions: ifRevisions, Cascade: cascade}
	for i, id := range ids {
		what.IDs[i] = *id
	}
	return what
}

// act runs one of the acts over many entries.
// run does the act; it is not called when the key is too long. What was written is known to the
// loaders when act returns.
func (a *Authoring) act(ctx context.Context, r content.Request, run func() (*content.Outcome, error)) (*content.Outcome, *string, error) {
	if err := checked(r); err != nil {
		return nil, nil, err
	}
	out, err := run()
	if err != nil {
		return nil, nil, err
	}
	told(ctx, out)
	token, err := a.token(ctx, out)
	return out, token, err
}

// publish gives back the entries that were named; those that a cascade added are counted only, as
// there may be very many.
func (a *Authoring) publish(ctx context.Context, r content.Request, what content.Release) (*model.EntryPublishPayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Release(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	p := &model.EntryPublishPayload{UserErrors: pointers(out.Errors), Token: token}
	if len(out.Errors) == 0 {
		n := len(out.Entries)
		p.Entries, p.PublishedCount = out.Entries[:min(len(what.IDs), n)], &n
	}
	return p, nil
}

// unpublish takes entries out of the published graph. The payload lists what keeps them there.
func (a *Authoring) unpublish(ctx context.Context, r content.Request, what content.Release) (*model.EntryUnpublishPayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Withdraw(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	return &model.EntryUnpublishPayload{Entries: out.Entries, Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: token}, nil
}

// remove deletes entries and gives back their ids, as there is nothing else left of them.
func (a *Authoring) remove(ctx context.Context, r content.Request, what content.Release) (*model.EntryDeletePayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Remove(ctx, r, what) })
	if err != nil {
		return nil, err
	}
	p := &model.EntryDeletePayload{Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: token}
	if len(out.Errors) == 0 {
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
	p := &model.EntryRestorePayload{UserErrors: pointers(out.Errors), Conflicts: pointers(out.Conflicts), Token: token}
	if len(out.Entries) > 0 {
		p.Entry = out.Entries[0]
	}
	return p, nil
}

// plan schedules an action, or takes one back when at is nil. It changes no entry, so it has no
// token.
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

// maxPreview bounds the life of preview tokens in minutes: a week, for a review.
const maxPreview = 7 * 24 * 60

// previewed is a preview token as it is kept for its idempotency key.
type previewed struct {
	Token  string    `bson:"token"`
	EndsAt time.Time `bson:"endsAt"`
}

// preview makes a token with which somebody without a key can read drafts. Minutes out of range are
// the author's mistake and told in the payload.
func (r *Resolver) preview(ctx context.Context, minutes int) (*model.PreviewTokenCreatePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*previewed, []content.UserError, error) {
		if minutes < 1 || minutes > maxPreview {
			return nil, []content.UserError{{Field: []string{"minutes"}, Message: fmt.Sprintf("minutes is from 1 to %d.", maxPreview), Code: content.ErrInvalid}}, nil
		}
		token, ends, err := r.Authoring.Preview(ctx, r.ViewerOf(ctx), time.Duration(minutes)*time.Minute)
		return &previewed{Token: token, EndsAt: ends}, nil, err
	})
	if made == nil || err != nil {
		return &model.PreviewTokenCreatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.PreviewTokenCreatePayload{Token: &made.Token, ExpiresAt: &made.EndsAt}, nil
}

// revisions is the history of an entry, for those to whom the response's loaders show it.
func revisions(ctx context.Context, e content.Entry, page relay.Page) (*relay.RevisionConnection, error) {
	history := loaders.For(ctx).History
	if history == nil {
		return nil, content.Fault(content.Forbidden, "Revisions need a key with the role previewer or above.")
	}
	return relay.Revisions(history, e.ID(), page)
}

// changesOf tells how a revision differs from the one before, with slugs for keys.
// References that are in both are looked up as well, since a list is shown whole. An entry that is
// gone has an empty name.
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

// pointers points to each item of a list.
// The items are not copied, and a nil list gives an empty one, which is what non-null lists need.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// errShape says that an input and its entry do not fit, which a test rules out.
var errShape = errors.New("the input does not fit its entry")
