package mongodb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// upgradedID is the id of the settings that say up to where a database is upgraded.
const upgradedID = "upgraded"

// upgraded says that all documents were of some versions or newer when the log had the number Seq. Documents that
// an older release has written since are in the log.
type upgraded struct {
	Schema    int            `bson:"schema"`
	Renderers map[string]int `bson:"renderers"`
	Rows      int            `bson:"rows"`
	Seq       int64          `bson:"seq"`
}

// maxReviewed bounds the changes whose documents are looked up by key; after more, all documents are read.
const maxReviewed = 50_000

// Upgrade rewrites the documents that an older release has written in another shape or rendered
// otherwise, and returns their number. Their content stays the same, so it writes no revisions and no
// changes, and the previous release can still read them. Replicas may run it at the same time. It skips
// a document that is written while it runs; if an older release wrote it, a later Upgrade rewrites it. It
// does not change documents of a newer release.
// It also writes the rows of the list of entries that an older release did not.
// It reads all documents only once for each release, and then those that were written since.
func (s *Store) Upgrade(ctx context.Context) (int, error) {
	now, err := s.counts(ctx)
	if err != nil {
		return 0, err
	}
	want := upgraded{Schema: schemaVersion, Rows: rowsVersion, Renderers: map[string]int{}, Seq: now.last}
	for _, t := range content.Types() {
		want.Renderers[string(t)] = s.render(t, "", "").Renderer
	}
	written, known, err := s.writtenSince(ctx, want, now)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		for _, t := range content.Types() {
			parts := slices.Collect(slices.Chunk(written[graphType{p, t}], readChanges))
			if !known {
				parts = [][]string{nil} // all of them
			}
			for _, keys := range parts {
				n, err := s.upgrade(ctx, p, t, keys)
				if total += n; err != nil {
					return total, translate("upgrade "+string(t), err)
				}
				if p == content.Published {
					continue
				}
				if err := s.fillRows(ctx, t, keys); err != nil {
					return total, translate("list "+string(t), err)
				}
			}
		}
	}
	_, err = s.db.Collection(settingsName).UpdateOne(ctx, byID(upgradedID), bson.D{{Key: "$set", Value: want}}, options.UpdateOne().SetUpsert(true))
	return total, translate("store what is upgraded", err)
}

// retireTables removes the documents that an older release kept in a collection that has entries now. They have no
// type. What they said is in the seed, since nobody could change them.
func (s *Store) retireTables(ctx context.Context) error {
	k, err := s.collection(content.Published, content.TypeWizard)
	if err != nil {
		return err
	}
	_, err = k.raw().DeleteMany(ctx, bson.D{{Key: "type", Value: bson.D{{Key: "$exists", Value: false}}}})
	return translate("remove old tables", err)
}

// graphType is a collection of entries.
type graphType struct {
	graph content.Perspective
	of    content.EntryType
}

// writtenSince returns the keys of the documents that were written since the last Upgrade of the same versions. It
// reports false if that is not known: after the first start of a release, a restore, or a long time.
func (s *Store) writtenSince(ctx context.Context, want upgraded, now counts) (map[graphType][]string, bool, error) {
	var last upgraded
	err := s.db.Collection(settingsName).FindOne(ctx, byID(upgradedID)).Decode(&last)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil, false, nil
	case err != nil:
		return nil, false, translate("read what is upgraded", err)
	}
	same := last.Schema == want.Schema && last.Rows == want.Rows && maps.Equal(last.Renderers, want.Renderers)
	if !same || last.Seq < now.pruned || last.Seq > now.last || now.last-last.Seq > maxReviewed {
		return nil, false, nil
	}
	out := map[graphType][]string{}
	for since := last.Seq; ; {
		page, err := s.Changes(ctx, since, readChanges)
		if err != nil || len(page) == 0 {
			return out, err == nil, err
		}
		for i := range page {
			since = page[i].Seq
			of := graphType{page[i].Graph, page[i].Type}
			out[of] = append(out[of], page[i].Key)
		}
	}
}

// upgrade rewrites the documents of one collection, those with some keys or, without keys, all.
func (s *Store) upgrade(ctx context.Context, p content.Perspective, t content.EntryType, keys []string) (int, error) {
	k, err := s.collection(p, t)
	if err != nil {
		return 0, err
	}
	renderer := s.render(t, "", "").Renderer
	old := bson.D{{Key: "$or", Value: bson.A{
		bson.D{{Key: "schema", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: schemaVersion}}}}}},
		// Texts that were rendered before renderers had versions have none.
		bson.D{{Key: "body.markdown", Value: bson.D{{Key: "$gt", Value: ""}}}, {Key: "body.renderer", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: renderer}}}}}},
	}}}
	if keys != nil {
		old = both(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, old)
	}
	cur, err := k.raw().Find(ctx, old, options.Find().SetBatchSize(content.MaxBatch))
	if err != nil {
		return 0, err //nolint:wrapcheck // Upgrade translates it
	}
	n := 0
	for cur.Next(ctx) {
		e, err := k.decode(cur.Current)
		if err != nil {
			return n, err
		}
		content.RenderTexts(e, s.render)
		doc, err := document(k, e)
		if err != nil {
			return n, err
		}
		h := e.Head()
		res, err := k.raw().ReplaceOne(ctx, bson.D{{Key: "_id", Value: h.Key}, {Key: "revision", Value: h.Revision}, {Key: "publishedAt", Value: h.PublishedAt}}, doc)
		if err != nil {
			return n, fmt.Errorf("rewrite %s: %w", h.Key, err)
		}
		n += int(res.ModifiedCount)
	}
	return n, closed(ctx, cur)
}
