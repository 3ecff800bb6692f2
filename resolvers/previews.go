package resolvers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Previews issues the tokens with which people without a key see drafts, and lists and revokes those of
// single entries. See auth.Previews.
type Previews interface {
	Create(ctx context.Context, by *content.Viewer, lifetime time.Duration) (token string, ends time.Time, err error)
	CreateFor(ctx context.Context, by *content.Viewer, entries []content.ID, lifetime time.Duration) (token string, made *content.Preview, err error)
	CreateForRelease(ctx context.Context, by *content.Viewer, release *content.NamedRelease, lifetime time.Duration) (token string, made *content.Preview, err error)
	List(ctx context.Context) ([]*content.Preview, error)
	Revoke(ctx context.Context, name string) (bool, error)
}

// maxPreview bounds the lifetime of preview tokens in minutes: a week, for a review.
const maxPreview = 7 * 24 * 60

// lifetime returns the lifetime of a preview token. Minutes out of range are the author's mistake and
// reported in the payload.
func lifetime(minutes int) (time.Duration, []content.UserError) {
	if minutes < 1 || minutes > maxPreview {
		return 0, []content.UserError{{Field: []string{"minutes"}, Message: fmt.Sprintf("minutes is from 1 to %d.", maxPreview), Code: content.ErrInvalid}}
	}
	return time.Duration(minutes) * time.Minute, nil
}

// draftsToken is a token for the draft graph in the form that is stored for its idempotency key.
type draftsToken struct {
	Token  string    `bson:"token"`
	EndsAt time.Time `bson:"endsAt"`
}

// draftsToken issues a token with which a reader without a key can read the whole draft graph.
func (r *Resolver) draftsToken(ctx context.Context, minutes int) (*model.PreviewTokenCreatePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*draftsToken, []content.UserError, error) {
		life, wrong := lifetime(minutes)
		if wrong != nil {
			return nil, wrong, nil
		}
		token, ends, err := r.Authoring.Previews.Create(ctx, r.ViewerOf(ctx), life)
		return &draftsToken{Token: token, EndsAt: ends}, nil, err
	})
	if made == nil || err != nil {
		return &model.PreviewTokenCreatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.PreviewTokenCreatePayload{Token: &made.Token, ExpiresAt: &made.EndsAt}, nil
}

// previewed is a preview with its token in the form that is stored for its idempotency key.
type previewed struct {
	Token   string          `bson:"token"`
	Preview content.Preview `bson:"preview"`
}

// createPreview makes a preview of entries or of a release. An entry that is named twice counts once.
func (r *Resolver) createPreview(ctx context.Context, ids []*content.ID, release *content.ID, minutes int) (*model.PreviewCreatePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*previewed, []content.UserError, error) {
		life, wrong := lifetime(minutes)
		if release != nil {
			return r.previewRelease(ctx, release, life, append(wrong, alone(ids)...))
		}
		entries, unknown, err := known(ctx, ids)
		if wrong = append(unknown, wrong...); err != nil || len(wrong) > 0 {
			return nil, wrong, err
		}
		return shownPreview(r.Authoring.Previews.CreateFor(ctx, r.ViewerOf(ctx), entries, life))
	})
	if made == nil || err != nil {
		return &model.PreviewCreatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.PreviewCreatePayload{Token: &made.Token, Preview: &made.Preview}, nil
}

// shownPreview returns a new preview with its token.
func shownPreview(token string, p *content.Preview, err error) (*previewed, []content.UserError, error) {
	if err != nil {
		return nil, nil, err
	}
	return &previewed{Token: token, Preview: *p}, nil, nil
}

// alone refuses ids beside a release.
func alone(ids []*content.ID) []content.UserError {
	if len(ids) == 0 {
		return nil
	}
	return []content.UserError{{Field: []string{"ids"}, Message: "Give ids or a release, not both.", Code: content.ErrInvalid}}
}

// previewRelease makes a preview of a release, unless something is wrong already. A release that undoes another one
// publishes earlier revisions, which a preview does not show.
func (r *Resolver) previewRelease(ctx context.Context, id *content.ID, life time.Duration, wrong []content.UserError) (*previewed, []content.UserError, error) {
	refuse := func(code content.UserErrorCode, message string) {
		wrong = append(wrong, content.UserError{Field: []string{"release"}, Message: message, Code: code})
	}
	release, err := r.Authoring.Store.ReleaseByKey(ctx, keyOf(*id, content.NonEntryRelease))
	switch {
	case err != nil:
		return nil, nil, err
	case release == nil:
		refuse(content.ErrNotFound, "There is no release with that id.")
	case release.State == content.ReleasePublished:
		refuse(content.ErrInvalid, "The release is published.")
	case release.Undoes != "":
		refuse(content.ErrInvalid, "A release that undoes another one has no preview. Its gate says what it would change.")
	}
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	return shownPreview(r.Authoring.Previews.CreateForRelease(ctx, r.ViewerOf(ctx), release, life))
}

// known returns the ids of the entries to preview, each once, or what is wrong with them. The loaders of a
// mutation read drafts.
func known(ctx context.Context, ids []*content.ID) (entries []content.ID, wrong []content.UserError, err error) {
	if len(ids) == 0 || len(ids) > content.MaxPreviewed {
		return nil, []content.UserError{{Field: []string{"ids"}, Message: fmt.Sprintf("ids has 1 to %d entries.", content.MaxPreviewed), Code: content.ErrInvalid}}, nil
	}
	for _, id := range ids {
		if !slices.Contains(entries, *id) {
			entries = append(entries, *id)
		}
	}
	found, err := loaders.For(ctx).Entries(ctx, entries)
	if err != nil {
		return nil, nil, err
	}
	for i, e := range found {
		if e == nil {
			at := slices.IndexFunc(ids, func(id *content.ID) bool { return *id == entries[i] })
			wrong = append(wrong, content.UserError{Field: []string{"ids", strconv.Itoa(at)}, Message: "There is no entry with that id.", Code: content.ErrNotFound})
		}
	}
	return entries, wrong, nil
}

// revoked is the outcome of a revocation in the form that is stored for its idempotency key.
type revoked struct{}

// revokePreview ends a preview.
func (r *Resolver) revokePreview(ctx context.Context, name string) (*model.PreviewRevokePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*revoked, []content.UserError, error) {
		ok, err := r.Authoring.Previews.Revoke(ctx, name)
		if err != nil || ok {
			return &revoked{}, nil, err
		}
		return nil, []content.UserError{{Field: []string{"name"}, Message: "There is no preview with that name.", Code: content.ErrNotFound}}, nil
	})
	if made == nil || err != nil {
		return &model.PreviewRevokePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.PreviewRevokePayload{Revoked: &name}, nil
}

// entriesOf returns the entries of a preview that the graph of the request has. Those of a release are in the release.
func entriesOf(ctx context.Context, p *content.Preview) ([]content.Entry, error) {
	if p.Release != "" {
		return nil, nil
	}
	found, err := loaders.For(ctx).Entries(ctx, p.IDs())
	return slices.DeleteFunc(found, func(e content.Entry) bool { return e == nil }), err
}
