package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// sourcesName is the collection of the files that entries were imported from.
const sourcesName = "sources"

// sourceRow is the stored form of a source: its entry's id is one string.
// Text is stored as bytes, since a file need not be valid UTF-8 and must be returned unchanged.
type sourceRow struct {
	ID       string            `bson:"_id"`
	Type     content.EntryType `bson:"type"`
	Key      string            `bson:"key"`
	Path     string            `bson:"path"`
	Tree     string            `bson:"tree,omitempty"`
	Root     string            `bson:"root,omitempty"`
	Pages    bool              `bson:"pages,omitempty"`
	Hash     string            `bson:"hash"`
	Revision int               `bson:"revision"`
	Text     []byte            `bson:"text"`
	Files    []content.Seen    `bson:"files"`
}

// source returns the row in the form that callers know.
func (r *sourceRow) source() content.Source {
	return content.Source{ID: content.ID{Type: r.Type, Key: r.Key}, Path: r.Path, Tree: r.Tree, Root: r.Root, Pages: r.Pages, Hash: r.Hash, Revision: r.Revision, Text: r.Text, Files: r.Files}
}

// PutSources stores sources; see content.SourceStore.
// They are not part of a graph: it writes no revisions and no changes, and uses no transaction.
func (s *Store) PutSources(ctx context.Context, sources ...content.Source) error {
	if len(sources) > content.MaxBatch {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d sources can be written at once.", content.MaxBatch))
	}
	if len(sources) == 0 {
		return nil
	}
	models := make([]mongo.WriteModel, len(sources))
	for i, source := range sources {
		row := sourceRow{
			ID: content.RefToAny(source.ID), Type: source.ID.Type, Key: source.ID.Key,
			Path: source.Path, Tree: source.Tree, Root: source.Root, Pages: source.Pages, Hash: source.Hash, Revision: source.Revision, Text: source.Text, Files: source.Files,
		}
		models[i] = mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: row.ID}}).SetReplacement(row).SetUpsert(true)
	}
	_, err := s.db.Collection(sourcesName).BulkWrite(ctx, models)
	return translate("store sources", err)
}

// Sources reads sources in the order of ids; see content.SourceStore.
func (s *Store) Sources(ctx context.Context, ids ...content.ID) ([]*content.Source, error) {
	rows, err := s.sources(ctx, ofEntries(ids), oneReply(len(ids)))
	if err != nil {
		return nil, err
	}
	found := make(map[content.ID]*content.Source, len(rows))
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	out := make([]*content.Source, len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, nil
}

// SourceMarks reads sources without their text; see content.SourceStore.
func (s *Store) SourceMarks(ctx context.Context, ids ...content.ID) ([]content.Source, error) {
	cond := bson.D{}
	if len(ids) > 0 {
		cond = ofEntries(ids)
	}
	return s.sources(ctx, cond, options.Find().SetProjection(bson.D{{Key: "text", Value: 0}}).SetBatchSize(allBatch))
}

// ofEntries returns the condition of the sources of entries.
func ofEntries(ids []content.ID) bson.D {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = content.RefToAny(id)
	}
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: names}}}}
}

func (s *Store) sources(ctx context.Context, cond bson.D, opts *options.FindOptionsBuilder) ([]content.Source, error) {
	cur, err := s.db.Collection(sourcesName).Find(ctx, cond, opts)
	if err != nil {
		return nil, translate("read sources", err)
	}
	var out []content.Source
	for cur.Next(ctx) {
		var row sourceRow
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return nil, fmt.Errorf("decode source: %w", err)
		}
		out = append(out, row.source())
	}
	return out, translate("read sources", closed(ctx, cur))
}

// KeysAfter returns the keys of a type in order; see content.Lister.
// Keys are compared as bytes. A series of calls returns every entry that exists all the time; it may
// miss entries that are created or deleted between the calls.
func (s *Store) KeysAfter(ctx context.Context, p content.Perspective, t content.EntryType, after string, limit int) ([]string, error) {
	k, err := s.collection(p, t)
	if err != nil {
		return nil, err
	}
	cur, err := k.raw().Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		oneReply(limit).SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, translate("list keys", err)
	}
	var out []string
	for cur.Next(ctx) {
		key, _ := cur.Current.Lookup("_id").StringValueOK()
		out = append(out, key)
	}
	return out, translate("list keys", closed(ctx, cur))
}

var (
	_ content.SourceStore = (*Store)(nil)
	_ content.Lister      = (*Store)(nil)
)
