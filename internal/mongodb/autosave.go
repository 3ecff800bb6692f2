package mongodb

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// autosavesName is the collection of the slots in which people keep what they have not saved yet. They are
// neither in the change log nor in a collection of entries, so that nothing that follows those has them.
const autosavesName = "autosaves"

// ensureAutosaves creates the indexes of autosaves: by person, by entry, and by the end, after which the server
// deletes them.
func (s *Store) ensureAutosaves(ctx context.Context) error {
	_, err := s.db.Collection(autosavesName).Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "endsAt", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(0)},
		{Keys: bson.D{{Key: "person", Value: 1}, {Key: "savedAt", Value: -1}}},
		{Keys: bson.D{{Key: "entry", Value: 1}}, Options: options.Index().SetSparse(true)},
	})
	return translate("ensure indexes of autosaves", err)
}

// slotsOf selects what a person has that ends after a time.
func slotsOf(person string, after time.Time) bson.D {
	return append(owned(person), bson.E{Key: "endsAt", Value: bson.D{{Key: "$gt", Value: after}}})
}

// Autosave reads a slot.
func (t *transaction) Autosave(ctx context.Context, name string) (*content.Autosave, error) {
	a := new(content.Autosave)
	err := t.store.db.Collection(autosavesName).FindOne(ctx, byID(name)).Decode(a)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // a missing slot is nil, as the contract says
	}
	return a, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// AutosaveCount counts the slots of a person.
func (t *transaction) AutosaveCount(ctx context.Context, person string, after time.Time) (int, error) {
	n, err := t.store.db.Collection(autosavesName).CountDocuments(ctx, slotsOf(person, after))
	return int(n), err //nolint:wrapcheck // as above
}

// KeepAutosave stores a slot.
func (t *transaction) KeepAutosave(ctx context.Context, a *content.Autosave) error {
	_, err := t.store.db.Collection(autosavesName).ReplaceOne(ctx, byID(a.Name), a, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // as above
}

// EndAutosave deletes a slot.
func (t *transaction) EndAutosave(ctx context.Context, name string) (bool, error) {
	res, err := t.store.db.Collection(autosavesName).DeleteOne(ctx, byID(name))
	if err != nil {
		return false, err //nolint:wrapcheck // as above
	}
	return res.DeletedCount == 1, nil
}

// EndAutosavesOf deletes the slots of entries.
func (t *transaction) EndAutosavesOf(ctx context.Context, ids []content.ID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.store.db.Collection(autosavesName).DeleteMany(ctx, bson.D{{Key: "$or", Value: aboutEntries(ids)}})
	return err //nolint:wrapcheck // as above
}

// aboutEntries returns the conditions of which a document about one of the entries meets one. Keys of two types may be equal.
func aboutEntries(ids []content.ID) bson.A {
	var which bson.A
	for et, keys := range content.KeysByType(ids) {
		which = append(which, bson.D{{Key: "entry", Value: bson.D{{Key: "$in", Value: keys}}}, {Key: "type", Value: et}})
	}
	return which
}

// Autosaves reads the slots of a person, the newest first.
func (s *Store) Autosaves(ctx context.Context, person string) ([]*content.Autosave, error) {
	cur, err := s.db.Collection(autosavesName).Find(ctx, slotsOf(person, s.moment()),
		options.Find().SetSort(bson.D{{Key: "savedAt", Value: -1}, {Key: "_id", Value: 1}}).SetLimit(content.MaxAutosaves))
	return decoded[content.Autosave](ctx, "read autosaves", cur, err)
}

// endAutosaves deletes the slots of a person.
func (s *Store) endAutosaves(ctx context.Context, person string) error {
	_, err := s.db.Collection(autosavesName).DeleteMany(ctx, owned(person))
	return translate("end autosaves", err)
}
