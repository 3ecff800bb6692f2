package mongodb

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

const (
	// identityID is the id of the settings that identify a database.
	identityID = "identity"
	// secretBytes is 256 bits, the size of the hash that uses the secret as its key.
	secretBytes = 32
)

// Identity returns the identity of the database; see content.IdentityStore. If replicas start at the
// same time, one creates it and all get the same.
// Two concurrent upserts may both try to insert; then one fails by the unique id, and its second
// attempt reads what the other has inserted. The secret is always generated, since one command both
// reads and inserts.
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
