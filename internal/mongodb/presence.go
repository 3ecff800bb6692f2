package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// presenceName is the collection of the signs of people who have entries open.
const presenceName = "presence"

// ensurePresence creates the indexes of presence. The server deletes what has ended within a minute; until then the
// times are compared.
func (s *Store) ensurePresence(ctx context.Context) error {
	_, err := s.db.Collection(presenceName).Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "endsAt", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(0)},
		{Keys: bson.D{{Key: "entry", Value: 1}}},
		{Keys: bson.D{{Key: "person", Value: 1}}},
	})
	return translate("ensure indexes of presence", err)
}

// Beat stores a sign; see content.PresenceStore. An earlier sign that is too young does not match, so the upsert finds its
// name taken. The number is counted before, so concurrent signs may exceed it by a few.
func (s *Store) Beat(ctx context.Context, p *content.Presence) (bool, error) {
	coll := s.db.Collection(presenceName)
	others := append(slotsOf(p.PersonKey, p.At), bson.E{Key: "_id", Value: bson.D{{Key: "$ne", Value: p.Name}}})
	n, err := coll.CountDocuments(ctx, others)
	if err != nil {
		return false, translate("count presence", err)
	}
	if n >= content.MaxPresenceIDs {
		return false, content.Fault(content.LimitExceeded, fmt.Sprintf("A person is present at most at %d entries. Leave one and wait %d s.", content.MaxPresenceIDs, int(content.PresenceLife.Seconds())))
	}
	_, err = coll.ReplaceOne(ctx, bson.D{{Key: "_id", Value: p.Name}, {Key: "at", Value: bson.D{{Key: "$lte", Value: p.At.Add(-content.PresencePause)}}}}, p, options.Replace().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}
	return err == nil, translate("store presence", err)
}

// Presences reads signs; see content.PresenceStore.
func (s *Store) Presences(ctx context.Context, ids []content.ID, after time.Time) ([]*content.Presence, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cur, err := s.db.Collection(presenceName).Find(ctx, bson.D{{Key: "$or", Value: aboutEntries(ids)}, {Key: "endsAt", Value: bson.D{{Key: "$gt", Value: after}}}})
	return decoded[content.Presence](ctx, "read presence", cur, err)
}

var _ content.PresenceStore = (*Store)(nil)
