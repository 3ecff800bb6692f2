package authoring

import (
	"context"

	"patternhub/internal/content"
)

// Values reads a working copy as the input of its type takes it; see content.Editor. It is a transaction that
// plans nothing, so that the entry and the slugs in it are of one state.
func (e *Editor) Values(ctx context.Context, id content.ID) (*content.EntryValues, error) {
	var out *content.EntryValues
	err := e.write(ctx, "", func(ctx context.Context, a *attempt) error {
		// An earlier run of the transaction may have set it.
		out = nil
		copies, err := a.Copies(ctx, content.Drafts, []content.ID{id}, nil)
		if err != nil || copies[id].Entry == nil {
			return err
		}
		entry := copies[id].Entry
		names, err := a.names(ctx, entry)
		if err != nil {
			return err
		}
		out = &content.EntryValues{Target: id, Revision: entry.Head().Revision, Values: content.Input(entry, names)}
		return nil
	})
	return out, err
}
