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

// The collections of accounts.
const (
	peopleName   = "people"
	sessionsName = "sessions"
	passkeysName = "passkeys"
	vouchersName = "vouchers"
)

// ensureAccounts creates the indexes of accounts. The server deletes sessions and vouchers that have
// ended, within a minute; until then their times refuse them.
func (s *Store) ensureAccounts(ctx context.Context) error {
	ended := mongo.IndexModel{Keys: bson.D{{Key: "endsAt", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(0)}
	byPerson := mongo.IndexModel{Keys: bson.D{{Key: "person", Value: 1}, {Key: "createdAt", Value: 1}}}
	for name, indexes := range map[string][]mongo.IndexModel{
		sessionsName: {ended, byPerson}, vouchersName: {ended, byPerson}, passkeysName: {byPerson},
		keysName: {{Keys: bson.D{{Key: "owner", Value: 1}}, Options: options.Index().SetSparse(true)}, {Keys: byCreation(1)}},
	} {
		if _, err := s.db.Collection(name).Indexes().CreateMany(ctx, indexes); err != nil {
			return translate("ensure indexes of "+name, err)
		}
	}
	return nil
}

// present selects people who are not removed.
var present = bson.E{Key: "removedAt", Value: nil}

// PutPerson stores a new person; see content.PeopleStore.
// The number is checked before the insert, so concurrent inserts may exceed it by a few.
func (s *Store) PutPerson(ctx context.Context, p *content.Person) error {
	coll := s.db.Collection(peopleName)
	n, err := coll.CountDocuments(ctx, bson.D{present})
	if err != nil {
		return translate("count people", err)
	}
	if n >= content.MaxPeople {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("A hub has at most %d people.", content.MaxPeople))
	}
	_, err = coll.InsertOne(ctx, p)
	return translate("store person", err)
}

// PersonByKey reads a person; nil if there is none.
func (s *Store) PersonByKey(ctx context.Context, key string) (*content.Person, error) {
	return decodedOne[content.Person]("read person", s.db.Collection(peopleName).FindOne(ctx, byID(key)))
}

// People reads people, the oldest first; see content.PeopleStore.
func (s *Store) People(ctx context.Context, removed bool) ([]*content.Person, error) {
	which := bson.D{present}
	if removed {
		which = bson.D{}
	}
	cur, err := s.db.Collection(peopleName).Find(ctx, which, options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}))
	return decoded[content.Person](ctx, "read people", cur, err)
}

// RecordSignIn stores the time of a sign-in; see content.PeopleStore. Like TouchSession it keeps the latest.
func (s *Store) RecordSignIn(ctx context.Context, key string, at time.Time) (bool, error) {
	return s.updatePerson(ctx, key, bson.D{{Key: "$max", Value: bson.D{{Key: "signedInAt", Value: at}}}})
}

// ChangePerson stores what may change of a person; see content.PeopleStore. Autosaves end with the role that
// they need, after the change, so that no request of before makes another one.
func (s *Store) ChangePerson(ctx context.Context, p *content.Person) (bool, error) {
	ok, err := s.updatePerson(ctx, p.Key, bson.D{{Key: "$set", Value: bson.D{
		{Key: "name", Value: p.Name}, {Key: "mail", Value: p.Mail}, {Key: "role", Value: p.Role},
	}}})
	if err != nil || !ok || p.Role.Covers(content.RoleAuthor) {
		return ok, err
	}
	return true, s.endAutosaves(ctx, p.Key)
}

// updatePerson updates a person, unless removed, and reports whether there is one.
func (s *Store) updatePerson(ctx context.Context, key string, update bson.D) (bool, error) {
	res, err := s.db.Collection(peopleName).UpdateOne(ctx, bson.D{{Key: "_id", Value: key}, present}, update)
	if err != nil {
		return false, translate("change person", err)
	}
	return res.MatchedCount == 1, nil
}

// RemovePerson removes a person; see content.PeopleStore.
// The mark comes first: from then on nothing of the person is accepted, even if the rest is not deleted.
// Of several removals the earliest counts.
func (s *Store) RemovePerson(ctx context.Context, key string, at time.Time) (bool, error) {
	res, err := s.db.Collection(peopleName).UpdateOne(ctx, byID(key),
		bson.D{{Key: "$min", Value: bson.D{{Key: "removedAt", Value: at}}}, {Key: "$unset", Value: bson.D{{Key: "mail", Value: ""}}}})
	if err != nil {
		return false, translate("remove person", err)
	}
	if res.MatchedCount == 0 {
		return false, nil
	}
	for _, name := range []string{sessionsName, vouchersName, passkeysName, autosavesName, presenceName} {
		if _, err := s.db.Collection(name).DeleteMany(ctx, bson.D{{Key: "person", Value: key}}); err != nil {
			return true, translate("delete "+name, err)
		}
	}
	_, err = s.db.Collection(keysName).UpdateMany(ctx, bson.D{{Key: "owner", Value: key}}, bson.D{{Key: "$min", Value: bson.D{{Key: "revokedAt", Value: at}}}})
	return true, translate("revoke keys", err)
}

var _ content.PeopleStore = (*Store)(nil)
