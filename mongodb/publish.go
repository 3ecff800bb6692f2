package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/content"
)

// maxReleaseBytes bounds the bytes of one atomic publish; the server refuses larger transactions.
const maxReleaseBytes = 16 << 20

// Publish copies working copies to the published graph; see content.Writer.
// What the entries refer to is not looked at; Release does that. Entries come back in the order of
// the ids, and each id must be there, else NotFound and nothing is published.
func (s *Store) Publish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	if len(ids) > content.MaxRelease {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be published at once.", content.MaxRelease))
	}
	return s.forEach(ctx, by, ids, s.publish)
}

// forEach plans the same for each of the working copies and writes it in one transaction. Entries
// come back in the order of the ids. A plan gets a nil document where there is none, and may be
// made again when the transaction is.
func (s *Store) forEach(ctx context.Context, by string, ids []content.ID, plan func(*batch, content.ID, bson.D) (content.Entry, error)) ([]content.Entry, error) {
	var out []content.Entry
	err := s.write(ctx, by, func(ctx context.Context, b *batch) error {
		out = out[:0]
		drafts, err := s.documents(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := plan(b, id, drafts[id])
			if err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// publish plans the publishing of one working copy.
// It adds two writes: the whole document to the published graph, and the new status to the working
// copy, under the revision that was read, so that an edit in between makes the commit fail. Two
// changes are logged, one for each graph. A publish makes no new revision, because the content is
// the same. doc is changed.
func (s *Store) publish(b *batch, id content.ID, doc bson.D) (content.Entry, error) {
	if doc == nil {
		return nil, content.Fault(content.NotFound, "There is no entry with that id.")
	}
	draft, err := s.keptOf(content.Drafts, id.Type)
	if err != nil {
		return nil, err
	}
	raw, err := bson.Marshal(set(set(doc, "status", content.StatusPublished), "publishedAt", b.at))
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", id.Type, err)
	}
	e, err := draft.decode(raw)
	if err != nil {
		return nil, err
	}
	h := e.Head()
	b.add(s.graphs[content.Published].raw(id.Type), mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: id.Key}}).SetReplacement(bson.Raw(raw)).SetUpsert(true))
	b.add(draft.raw(), mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: id.Key}, {Key: "revision", Value: h.Revision}}).
		SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "status", Value: content.StatusPublished}, {Key: "publishedAt", Value: b.at}}}}))
	b.change(id, content.OpUpsert, content.Published, h.Revision)
	b.change(id, content.OpUpsert, content.Drafts, h.Revision)
	return e, nil
}

// documents reads whole working copies within a transaction and bounds their size.
// They come undecoded, as publish copies the stored form with refs and folded texts. What is not
// there is missing from the map. Sizes are summed as they come in, so that a release that is too
// large is refused before all of it is in memory.
func (s *Store) documents(ctx context.Context, ids []content.ID) (map[content.ID]bson.D, error) {
	byType := map[content.EntryType][]string{}
	for _, id := range ids {
		byType[id.Type] = append(byType[id.Type], id.Key)
	}
	out := map[content.ID]bson.D{}
	size := 0
	for t, keys := range byType {
		k, err := s.keptOf(content.Drafts, t)
		if err != nil {
			return nil, err
		}
		cur, err := k.raw().Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
		if err != nil {
			return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		for cur.Next(ctx) {
			var doc bson.D
			if err := bson.Unmarshal(cur.Current, &doc); err != nil {
				return nil, fmt.Errorf("decode %s: %w", t, err)
			}
			if size += len(cur.Current); size > maxReleaseBytes {
				return nil, content.Fault(content.LimitExceeded, "A release may hold at most 16 MB. Publish it in parts.")
			}
			key, _ := cur.Current.Lookup("_id").StringValueOK()
			out[content.ID{Type: t, Key: key}] = doc
		}
		if err := closed(ctx, cur); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Unpublish takes entries out of the published graph; see content.Writer.
// An entry that is not published makes the commit fail with Conflict, since one document fewer is
// deleted than was planned.
func (s *Store) Unpublish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	return s.forEach(ctx, by, ids, s.unpublish)
}

// unpublish plans that one entry leaves the published graph.
// The published document goes and the working copy becomes a plain draft, even where it had changes
// that were not published yet. doc is changed.
func (s *Store) unpublish(b *batch, id content.ID, doc bson.D) (content.Entry, error) {
	if doc == nil {
		return nil, content.Fault(content.NotFound, "There is no entry with that id.")
	}
	raw, err := bson.Marshal(set(set(doc, "status", content.StatusDraft), "publishedAt", nil))
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", id.Type, err)
	}
	draft, err := s.keptOf(content.Drafts, id.Type)
	if err != nil {
		return nil, err
	}
	e, err := draft.decode(raw)
	if err != nil {
		return nil, err
	}
	b.add(s.graphs[content.Published].raw(id.Type), mongo.NewDeleteOneModel().SetFilter(bson.D{{Key: "_id", Value: id.Key}}))
	b.add(draft.raw(), mongo.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: id.Key}}).
		SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "status", Value: content.StatusDraft}}}, {Key: "$unset", Value: bson.D{{Key: "publishedAt", Value: ""}}}}))
	b.change(id, content.OpDelete, content.Published, e.Head().Revision)
	b.change(id, content.OpUpsert, content.Drafts, e.Head().Revision)
	return e, nil
}

// Delete takes entries out of both graphs; see content.Writer.
// Former slugs go with the entry, so they are free again. Its sources stay, and its revisions, from
// which Restore can bring it back.
func (s *Store) Delete(ctx context.Context, by string, ids ...content.ID) error {
	return s.write(ctx, by, func(ctx context.Context, b *batch) error {
		known, err := s.current(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if known[id] == nil {
				return content.Fault(content.NotFound, "There is no entry with that id.")
			}
			s.remove(b, known[id])
		}
		return nil
	})
}

// remove plans that one entry leaves both graphs.
// Only what was ever published and not withdrawn is in the published graph; its status tells.
func (s *Store) remove(b *batch, m *content.Meta) {
	at := bson.D{{Key: "_id", Value: m.Key}}
	if m.Status != content.StatusDraft {
		b.add(s.graphs[content.Published].raw(m.Type), mongo.NewDeleteOneModel().SetFilter(at))
		b.change(m.ID(), content.OpDelete, content.Published, m.Revision)
	}
	b.add(s.graphs[content.Drafts].raw(m.Type), mongo.NewDeleteOneModel().SetFilter(at))
	b.change(m.ID(), content.OpDelete, content.Drafts, m.Revision)
}
