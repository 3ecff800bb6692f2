package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// listEntries returns the list of the working copies that a filter selects, the last written first unless there
// is another order.
// The store is read when a field asks for it; an argument that is wrong fails here.
func (r *Resolver) listEntries(filter *content.EntriesFilter, orderBy *content.OrderBy, page relay.Page) (*relay.ListedEntryConnection, error) {
	order := content.Order{Field: "UPDATED_AT", Desc: true}
	if orderBy != nil {
		order = orderBy.Order()
	}
	return relay.ListedEntries(r.Authoring.Store, page, relay.EntriesQuery{Filter: filter, Order: order, Label: r.entriesLabel})
}

// entriesLabel returns the names of authors for a facet; other values have their own labels.
func (r *Resolver) entriesLabel(ctx context.Context, field, value string) (string, error) {
	if field != "AUTHOR" {
		return "", nil
	}
	name, err := r.Accounts.authorName(ctx, value)
	return valueOr(name, ""), err
}

// bulk makes one step of a write of the entries that a filter selects.
// The client repeats the request with the same filter and expectation until RemainingCount is 0.
func (a *Authoring) bulk(ctx context.Context, r content.Request, b content.Bulk) (*model.EntriesBulkPayload, error) {
	out, token, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Bulk(ctx, r, b) })
	if err != nil {
		return nil, err
	}
	p := &model.EntriesBulkPayload{
		Problems: pointers(out.Problems), Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: token, Effects: out.Effects,
	}
	if s := out.Bulk; s != nil { // a mismatch of the idempotency key leaves none
		p.Count, p.Digest, p.DoneCount, p.RemainingCount = s.Found.Count, s.Found.Digest, s.Done, s.Remaining
	}
	return p, nil
}

// undo undoes the write with a token.
// It is the sync token of the payload of that write. It has the number of the last change, by which the store finds
// the write.
func (a *Authoring) undo(ctx context.Context, r content.Request, token string) (*model.EntriesUndoPayload, error) {
	write, err := a.Tokens.VerifySync(ctx, token)
	if err != nil {
		return nil, err
	}
	out, done, err := a.act(ctx, r, func() (*content.Outcome, error) { return a.Store.Undo(ctx, r, write.Seq) })
	if err != nil {
		return nil, err
	}
	p := &model.EntriesUndoPayload{
		Kept: pointers(out.Kept), Problems: pointers(out.Problems), Referrers: pointers(out.Referrers), UserErrors: pointers(out.Errors), Token: done, Effects: out.Effects,
	}
	if n := len(out.Entries); n > 0 {
		// The payload has at most MaxReferrers entries. Count is the number of all.
		p.Entries, p.Count = out.Entries[:min(content.MaxReferrers, n)], &n
	}
	return p, nil
}
