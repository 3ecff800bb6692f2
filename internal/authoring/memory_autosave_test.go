package authoring_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"patternhub/internal/content"
)

func (t *transaction) Autosave(_ context.Context, name string) (*content.Autosave, error) {
	if a, ok := t.autosaves[name]; ok {
		return &a, nil
	}
	return nil, nil //nolint:nilnil // nil is none, as the contract says
}

func (t *transaction) AutosaveCount(_ context.Context, person string, after time.Time) (int, error) {
	n := 0
	for _, a := range t.autosaves {
		if a.PersonKey == person && a.EndsAt.After(after) {
			n++
		}
	}
	return n, nil
}

func (t *transaction) KeepAutosave(_ context.Context, a *content.Autosave) error {
	t.autosaves[a.Name] = *a
	return nil
}

func (t *transaction) EndAutosave(_ context.Context, name string) (bool, error) {
	_, ok := t.autosaves[name]
	delete(t.autosaves, name)
	return ok, nil
}

func (t *transaction) EndAutosavesOf(_ context.Context, ids []content.ID) error {
	maps.DeleteFunc(t.autosaves, func(_ string, a content.Autosave) bool { return slices.Contains(ids, a.EntryID()) })
	return nil
}
