package resolvers

import (
	"context"
	"fmt"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// slotArgs names an autosave by the arguments id or draft.
type slotArgs struct {
	id    *content.ID
	draft *string
}

// author returns the key of the person whose session it is. Autosaves and presence belong to people who type: a program that acts for
// a person by a key neither reads them nor ends them by its writes.
func (r *Resolver) author(ctx context.Context) (string, error) {
	if s := r.ViewerOf(ctx).Session; s != nil {
		return s.PersonKey, nil
	}
	return "", content.Fault(content.BadUserInput, "This is for people who are signed in, at /sign-in. An API key has no autosaves and is not present.")
}

// slot returns the name of the slot of the person who is signed in.
// The person is part of the name, so nobody can name the slot of somebody else.
func (r *Resolver) slot(ctx context.Context, args slotArgs) (string, []content.UserError, error) {
	person, err := r.author(ctx)
	if err != nil {
		return "", nil, err
	}
	if wrong := args.wrong(); wrong != nil {
		return "", wrong, nil
	}
	return content.AutosaveName(person, valueOr(args.id, content.ID{}), valueOr(args.draft, "")), nil, nil
}

// wrong returns what is wrong with the arguments.
// The draft has the bounds of an idempotency key, since it becomes one when the entry is created.
func (a slotArgs) wrong() []content.UserError {
	switch {
	case (a.id == nil) == (a.draft == nil):
		return []content.UserError{{Message: "Give either the id of an entry or the draft of a new one.", Code: content.ErrInvalid}}
	case a.id != nil && !a.id.Type.IsEntry():
		return []content.UserError{{Field: []string{"id"}, Message: "There is no entry with that id.", Code: content.ErrNotFound}}
	case a.draft != nil && (*a.draft == "" || len(*a.draft) > maxIdempotencyKey):
		return []content.UserError{{Field: []string{"draft"}, Message: fmt.Sprintf("draft has 1 to %d characters.", maxIdempotencyKey), Code: content.ErrInvalid}}
	}
	return nil
}

// autosave stores a slot of the person who is signed in.
// It needs no idempotency key, since the next autosave replaces the slot.
func (r *Resolver) autosave(ctx context.Context, args slotArgs, slot content.Autosave, ifSavedAt *time.Time) (*model.EntryAutosavePayload, error) {
	var err error
	if slot.PersonKey, err = r.author(ctx); err != nil {
		return nil, err
	}
	wrong := args.wrong()
	if wrong == nil {
		wrong = args.fit(&slot)
	}
	if wrong != nil {
		return &model.EntryAutosavePayload{UserErrors: pointers(wrong)}, nil
	}
	kept, wrong, err := r.Authoring.Store.Autosave(ctx, &slot, ifSavedAt)
	if err != nil {
		return nil, err
	}
	return &model.EntryAutosavePayload{Autosave: kept, UserErrors: pointers(wrong)}, nil
}

// fit sets what the arguments name in a slot, and returns what does not fit: a new entry has a type and no revision.
func (a slotArgs) fit(slot *content.Autosave) []content.UserError {
	if a.id != nil {
		slot.Type, slot.EntryKey = a.id.Type, a.id.Key
		return nil
	}
	slot.DraftKey, slot.BaseRevision = *a.draft, nil
	if slot.Type == "" {
		return []content.UserError{{Field: []string{"type"}, Message: "A new entry needs its type.", Code: content.ErrRequired}}
	}
	return nil
}

// readAutosave reads a slot of the person who is signed in.
// A query has no user errors, so a wrong argument is an error of the field.
func (r *Resolver) readAutosave(ctx context.Context, args slotArgs) (*content.Autosave, error) {
	name, wrong, err := r.slot(ctx, args)
	switch {
	case err != nil:
		return nil, err
	case wrong != nil:
		return nil, content.Fault(content.BadUserInput, wrong[0].Message)
	}
	return r.Authoring.Store.AutosaveNamed(ctx, name)
}

// listAutosaves lists the slots of the person who is signed in.
func (r *Resolver) listAutosaves(ctx context.Context) ([]*content.Autosave, error) {
	person, err := r.author(ctx)
	if err != nil {
		return nil, err
	}
	return r.Authoring.Store.Autosaves(ctx, person)
}

// discardAutosave deletes a slot of the person who is signed in.
func (r *Resolver) discardAutosave(ctx context.Context, args slotArgs) (*model.EntryAutosaveDiscardPayload, error) {
	name, wrong, err := r.slot(ctx, args)
	if err != nil || wrong != nil {
		return &model.EntryAutosaveDiscardPayload{UserErrors: pointers(wrong)}, err
	}
	ended, err := r.Authoring.Store.DiscardAutosave(ctx, name)
	if err != nil {
		return nil, err
	}
	if !ended {
		wrong = []content.UserError{{Message: "There is no such autosave.", Code: content.ErrNotFound}}
	}
	return &model.EntryAutosaveDiscardPayload{Discarded: ended, UserErrors: pointers(wrong)}, nil
}

// entryOf returns the entry of a slot in the graph of the request.
// It returns nil for a new entry, and for one that this graph does not have.
func entryOf(ctx context.Context, slot *content.Autosave) (content.Entry, error) {
	if slot.EntryKey == "" {
		return nil, nil
	}
	return loaders.For(ctx).Entry(ctx, slot.EntryID())
}
