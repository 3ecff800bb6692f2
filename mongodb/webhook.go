package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

const (
	endpointsName  = "webhook_endpoints"
	deliveriesName = "webhook_deliveries"
	// keepDeliveries is how long the log of deliveries goes back.
	keepDeliveries = 30 * 24 * time.Hour
)

// ensureWebhooks makes the indexes of endpoints and deliveries. What is over is forgotten by
// the server itself after a while.
// The index of what is pending is partial: it holds only deliveries that are on their way, so the
// search for due ones does not slow down with the log. DueDeliveries names it as its hint.
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
	// For the publish that stood before an unpublish.
	_, err = s.db.Collection(changesName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "graph", Value: 1}, {Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "_id", Value: 1}},
	})
	return translate("ensure indexes of changes", err)
}

// PutEndpoint writes an endpoint; see content.WebhookStore.
// The revision of e grows even when the write fails; callers drop e then. The bound on their number
// is checked before the insert, so two inserts at once may exceed it by one.
func (s *Store) PutEndpoint(ctx context.Context, e *content.WebhookEndpoint) error {
	coll := s.db.Collection(endpointsName)
	before := e.Revision
	e.Revision++
	if before > 0 {
		res, err := coll.ReplaceOne(ctx, bson.D{{Key: "_id", Value: e.Key}, {Key: "revision", Value: before}}, e)
		if err == nil && res.MatchedCount == 0 {
			return content.Fault(content.Conflict, "The endpoint has been changed meanwhile. Read it again and repeat the change.")
		}
		return translate("keep endpoint", err)
	}
	n, err := coll.CountDocuments(ctx, bson.D{})
	if err != nil {
		return translate("count endpoints", err)
	}
	if n >= content.MaxEndpoints {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("A hub has at most %d webhook endpoints.", content.MaxEndpoints))
	}
	_, err = coll.InsertOne(ctx, e)
	return translate("keep endpoint", err)
}

// Endpoints reads all endpoints, the oldest first.
func (s *Store) Endpoints(ctx context.Context) ([]*content.WebhookEndpoint, error) {
	cur, err := s.db.Collection(endpointsName).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}))
	return decoded[content.WebhookEndpoint](ctx, "read endpoints", cur, err)
}

// EndpointByKey reads an endpoint; nil when there is none.
func (s *Store) EndpointByKey(ctx context.Context, key string) (*content.WebhookEndpoint, error) {
	return decodedOne[content.WebhookEndpoint]("read endpoint", s.db.Collection(endpointsName).FindOne(ctx, byID(key)))
}

// DeleteEndpoint removes an endpoint with its deliveries.
// The endpoint goes first: from then on nothing is sent, and a second call clears what a crash
// left.
func (s *Store) DeleteEndpoint(ctx context.Context, key string) (bool, error) {
	res, err := s.db.Collection(endpointsName).DeleteOne(ctx, byID(key))
	if err != nil {
		return false, translate("delete endpoint", err)
	}
	_, err = s.db.Collection(deliveriesName).DeleteMany(ctx, bson.D{{Key: "endpoint", Value: key}})
	return res.DeletedCount == 1, translate("delete deliveries", err)
}

// DisableEndpoint stops an endpoint and discards what is on its way to it.
// An empty reason leaves an earlier one in place. The revision grows, so that an edit which was
// begun before is refused instead of enabling the endpoint again by accident.
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

// LastPublish gives the publish that stood before a change; see content.WebhookStore.
func (s *Store) LastPublish(ctx context.Context, before content.Change) (*content.Change, error) {
	return decodedOne[content.Change]("read last publish", s.db.Collection(changesName).FindOne(ctx, bson.D{
		{Key: "graph", Value: content.Published},
		{Key: "type", Value: before.Type},
		{Key: "key", Value: before.Key},
		{Key: "op", Value: content.OpUpsert},
		{Key: "_id", Value: bson.D{{Key: "$lt", Value: before.Seq}}},
	}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})))
}

// Fanned is the change up to which deliveries have been made; 0 before the first.
func (s *Store) Fanned(ctx context.Context) (int64, error) {
	var row struct {
		Seq int64 `bson:"seq"`
	}
	err := s.db.Collection(countersName).FindOne(ctx, byID(hooksID)).Decode(&row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	return row.Seq, translate("read webhooks' place", err)
}

// Fan keeps deliveries and notes how far they go; see content.WebhookStore. The note comes
// last: after a crash in between the same deliveries are made again, and are there already.
func (s *Store) Fan(ctx context.Context, deliveries []*content.WebhookDelivery, upTo int64) error {
	var models []mongo.WriteModel
	for _, d := range deliveries {
		models = append(models, mongo.NewUpdateOneModel().SetFilter(byID(d.Key)).SetUpdate(bson.D{{Key: "$setOnInsert", Value: d}}).SetUpsert(true))
	}
	if len(models) > 0 {
		// In order: whoever sees a delivery sees those before it.
		_, err := s.db.Collection(deliveriesName).BulkWrite(ctx, models)
		if err != nil {
			return translate("keep deliveries", err)
		}
	}
	_, err := s.db.Collection(countersName).UpdateOne(ctx, byID(hooksID),
		bson.D{{Key: "$max", Value: bson.D{{Key: "seq", Value: upTo}}}}, options.UpdateOne().SetUpsert(true))
	return translate("note webhooks' place", err)
}

// DueDeliveries gives what is to be sent now; see content.WebhookStore.
// Taking the first of each line and only then looking whether its time has come is what keeps the
// order: a delivery that waits for its next attempt holds back those behind it. Bodies and attempts
// are left out, as the sort would carry them along.
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

// free is the condition of what may be sent now.
// A lease that has run out counts as none, so a replica that died while sending blocks nothing.
func free(now time.Time) bson.D {
	return bson.D{
		{Key: "nextAt", Value: bson.D{{Key: "$lte", Value: now}}},
		{Key: "leasedUntil", Value: bson.D{{Key: "$lte", Value: now}}},
	}
}

// Claim takes a due delivery; see content.WebhookStore.
// The condition and the lease are one command, so of two replicas only one gets the delivery.
func (s *Store) Claim(ctx context.Context, key string, now, until time.Time) (*content.WebhookDelivery, error) {
	cond := append(bson.D{{Key: "_id", Value: key}, {Key: "status", Value: content.DeliveryPending}}, free(now)...)
	return decodedOne[content.WebhookDelivery]("claim delivery", s.db.Collection(deliveriesName).FindOneAndUpdate(ctx, cond,
		bson.D{{Key: "$set", Value: bson.D{{Key: "leasedUntil", Value: until}}}}, options.FindOneAndUpdate().SetReturnDocument(options.After)))
}

// KeepBody sets the body of a delivery that has none yet.
// Of two replicas that make one, the first stands; the other must read what was kept.
func (s *Store) KeepBody(ctx context.Context, key, body string) error {
	_, err := s.db.Collection(deliveriesName).UpdateOne(ctx, bson.D{{Key: "_id", Value: key}, {Key: "body", Value: bson.D{{Key: "$exists", Value: false}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "body", Value: body}}}})
	return translate("keep body", err)
}

// Attempted notes an attempt; see content.WebhookStore. A delivery that was discarded
// meanwhile stays so.
// It gives the lease back at once. Attempts beyond MaxAttempts push out the oldest. A nil nextAt
// means that it is over, and the time of this attempt is when the server begins to count its days.
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
	return translate("note attempt", err)
}

// Redeliver begins a delivery anew; see content.WebhookStore.
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

// DeliveryByKey reads a delivery; nil when there is none.
func (s *Store) DeliveryByKey(ctx context.Context, key string) (*content.WebhookDelivery, error) {
	return decodedOne[content.WebhookDelivery]("read delivery", s.db.Collection(deliveriesName).FindOne(ctx, byID(key)))
}

// Deliveries lists deliveries, newest first.
// Backward windows are read upwards and turned round by slice. Each comes with its endpoint.
func (s *Store) Deliveries(ctx context.Context, f *content.WebhookDeliveryFilter, w content.Window) (content.Slice[content.WebhookDelivery], error) {
	dir := -1
	if w.Backward {
		dir = 1
	}
	cond := both(deliveriesOf(f), between("seq", true, w))
	cur, err := s.db.Collection(deliveriesName).Find(ctx, cond, oneReply(w.Limit+1).SetSort(bson.D{{Key: "seq", Value: dir}, {Key: "_id", Value: dir}}))
	found, err := decoded[content.WebhookDelivery](ctx, "list deliveries", cur, err)
	if err != nil {
		return content.Slice[content.WebhookDelivery]{}, err
	}
	out := slice(found, w)
	return out, s.withEndpoints(ctx, out.Items)
}

// withEndpoints gives deliveries their endpoints, of which there are few.
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

// deliveriesOf is the condition of a filter.
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

// oneOf is the condition of an enum filter, empty where nothing is asked for. An empty In finds
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

func byID(key string) bson.D { return bson.D{{Key: "_id", Value: key}} }

// decoded reads what a cursor has.
// It takes the error of the command too, so that a call can be handed over as it is. No documents
// are a nil list.
func decoded[T any](ctx context.Context, doing string, cur *mongo.Cursor, err error) ([]*T, error) {
	if err != nil {
		return nil, translate(doing, err)
	}
	var out []*T
	for cur.Next(ctx) {
		v := new(T)
		if err := bson.Unmarshal(cur.Current, v); err != nil {
			return nil, fmt.Errorf("%s: decode: %w", doing, err)
		}
		out = append(out, v)
	}
	return out, translate(doing, closed(ctx, cur))
}

// decodedOne reads a document; nil when there is none.
func decodedOne[T any](doing string, res *mongo.SingleResult) (*T, error) {
	v := new(T)
	err := res.Decode(v)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing one is nil, as the contract says
	}
	if err != nil {
		return nil, translate(doing, err)
	}
	return v, nil
}

var _ content.WebhookStore = (*Store)(nil)
