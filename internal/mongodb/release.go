package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// releasesName is the collection of named releases.
const releasesName = "releases"

// ensureReleases creates the indexes of releases: for those that are due, for the calendar, and for those that
// contain an entry.
func (s *Store) ensureReleases(ctx context.Context) error {
	_, err := s.db.Collection(releasesName).Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "state", Value: 1}, {Key: "at", Value: 1}}},
		{Keys: bson.D{{Key: "at", Value: 1}}},
		{Keys: bson.D{{Key: "entries.key", Value: 1}}},
	})
	return translate("ensure indexes of releases", err)
}

// pending selects the releases that are not published.
func pending() bson.D {
	return bson.D{{Key: "state", Value: bson.D{{Key: "$ne", Value: content.ReleasePublished}}}}
}

// NamedRelease reads a release within the transaction.
func (t *transaction) NamedRelease(ctx context.Context, key string) (*content.NamedRelease, error) {
	r := new(content.NamedRelease)
	err := t.store.db.Collection(releasesName).FindOne(ctx, byID(key)).Decode(r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing release is nil, as the contract says
	}
	return r, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// PendingReleases lists the releases that are not published and have one of the entries.
// The index has keys only, so types are compared here.
func (t *transaction) PendingReleases(ctx context.Context, ids []content.ID) ([]*content.NamedRelease, error) {
	keys, wanted := make([]string, len(ids)), map[content.ID]bool{}
	for i, id := range ids {
		keys[i], wanted[id] = id.Key, true
	}
	cond := append(pending(), bson.E{Key: "entries.key", Value: bson.D{{Key: "$in", Value: keys}}})
	cur, err := t.store.db.Collection(releasesName).Find(ctx, cond, oneReply(content.MaxReleases).SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	var out []*content.NamedRelease
	for cur.Next(ctx) {
		r := new(content.NamedRelease)
		if err := bson.Unmarshal(cur.Current, r); err != nil {
			return nil, fmt.Errorf("decode release: %w", err)
		}
		for _, e := range r.Entries {
			if wanted[e.EntryID()] {
				out = append(out, r)
				break
			}
		}
	}
	return out, closed(ctx, cur)
}

// CountPending counts the releases that are not published.
// Two that are made at the same time may both be counted before either is stored, which exceeds the bound by one.
func (t *transaction) CountPending(ctx context.Context) (int, error) {
	n, err := t.store.db.Collection(releasesName).CountDocuments(ctx, pending())
	return int(n), err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// KeepRelease stores a release.
// Of two transactions that write one release the database aborts the second, and the driver runs its plan again,
// which then finds what the first has written.
func (t *transaction) KeepRelease(ctx context.Context, r *content.NamedRelease) error {
	_, err := t.store.db.Collection(releasesName).ReplaceOne(ctx, byID(r.Key), r, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// DropRelease deletes a release.
func (t *transaction) DropRelease(ctx context.Context, key string) error {
	_, err := t.store.db.Collection(releasesName).DeleteOne(ctx, byID(key))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// NextRelease returns the scheduled release with the earliest time; see content.Transactor.
// Every replica asks each second, so it is one look into the index of states and times.
func (s *Store) NextRelease(ctx context.Context) (*content.NamedRelease, error) {
	return decodedOne[content.NamedRelease]("read scheduled releases", s.db.Collection(releasesName).FindOne(ctx,
		bson.D{{Key: "state", Value: content.ReleaseScheduled}}, options.FindOne().SetSort(bson.D{{Key: "at", Value: 1}, {Key: "_id", Value: 1}})))
}

// ReleaseByKey reads a release; nil if there is none.
func (s *Store) ReleaseByKey(ctx context.Context, key string) (out *content.NamedRelease, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	return decodedOne[content.NamedRelease]("read release", s.db.Collection(releasesName).FindOne(ctx, byID(key)))
}

// Releases lists releases, the newest first; see content.ReleaseStore. Keys grow with time, so they are the order.
func (s *Store) Releases(ctx context.Context, f *content.ReleaseFilter, w content.Window) (out content.Slice[*content.NamedRelease], err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	dir := -1
	if w.Backward {
		dir = 1
	}
	cond, err := releasesOf(f)
	if err != nil {
		return out, err
	}
	if w.After != nil {
		cond = both(cond, bson.D{{Key: "_id", Value: bson.D{{Key: "$lt", Value: w.After.Key}}}})
	}
	if w.Before != nil {
		cond = both(cond, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: w.Before.Key}}}})
	}
	cur, err := s.db.Collection(releasesName).Find(ctx, cond, oneReply(w.Limit+1).SetSort(bson.D{{Key: "_id", Value: dir}}))
	found, err := decoded[content.NamedRelease](ctx, "list releases", cur, err)
	if err != nil {
		return out, err
	}
	return slice(found, w), nil
}

// CountReleases counts releases.
func (s *Store) CountReleases(ctx context.Context, f *content.ReleaseFilter) (n int, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	cond, err := releasesOf(f)
	if err != nil {
		return 0, err
	}
	count, err := s.db.Collection(releasesName).CountDocuments(ctx, cond)
	return int(count), translate("count releases", err)
}

// releasesOf returns the condition of a filter.
func releasesOf(f *content.ReleaseFilter) (bson.D, error) {
	if f == nil {
		return bson.D{}, nil
	}
	b := &filterBuilder{conds: bson.D{}} // the driver refuses a nil document
	enums(b, "state", f.State)
	b.times("at", f.At)
	if f.Entry != nil {
		b.add("entries", bson.D{{Key: "$elemMatch", Value: bson.D{{Key: "type", Value: f.Entry.Type}, {Key: "key", Value: f.Entry.Key}}}})
	}
	return b.conds, b.err
}

var _ content.ReleaseStore = (*Store)(nil)
