package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// snapshotRow is a revision as it is stored.
// Type, key and revision are in the row besides the id, so that one index serves the history of an
// entry. Entry is the document without the store's own fields, see withoutInternals.
type snapshotRow struct {
	ID       string            `bson:"_id"`
	Type     content.EntryType `bson:"type"`
	Key      string            `bson:"key"`
	Revision int               `bson:"revision"`
	At       time.Time         `bson:"at"`
	By       string            `bson:"by"`
	Entry    bson.Raw          `bson:"entry"`
}

// snapshot decodes a row.
// It returns the row's id, as snapshotID makes it, and the revision with the Go type of the entry. An
// unknown type is an error, since its revisions cannot be shown.
func (s *Store) snapshot(raw bson.Raw) (string, *content.Snapshot, error) {
	var row snapshotRow
	if err := bson.Unmarshal(raw, &row); err != nil {
		return "", nil, fmt.Errorf("decode revision: %w", err)
	}
	k, err := s.collection(content.Drafts, row.Type)
	if err != nil {
		return "", nil, err
	}
	e, err := k.decode(row.Entry)
	if err != nil {
		return "", nil, err
	}
	return row.ID, &content.Snapshot{Revision: row.Revision, At: row.At, By: row.By, Entry: e}, nil
}

// RevisionNumbers lists revisions; see content.Archive.
// There must be at least one id, and no id twice. Sorting by revision alone is enough: the rows of
// one entry come in the right order, and the order of entries does not matter.
func (s *Store) RevisionNumbers(ctx context.Context, ids []content.ID) (out [][]int, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	index := map[content.ID]int{}
	any := bson.A{}
	for i, id := range ids {
		index[id] = i
		any = append(any, bson.D{{Key: "type", Value: id.Type}, {Key: "key", Value: id.Key}})
	}
	cur, err := s.db.Collection(revisionsName).Find(ctx, bson.D{{Key: "$or", Value: any}}, options.Find().
		SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "revision", Value: 1}}).
		SetSort(bson.D{{Key: "revision", Value: -1}}))
	if err != nil {
		return nil, translate("list revisions", err)
	}
	out = make([][]int, len(ids))
	for cur.Next(ctx) {
		var row snapshotRow
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return nil, fmt.Errorf("decode revision: %w", err)
		}
		i := index[content.ID{Type: row.Type, Key: row.Key}]
		out[i] = append(out[i], row.Revision)
	}
	return out, translate("list revisions", closed(ctx, cur))
}

// Snapshots reads revisions; see content.Archive.
// Every name is one document id, so the read costs one command for any number of entries. A name that
// is given twice returns the same pointer twice: callers must not change the results.
func (s *Store) Snapshots(ctx context.Context, names []content.RevisionID) (out []*content.Snapshot, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	ids := make(bson.A, len(names))
	for i, n := range names {
		ids[i] = snapshotID(n.ID, n.Revision)
	}
	cur, err := s.db.Collection(revisionsName).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, oneReply(len(ids)))
	if err != nil {
		return nil, translate("read revisions", err)
	}
	found := map[string]*content.Snapshot{}
	for cur.Next(ctx) {
		id, snapshot, err := s.snapshot(cur.Current)
		if err != nil {
			return nil, err
		}
		found[id] = snapshot
	}
	out = make([]*content.Snapshot, len(names))
	for i, n := range names {
		out[i] = found[snapshotID(n.ID, n.Revision)]
	}
	return out, translate("read revisions", closed(ctx, cur))
}

var _ content.Archive = (*Store)(nil)
