package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// keysName is the collection of API keys.
// A key is stored with a hash of its secret; the secret itself is never stored.
const keysName = "keys"

// PutKey stores a new key.
// An id that is taken fails with Conflict, and the stored key stays as it was.
func (s *Store) PutKey(ctx context.Context, k *content.APIKey) error {
	_, err := s.db.Collection(keysName).InsertOne(ctx, k)
	return translate("store key", err)
}

// KeyByID reads a key, with the person that it belongs to; nil if there is none.
func (s *Store) KeyByID(ctx context.Context, id string) (*content.APIKey, error) {
	k, err := decodedOne[content.APIKey]("read key", s.db.Collection(keysName).FindOne(ctx, byID(id)))
	if k != nil && k.Owner != "" {
		k.Person, err = s.PersonByKey(ctx, k.Owner)
	}
	return k, err
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

// RevokeKey revokes a key and reports whether there is one.
// Of several revocations the earliest counts: $min sets the time or keeps an earlier one.
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) (bool, error) {
	res, err := s.db.Collection(keysName).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$min", Value: bson.D{{Key: "revokedAt", Value: at}}}})
	if err != nil {
		return false, translate("revoke key", err)
	}
	return res.MatchedCount == 1, nil
}

// TouchKey records that a key was used. An unknown key is not an error.
// $max ignores an earlier time, since replicas may write out of order.
func (s *Store) TouchKey(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.Collection(keysName).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$max", Value: bson.D{{Key: "lastUsedAt", Value: at}}}})
	return translate("store use of key", err)
}

var _ content.KeyStore = (*Store)(nil)
