package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// referring lists references to some ids, within a transaction or not; see content.Transaction.
// It reads whole entries, because the place of a reference is found only in the decoded entry. It
// sets no limit on the query, since not every matching entry has a reference for which meant is true.
// It counts entries and not references: an author visits each entry once, whatever number of references it has.
func (s *Store) referring(ctx context.Context, p content.Perspective, t content.EntryType, ids []content.ID, meant func(content.Reference) bool) ([]content.ReferenceRow, error) {
	k, err := s.collection(p, t)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(ids))
	to := make(map[content.ID]bool, len(ids))
	for i, id := range ids {
		refs[i], to[id] = content.RefToAny(id), true
	}
	cond := bson.D{{Key: "refs", Value: bson.D{{Key: "$in", Value: refs}}}}
	if own := content.KeysByType(ids)[t]; len(own) > 0 {
		cond = append(cond, bson.E{Key: "_id", Value: bson.D{{Key: "$nin", Value: own}}})
	}
	var out []content.ReferenceRow
	found := 0
	err = k.each(ctx, cond, options.Find(), func(k entryCollection, raw bson.Raw) error {
		e, err := k.decode(raw)
		if err != nil {
			return err
		}
		before := len(out)
		for _, r := range content.References(e) {
			if to[r.Target] && meant(r) {
				out = append(out, content.ReferenceRow{Entry: e, Place: r.Place, Target: r.Target})
			}
		}
		if len(out) > before {
			found++
		}
		if found == content.MaxReferrers {
			return errEnough
		}
		return nil
	})
	return out, err
}

// Broken lists references to missing entries; see content.Author.
// It reads the references of the whole graph: two commands for each type and for each thousand entries that are
// referred to, and more if any reference is broken. It is for editors, not for requests of readers.
func (s *Store) Broken(ctx context.Context, p content.Perspective, limit int) (out []content.ReferenceRow, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	var missing []content.ID
	for _, t := range content.Types() {
		err := s.targets(ctx, p, t, func(part []content.ID) error {
			existing, err := s.exist(ctx, p, part)
			for _, id := range part {
				if !existing[id] {
					missing = append(missing, id)
				}
			}
			if err == nil && len(missing) >= limit { // each is referred to at least once
				return errEnough
			}
			return err
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, translate("look for references", err)
		}
		if len(missing) >= limit {
			missing = missing[:limit]
			break
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	for _, t := range content.Types() {
		rows, err := s.referring(ctx, p, t, missing, func(content.Reference) bool { return true })
		if err != nil {
			return nil, translate("look for references", err)
		}
		out = append(out, rows...)
	}
	return out[:min(limit, len(out))], nil
}

// targets calls visit with what the entries of one type refer to, each once, a part at a time: there may be as many
// as entries.
// The expression selects the stored references that begin with a type; those that begin with a path
// have a lower-case letter first.
// A part is reused after visit returns, so visit must not keep it.
func (s *Store) targets(ctx context.Context, p content.Perspective, t content.EntryType, visit func([]content.ID) error) error {
	cur, err := s.graphs[p].raw(t).Aggregate(ctx, bson.A{
		bson.D{{Key: "$project", Value: bson.D{{Key: "refs", Value: 1}}}},
		bson.D{{Key: "$unwind", Value: "$refs"}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "refs", Value: bson.D{{Key: "$regex", Value: "^[A-Z_]+:"}}}}}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$refs"}}}},
	})
	if err != nil {
		return err //nolint:wrapcheck // the caller says what was tried
	}
	defer cur.Close(context.WithoutCancel(ctx)) // visit may end early
	var part []content.ID
	for cur.Next(ctx) {
		ref, _ := cur.Current.Lookup("_id").StringValueOK()
		if id, ok := content.ParseRef(ref); ok {
			part = append(part, id)
		}
		if len(part) == content.MaxBatch {
			if err := visit(part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	if err := cur.Err(); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return visit(part)
}
