package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// batch gathers what one transaction writes.
// A batch belongs to one try of one transaction and is used by one goroutine. expected counts the
// documents that the models of a collection must touch; commit compares.
type batch struct {
	at        time.Time
	by        string
	models    map[*mongo.Collection][]mongo.WriteModel
	expected  map[*mongo.Collection]int64
	revisions []any
	changes   []content.Change
	// past holds the last revisions of entries that were deleted, whose numbers go on.
	past map[content.ID]int
	// back holds what stays of the heads of deleted entries that come back.
	back map[content.ID]content.Meta
	// finish runs last within the transaction, when the changes have their numbers.
	finish func(context.Context) error
}

// write runs one write transaction. plan reads what it needs within the transaction and
// returns what is to be written; it may run again when the transaction is retried.
// Whatever plan changes outside of the batch it has to set anew at each run. Errors of the driver
// must come back as they are, for their labels decide about the retry. A context that ends while
// the write waits for its turn gives Unavailable. committed is called once, after the commit, and
// before write returns: the writer's own next read must see what it has written.
func (s *Store) write(ctx context.Context, by string, plan func(context.Context, *batch) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return content.Wrap(content.Unavailable, "Too many writes are waiting. Try again in a moment.", ctx.Err())
	}
	session, err := s.client.StartSession()
	if err != nil {
		return translate("start session", err)
	}
	defer session.EndSession(ctx)
	var b *batch
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		b = &batch{
			at: s.now().UTC().Truncate(time.Millisecond), by: by,
			models: map[*mongo.Collection][]mongo.WriteModel{}, expected: map[*mongo.Collection]int64{},
			past: map[content.ID]int{},
		}
		if err := plan(ctx, b); err != nil {
			return nil, err
		}
		return nil, s.commit(ctx, b)
	})
	if err == nil && s.committed != nil {
		s.committed(b.changes)
	}
	return translate("write", err)
}

// commit writes a batch within its transaction.
// The order of collections does not matter within a transaction. A write that touched fewer
// documents than planned has met a newer revision or a missing document, and takes the whole batch
// with it.
func (s *Store) commit(ctx context.Context, b *batch) error {
	for coll, models := range b.models {
		res, err := coll.BulkWrite(ctx, models)
		if err != nil {
			return err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		if done := res.MatchedCount + res.InsertedCount + res.UpsertedCount + res.DeletedCount; done != b.expected[coll] {
			return stale()
		}
	}
	if len(b.revisions) > 0 {
		if _, err := s.db.Collection(revisionsName).InsertMany(ctx, b.revisions); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if err := s.record(ctx, b); err != nil || b.finish == nil {
		return err
	}
	return b.finish(ctx)
}

// record numbers the changes of a batch and writes them. The counter is incremented in the
// same transaction, so the order of numbers is the order of commits.
// It comes late in the transaction because the counter is the one document that all writers share:
// from here on other replicas have to wait or to begin again.
func (s *Store) record(ctx context.Context, b *batch) error {
	if len(b.changes) == 0 {
		return nil
	}
	var counter struct {
		Seq int64 `bson:"seq"`
	}
	err := s.db.Collection(countersName).FindOneAndUpdate(ctx,
		bson.D{{Key: "_id", Value: changesName}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "seq", Value: int64(len(b.changes))}}}},
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&counter)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	rows := make([]any, len(b.changes))
	for i := range b.changes {
		b.changes[i].Seq = counter.Seq - int64(len(b.changes)) + int64(i) + 1
		rows[i] = b.changes[i]
	}
	if _, err = s.db.Collection(changesName).InsertMany(ctx, rows); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return s.advanceLatest(ctx, b.changes)
}

// stale is what a writer gets who did not know the newest revision.
func stale() error {
	return content.Fault(content.Conflict, "The entry has been changed meanwhile. Read it again and repeat the change.")
}

// add plans a write that must touch exactly one document.
func (b *batch) add(coll *mongo.Collection, m mongo.WriteModel) {
	b.models[coll] = append(b.models[coll], m)
	b.expected[coll]++
}

// change plans a row of the log. It gets its number when the batch is recorded.
func (b *batch) change(id content.ID, op content.Op, g content.Perspective, revision int) {
	b.changes = append(b.changes, content.Change{Type: id.Type, Key: id.Key, Op: op, Graph: g, Revision: revision, At: b.at, By: b.by})
}

// current reads the heads of working copies within a transaction.
// An entry that is not there is missing from the map. The projection takes what put needs to know.
func (s *Store) current(ctx context.Context, ids []content.ID) (map[content.ID]*content.Meta, error) {
	out := map[content.ID]*content.Meta{}
	byType := map[content.EntryType][]string{}
	for _, id := range ids {
		byType[id.Type] = append(byType[id.Type], id.Key)
	}
	for t, keys := range byType {
		k, err := s.keptOf(content.Drafts, t)
		if err != nil {
			return nil, err
		}
		cur, err := k.raw().Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}},
			options.Find().SetProjection(bson.D{{Key: "type", Value: 1}, {Key: "slug", Value: 1}, {Key: "revision", Value: 1}, {Key: "status", Value: 1}, {Key: "createdAt", Value: 1}, {Key: "publishedAt", Value: 1}, {Key: "formerSlugs", Value: 1}}))
		if err != nil {
			return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		for cur.Next(ctx) {
			var m content.Meta
			if err := bson.Unmarshal(cur.Current, &m); err != nil {
				return nil, fmt.Errorf("decode head: %w", err)
			}
			out[m.ID()] = &m
		}
		if err := closed(ctx, cur); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Put writes working copies; see content.Writer.
// Entries are changed in place: they get a key, rendered texts and the new head. Rendering is done
// before the transaction, which holds up all other writers. After an error the heads are worthless.
func (s *Store) Put(ctx context.Context, by string, entries ...content.Entry) ([]content.Entry, error) {
	if len(entries) > content.MaxBatch {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be written at once.", content.MaxBatch))
	}
	ids := make([]content.ID, len(entries))
	for i, e := range entries {
		h := e.Head()
		if h.Key == "" {
			key, err := s.newKey()
			if err != nil {
				return nil, fmt.Errorf("make key: %w", err)
			}
			h.Key = key
		}
		ids[i] = e.ID()
		renderTexts(e, s.render)
	}
	given := make([]content.Meta, len(entries))
	for i, e := range entries {
		given[i] = *e.Head()
	}
	err := s.write(ctx, by, func(ctx context.Context, b *batch) error {
		known, err := s.current(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.recall(ctx, b, ids, known); err != nil {
			return err
		}
		for i, e := range entries {
			*e.Head() = given[i] // a retried transaction starts from what was given
			if err := s.put(b, e, known[ids[i]]); err != nil {
				return err
			}
		}
		return s.slugsFree(ctx, entries)
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// put plans the write of one working copy over the one that is known, if any.
// It sets the head: times, former slugs, the next revision, and the status, which is Changed as
// soon as there is a published copy. The condition on the revision is checked twice: here, for a
// clear answer, and in the write itself, for a writer that came in between.
func (s *Store) put(b *batch, e content.Entry, known *content.Meta) error {
	h := e.Head()
	k, err := s.keptOf(content.Drafts, h.Type)
	if err != nil {
		return err
	}
	before, given := b.past[e.ID()], 0
	h.Status, h.CreatedAt, h.PublishedAt, h.FormerSlugs = content.StatusDraft, b.at, nil, nil
	if was, ok := b.back[e.ID()]; ok {
		h.CreatedAt, h.FormerSlugs = was.CreatedAt, was.FormerSlugs
	}
	if known != nil {
		before, given = known.Revision, known.Revision
		h.CreatedAt, h.PublishedAt, h.FormerSlugs = known.CreatedAt, known.PublishedAt, known.FormerSlugs
		if known.Status != content.StatusDraft {
			h.Status = content.StatusChanged
		}
		if known.Slug != h.Slug {
			h.FormerSlugs = formerSlugs(known.FormerSlugs, known.Slug, h.Slug)
		}
	}
	if h.Revision != given {
		return stale()
	}
	h.Revision, h.UpdatedAt = before+1, b.at
	doc, err := document(k, e)
	if err != nil {
		return err
	}
	if known == nil {
		b.add(k.raw(), mongo.NewInsertOneModel().SetDocument(doc))
	} else {
		b.add(k.raw(), mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: h.Key}, {Key: "revision", Value: before}}).SetReplacement(doc))
	}
	b.revisions = append(b.revisions, bson.D{
		{Key: "_id", Value: snapshotID(e.ID(), h.Revision)},
		{Key: "type", Value: h.Type},
		{Key: "key", Value: h.Key},
		{Key: "revision", Value: h.Revision},
		{Key: "at", Value: b.at},
		{Key: "by", Value: b.by},
		{Key: "entry", Value: withoutInternals(doc)},
	})
	b.change(e.ID(), content.OpUpsert, content.Drafts, h.Revision)
	return nil
}

// recall finds out which of the unknown entries there were before.
// A deleted entry that is written again goes on with its numbers, since its old revisions are still
// there and two revisions must not share an id.
func (s *Store) recall(ctx context.Context, b *batch, ids []content.ID, known map[content.ID]*content.Meta) error {
	var names bson.A
	for _, id := range ids {
		if known[id] == nil {
			names = append(names, bson.D{{Key: "type", Value: id.Type}, {Key: "key", Value: id.Key}})
		}
	}
	if len(names) == 0 {
		return nil
	}
	cur, err := s.db.Collection(revisionsName).Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "$or", Value: names}}}},
		bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: bson.D{{Key: "type", Value: "$type"}, {Key: "key", Value: "$key"}}},
			{Key: "last", Value: bson.D{{Key: "$max", Value: "$revision"}}},
		}}},
	})
	if err != nil {
		return err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	for cur.Next(ctx) {
		var row struct {
			ID struct {
				Type content.EntryType `bson:"type"`
				Key  string            `bson:"key"`
			} `bson:"_id"`
			Last int `bson:"last"`
		}
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return fmt.Errorf("decode last revision: %w", err)
		}
		b.past[content.ID{Type: row.ID.Type, Key: row.ID.Key}] = row.Last
	}
	return closed(ctx, cur)
}

// formerSlugs adds the slug that is given up and takes out the one that is taken back.
// A slug that is taken back is not a former one any more; otherwise the entry would lead to itself.
// The list goes from the oldest to the newest.
func formerSlugs(former []string, old, now string) []string {
	out := []string{}
	for _, s := range former {
		if s != now && s != old {
			out = append(out, s)
		}
	}
	return append(out, old)
}

// slugsFree refuses slugs that other entries had before: links to them must stay right. The
// unique index refuses those that others have now.
func (s *Store) slugsFree(ctx context.Context, entries []content.Entry) error {
	byType := map[content.EntryType]bson.A{}
	for _, e := range entries {
		h := e.Head()
		byType[h.Type] = append(byType[h.Type], bson.D{{Key: "formerSlugs", Value: h.Slug}, {Key: "_id", Value: bson.D{{Key: "$ne", Value: h.Key}}}})
	}
	for t, conds := range byType {
		n, err := s.graphs[content.Drafts].raw(t).CountDocuments(ctx, bson.D{{Key: "$or", Value: conds}}, options.Count().SetLimit(1))
		if err != nil {
			return err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		if n > 0 {
			return content.Fault(content.Conflict, "The slug belonged to another entry before; links to it must stay right.")
		}
	}
	return nil
}
