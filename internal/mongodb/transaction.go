package mongodb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// transaction is one attempt of a write; see content.Transaction for the contract.
// It collects the planned writes for commit, and reads within the session of the context. Its reads
// return the driver's errors as they are, since the driver decides by their labels whether to retry.
// expected is the number of documents that the models of a collection must affect.
type transaction struct {
	store    *Store
	models   map[*mongo.Collection][]mongo.WriteModel
	expected map[*mongo.Collection]int64
	// loose holds the planned writes that need not affect a document, by collection; see also.
	loose map[string][]mongo.WriteModel
	// grown is the number of documents that a collection of entries has gained, by its name.
	grown     map[string]int64
	revisions []any
	changes   []content.Change
	finish    func(ctx context.Context, last int64) error
}

var (
	_ content.Transactor  = (*Store)(nil)
	_ content.Transaction = (*transaction)(nil)
)

// newTransaction returns a transaction with nothing planned.
func newTransaction(s *Store) *transaction {
	return &transaction{
		store: s, models: map[*mongo.Collection][]mongo.WriteModel{}, expected: map[*mongo.Collection]int64{}, grown: map[string]int64{},
		loose: map[string][]mongo.WriteModel{},
	}
}

// each calls read with each document of some ids in one graph. It costs one command for each type.
func (s *Store) each(ctx context.Context, p content.Perspective, ids []content.ID, projection bson.D, read func(entryCollection, bson.Raw) error) error {
	for t, keys := range content.KeysByType(ids) {
		k, err := s.collection(p, t)
		if err != nil {
			return err
		}
		cond := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
		if err := k.each(ctx, cond, options.Find().SetProjection(projection), read); err != nil {
			return err
		}
	}
	return nil
}

// Copies reads whole copies, with their stored documents, which Publish copies.
func (t *transaction) Copies(ctx context.Context, p content.Perspective, ids []content.ID, read func(int) error) (map[content.ID]content.Copy, error) {
	out := map[content.ID]content.Copy{}
	err := t.store.each(ctx, p, ids, bson.D{}, func(k entryCollection, raw bson.Raw) error {
		if read != nil {
			if err := read(len(raw)); err != nil {
				return err
			}
		}
		e, err := k.decode(raw)
		if err == nil {
			out[e.ID()] = content.Copy{Entry: e, Stored: slices.Clone(raw)}
		}
		return err
	})
	return out, err
}

// headFields lists the fields of heads: those that the next revision needs.
func headFields() bson.D {
	var out bson.D
	for _, f := range []string{"type", "slug", "revision", "status", "createdAt", "publishedAt", "publication", "formerSlugs"} {
		out = append(out, bson.E{Key: f, Value: 1})
	}
	return out
}

// head decodes the head of an entry.
func head(raw bson.Raw) (*content.Meta, error) {
	h := new(content.Meta)
	if err := bson.Unmarshal(raw, h); err != nil {
		return nil, fmt.Errorf("decode head: %w", err)
	}
	return h, nil
}

// Heads reads the heads of working copies.
func (t *transaction) Heads(ctx context.Context, ids []content.ID) (map[content.ID]*content.Meta, error) {
	out := map[content.ID]*content.Meta{}
	err := t.store.each(ctx, content.Drafts, ids, headFields(), func(_ entryCollection, raw bson.Raw) error {
		h, err := head(raw)
		if err == nil {
			out[h.ID()] = h
		}
		return err
	})
	return out, err
}

// Exist reports which entries a graph has.
func (t *transaction) Exist(ctx context.Context, p content.Perspective, ids []content.ID) (map[content.ID]bool, error) {
	return t.store.exist(ctx, p, ids)
}

// exist is Exist for reads outside of transactions too.
func (s *Store) exist(ctx context.Context, p content.Perspective, ids []content.ID) (map[content.ID]bool, error) {
	out := map[content.ID]bool{}
	err := s.each(ctx, p, ids, bson.D{{Key: "_id", Value: 1}}, func(k entryCollection, raw bson.Raw) error {
		key, _ := raw.Lookup("_id").StringValueOK()
		out[content.ID{Type: k.Type(), Key: key}] = true
		return nil
	})
	return out, err
}

// BySlugs reads the heads of working copies by slug.
// The limit allows for two entries per slug: one that has it and one that had it.
func (t *transaction) BySlugs(ctx context.Context, et content.EntryType, slugs []string) ([]*content.Meta, error) {
	k, err := t.store.collection(content.Drafts, et)
	if err != nil {
		return nil, err
	}
	var out []*content.Meta
	err = k.each(ctx, withSlug(slugs), oneReply(2*len(slugs)).SetProjection(headFields()), func(_ entryCollection, raw bson.Raw) error {
		h, err := head(raw)
		out = append(out, h)
		return err
	})
	return out, err
}

// Referring lists references to some ids.
func (t *transaction) Referring(ctx context.Context, p content.Perspective, et content.EntryType, ids []content.ID, meant func(content.Reference) bool) ([]content.ReferenceRow, error) {
	return t.store.referring(ctx, p, et, ids, meant)
}

// Relations reads the relations of the patterns that are related to some patterns.
func (t *transaction) Relations(ctx context.Context, p content.Perspective, keys []string) (map[string][]content.RelationRow, error) {
	refs := make([]string, len(keys))
	for i, key := range keys {
		refs[i] = content.RelationTo(key)
	}
	cond := bson.D{{Key: "refs", Value: bson.D{{Key: "$in", Value: refs}}}, {Key: "_id", Value: bson.D{{Key: "$nin", Value: keys}}}}
	if p == content.Drafts {
		cond = append(cond, bson.E{Key: "status", Value: bson.D{{Key: "$ne", Value: content.StatusDraft}}})
	}
	k, err := t.store.collection(p, content.TypePattern)
	if err != nil {
		return nil, err
	}
	out := map[string][]content.RelationRow{}
	err = k.each(ctx, cond, options.Find().SetProjection(bson.D{{Key: "relatedPatterns", Value: 1}}), func(_ entryCollection, raw bson.Raw) error {
		var row struct {
			Key       string                `bson:"_id"`
			Relations []content.RelationRow `bson:"relatedPatterns"`
		}
		if err := bson.Unmarshal(raw, &row); err != nil {
			return fmt.Errorf("decode relations: %w", err)
		}
		out[row.Key] = row.Relations
		return nil
	})
	return out, err
}

// Revisions reads revisions within the transaction.
func (t *transaction) Revisions(ctx context.Context, id content.ID, before, limit int) ([]content.Snapshot, error) {
	return t.store.Revisions(ctx, id, before, limit)
}

// LastRevisions reads the numbers of the newest revisions.
func (t *transaction) LastRevisions(ctx context.Context, ids []content.ID) (map[content.ID]int, error) {
	out := map[content.ID]int{}
	if len(ids) == 0 {
		return out, nil
	}
	var names bson.A
	for _, id := range ids {
		names = append(names, bson.D{{Key: "type", Value: id.Type}, {Key: "key", Value: id.Key}})
	}
	cur, err := t.store.db.Collection(revisionsName).Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "$or", Value: names}}}},
		bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: bson.D{{Key: "type", Value: "$type"}, {Key: "key", Value: "$key"}}},
			{Key: "last", Value: bson.D{{Key: "$max", Value: "$revision"}}},
		}}},
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	for cur.Next(ctx) {
		var row struct {
			ID   content.ID `bson:"_id"`
			Last int        `bson:"last"`
		}
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return nil, fmt.Errorf("decode last revision: %w", err)
		}
		out[row.ID] = row.Last
	}
	return out, closed(ctx, cur)
}

// Put plans to write a working copy and its revision.
// The condition on the revision detects a write after the transaction has read the working copy.
func (t *transaction) Put(r content.Snapshot, over int) error {
	h := r.Entry.Head()
	k, err := t.store.collection(content.Drafts, h.Type)
	if err != nil {
		return err
	}
	doc, err := document(k, r.Entry)
	if err != nil {
		return err
	}
	if over == 0 {
		t.add(k.raw(), mongo.NewInsertOneModel().SetDocument(doc))
	} else {
		t.add(k.raw(), mongo.NewReplaceOneModel().SetFilter(inRevision(h.Key, over)).SetReplacement(doc))
	}
	listed := rowOf(r.Entry, r.By)
	t.also(rowsName, listed.write())
	t.revisions = append(t.revisions, bson.D{
		{Key: "_id", Value: snapshotID(h.ID(), r.Revision)},
		{Key: "type", Value: h.Type},
		{Key: "key", Value: h.Key},
		{Key: "revision", Value: r.Revision},
		{Key: "at", Value: r.At},
		{Key: "by", Value: r.By},
		{Key: "entry", Value: withoutInternals(doc)},
	})
	return nil
}

// Publish plans to make a copy the published copy. It copies the stored document, including
// fields that a newer release has written.
func (t *transaction) Publish(c content.Copy, relations *[]content.RelationRow) error {
	h := c.Entry.Head()
	doc, err := t.storedForm(c)
	if err != nil {
		return err
	}
	doc = set(set(set(doc, "status", h.Status), "publishedAt", h.PublishedAt), "publication", h.Publication)
	if p, ok := c.Entry.(*content.Pattern); ok && relations != nil {
		doc = relate(doc, p, *relations)
	}
	t.add(t.store.graphs[content.Published].raw(h.Type), mongo.NewReplaceOneModel().SetFilter(byID(h.Key)).SetReplacement(doc).SetUpsert(true))
	return nil
}

// storedForm returns the document of a copy: the one that was read, or a new one.
func (t *transaction) storedForm(c content.Copy) (bson.D, error) {
	h := c.Entry.Head()
	switch raw := c.Stored.(type) {
	case nil:
		k, err := t.store.collection(content.Published, h.Type)
		if err != nil {
			return nil, err
		}
		return document(k, c.Entry)
	case bson.Raw:
		var doc bson.D
		if err := bson.Unmarshal(raw, &doc); err != nil {
			return nil, fmt.Errorf("decode %s: %w", h.Type, err)
		}
		return doc, nil
	}
	return nil, fmt.Errorf("publish %s: the copy was not read by this store", h.ID())
}

// Relate plans to set the relations of a published copy to those of p.
func (t *transaction) Relate(p *content.Pattern) {
	t.add(t.store.graphs[content.Published].raw(content.TypePattern), mongo.NewUpdateOneModel().
		SetFilter(inRevision(p.Key, p.Revision)).
		SetUpdate(bson.D{{Key: "$set", Value: append(relate(nil, p, p.Relations), publishing(&p.Meta)...)}}))
}

// relate sets the relations of a pattern in a document.
func relate(doc bson.D, p *content.Pattern, rows []content.RelationRow) bson.D {
	related := *p
	related.Relations = rows
	return set(set(doc, "relatedPatterns", rows), "refs", refs(&related))
}

// publishing returns the fields about the last publish of an entry.
func publishing(m *content.Meta) bson.D {
	return bson.D{{Key: "publishedAt", Value: m.PublishedAt}, {Key: "publication", Value: m.Publication}}
}

// Mark plans to set the status of a working copy, and the fields about its last publish.
func (t *transaction) Mark(m *content.Meta) {
	update := bson.D{{Key: "$set", Value: append(bson.D{{Key: "status", Value: m.Status}}, publishing(m)...)}}
	if m.PublishedAt == nil {
		update = bson.D{{Key: "$set", Value: bson.D{{Key: "status", Value: m.Status}}}, {Key: "$unset", Value: publishing(m)}}
	}
	t.add(t.store.graphs[content.Drafts].raw(m.Type), mongo.NewUpdateOneModel().SetFilter(inRevision(m.Key, m.Revision)).SetUpdate(update))
	t.markRow(m, update)
}

// Delete plans to delete an entry from a graph.
func (t *transaction) Delete(p content.Perspective, id content.ID) {
	t.add(t.store.graphs[p].raw(id.Type), mongo.NewDeleteOneModel().SetFilter(byID(id.Key)))
	if p == content.Drafts {
		t.also(rowsName, mongo.NewDeleteOneModel().SetFilter(byID(content.RefToAny(id))))
	}
}

// Observe plans to record an observation.
func (t *transaction) Observe(o *content.Observation) error {
	raw, err := stored(o.Key(), o)
	if err != nil {
		return fmt.Errorf("encode observation: %w", err)
	}
	t.add(t.store.db.Collection(observationsName), mongo.NewReplaceOneModel().SetFilter(byID(o.Key())).SetReplacement(raw).SetUpsert(true))
	t.readModel(o.Key(), o.RecordedBy, o.RecordedAt)
	return nil
}

// readModel logs the change of a read model: an observation, or a table of the tools. The row is for
// replicas that cache read models.
func (t *transaction) readModel(key, by string, at time.Time) {
	t.Log(content.Change{Type: content.NonEntryHealth, Key: key, Op: content.OpUpsert, Graph: content.Published, At: at, By: by})
}

// Log plans a row of the change log. record numbers it.
func (t *transaction) Log(c content.Change) { t.changes = append(t.changes, c) }

// LastSeq reads the number of the newest change.
func (t *transaction) LastSeq(ctx context.Context) (int64, error) { return t.store.LastSeq(ctx) }

// Finish sets the function that runs last.
func (t *transaction) Finish(f func(context.Context, int64) error) { t.finish = f }

// add plans a write that must affect exactly one document.
func (t *transaction) add(coll *mongo.Collection, m mongo.WriteModel) {
	t.models[coll] = append(t.models[coll], m)
	t.expected[coll]++
}

// inRevision is the condition of one entry in one revision.
func inRevision(key string, revision int) bson.D {
	return bson.D{{Key: "_id", Value: key}, {Key: "revision", Value: revision}}
}
