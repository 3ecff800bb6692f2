package seed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"patternhub/internal/content"
)

// LoadTools writes and publishes the entries of singletons that a store has not published, and with them the wizards.
// They were tables in earlier releases, which nobody could change, so that the seed has what a database had. A
// hub whose content is not the seed's gets them without the rows that refer to what it has not published.
// It does nothing in a store that has them. Several replicas may call it at the same time. A singleton cannot be
// unpublished, and singletons come last: while one is missing, an earlier call was interrupted, and this one goes on.
func LoadTools(ctx context.Context, store content.Store) error {
	missing := map[content.EntryType]bool{}
	for _, t := range content.Types() {
		if !t.Singleton() {
			continue
		}
		found, err := store.At(content.Published).Reader(t).EntriesByKeys(ctx, []string{t.OnlyKey()})
		if err != nil {
			return fmt.Errorf("find the %s: %w", t.Stem(), err)
		}
		missing[t] = found[0] == nil
	}
	if !slices.Contains(slices.Collect(maps.Values(missing)), true) {
		return nil
	}
	missing[content.TypeWizard] = true
	all, err := Read(Files())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(e content.Entry) bool { return !missing[e.Head().Type] })
	last := func(e content.Entry) string { return strconv.FormatBool(e.Head().Type.Singleton()) } // "true" is after "false"
	slices.SortStableFunc(all, func(a, b content.Entry) int { return cmp.Compare(last(a), last(b)) })
	for _, e := range all {
		// After a conflict it is there, because another replica has written it or an author has.
		if err := loadTool(ctx, store, e); err != nil && content.CodeOf(err) != content.Conflict {
			return fmt.Errorf("load %s: %w", e.Head().Slug, err)
		}
	}
	return nil
}

// loadTool writes and publishes one entry without the references to what is not published. An entry that a
// program has written without publishing it, because it ended between the two, is only published.
func loadTool(ctx context.Context, store content.Store, e content.Entry) error {
	if err := dropUnpublished(ctx, store, e); err != nil {
		return err
	}
	if _, err := store.Put(ctx, by, e); err != nil {
		if content.CodeOf(err) != content.Conflict {
			return err //nolint:wrapcheck // the caller names the entry
		}
		id := e.ID()
		found, readErr := store.At(content.Drafts).Reader(id.Type).EntriesByKeys(ctx, []string{id.Key})
		if readErr != nil || found[0] == nil {
			return errors.Join(err, readErr) // another entry has the slug
		}
	}
	_, err := store.Publish(ctx, by, e.ID())
	return err //nolint:wrapcheck // the caller names the entry
}

// dropUnpublished removes the references of an entry to what is not published.
func dropUnpublished(ctx context.Context, store content.Store, e content.Entry) error {
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
	return nil
}
