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

// commentsName is the collection of the comments on working copies.
const commentsName = "comments"

// ensureComments creates the index of comments, by entry and time.
func (s *Store) ensureComments(ctx context.Context) error {
	_, err := s.db.Collection(commentsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "entry", Value: 1}, {Key: "type", Value: 1}, {Key: "at", Value: 1}},
	})
	return translate("ensure indexes of comments", err)
}

// commentsOn selects the comments on an entry.
func commentsOn(id content.ID) bson.D {
	return bson.D{{Key: "entry", Value: id.Key}, {Key: "type", Value: id.Type}}
}

// PutComment stores a new comment; see content.CommentStore. The number is checked before the insert, so
// concurrent inserts may exceed it by a few.
func (s *Store) PutComment(ctx context.Context, c *content.Comment) error {
	coll := s.db.Collection(commentsName)
	n, err := coll.CountDocuments(ctx, commentsOn(c.EntryID()))
	if err != nil {
		return translate("count comments", err)
	}
	if n >= content.MaxComments {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("An entry has at most %d comments. Delete some that are resolved.", content.MaxComments))
	}
	_, err = coll.InsertOne(ctx, c)
	return translate("store comment", err)
}

// CommentByKey reads a comment; nil if there is none.
func (s *Store) CommentByKey(ctx context.Context, key string) (*content.Comment, error) {
	return decodedOne[content.Comment]("read comment", s.db.Collection(commentsName).FindOne(ctx, byID(key)))
}

// Comments reads the comments on an entry; see content.CommentStore.
func (s *Store) Comments(ctx context.Context, id content.ID, resolved bool) ([]*content.Comment, error) {
	which := commentsOn(id)
	if !resolved {
		which = append(which, bson.E{Key: "resolvedAt", Value: nil})
	}
	cur, err := s.db.Collection(commentsName).Find(ctx, which, options.Find().SetSort(bson.D{{Key: "at", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(content.MaxComments))
	return decoded[content.Comment](ctx, "read comments", cur, err)
}

// ResolveComment sets who has resolved a comment; see content.CommentStore.
func (s *Store) ResolveComment(ctx context.Context, key, by string, at *time.Time) (*content.Comment, error) {
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "resolvedBy", Value: by}, {Key: "resolvedAt", Value: at}}}}
	if at == nil {
		update = bson.D{{Key: "$unset", Value: bson.D{{Key: "resolvedBy", Value: ""}, {Key: "resolvedAt", Value: ""}}}}
	}
	return decodedOne[content.Comment]("resolve comment", s.db.Collection(commentsName).FindOneAndUpdate(ctx, byID(key), update, options.FindOneAndUpdate().SetReturnDocument(options.After)))
}

// DeleteComment deletes a comment and reports whether there was one.
func (s *Store) DeleteComment(ctx context.Context, key string) (bool, error) {
	res, err := s.db.Collection(commentsName).DeleteOne(ctx, byID(key))
	if err != nil {
		return false, translate("delete comment", err)
	}
	return res.DeletedCount == 1, nil
}

var _ content.CommentStore = (*Store)(nil)
