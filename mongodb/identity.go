package mongodb

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

const (
	// identityID names the settings that make a database itself.
	identityID = "identity"
	// secretBytes are 256 bits, the size of the hash that they key.
	secretBytes = 32
)

// Identity gives what the database is known by; see content.IdentityStore. Of replicas that
// start together one makes it and all get the same.
// Two upserts at once may both try to insert, and then one of them fails by the unique id. The
// second try finds what the other has made. The secret is drawn before anybody knows whether it is
// needed, because the insert and the look are one command.
func (s *Store) Identity(ctx context.Context) (*content.Identity, error) {
	secret := make([]byte, secretBytes)
	rand.Read(secret)
	var row struct {
		Database string `bson:"database"`
		Secret   []byte `bson:"secret"`
	}
	find := func() error {
		return s.db.Collection(settingsName).FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: identityID}},
			bson.D{{Key: "$setOnInsert", Value: bson.D{{Key: "database", Value: uuid.NewString()}, {Key: "secret", Value: secret}}}},
			options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&row)
	}
	err := find()
	if content.CodeOf(translate("", err)) == content.Conflict {
		err = find() // another replica was first
	}
	if err != nil {
		return nil, translate("read identity", err)
	}
	return &content.Identity{Database: row.Database, Secret: row.Secret}, nil
}

var _ content.IdentityStore = (*Store)(nil)
