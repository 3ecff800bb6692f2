package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

const (
	// rowsName is the collection of the rows of the list of all entries: one for each working copy, of all types.
	rowsName = "rows"
	// rowsVersion is the version of their shape; a newer program writes them again.
	rowsVersion = 1
	// filledName is a counter in the document that all writers change; see fill.
	filledName = "filled"
)

// row is what the list of all entries has of a working copy. Its id is RefToAny of the entry's, so that
// refs, the entries that it refers to, are ids of rows.
type row struct {
	ID                  string `bson:"_id,omitempty"`
	content.ListedEntry `bson:",inline"`
	SortName            string   `bson:"sortName"`
	Words               []string `bson:"words"`
	Refs                []string `bson:"refs"`
}

// rowOf returns the row of a working copy. Schedules are not in it; Schedule writes them.
// References are in it once, although an entry may refer to another in several fields.
func rowOf(e content.Entry, by string) row {
	h := e.Head()
	r := row{
		ID: content.RefToAny(h.ID()), SortName: content.SortKey(h.Name), Words: content.NameWords(h.Name, h.Slug), Refs: []string{},
		ListedEntry: content.ListedEntry{
			Type: h.Type, Key: h.Key, Slug: h.Slug, Name: h.Name, Revision: h.Revision, Status: h.Status,
			CreatedAt: h.CreatedAt, UpdatedAt: h.UpdatedAt, PublishedAt: h.PublishedAt, By: by,
		},
	}
	seen := map[content.ID]bool{}
	for _, ref := range content.References(e) {
		if !seen[ref.Target] {
			seen[ref.Target] = true
			r.Refs = append(r.Refs, content.RefToAny(ref.Target))
		}
	}
	return r
}

// write returns the write of a row, which leaves the schedules as they are.
func (r *row) write() mongo.WriteModel {
	// A replacement would need the schedules, which are not in the working copy.
	fields := *r
	fields.ID = "" // it comes from the condition
	update := bson.D{{Key: "$set", Value: fields}}
	if r.PublishedAt == nil {
		update = append(update, bson.E{Key: "$unset", Value: bson.D{{Key: "publishedAt", Value: ""}}})
	}
	return mongo.NewUpdateOneModel().SetFilter(byID(r.ID)).SetUpdate(update).SetUpsert(true)
}

// rows returns the collection of the rows.
func (s *Store) rows() *mongo.Collection { return s.db.Collection(rowsName) }

// also plans a write that need not affect a document. Such writes run after the others, in their order.
// A row may be missing while a database is upgraded, and no write of an author may fail because of that.
func (t *transaction) also(coll string, models ...mongo.WriteModel) {
	t.loose[coll] = append(t.loose[coll], models...)
}

// markRow plans to set the status of a row. A row that an older release did not write is written by fill.
// The condition on the revision leaves out a row that is behind its working copy.
func (t *transaction) markRow(m *content.Meta, update bson.D) {
	t.also(rowsName, mongo.NewUpdateOneModel().SetFilter(inRevision(content.RefToAny(m.ID()), m.Revision)).SetUpdate(update))
}

// scheduleRow plans to add actions to a row, or to remove them.
func (t *transaction) scheduleRow(id content.ID, op string, actions ...content.ScheduleAction) {
	value := bson.D{{Key: "$in", Value: actions}}
	if op == "$addToSet" {
		value = bson.D{{Key: "$each", Value: actions}}
	}
	t.also(rowsName, mongo.NewUpdateOneModel().SetFilter(byID(content.RefToAny(id))).
		SetUpdate(bson.D{{Key: op, Value: bson.D{{Key: "scheduled", Value: value}}}}))
}

// fillRows writes the rows of working copies that an older release has written: those with some keys or,
// without keys, all of a type. Then it also deletes the rows without a working copy.
// Each page is a transaction of its own, since a transaction has to fit into the server's cache.
func (s *Store) fillRows(ctx context.Context, t content.EntryType, keys []string) error {
	k, err := s.collection(content.Drafts, t)
	if err != nil {
		return err
	}
	for last := ""; ; {
		cond := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: last}}}}
		if keys != nil {
			cond = both(cond, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
		}
		n := 0 // of the last attempt; the transaction may run again
		err := s.write(ctx, func(ctx context.Context, x *transaction) error {
			entries, err := x.page(ctx, k, cond)
			if n = len(entries); err != nil || n == 0 {
				return err
			}
			// cond has the key of the page before, so a transaction that runs again reads the same page.
			last = entries[n-1].Head().Key
			return x.fill(ctx, entries)
		})
		if err != nil {
			return err
		}
		if n < content.MaxBatch {
			return s.dropRows(ctx, k, keys)
		}
	}
}

// page reads the first working copies that match a condition, by key.
func (t *transaction) page(ctx context.Context, k entryCollection, cond bson.D) ([]content.Entry, error) {
	var out []content.Entry
	err := k.each(ctx, cond, oneReply(content.MaxBatch).SetSort(bson.D{{Key: "_id", Value: 1}}), func(k entryCollection, raw bson.Raw) error {
		e, err := k.decode(raw)
		out = append(out, e)
		return err
	})
	return out, err
}

// fill plans the rows of working copies. A publish may change the status of one at the same time, without
// conflict if there is no row yet. So fill also changes the document that every writer changes.
// Schedules are removed first, so that a row that exists has those that wait and no others.
func (t *transaction) fill(ctx context.Context, entries []content.Entry) error {
	authors, err := t.authors(ctx, entries)
	if err != nil {
		return err
	}
	waiting, err := t.waiting(ctx, entries)
	if err != nil {
		return err
	}
	for _, e := range entries {
		r := rowOf(e, authors[snapshotID(e.ID(), e.Head().Revision)])
		t.also(rowsName, r.write())
		t.scheduleRow(e.ID(), "$pull", content.SchedulePublish, content.ScheduleUnpublish)
		if actions := waiting[e.ID()]; len(actions) > 0 {
			t.scheduleRow(e.ID(), "$addToSet", actions...)
		}
	}
	// Without changes nothing else in the transaction conflicts with a publish.
	t.countFilled(len(entries))
	return nil
}

// authors reads who wrote the revisions of working copies, by the ids of the revisions.
func (t *transaction) authors(ctx context.Context, entries []content.Entry) (map[string]string, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = snapshotID(e.ID(), e.Head().Revision)
	}
	cur, err := t.store.db.Collection(revisionsName).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}},
		oneReply(len(ids)).SetProjection(bson.D{{Key: "by", Value: 1}}))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	out := map[string]string{}
	for cur.Next(ctx) {
		var r struct {
			ID string `bson:"_id"`
			By string `bson:"by"`
		}
		if err := bson.Unmarshal(cur.Current, &r); err != nil {
			return nil, fmt.Errorf("decode author: %w", err)
		}
		out[r.ID] = r.By
	}
	return out, closed(ctx, cur)
}

// waiting reads the actions for which entries have schedules that wait.
func (t *transaction) waiting(ctx context.Context, entries []content.Entry) (map[content.ID][]content.ScheduleAction, error) {
	var ids []string
	for _, e := range entries {
		ids = append(ids, plannedID(e.ID(), content.SchedulePublish), plannedID(e.ID(), content.ScheduleUnpublish))
	}
	cur, err := t.store.db.Collection(schedulesName).Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "state", Value: content.ScheduleWaiting}}, oneReply(len(ids)))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	out := map[content.ID][]content.ScheduleAction{}
	for cur.Next(ctx) {
		var p planned
		if err := bson.Unmarshal(cur.Current, &p); err != nil {
			return nil, fmt.Errorf("decode schedule: %w", err)
		}
		out[p.EntryID()] = append(out[p.EntryID()], p.Action)
	}
	return out, closed(ctx, cur)
}

// dropRows deletes the rows of a type without a working copy, those of some keys or all: an older release deletes
// entries and leaves their rows.
func (s *Store) dropRows(ctx context.Context, k entryCollection, keys []string) error {
	cond := bson.D{{Key: "type", Value: k.Type()}}
	if keys != nil {
		cond = append(cond, bson.E{Key: "key", Value: bson.D{{Key: "$in", Value: keys}}})
	}
	cur, err := s.rows().Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: cond}},
		bson.D{{Key: "$lookup", Value: bson.D{
			{Key: "from", Value: k.raw().Name()},
			{Key: "localField", Value: "key"},
			{Key: "foreignField", Value: "_id"},
			{Key: "pipeline", Value: bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}}}},
			{Key: "as", Value: "copies"},
		}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "copies", Value: bson.A{}}}}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: 0}, {Key: "key", Value: 1}}}},
	}, options.Aggregate().SetBatchSize(content.MaxBatch))
	if err != nil {
		return err //nolint:wrapcheck // Upgrade translates it
	}
	var ids []content.ID
	for cur.Next(ctx) {
		key, _ := cur.Current.Lookup("key").StringValueOK()
		if ids = append(ids, content.ID{Type: k.Type(), Key: key}); len(ids) < content.MaxBatch {
			continue
		}
		if err := s.dropRowsOf(ctx, ids); err != nil {
			return err
		}
		ids = nil
	}
	if err := closed(ctx, cur); err != nil {
		return err
	}
	return s.dropRowsOf(ctx, ids)
}

// dropRowsOf deletes the rows of those among some entries that have no working copy. One may have been restored
// since the rows were found, or at the same time: then the transaction runs again, since it also changes the
// document that every writer changes.
func (s *Store) dropRowsOf(ctx context.Context, ids []content.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, x *transaction) error {
		exists, err := x.Exist(ctx, content.Drafts, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !exists[id] {
				x.also(rowsName, mongo.NewDeleteOneModel().SetFilter(byID(content.RefToAny(id))))
			}
		}
		x.countFilled(len(ids))
		return nil
	})
}

// countFilled plans a change of the document that every writer changes, so that the transaction conflicts
// with all that write at the same time.
func (t *transaction) countFilled(n int) {
	t.also(countersName, mongo.NewUpdateOneModel().SetFilter(byID(changesName)).
		SetUpdate(bson.D{{Key: "$inc", Value: bson.D{{Key: filledName, Value: n}}}}))
}
