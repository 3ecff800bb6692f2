package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// PutSession stores a new session.
func (s *Store) PutSession(ctx context.Context, session *content.Session) error {
	_, err := s.db.Collection(sessionsName).InsertOne(ctx, session)
	return translate("store session", err)
}

// SessionByKey reads a session with its person; nil if there is none.
func (s *Store) SessionByKey(ctx context.Context, key string) (*content.Session, error) {
	found, err := decodedOne[content.Session]("read session", s.db.Collection(sessionsName).FindOne(ctx, byID(key)))
	if found == nil || err != nil {
		return nil, err
	}
	found.Person, err = s.PersonByKey(ctx, found.PersonKey)
	return found, err
}

// owned selects what belongs to a person.
func owned(person string) bson.D { return bson.D{{Key: "person", Value: person}} }

// SessionsOf reads the sessions of a person, the newest first.
func (s *Store) SessionsOf(ctx context.Context, person string) ([]*content.Session, error) {
	cur, err := s.db.Collection(sessionsName).Find(ctx, owned(person), options.Find().SetSort(bson.D{{Key: "createdAt", Value: -1}, {Key: "_id", Value: 1}}).SetLimit(content.MaxSessions))
	return decoded[content.Session](ctx, "read sessions", cur, err)
}

// TouchSession records that a session was used. $max ignores an earlier time, since replicas may write
// out of order.
func (s *Store) TouchSession(ctx context.Context, key string, at time.Time) error {
	_, err := s.db.Collection(sessionsName).UpdateOne(ctx, byID(key), bson.D{{Key: "$max", Value: bson.D{{Key: "usedAt", Value: at}}}})
	return translate("store use of session", err)
}

// EndSession ends a session; see content.SessionStore.
func (s *Store) EndSession(ctx context.Context, person, key string) (bool, error) {
	return s.deleteOwned(ctx, sessionsName, person, key)
}

// EndSessions ends all sessions of a person.
func (s *Store) EndSessions(ctx context.Context, person string) error {
	_, err := s.db.Collection(sessionsName).DeleteMany(ctx, owned(person))
	return translate("end sessions", err)
}

// PutPasskey stores a new passkey. It fails with Conflict if the passkey is stored already.
func (s *Store) PutPasskey(ctx context.Context, p *content.Passkey) error {
	_, err := s.db.Collection(passkeysName).InsertOne(ctx, p)
	return translate("store passkey", err)
}

// PasskeyByKey reads a passkey; nil if there is none.
func (s *Store) PasskeyByKey(ctx context.Context, key string) (*content.Passkey, error) {
	return decodedOne[content.Passkey]("read passkey", s.db.Collection(passkeysName).FindOne(ctx, byID(key)))
}

// PasskeysOf reads the passkeys of a person, the oldest first.
func (s *Store) PasskeysOf(ctx context.Context, person string) ([]*content.Passkey, error) {
	cur, err := s.db.Collection(passkeysName).Find(ctx, owned(person), options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}))
	return decoded[content.Passkey](ctx, "read passkeys", cur, err)
}

// UsePasskey stores a passkey's record after its use. A passkey that was deleted meanwhile stays deleted.
func (s *Store) UsePasskey(ctx context.Context, p *content.Passkey) error {
	_, err := s.db.Collection(passkeysName).UpdateOne(ctx, byID(p.Key),
		bson.D{{Key: "$set", Value: bson.D{{Key: "credential", Value: p.Credential}, {Key: "usedAt", Value: p.UsedAt}}}})
	return translate("store use of passkey", err)
}

// DeletePasskey deletes a passkey; see content.SessionStore.
func (s *Store) DeletePasskey(ctx context.Context, person, key string) (bool, error) {
	return s.deleteOwned(ctx, passkeysName, person, key)
}

// deleteOwned deletes a document of a person and reports whether there was one.
func (s *Store) deleteOwned(ctx context.Context, name, person, key string) (bool, error) {
	res, err := s.db.Collection(name).DeleteOne(ctx, bson.D{{Key: "_id", Value: key}, {Key: "person", Value: person}})
	if err != nil {
		return false, translate("delete from "+name, err)
	}
	return res.DeletedCount == 1, nil
}

// PutVoucher stores a new voucher.
func (s *Store) PutVoucher(ctx context.Context, v *content.Voucher) error {
	_, err := s.db.Collection(vouchersName).InsertOne(ctx, v)
	return translate("store voucher", err)
}

// TakeVoucher returns and deletes a voucher; see content.SessionStore. The hash is a condition of the
// command, so an attempt with a wrong secret does not use the voucher up.
func (s *Store) TakeVoucher(ctx context.Context, key, purpose string, hash []byte, at time.Time) (*content.Voucher, error) {
	return decodedOne[content.Voucher]("take voucher", s.db.Collection(vouchersName).FindOneAndDelete(ctx, bson.D{
		{Key: "_id", Value: key},
		{Key: "hash", Value: hash},
		{Key: "purpose", Value: purpose},
		{Key: "endsAt", Value: bson.D{{Key: "$gt", Value: at}}},
	}))
}

// EndVouchers deletes the vouchers of a person.
func (s *Store) EndVouchers(ctx context.Context, person string) error {
	_, err := s.db.Collection(vouchersName).DeleteMany(ctx, owned(person))
	return translate("end vouchers", err)
}

var _ content.SessionStore = (*Store)(nil)
