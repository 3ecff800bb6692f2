package seed

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"patternhub/internal/content"
)

// LoadTools writes and publishes the entries of singletons that a store does not have, and with them the wizards.
// They were tables in earlier releases, which nobody could change, so that the seed has what a database had. A
// hub whose content is not the seed's gets them without the rows that refer to what it has not published.
// It does nothing in a store that has them. Several replicas may call it at the same time.
func LoadTools(ctx context.Context, store content.Store) error {
	missing := map[content.EntryType]bool{}
	for _, t := range content.Types() {
		if !t.Singleton() {
			continue
		}
		found, err := store.At(content.Drafts).Reader(t).EntriesByKeys(ctx, []string{t.OnlyKey()})
		if err != nil {
			return fmt.Errorf("find the %s: %w", t.Stem(), err)
		}
		missing[t] = found[0] == nil
	}
	if !slices.Contains(slices.Collect(maps.Values(missing)), true) {
		return nil
	}
	// Wizards that are there already conflict below, and stay as they are.
	missing[content.TypeWizard] = true
	all, err := Read(Files())
	if err != nil {
		return err
	}
	for _, e := range all {
		if !missing[e.Head().Type] {
			continue
		}
		// After a conflict it is there, because another replica has written it or an author has.
		if err := loadTool(ctx, store, e); err != nil && content.CodeOf(err) != content.Conflict {
			return fmt.Errorf("load %s: %w", e.Head().Slug, err)
		}
	}
	return nil
}

// loadTool writes and publishes one entry without the references to what is not published.
// A program that ends between the two writes leaves a draft, which an author can publish.
func loadTool(ctx context.Context, store content.Store, e content.Entry) error {
	wanted, known := map[content.EntryType][]string{}, map[content.ID]bool{}
	for _, r := range content.References(e) {
		wanted[r.Target.Type] = append(wanted[r.Target.Type], r.Target.Key)
	}
	for t, keys := range wanted {
		found, err := store.At(content.Published).Reader(t).EntriesByKeys(ctx, keys)
		if err != nil {
			return err //nolint:wrapcheck // the caller names the entry
		}
		for i, key := range keys {
			known[content.ID{Type: t, Key: key}] = found[i] != nil
		}
	}
	content.DropReferences(e, func(id content.ID) bool { return !known[id] })
	if _, err := store.Put(ctx, by, e); err != nil {
		return err //nolint:wrapcheck // the caller names the entry
	}
	_, err := store.Publish(ctx, by, e.ID())
	return err //nolint:wrapcheck // the caller names the entry
}
