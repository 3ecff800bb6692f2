package mongodb

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// leasesName is the collection of leases.
const leasesName = "leases"

// leaseRow is a lease as it is stored.
type leaseRow struct {
	Name   string `bson:"_id"`
	Holder string `bson:"holder"`
	Epoch  int64  `bson:"epoch"`
	State  []byte `bson:"state"`
}

// lease returns the row as a Lease.
func (r *leaseRow) lease() *content.Lease {
	return &content.Lease{Name: r.Name, Holder: r.Holder, Epoch: r.Epoch, State: r.State}
}

// TakeLease takes a lease; see content.LeaseStore.
// It is one update with the server's clock, which leaves the lease of another process as it is. A concurrent
// first update fails by the unique id: another process has it then.
func (s *Store) TakeLease(ctx context.Context, name, holder string, length time.Duration) (*content.Lease, error) {
	set := func(field string, value any) bson.E { return bson.E{Key: field, Value: value} }
	op := func(name string, args ...any) bson.D { return bson.D{{Key: name, Value: bson.A(args)}} }
	now := op("$toLong", "$$NOW")
	own := op("$eq", "$holder", holder)
	free := op("$or", own, op("$lt", op("$ifNull", "$until", 0), now))
	epoch := op("$ifNull", "$epoch", 0)
	update := mongo.Pipeline{{{Key: "$set", Value: bson.D{
		set("holder", op("$cond", free, holder, "$holder")),
		set("until", op("$cond", free, op("$add", now, length.Milliseconds()), "$until")),
		set("epoch", op("$toLong", op("$cond", op("$and", free, op("$not", own)), op("$add", epoch, 1), epoch))),
	}}}}
	var row leaseRow
	err := s.db.Collection(leasesName).FindOneAndUpdate(ctx, byID(name), update,
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&row)
	switch err = translate("take lease", err); {
	case content.CodeOf(err) == content.Conflict:
		return nil, nil //nolint:nilnil // another process has it, as the contract says
	case err != nil:
		return nil, err
	case row.Holder != holder:
		return nil, nil //nolint:nilnil // the same
	}
	return row.lease(), nil
}

// SaveLease stores the state of a lease; see content.LeaseStore.
func (s *Store) SaveLease(ctx context.Context, l *content.Lease) (bool, error) {
	res, err := s.db.Collection(leasesName).UpdateOne(ctx, bson.D{{Key: "_id", Value: l.Name}, {Key: "epoch", Value: l.Epoch}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "state", Value: l.State}}}})
	if err != nil {
		return false, translate("save lease", err)
	}
	return res.MatchedCount == 1, nil
}

// LeaseByName reads a lease; see content.LeaseStore.
func (s *Store) LeaseByName(ctx context.Context, name string) (*content.Lease, error) {
	var row leaseRow
	err := s.db.Collection(leasesName).FindOne(ctx, byID(name)).Decode(&row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing lease is nil, as the contract says
	}
	if err != nil {
		return nil, translate("read lease", err)
	}
	return row.lease(), nil
}

// EndLease ends a lease; see content.LeaseStore.
func (s *Store) EndLease(ctx context.Context, l *content.Lease) error {
	_, err := s.db.Collection(leasesName).UpdateOne(ctx, bson.D{{Key: "_id", Value: l.Name}, {Key: "epoch", Value: l.Epoch}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "until", Value: int64(0)}, {Key: "holder", Value: ""}}}})
	return translate("end lease", err)
}

var _ content.LeaseStore = (*Store)(nil)
