package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// Upgrade writes the documents anew that an older release has written in another shape or
// rendered otherwise, and tells how many there were. What they say stays the same, so neither
// revisions nor changes come of it, and the release before still reads them. Replicas may do it at
// the same time: a document that somebody changes meanwhile is left to its writer, whose release is
// this one or is upgraded later. Documents of a newer release are not touched.
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

// upgrade writes the documents of one collection anew.
func (s *Store) upgrade(ctx context.Context, p content.Perspective, t content.EntryType) (int, error) {
	k, err := s.keptOf(p, t)
	if err != nil {
		return 0, err
	}
	renderer := s.render(t, "", "").Renderer
	old := bson.D{{Key: "$or", Value: bson.A{
		bson.D{{Key: "schema", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: schemaVersion}}}}}},
		// Texts from before renderers had versions have none.
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
		renderTexts(e, s.render)
		doc, err := document(k, e)
		if err != nil {
			return n, err
		}
		h := e.Head()
		res, err := k.raw().ReplaceOne(ctx, bson.D{{Key: "_id", Value: h.Key}, {Key: "revision", Value: h.Revision}}, doc)
		if err != nil {
			return n, fmt.Errorf("rewrite %s: %w", h.Key, err)
		}
		n += int(res.ModifiedCount)
	}
	return n, closed(ctx, cur)
}
