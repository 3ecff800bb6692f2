package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// exist tells which entries a graph has, within a transaction.
// It takes one command for each type among the ids, whatever their number.
func (s *Store) exist(ctx context.Context, p content.Perspective, ids []content.ID) (map[content.ID]bool, error) {
	byType := map[content.EntryType][]string{}
	for _, id := range ids {
		byType[id.Type] = append(byType[id.Type], id.Key)
	}
	out := map[content.ID]bool{}
	for t, keys := range byType {
		k, err := s.keptOf(p, t)
		if err != nil {
			return nil, err
		}
		cur, err := k.raw().Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		for cur.Next(ctx) {
			key, _ := cur.Current.Lookup("_id").StringValueOK()
			out[content.ID{Type: t, Key: key}] = true
		}
		if err := closed(ctx, cur); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unneeded refuses to take entries away that others of a graph refer to, and lists those.
// Entries that go together do not keep each other: what they say of one another goes with them.
// Each target gets one complaint, naming the first referrer found, while the list of referrers
// names every place until it is full. An entry that refers from both graphs is listed once.
func (s *Store) unneeded(ctx context.Context, d *act, ids []content.ID, graphs ...content.Perspective) error {
	places := map[content.ID]int{}
	var refs bson.A
	keys := map[content.EntryType]bson.A{}
	for i, id := range ids {
		places[id] = i
		refs = append(refs, content.RefToAny(id))
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	told := map[content.ID]bool{}
	for _, p := range graphs {
		for _, t := range content.Types() {
			cond := bson.D{{Key: "refs", Value: bson.D{{Key: "$in", Value: refs}}}}
			if own := keys[t]; len(own) > 0 {
				cond = append(cond, bson.E{Key: "_id", Value: bson.D{{Key: "$nin", Value: own}}})
			}
			rows, err := s.pointing(ctx, p, t, cond, func(id content.ID) bool { _, ok := places[id]; return ok })
			if err != nil {
				return err
			}
			for _, row := range rows {
				if len(d.out.Referrers) < content.MaxReferrers && !told[row.Entry.ID()] {
					d.out.Referrers = append(d.out.Referrers, row)
				}
				if i := places[row.Target]; !reported(d.out.Errors, at(i)) {
					d.refuse(content.ErrStillReferenced, fmt.Sprintf("%s refers to it at %s.", row.Entry.Head().ResourcePath(), row.Place), at(i)...)
				}
			}
			for _, row := range rows {
				told[row.Entry.ID()] = true // the other graph would tell the same again
			}
		}
	}
	return nil
}

// pointing finds the entries of one type that fit a condition, with those of their references
// that are meant.
// At most MaxReferrers entries of the type are read, long texts included, because a reference's
// place in the entry can be told only by its Go type.
func (s *Store) pointing(ctx context.Context, p content.Perspective, t content.EntryType, cond bson.D, meant func(content.ID) bool) ([]content.ReferenceRow, error) {
	k, err := s.keptOf(p, t)
	if err != nil {
		return nil, err
	}
	cur, err := k.raw().Find(ctx, cond, options.Find().SetLimit(content.MaxReferrers))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	var out []content.ReferenceRow
	for cur.Next(ctx) {
		e, err := k.decode(cur.Current)
		if err != nil {
			return nil, err
		}
		for _, r := range content.References(e) {
			if meant(r.Target) {
				out = append(out, content.ReferenceRow{Entry: e, Place: r.Place, Target: r.Target})
			}
		}
	}
	return out, closed(ctx, cur)
}

// Broken lists references that lead nowhere; see content.Author.
// It reads the references of the whole graph, two commands for each type and more only where
// something is broken. It is for editors who ask for it, not for requests of readers.
func (s *Store) Broken(ctx context.Context, p content.Perspective, limit int) ([]content.ReferenceRow, error) {
	var targets []content.ID
	for _, t := range content.Types() {
		found, err := s.targets(ctx, p, t)
		if err != nil {
			return nil, translate("look for references", err)
		}
		targets = append(targets, found...)
	}
	there, err := s.exist(ctx, p, targets)
	if err != nil {
		return nil, translate("look for references", err)
	}
	var lost bson.A
	for _, id := range targets {
		if !there[id] {
			lost = append(lost, content.RefToAny(id))
		}
	}
	var out []content.ReferenceRow
	if len(lost) == 0 {
		return out, nil
	}
	for _, t := range content.Types() {
		rows, err := s.pointing(ctx, p, t, bson.D{{Key: "refs", Value: bson.D{{Key: "$in", Value: lost}}}}, func(id content.ID) bool { return !there[id] })
		if err != nil {
			return nil, translate("look for references", err)
		}
		out = append(out, rows...)
	}
	return out[:min(limit, len(out))], nil
}

// targets lists what the entries of one type refer to, each once.
// Of the two forms that a reference is stored in, the expression takes the one with the type; paths
// begin with a lower-case letter.
func (s *Store) targets(ctx context.Context, p content.Perspective, t content.EntryType) ([]content.ID, error) {
	cur, err := s.graphs[p].raw(t).Aggregate(ctx, bson.A{
		bson.D{{Key: "$project", Value: bson.D{{Key: "refs", Value: 1}}}},
		bson.D{{Key: "$unwind", Value: "$refs"}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "refs", Value: bson.D{{Key: "$regex", Value: "^[A-Z_]+:"}}}}}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$refs"}}}},
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was tried
	}
	var out []content.ID
	for cur.Next(ctx) {
		ref, _ := cur.Current.Lookup("_id").StringValueOK()
		if id, ok := content.ParseRef(ref); ok {
			out = append(out, id)
		}
	}
	return out, closed(ctx, cur)
}
