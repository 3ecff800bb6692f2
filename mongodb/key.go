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

// keysName is the collection of API keys.
// A key is stored by its id with a hash of its secret; the secret itself is never here.
const keysName = "keys"

// PutKey keeps a new key.
// An id that is taken is Conflict, and the stored key stays as it was.
func (s *Store) PutKey(ctx context.Context, k *content.APIKey) error {
	_, err := s.db.Collection(keysName).InsertOne(ctx, k)
	return translate("keep key", err)
}

// KeyByID reads a key; nil when there is none.
func (s *Store) KeyByID(ctx context.Context, id string) (*content.APIKey, error) {
	var k content.APIKey
	err := s.db.Collection(keysName).FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&k)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing key is nil, as the contract says
	}
	if err != nil {
		return nil, translate("read key", err)
	}
	return &k, nil
}

// Keys reads all keys, the oldest first.
func (s *Store) Keys(ctx context.Context) ([]*content.APIKey, error) {
	cur, err := s.db.Collection(keysName).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}))
	if err != nil {
		return nil, translate("read keys", err)
	}
	var out []*content.APIKey
	for cur.Next(ctx) {
		k := new(content.APIKey)
		if err := bson.Unmarshal(cur.Current, k); err != nil {
			return nil, fmt.Errorf("decode key: %w", err)
		}
		out = append(out, k)
	}
	return out, translate("read keys", closed(ctx, cur))
}

// RevokeKey ends a key; the first revocation stands.
// It reports whether there is such a key. $min keeps the earlier of two times and sets the first.
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) (bool, error) {
	res, err := s.db.Collection(keysName).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$min", Value: bson.D{{Key: "revokedAt", Value: at}}}})
	if err != nil {
		return false, translate("revoke key", err)
	}
	return res.MatchedCount == 1, nil
}

// TouchKey notes that a key was used.
// $max keeps it from going back when replicas write out of order. A key that is gone is no error.
func (s *Store) TouchKey(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.Collection(keysName).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$max", Value: bson.D{{Key: "lastUsedAt", Value: at}}}})
	return translate("note use of key", err)
}

var _ content.KeyStore = (*Store)(nil)
