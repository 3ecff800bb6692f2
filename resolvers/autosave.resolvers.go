package resolvers

import (
	"context"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
)

func (r *autosaveResolver) Entry(ctx context.Context, obj *content.Autosave) (content.Entry, error) {
	return entryOf(ctx, obj)
}

// EntryAutosave keeps what is not saved yet; it makes no revision.
func (r *mutationResolver) EntryAutosave(ctx context.Context, id *content.ID, draft *string, typeArg *content.EntryType, baseRevision *int, input string, ifSavedAt *time.Time) (*model.EntryAutosavePayload, error) {
	slot := content.Autosave{Type: valueOr(typeArg, ""), BaseRevision: baseRevision, Input: input}
	return r.r.autosave(ctx, slotArgs{id, draft}, slot, ifSavedAt)
}

func (r *mutationResolver) EntryAutosaveDiscard(ctx context.Context, id *content.ID, draft *string) (*model.EntryAutosaveDiscardPayload, error) {
	return r.r.discardAutosave(ctx, slotArgs{id, draft})
}

func (r *queryResolver) Autosave(ctx context.Context, id *content.ID, draft *string) (*content.Autosave, error) {
	return r.r.readAutosave(ctx, slotArgs{id, draft})
}

func (r *queryResolver) Autosaves(ctx context.Context) ([]*content.Autosave, error) {
	return r.r.listAutosaves(ctx)
}
