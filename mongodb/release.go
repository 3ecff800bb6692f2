package mongodb

import (
	"context"
	"fmt"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// Release publishes working copies; see content.Author.
func (s *Store) Release(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error { return s.release(ctx, d, what) })
}

// release plans an atomic publish: what entries refer to is in the published graph or among
// them, and each of them satisfies the editorial rules.
func (s *Store) release(ctx context.Context, d *act, what content.Release) error {
	docs, err := s.named(ctx, d, what)
	if err != nil || len(d.out.Errors) > 0 {
		return err
	}
	ids := what.IDs
	if what.Cascade {
		if ids, err = s.cascade(ctx, ids, docs); err != nil {
			return err
		}
		if len(ids) > content.MaxRelease {
			return content.Fault(content.LimitExceeded, fmt.Sprintf("The entries refer to so many unpublished ones that more than %d would be published at once.", content.MaxRelease))
		}
	}
	entries := make([]content.Entry, len(ids))
	var targets []content.ID
	among := map[content.ID]bool{}
	for i, id := range ids {
		if entries[i], err = s.publish(d.batch, id, docs[id]); err != nil {
			return err
		}
		among[id] = true
		for _, p := range content.Validate(entries[i], true) {
			d.refuse(p.Code, entries[i].Head().ResourcePath()+": "+p.Message, append(at(i), p.Field...)...)
		}
		for _, ref := range content.References(entries[i]) {
			targets = append(targets, ref.Target)
		}
	}
	there, err := s.exist(ctx, content.Published, targets)
	if err != nil {
		return err
	}
	for i, e := range entries {
		for _, ref := range content.References(e) {
			if !there[ref.Target] && !among[ref.Target] && len(d.out.Errors) < content.MaxReferrers {
				d.refuse(content.ErrUnpublishedReference, fmt.Sprintf("%s refers to the %s %q, which is not published.", e.Head().ResourcePath(), ref.Target.Type.Name(), ref.Target.Key), append(at(i), steps(ref.Place)...)...)
			}
		}
	}
	d.out.Entries = entries
	return nil
}

// named reads the working copies that an act names and checks ids and revisions.
func (s *Store) named(ctx context.Context, d *act, what content.Release) (map[content.ID]bson.D, error) {
	if len(what.IDs) > content.MaxRelease {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be named at once.", content.MaxRelease))
	}
	if len(what.IDs) == 0 {
		d.refuse(content.ErrRequired, "Name at least one entry.", "ids")
	}
	if n := len(what.IfRevisions); n > 0 && n != len(what.IDs) {
		d.refuse(content.ErrInvalid, "Give a revision for each id, in the same order.", "ifRevisions")
		return nil, nil
	}
	docs, err := s.documents(ctx, what.IDs)
	if err != nil {
		return nil, err
	}
	seen := map[content.ID]bool{}
	for i, id := range what.IDs {
		if seen[id] {
			d.refuse(content.ErrInvalid, "The entry is named twice.", at(i)...)
		}
		seen[id] = true
		if docs[id] == nil {
			d.refuse(content.ErrNotFound, "There is no entry with that id.", at(i)...)
			continue
		}
		if len(what.IfRevisions) == 0 {
			continue
		}
		if has := revisionOf(docs[id]); has != what.IfRevisions[i] {
			d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", has), "ifRevisions", strconv.Itoa(i))
		}
	}
	return docs, nil
}

// revisionOf reads the revision of a stored document.
func revisionOf(doc bson.D) int {
	for _, f := range doc {
		if f.Key == "revision" {
			if n, ok := f.Value.(int32); ok {
				return int(n)
			}
			if n, ok := f.Value.(int64); ok {
				return int(n)
			}
		}
	}
	return 0
}

// cascade adds what entries refer to and what is not published, and so on. docs gains the
// working copies of what was added.
func (s *Store) cascade(ctx context.Context, ids []content.ID, docs map[content.ID]bson.D) ([]content.ID, error) {
	out := append([]content.ID{}, ids...)
	for from := 0; from < len(out) && len(out) <= content.MaxRelease; {
		var wanted []content.ID
		seen := map[content.ID]bool{}
		for _, id := range out[from:] {
			e, err := s.decodeDoc(id.Type, docs[id])
			if err != nil {
				return nil, err
			}
			for _, ref := range content.References(e) {
				if docs[ref.Target] == nil && !seen[ref.Target] {
					seen[ref.Target] = true
					wanted = append(wanted, ref.Target)
				}
			}
		}
		from = len(out)
		there, err := s.exist(ctx, content.Published, wanted)
		if err != nil {
			return nil, err
		}
		var missing []content.ID
		for _, id := range wanted {
			if !there[id] {
				missing = append(missing, id)
			}
		}
		more, err := s.documents(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			if more[id] != nil {
				docs[id] = more[id]
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// decodeDoc makes an entry of a document.
func (s *Store) decodeDoc(t content.EntryType, doc bson.D) (content.Entry, error) {
	k, err := s.keptOf(content.Drafts, t)
	if err != nil {
		return nil, err
	}
	raw, err := bson.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", t, err)
	}
	return k.decode(raw)
}

// Withdraw takes entries out of the published graph; see content.Author.
func (s *Store) Withdraw(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error { return s.withdraw(ctx, d, what) })
}

func (s *Store) withdraw(ctx context.Context, d *act, what content.Release) error {
	docs, err := s.named(ctx, d, what)
	if err != nil || len(d.out.Errors) > 0 {
		return err
	}
	there, err := s.exist(ctx, content.Published, what.IDs)
	if err != nil {
		return err
	}
	for i, id := range what.IDs {
		if !there[id] {
			d.refuse(content.ErrInvalid, "The entry is not published.", at(i)...)
		}
	}
	if err := s.unneeded(ctx, d, what.IDs, content.Published); err != nil || len(d.out.Errors) > 0 {
		return err
	}
	for _, id := range what.IDs {
		e, err := s.unpublish(d.batch, id, docs[id])
		if err != nil {
			return err
		}
		d.out.Entries = append(d.out.Entries, e)
	}
	return nil
}

// Remove deletes entries; see content.Author.
func (s *Store) Remove(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		if _, err := s.named(ctx, d, what); err != nil || len(d.out.Errors) > 0 {
			return err
		}
		if err := s.unneeded(ctx, d, what.IDs, content.Drafts, content.Published); err != nil || len(d.out.Errors) > 0 {
			return err
		}
		known, err := s.current(ctx, what.IDs)
		if err != nil {
			return err
		}
		for _, id := range what.IDs {
			s.remove(d.batch, known[id])
			if err := s.unplan(ctx, id); err != nil {
				return err
			}
			d.out.Deleted = append(d.out.Deleted, id)
		}
		return nil
	})
}

// unneeded refuses to take entries away that others of a graph refer to, and lists those.
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
