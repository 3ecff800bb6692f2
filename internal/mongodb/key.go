package mongodb

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// keyOrder sorts keys from the newest to the oldest.
const keyOrder = -1

// KeyPage lists keys with their people; see content.KeyStore. The people are read by one command.
func (s *Store) KeyPage(ctx context.Context, w content.Window) (content.Slice[*content.APIKey], error) {
	dir := keyOrder
	if w.Backward {
		dir = -keyOrder
	}
	cur, err := s.db.Collection(keysName).Find(ctx, orAll(between("createdAt", true, w)), oneReply(w.Limit+1).SetSort(byCreation(dir)))
	found, err := decoded[content.APIKey](ctx, "list keys", cur, err)
	if err != nil {
		return content.Slice[*content.APIKey]{}, err
	}
	out := slice(found, w)
	return out, s.withOwners(ctx, out.Items)
}

// byCreation is an order by the time of creation, then by key.
func byCreation(dir int) bson.D {
	return bson.D{{Key: "createdAt", Value: dir}, {Key: "_id", Value: dir}}
}

// orAll returns a condition that selects everything in place of none.
func orAll(cond bson.D) bson.D {
	if cond == nil {
		return bson.D{}
	}
	return cond
}

// withOwners sets the people of keys.
func (s *Store) withOwners(ctx context.Context, list []*content.APIKey) error {
	owned := map[string][]*content.APIKey{}
	for _, k := range list {
		if k.Owner != "" {
			owned[k.Owner] = append(owned[k.Owner], k)
		}
	}
	if len(owned) == 0 {
		return nil
	}
	cur, err := s.db.Collection(peopleName).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: slices.Collect(maps.Keys(owned))}}}})
	people, err := decoded[content.Person](ctx, "read people of keys", cur, err)
	for _, who := range people {
		for _, k := range owned[who.Key] {
			k.Person = who
		}
	}
	return err
}

// CountKeys counts all keys.
func (s *Store) CountKeys(ctx context.Context) (int, error) {
	n, err := s.db.Collection(keysName).CountDocuments(ctx, bson.D{})
	return int(n), translate("count keys", err)
}

// KeysOf reads the newest keys of a person; see content.KeyStore.
func (s *Store) KeysOf(ctx context.Context, person string) ([]*content.APIKey, error) {
	cur, err := s.db.Collection(keysName).Find(ctx, bson.D{{Key: "owner", Value: person}}, oneReply(content.MaxKeysOf).SetSort(byCreation(keyOrder)))
	return decoded[content.APIKey](ctx, "read keys of person", cur, err)
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
