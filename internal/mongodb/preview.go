package mongodb

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// previewsName is the collection of previews. The server deletes those that have expired.
const previewsName = "previews"

// ensurePreviews creates the index of previews. The server looks for expired ones once a minute.
func (s *Store) ensurePreviews(ctx context.Context) error {
	_, err := s.db.Collection(previewsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "expiresAt", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(0),
	})
	return translate("ensure indexes of previews", err)
}

// PutPreview stores a new preview; see content.PreviewStore.
// The limit is checked before the insert, so concurrent inserts may exceed it by a few. Expired ones do
// not count, even if the server has not deleted them yet.
func (s *Store) PutPreview(ctx context.Context, p *content.Preview) error {
	coll := s.db.Collection(previewsName)
	n, err := coll.CountDocuments(ctx, bson.D{{Key: "expiresAt", Value: bson.D{{Key: "$gt", Value: p.CreatedAt}}}})
	if err != nil {
		return translate("count previews", err)
	}
	if n >= content.MaxPreviews {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("A hub has at most %d previews. Revoke one that is not needed.", content.MaxPreviews))
	}
	_, err = coll.InsertOne(ctx, p)
	return translate("store preview", err)
}

// PreviewByID reads a preview; nil if there is none.
func (s *Store) PreviewByID(ctx context.Context, id string) (*content.Preview, error) {
	found, err := decodedOne[content.Preview]("read preview", s.db.Collection(previewsName).FindOne(ctx, byID(id)))
	if found == nil || err != nil {
		return nil, err
	}
	list, err := s.ofReleases(ctx, []*content.Preview{found})
	if len(list) == 0 || err != nil {
		return nil, err
	}
	return list[0], nil
}

// Previews reads all previews, the newest first.
func (s *Store) Previews(ctx context.Context) ([]*content.Preview, error) {
	cur, err := s.db.Collection(previewsName).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "createdAt", Value: -1}, {Key: "_id", Value: 1}}))
	list, err := decoded[content.Preview](ctx, "read previews", cur, err)
	if err != nil {
		return nil, err
	}
	return s.ofReleases(ctx, list)
}

// ofReleases sets the entries of the previews of releases, with one command. It leaves out those whose release was
// published or deleted, which are over.
func (s *Store) ofReleases(ctx context.Context, list []*content.Preview) ([]*content.Preview, error) {
	var keys []string
	for _, p := range list {
		if p.Release != "" {
			keys = append(keys, p.Release)
		}
	}
	if len(keys) == 0 {
		return list, nil
	}
	cur, err := s.db.Collection(releasesName).Find(ctx, append(pending(), bson.E{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}))
	found, err := decoded[content.NamedRelease](ctx, "read releases of previews", cur, err)
	if err != nil {
		return nil, err
	}
	byKey := map[string]*content.NamedRelease{}
	for _, r := range found {
		byKey[r.Key] = r
	}
	return slices.DeleteFunc(list, func(p *content.Preview) bool {
		r := byKey[p.Release]
		if r != nil {
			p.Entries = r.Previewed()
		}
		return p.Release != "" && r == nil
	}), nil
}

// DeletePreview deletes a preview and reports whether there was one.
func (s *Store) DeletePreview(ctx context.Context, id string) (bool, error) {
	res, err := s.db.Collection(previewsName).DeleteOne(ctx, byID(id))
	if err != nil {
		return false, translate("delete preview", err)
	}
	return res.DeletedCount == 1, nil
}

var _ content.PreviewStore = (*Store)(nil)
