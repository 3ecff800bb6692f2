package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// Upgrade rewrites the documents that an older release has written in another shape or rendered
// otherwise, and returns their number. Their content stays the same, so it writes no revisions and no
// changes, and the previous release can still read them. Replicas may run it at the same time. It skips
// a document that is written while it runs; if an older release wrote it, a later Upgrade rewrites it. It
// does not change documents of a newer release.
func (s *Store) Upgrade(ctx context.Context) (int, error) {
	total := 0
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		for _, t := range content.Types() {
			n, err := s.upgrade(ctx, p, t)
			if total += n; err != nil {
				return total, translate("upgrade "+string(t), err)
			}
		}
	}
	return total, nil
}

// upgrade rewrites the documents of one collection.
func (s *Store) upgrade(ctx context.Context, p content.Perspective, t content.EntryType) (int, error) {
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
