package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"patternhub/internal/content"
)

const (
	// purposeDrafts is the purpose of tokens for the whole draft graph, purposePreview that of tokens for
	// the entries of a preview.
	purposeDrafts  = "preview"
	purposePreview = "preview of entries"
)

// Previews creates and verifies the tokens with which people without a key see drafts. A token of either
// kind ends at its time, and with the key or the person that made it.
//
// A token of a preview shows the drafts of some entries. It is the signed id of what is stored about it,
// so previews are listed and can be revoked, and the list is no secret.
// A token for the whole draft graph is for a front end. Nothing is stored for it, so there may be any
// number, and only the end of its maker ends one that has leaked.
type Previews struct {
	store  content.PreviewStore
	tokens *Tokens
	keys   *Keys
	people *People // nil: no person makes previews
	now    func() time.Time
}

// NewPreviews returns Previews. A nil now means time.Now.
func NewPreviews(store content.PreviewStore, tokens *Tokens, keys *Keys, now func() time.Time) *Previews {
	if now == nil {
		now = time.Now
	}
	return &Previews{store: store, tokens: tokens, keys: keys, now: now}
}

// WithPeople accepts people with a session as makers of previews, too. It returns p.
func (p *Previews) WithPeople(people *People) *Previews {
	p.people = people
	return p
}

// begin returns who makes a token, the id of a key or of a person, and its end, rounded down to a second as in
// the token. A key of a person counts as the key, which ends with the person.
func (p *Previews) begin(by *content.Viewer, lifetime time.Duration) (maker string, ends time.Time, err error) {
	switch {
	case by.Key != nil:
		maker = by.Key.Key
	case by.Person != nil:
		maker = by.Person.Key
	default:
		return "", time.Time{}, content.Fault(content.Unauthenticated, "A preview token is made with an API key, Authorization: Bearer phk_..., or by a person who has signed in.")
	}
	return maker, p.now().Add(lifetime).UTC().Truncate(time.Second), nil
}

// Create makes a token for the whole draft graph on behalf of a viewer, and returns it with its end. The
// caller bounds the lifetime.
func (p *Previews) Create(ctx context.Context, by *content.Viewer, lifetime time.Duration) (string, time.Time, error) {
	maker, ends, err := p.begin(by, lifetime)
	if err != nil {
		return "", time.Time{}, err
	}
	token, err := p.tokens.signUntil(ctx, purposeDrafts, ends, maker)
	return token, ends, err
}

// CreateFor makes a preview of some entries on behalf of a viewer, and returns it with its token.
// The caller bounds the lifetime and the number of entries, and checks that they exist.
func (p *Previews) CreateFor(ctx context.Context, by *content.Viewer, entries []content.ID, lifetime time.Duration) (string, *content.Preview, error) {
	made := &content.Preview{}
	for _, id := range entries {
		made.Entries = append(made.Entries, content.Previewed{Type: id.Type, Key: id.Key})
	}
	return p.keep(ctx, by, made, lifetime)
}

// CreateForRelease makes a preview of a release, as CreateFor does of entries.
func (p *Previews) CreateForRelease(ctx context.Context, by *content.Viewer, release *content.NamedRelease, lifetime time.Duration) (string, *content.Preview, error) {
	return p.keep(ctx, by, &content.Preview{Release: release.Key}, lifetime)
}

// keep stores a new preview on behalf of a viewer, and returns it with its token.
func (p *Previews) keep(ctx context.Context, by *content.Viewer, made *content.Preview, lifetime time.Duration) (string, *content.Preview, error) {
	maker, ends, err := p.begin(by, lifetime)
	if err != nil {
		return "", nil, err
	}
	made.ID, made.By, made.CreatedAt, made.ExpiresAt = randomWord(idBytes), maker, p.now().UTC().Truncate(time.Millisecond), ends
	token, err := p.tokens.Sign(ctx, purposePreview, []byte(made.ID))
	if err != nil {
		return "", nil, err
	}
	if err := p.store.PutPreview(ctx, made); err != nil {
		return "", nil, fmt.Errorf("create preview: %w", err)
	}
	return token, made, nil
}

// List returns the previews whose tokens are valid, the newest first.
func (p *Previews) List(ctx context.Context) ([]*content.Preview, error) {
	all, err := p.store.Previews(ctx)
	if err != nil {
		return nil, fmt.Errorf("list previews: %w", err)
	}
	var failed error
	all = slices.DeleteFunc(all, func(made *content.Preview) bool {
		err := p.valid(ctx, made.ExpiresAt, made.By)
		if err != nil && content.CodeOf(err) != content.Unauthenticated {
			failed = err
		}
		return err != nil
	})
	return all, failed
}

// Revoke ends a preview on all replicas at once. It reports whether there was one with that id.
func (p *Previews) Revoke(ctx context.Context, id string) (bool, error) {
	ok, err := p.store.DeletePreview(ctx, id)
	if err != nil {
		return false, fmt.Errorf("revoke preview: %w", err)
	}
	return ok, nil
}

// Check verifies a token. It returns the preview that the token is of, nil for a token for the whole draft
// graph. The error for a token that is wrong in any way is Unauthenticated, with the same message.
// A token that is not signed is refused without asking the store, so a flood of nonsense is cheap.
func (p *Previews) Check(ctx context.Context, token string) (*content.Preview, error) {
	id, signed, err := p.tokens.Verify(ctx, purposePreview, token)
	if err != nil {
		return nil, err
	}
	if !signed {
		return nil, p.checkDrafts(ctx, token)
	}
	// It is read each time, so that it ends when it is revoked.
	made, err := p.store.PreviewByID(ctx, string(id))
	if err != nil {
		return nil, fmt.Errorf("read preview: %w", err)
	}
	if made == nil {
		return nil, previewEnded()
	}
	if err := p.valid(ctx, made.ExpiresAt, made.By); err != nil {
		return nil, err
	}
	return made, nil
}

// checkDrafts verifies a token for the whole draft graph.
func (p *Previews) checkDrafts(ctx context.Context, token string) error {
	maker, ends, ok, err := p.tokens.verifyUntil(ctx, purposeDrafts, token)
	if err != nil {
		return err
	}
	if !ok {
		return previewEnded()
	}
	return p.valid(ctx, ends, maker)
}

// valid returns an error unless a token with that end may still be used. It ends with the key or the person
// that made it, and when that may no longer read drafts.
func (p *Previews) valid(ctx context.Context, ends time.Time, maker string) error {
	if !p.now().Before(ends) {
		return previewEnded()
	}
	role, err := p.roleOf(ctx, maker)
	if err != nil {
		return err
	}
	if !role.Covers(content.RolePreviewer) {
		return previewEnded()
	}
	return nil
}

// roleOf returns the role that a key or a person has now, "" if there is none with that id.
func (p *Previews) roleOf(ctx context.Context, maker string) (content.AccessRole, error) {
	role, err := p.keys.Role(ctx, maker)
	if err != nil || role != "" || p.people == nil {
		return role, err
	}
	who, err := p.people.Person(ctx, maker)
	if content.CodeOf(err) == content.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return who.Role, nil
}

// previewEnded returns the error for every token that is not valid, so that it reveals nothing.
func previewEnded() error {
	return content.Fault(content.Unauthenticated, "The preview token is not valid or has expired.")
}
