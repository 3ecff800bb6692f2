package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

const (
	endpointsName  = "webhook_endpoints"
	deliveriesName = "webhook_deliveries"
	// keepDeliveries is the time that deliveries are stored after they are done.
	keepDeliveries = 30 * 24 * time.Hour
)

// ensureWebhooks creates the indexes of deliveries. By one of them, the server deletes deliveries that
// have been done for keepDeliveries.
// The index "pending" is partial: it has only pending deliveries, so that the search for due ones does
// not become slower with the log. DueDeliveries names it as its hint.
func (s *Store) ensureWebhooks(ctx context.Context) error {
	_, err := s.db.Collection(deliveriesName).Indexes().CreateMany(ctx, []mongo.IndexModel{
		{
			Keys:    bson.D{{Key: "endpoint", Value: 1}, {Key: "type", Value: 1}, {Key: "entry", Value: 1}, {Key: "seq", Value: 1}},
			Options: options.Index().SetPartialFilterExpression(bson.D{{Key: "status", Value: content.DeliveryPending}}).SetName("pending"),
		},
		{Keys: bson.D{{Key: "seq", Value: -1}, {Key: "_id", Value: -1}}},
		{Keys: bson.D{{Key: "endpoint", Value: 1}, {Key: "seq", Value: -1}, {Key: "_id", Value: -1}}},
		{Keys: bson.D{{Key: "doneAt", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(keepDeliveries / time.Second))},
	})
	if err != nil {
		return translate("ensure indexes of deliveries", err)
	}
	// For LastPublish.
	_, err = s.db.Collection(changesName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "graph", Value: 1}, {Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "_id", Value: 1}},
	})
	return translate("ensure indexes of changes", err)
}

// PutEndpoint writes an endpoint; see content.WebhookStore.
// The revision of e grows even if the write fails; callers must not use e then. MaxEndpoints is checked
// before the insert, so two concurrent inserts may exceed it by one.
func (s *Store) PutEndpoint(ctx context.Context, e *content.WebhookEndpoint) error {
	coll := s.db.Collection(endpointsName)
	before := e.Revision
	e.Revision++
	if before > 0 {
		res, err := coll.ReplaceOne(ctx, bson.D{{Key: "_id", Value: e.Key}, {Key: "revision", Value: before}}, e)
		if err == nil && res.MatchedCount == 0 {
			return content.Fault(content.Conflict, "The endpoint has changed since you read it. Read it again and repeat the change.")
		}
		return translate("write endpoint", err)
	}
	n, err := coll.CountDocuments(ctx, bson.D{})
	if err != nil {
		return translate("count endpoints", err)
	}
	if n >= content.MaxEndpoints {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("A hub has at most %d webhook endpoints.", content.MaxEndpoints))
	}
	_, err = coll.InsertOne(ctx, e)
	return translate("write endpoint", err)
}

// Endpoints reads all endpoints, the oldest first.
func (s *Store) Endpoints(ctx context.Context) ([]*content.WebhookEndpoint, error) {
	cur, err := s.db.Collection(endpointsName).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}))
	return decoded[content.WebhookEndpoint](ctx, "read endpoints", cur, err)
}

// EndpointByKey reads an endpoint; nil if there is none.
func (s *Store) EndpointByKey(ctx context.Context, key string) (*content.WebhookEndpoint, error) {
	return decodedOne[content.WebhookEndpoint]("read endpoint", s.db.Collection(endpointsName).FindOne(ctx, byID(key)))
}

// DeleteEndpoint deletes an endpoint with its deliveries.
// It deletes the endpoint first, after which nothing is sent. A second call deletes the deliveries
// that a crash has left.
func (s *Store) DeleteEndpoint(ctx context.Context, key string) (bool, error) {
	res, err := s.db.Collection(endpointsName).DeleteOne(ctx, byID(key))
	if err != nil {
		return false, translate("delete endpoint", err)
	}
	_, err = s.db.Collection(deliveriesName).DeleteMany(ctx, bson.D{{Key: "endpoint", Value: key}})
	return res.DeletedCount == 1, translate("delete deliveries", err)
}

// DisableEndpoint disables an endpoint and discards its pending deliveries.
// An empty reason does not replace an earlier one. The revision grows, so that an edit based on the
// enabled endpoint is refused instead of enabling it again.
func (s *Store) DisableEndpoint(ctx context.Context, key, reason string, at time.Time) error {
	set := bson.D{{Key: "enabled", Value: false}, {Key: "updatedAt", Value: at}}
	if reason != "" {
		set = append(set, bson.E{Key: "disabledReason", Value: reason})
	}
	_, err := s.db.Collection(endpointsName).UpdateOne(ctx, byID(key),
		bson.D{{Key: "$set", Value: set}, {Key: "$inc", Value: bson.D{{Key: "revision", Value: 1}}}})
	if err != nil {
		return translate("disable endpoint", err)
	}
	_, err = s.db.Collection(deliveriesName).UpdateMany(ctx,
		bson.D{{Key: "endpoint", Value: key}, {Key: "status", Value: content.DeliveryPending}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "status", Value: content.DeliveryDiscarded}, {Key: "doneAt", Value: at}}}, {Key: "$unset", Value: bson.D{{Key: "nextAt", Value: ""}}}})
	return translate("discard deliveries", err)
}

// LastPublish returns the last publish before a change; see content.WebhookStore.
func (s *Store) LastPublish(ctx context.Context, before content.Change) (*content.Change, error) {
	return decodedOne[content.Change]("read last publish", s.db.Collection(changesName).FindOne(ctx, bson.D{
		{Key: "graph", Value: content.Published},
		{Key: "type", Value: before.Type},
		{Key: "key", Value: before.Key},
		{Key: "op", Value: content.OpUpsert},
		{Key: "_id", Value: bson.D{{Key: "$lt", Value: before.Seq}}},
	}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})))
}

// Fanned returns the change up to which deliveries have been created; 0 before the first.
func (s *Store) Fanned(ctx context.Context) (int64, error) {
	var row struct {
		Seq int64 `bson:"seq"`
	}
	err := s.db.Collection(countersName).FindOne(ctx, byID(hooksID)).Decode(&row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	return row.Seq, translate("read webhooks' position", err)
}

// Fan stores deliveries and then upTo; see content.WebhookStore. After a crash in between, the caller
// creates the same deliveries again, and Fan does not change those that are stored.
func (s *Store) Fan(ctx context.Context, deliveries []*content.WebhookDelivery, upTo int64) error {
	var models []mongo.WriteModel
	for _, d := range deliveries {
		models = append(models, mongo.NewUpdateOneModel().SetFilter(byID(d.Key)).SetUpdate(bson.D{{Key: "$setOnInsert", Value: d}}).SetUpsert(true))
	}
	if len(models) > 0 {
		// In order, so that a reader that sees a delivery sees all earlier ones.
		_, err := s.db.Collection(deliveriesName).BulkWrite(ctx, models)
		if err != nil {
			return translate("store deliveries", err)
		}
	}
	_, err := s.db.Collection(countersName).UpdateOne(ctx, byID(hooksID),
		bson.D{{Key: "$max", Value: bson.D{{Key: "seq", Value: upTo}}}}, options.UpdateOne().SetUpsert(true))
	return translate("store webhooks' position", err)
}

// DueDeliveries returns the deliveries to send now; see content.WebhookStore.
// To preserve the order, it first selects the oldest pending delivery of each endpoint and entry, and
// then those that are due: a delivery that waits for its next attempt delays later ones. It omits
// bodies and attempts, which the sort would have to move.
func (s *Store) DueDeliveries(ctx context.Context, now time.Time, limit int) ([]*content.WebhookDelivery, error) {
	line := bson.D{{Key: "endpoint", Value: 1}, {Key: "type", Value: 1}, {Key: "entry", Value: 1}, {Key: "seq", Value: 1}}
	cur, err := s.db.Collection(deliveriesName).Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "status", Value: content.DeliveryPending}}}},
		bson.D{{Key: "$sort", Value: line}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "body", Value: 0}, {Key: "attempts", Value: 0}}}},
		bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: bson.D{{Key: "endpoint", Value: "$endpoint"}, {Key: "type", Value: "$type"}, {Key: "entry", Value: "$entry"}}},
			{Key: "first", Value: bson.D{{Key: "$first", Value: "$$ROOT"}}},
		}}},
		bson.D{{Key: "$replaceRoot", Value: bson.D{{Key: "newRoot", Value: "$first"}}}},
		bson.D{{Key: "$match", Value: free(now)}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "seq", Value: 1}, {Key: "_id", Value: 1}}}},
		bson.D{{Key: "$limit", Value: limit}},
	}, options.Aggregate().SetHint("pending"))
	return decoded[content.WebhookDelivery](ctx, "find due deliveries", cur, err)
}

// free returns the condition that a delivery may be sent now.
// An expired lease does not count, so a replica that died while sending blocks nothing.
func free(now time.Time) bson.D {
	return bson.D{
		{Key: "nextAt", Value: bson.D{{Key: "$lte", Value: now}}},
		{Key: "leasedUntil", Value: bson.D{{Key: "$lte", Value: now}}},
	}
}

// Claim leases a due delivery; see content.WebhookStore.
// It checks and sets the lease by one command, so only one of two replicas gets the delivery.
func (s *Store) Claim(ctx context.Context, key string, now, until time.Time) (*content.WebhookDelivery, error) {
	cond := append(bson.D{{Key: "_id", Value: key}, {Key: "status", Value: content.DeliveryPending}}, free(now)...)
	return decodedOne[content.WebhookDelivery]("claim delivery", s.db.Collection(deliveriesName).FindOneAndUpdate(ctx, cond,
		bson.D{{Key: "$set", Value: bson.D{{Key: "leasedUntil", Value: until}}}}, options.FindOneAndUpdate().SetReturnDocument(options.After)))
}

// KeepBody stores the body of a delivery that has none yet.
// If two replicas call it, the first body is stored; the other replica must read that one.
func (s *Store) KeepBody(ctx context.Context, key, body string) error {
	_, err := s.db.Collection(deliveriesName).UpdateOne(ctx, bson.D{{Key: "_id", Value: key}, {Key: "body", Value: bson.D{{Key: "$exists", Value: false}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "body", Value: body}}}})
	return translate("store body", err)
}

// Attempted stores an attempt; see content.WebhookStore. It does not change a delivery that was
// discarded during the attempt.
// It ends the lease. Beyond MaxAttempts it drops the oldest attempt. A nil nextAt means that the
// delivery is done; the time of the attempt becomes its doneAt, from which it expires.
func (s *Store) Attempted(ctx context.Context, key string, a content.WebhookAttempt, status content.WebhookStatus, nextAt *time.Time) error {
	set := bson.D{{Key: "status", Value: status}, {Key: "leasedUntil", Value: time.Time{}}}
	update := bson.D{
		{Key: "$push", Value: bson.D{{Key: "attempts", Value: bson.D{{Key: "$each", Value: bson.A{a}}, {Key: "$slice", Value: -content.MaxAttempts}}}}},
		{Key: "$inc", Value: bson.D{{Key: "tries", Value: 1}}},
	}
	if nextAt != nil {
		set = append(set, bson.E{Key: "nextAt", Value: *nextAt})
	} else {
		set = append(set, bson.E{Key: "doneAt", Value: a.At})
		update = append(update, bson.E{Key: "$unset", Value: bson.D{{Key: "nextAt", Value: ""}}})
	}
	_, err := s.db.Collection(deliveriesName).UpdateOne(ctx, bson.D{{Key: "_id", Value: key}, {Key: "status", Value: content.DeliveryPending}},
		append(update, bson.E{Key: "$set", Value: set}))
	return translate("store attempt", err)
}

// Redeliver starts a delivery again; see content.WebhookStore.
// Body and earlier attempts stay: the receiver gets the same bytes under the same id.
func (s *Store) Redeliver(ctx context.Context, key string, now time.Time) (*content.WebhookDelivery, error) {
	d, err := decodedOne[content.WebhookDelivery]("redeliver", s.db.Collection(deliveriesName).FindOneAndUpdate(ctx, byID(key), bson.D{
		{Key: "$set", Value: bson.D{{Key: "status", Value: content.DeliveryPending}, {Key: "tries", Value: 0}, {Key: "nextAt", Value: now}}},
		{Key: "$unset", Value: bson.D{{Key: "doneAt", Value: ""}}},
	}, options.FindOneAndUpdate().SetReturnDocument(options.After)))
	if d == nil {
		return nil, err
	}
	return d, s.withEndpoints(ctx, []*content.WebhookDelivery{d})
}

// DeliveryByKey reads a delivery; nil if there is none.
func (s *Store) DeliveryByKey(ctx context.Context, key string) (*content.WebhookDelivery, error) {
	return decodedOne[content.WebhookDelivery]("read delivery", s.db.Collection(deliveriesName).FindOne(ctx, byID(key)))
}

// Deliveries lists deliveries with their endpoints, newest first.
// Backward windows are read in ascending order and reversed by slice.
func (s *Store) Deliveries(ctx context.Context, f *content.WebhookDeliveryFilter, w content.Window) (content.Slice[*content.WebhookDelivery], error) {
	dir := -1
	if w.Backward {
		dir = 1
	}
	cond := both(deliveriesOf(f), between("seq", true, w))
	cur, err := s.db.Collection(deliveriesName).Find(ctx, cond, oneReply(w.Limit+1).SetSort(bson.D{{Key: "seq", Value: dir}, {Key: "_id", Value: dir}}))
	found, err := decoded[content.WebhookDelivery](ctx, "list deliveries", cur, err)
	if err != nil {
		return content.Slice[*content.WebhookDelivery]{}, err
	}
	out := slice(found, w)
	return out, s.withEndpoints(ctx, out.Items)
}

// withEndpoints sets the endpoints of deliveries. It reads all endpoints, since there are few.
func (s *Store) withEndpoints(ctx context.Context, list []*content.WebhookDelivery) error {
	endpoints, err := s.Endpoints(ctx)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		for _, d := range list {
			if d.EndpointKey == e.Key {
				d.Endpoint = e
			}
		}
	}
	return nil
}

// CountDeliveries counts deliveries.
func (s *Store) CountDeliveries(ctx context.Context, f *content.WebhookDeliveryFilter) (int, error) {
	n, err := s.db.Collection(deliveriesName).CountDocuments(ctx, deliveriesOf(f))
	return int(n), translate("count deliveries", err)
}

// deliveriesOf returns the condition of a filter.
func deliveriesOf(f *content.WebhookDeliveryFilter) bson.D {
	cond := bson.D{}
	if f == nil {
		return cond
	}
	if f.Endpoint != nil {
		cond = append(cond, bson.E{Key: "endpoint", Value: f.Endpoint.Key})
	}
	if f.Entry != nil {
		cond = append(cond, bson.E{Key: "type", Value: f.Entry.Type}, bson.E{Key: "entry", Value: f.Entry.Key})
	}
	cond = append(cond, oneOf("status", f.Status)...)
	return append(cond, oneOf("event", f.Event)...)
}

// oneOf returns the condition of an enum filter, nil if the filter sets none. An empty In matches
// nothing.
func oneOf[T ~string](field string, f *content.EnumFilter[T]) bson.D {
	is := bson.D{}
	if f != nil && f.In != nil {
		is = append(is, bson.E{Key: "$in", Value: f.In})
	}
	if f != nil && f.NotIn != nil {
		is = append(is, bson.E{Key: "$nin", Value: f.NotIn})
	}
	if len(is) == 0 {
		return nil
	}
	return bson.D{{Key: field, Value: is}}
}

// byID returns the condition on the id of a document.
func byID(key string) bson.D { return bson.D{{Key: "_id", Value: key}} }

// decoded decodes all documents of a cursor and closes it.
// It takes the error of the command too, so that callers need not check it. Without documents the
// list is empty.
func decoded[T any](ctx context.Context, doing string, cur *mongo.Cursor, err error) ([]*T, error) {
	if err != nil {
		return nil, translate(doing, err)
	}
	out := []*T{}
	for cur.Next(ctx) {
		v := new(T)
		if err := bson.Unmarshal(cur.Current, v); err != nil {
			return nil, fmt.Errorf("%s: decode: %w", doing, err)
		}
		out = append(out, v)
	}
	return out, translate(doing, closed(ctx, cur))
}

// decodedOne decodes a document; nil if there is none.
func decodedOne[T any](doing string, res *mongo.SingleResult) (*T, error) {
	v := new(T)
	err := res.Decode(v)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing document is nil, as the contract says
	}
	if err != nil {
		return nil, translate(doing, err)
	}
	return v, nil
}

var _ content.WebhookStore = (*Store)(nil)
