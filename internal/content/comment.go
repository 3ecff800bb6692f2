package content

import (
	"context"
	"slices"
	"strings"
	"time"
)

// The bounds of comments.
const (
	// MaxComments bounds the comments on an entry, so that the list needs no pages.
	MaxComments = 200
	// MaxCommentLength bounds the text of a comment, in characters.
	MaxCommentLength = maxLine
)

// Comment is a remark on a working copy, for those who write. It is not a part of the entry: it has no revision and is
// never published.
type Comment struct {
	Key      string    `bson:"_id"`
	Type     EntryType `bson:"type"`
	EntryKey string    `bson:"entry"`
	// Field is the field that the comment is about, nil for the whole entry.
	Field *string `bson:"field,omitempty"`
	Text  string  `bson:"text"`
	// By is who has written it, ResolvedBy who has resolved it, as in history.
	By         string     `bson:"by"`
	At         time.Time  `bson:"at"`
	ResolvedBy *string    `bson:"resolvedBy,omitempty"`
	ResolvedAt *time.Time `bson:"resolvedAt,omitempty"`
}

// EntryID returns the id of the entry.
func (c *Comment) EntryID() ID { return ID{Type: c.Type, Key: c.EntryKey} }

// Wrong returns what is wrong with a new comment, by argument.
func (c *Comment) Wrong() []UserError {
	v := &validator{}
	if strings.TrimSpace(c.Text) == "" {
		v.refuse([]string{"text"}, ErrRequired, "A comment has a text.")
	}
	v.text(c.Text, []string{"text"}, "text", MaxCommentLength)
	if c.Field != nil && !slices.Contains(Authored(c.Type), *c.Field) {
		v.refuse([]string{"field"}, ErrInvalid, "The input of the type has no such field.")
	}
	return v.problems
}

// CommentStore stores comments. Something missing is nil, not an error.
type CommentStore interface {
	// PutComment stores a new comment. It fails with LimitExceeded if the entry has MaxComments.
	PutComment(ctx context.Context, c *Comment) error
	CommentByKey(ctx context.Context, key string) (*Comment, error)
	// Comments reads the comments on an entry, the oldest first: those that are not resolved, or all.
	Comments(ctx context.Context, id ID, resolved bool) ([]*Comment, error)
	// ResolveComment sets or, with a nil at, removes who has resolved a comment and when. It returns the comment after that.
	ResolveComment(ctx context.Context, key, by string, at *time.Time) (*Comment, error)
	// DeleteComment deletes a comment and reports whether there was one.
	DeleteComment(ctx context.Context, key string) (bool, error)
}
