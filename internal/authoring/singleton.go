package authoring

import (
	"context"

	"patternhub/internal/content"
)

// refuseSecond refuses a new entry of a singleton type that already has its entry, and reports
// whether it did.
func (a *attempt) refuseSecond(ctx context.Context, id content.ID) (bool, error) {
	why := content.Only(id.Type)
	if why == "" {
		return false, nil
	}
	exists, err := a.Exist(ctx, content.Drafts, []content.ID{id})
	if err != nil || !exists[id] {
		return false, err
	}
	a.refuse(content.ErrTaken, why, "input")
	return true, nil
}

// refuseLasting refuses to remove entries of types that must always have one.
func (a *attempt) refuseLasting(ids []content.ID) {
	for i, id := range ids {
		if why := content.Lasting(id.Type); why != "" {
			a.refuse(content.ErrNotAllowed, why, at(i)...)
		}
	}
}

// checkLasting returns BadUserInput if an entry belongs to a type that must always have one.
func checkLasting(ids []content.ID) error {
	for _, id := range ids {
		if why := content.Lasting(id.Type); why != "" {
			return content.Fault(content.BadUserInput, why)
		}
	}
	return nil
}
