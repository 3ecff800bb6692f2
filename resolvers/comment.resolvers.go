package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/internal/content"
)

// AuthorName reads the names of all writers at once, and keeps them for other comments.
func (r *entryCommentResolver) AuthorName(ctx context.Context, obj *content.Comment) (*string, error) {
	return r.r.Accounts.authorName(ctx, obj.By)
}

func (r *mutationResolver) EntryCommentCreate(ctx context.Context, id content.ID, field *string, text string) (*model.EntryCommentPayload, error) {
	return r.r.createComment(ctx, id, field, text)
}

func (r *mutationResolver) EntryCommentResolve(ctx context.Context, name string, resolved bool) (*model.EntryCommentPayload, error) {
	return r.r.resolveComment(ctx, name, resolved)
}

func (r *mutationResolver) EntryCommentDelete(ctx context.Context, name string) (*model.EntryCommentDeletePayload, error) {
	return r.r.deleteComment(ctx, name)
}

func (r *queryResolver) EntryComments(ctx context.Context, id content.ID, resolved bool) ([]*content.Comment, error) {
	return r.r.Comments.Store.Comments(ctx, id, resolved)
}
