package resolvers

import (
	"context"
	"crypto/rand"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Comments reads and writes comments on working copies. Access is checked before its methods are called.
// Comments are no content: they have no revisions and are not in the change log.
type Comments struct {
	Store content.CommentStore
	// Now returns the time.
	Now func() time.Time
}

// moment returns the time in the precision of stored times.
func (c *Comments) moment() time.Time { return c.Now().UTC().Truncate(time.Millisecond) }

// commentNotFound returns the user error for a name that no comment has.
func commentNotFound() []content.UserError {
	return []content.UserError{{Field: []string{"name"}, Message: "There is no comment with that name.", Code: content.ErrNotFound}}
}

// commentPayload returns the payload of a write of a comment.
func commentPayload(c *content.Comment, wrong []content.UserError, err error) (*model.EntryCommentPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.EntryCommentPayload{Comment: c, UserErrors: pointers(wrong)}, nil
}

// createComment writes a comment. The loaders of a mutation read drafts.
func (r *Resolver) createComment(ctx context.Context, id content.ID, field *string, text string) (*model.EntryCommentPayload, error) {
	return commentPayload(once(ctx, r, func(ctx context.Context) (*content.Comment, []content.UserError, error) {
		entry, err := loaders.For(ctx).Entry(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if entry == nil {
			return nil, []content.UserError{{Field: []string{"id"}, Message: "There is no entry with that id.", Code: content.ErrNotFound}}, nil
		}
		made := &content.Comment{
			Key: rand.Text(), Type: id.Type, EntryKey: id.Key, Field: field, Text: text,
			By: r.ViewerOf(ctx).By(), At: r.Comments.moment(),
		}
		if wrong := made.Wrong(); len(wrong) > 0 {
			return nil, wrong, nil
		}
		return made, nil, r.Comments.Store.PutComment(ctx, made)
	}))
}

// resolveComment resolves a comment or opens it again.
// The last one to resolve or reopen it wins. No revision is compared, since the text does not change.
func (r *Resolver) resolveComment(ctx context.Context, name string, resolved bool) (*model.EntryCommentPayload, error) {
	return commentPayload(once(ctx, r, func(ctx context.Context) (*content.Comment, []content.UserError, error) {
		var at *time.Time
		if resolved {
			at = new(r.Comments.moment())
		}
		found, err := r.Comments.Store.ResolveComment(ctx, name, r.ViewerOf(ctx).By(), at)
		if err != nil || found != nil {
			return found, nil, err
		}
		return nil, commentNotFound(), nil
	}))
}

// deleteComment deletes a comment of the viewer, or any for an administrator.
// The writer of a comment never changes, so checking it before the delete is safe.
func (r *Resolver) deleteComment(ctx context.Context, name string) (*model.EntryCommentDeletePayload, error) {
	_, wrong, err := once(ctx, r, func(ctx context.Context) (*revoked, []content.UserError, error) {
		v := r.ViewerOf(ctx)
		found, err := r.Comments.Store.CommentByKey(ctx, name)
		switch {
		case err != nil:
			return nil, nil, err
		case found == nil:
			return nil, commentNotFound(), nil
		case !v.AccessRole.Covers(content.RoleAdmin) && !sameWriter(v, found.By):
			return nil, []content.UserError{{Field: []string{"name"}, Message: "Only who has written a comment and administrators can delete it. Resolve it instead.", Code: content.ErrNotAllowed}}, nil
		}
		_, err = r.Comments.Store.DeleteComment(ctx, name)
		return &revoked{}, nil, err
	})
	if err != nil || len(wrong) > 0 {
		return &model.EntryCommentDeletePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.EntryCommentDeletePayload{Deleted: &name, UserErrors: pointers(wrong)}, nil
}

// sameWriter reports whether a viewer is the one who has written something: the same person, by whichever key, or the
// same key.
func sameWriter(v *content.Viewer, by string) bool {
	if v.Person != nil {
		return content.ParseBy(by).Is(v.Person.Key)
	}
	return v.Key != nil && by == v.Key.Key
}
