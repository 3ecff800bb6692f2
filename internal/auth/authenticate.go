package auth

import (
	"context"
	"strings"

	"patternhub/internal/content"
)

// Credentials are what a request sends to identify its sender. Each field may be empty.
type Credentials struct {
	Token       string // an API key
	Perspective string // published or drafts, in upper or lower case; empty means published
	Preview     string // a preview token
	Session     string // the secret of a session, from a cookie that counts
	Ticket      string // a ticket of a session, from a page of the hub
}

// Admission has the rights of a request with given credentials.
type Admission struct {
	Viewer *content.Viewer
	// Scope separates cached answers: viewers with the same scope may share them, so it includes
	// everything that decides what a viewer may see. It is empty for the anonymous reader of the
	// published graph.
	Scope string
	// Sender identifies the key whose budget the request uses; empty without a key.
	Sender string
	// NoStore forbids caching of answers: those of drafts, and those of admins, whose settings can
	// change without a new revision of the content.
	NoStore bool
	// AnyDocument allows documents outside the list of trusted ones.
	AnyDocument bool
	// Check returns an error once the credentials are no longer valid. It is for connections that
	// outlive a request; nil for a request without credentials.
	Check func(ctx context.Context) error
}

// Authenticator turns credentials into viewers. It is safe for concurrent use.
type Authenticator struct {
	keys      *Keys
	previews  *Previews
	sessions  *Sessions // nil accepts none
	anonymous bool
	// anyone is the admission of readers without credentials, who are all alike. They share it, as
	// admissions are not changed afterwards.
	anyone *Admission
}

// NewAuthenticator returns an Authenticator. anonymous admits requests without credentials.
func NewAuthenticator(keys *Keys, previews *Previews, anonymous bool) *Authenticator {
	return &Authenticator{keys: keys, previews: previews, anonymous: anonymous, anyone: asReader()}
}

// Admit checks credentials. Drafts are for keys whose role may read them and for preview tokens, see
// preview. Wrong credentials fail with Unauthenticated; they are never treated as missing.
func (a *Authenticator) Admit(ctx context.Context, c Credentials) (*Admission, error) {
	if c == (Credentials{}) && a.anonymous {
		return a.anyone, nil
	}
	return a.admit(ctx, c)
}

// asReader returns the admission of a reader of the published graph.
func asReader() *Admission {
	return &Admission{Viewer: &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}}
}

// admit is Admit for what is not the most frequent request.
func (a *Authenticator) admit(ctx context.Context, c Credentials) (*Admission, error) {
	out := asReader()
	if c == (Credentials{Perspective: c.Perspective}) && !a.anonymous { // nothing identifies the sender
		return nil, content.Fault(content.Unauthenticated, "This hub requires an API key: Authorization: Bearer phk_...")
	}
	if c.Token != "" {
		key, err := a.keys.ByToken(ctx, c.Token) // a session beside a key does not count
		if err != nil {
			return nil, err
		}
		out.Viewer.Key, out.Viewer.Person, out.Viewer.AccessRole = key, key.Person, key.Role
		out.Scope, out.Sender = "key:"+string(key.Role), "key:"+key.Key
		out.NoStore = key.Role.Covers(content.RoleAdmin)
		out.AnyDocument = key.Role.Covers(content.RoleAuthor)
		out.Check = a.stillKey(c.Token, key.Role)
	} else if c.Session != "" || c.Ticket != "" {
		if err := a.admitSession(ctx, &c, out); err != nil {
			return nil, err
		}
	}
	if c.Preview != "" {
		var err error
		if c.Perspective, err = a.preview(ctx, out, c); err != nil {
			return nil, err
		}
	}
	if err := out.choosePerspective(c.Perspective); err != nil {
		return nil, err
	}
	if c.Preview != "" {
		out.Check = both(out.Check, func(ctx context.Context) error {
			_, err := a.previews.Check(ctx, c.Preview)
			return err
		})
	}
	return out, nil
}

// preview adds what a preview token allows, and returns the perspective to read. A token for the draft
// graph shows that to a caller without a key, and never lowers the role of a caller with one. A token of
// some entries adds their drafts to what the caller may read anyway, so it opens no closed hub.
func (a *Authenticator) preview(ctx context.Context, out *Admission, c Credentials) (perspective string, err error) {
	made, err := a.previews.Check(ctx, c.Preview)
	switch {
	case err != nil:
		return "", err
	case made != nil && out.Viewer.Key == nil && out.Viewer.Person == nil && !a.anonymous:
		return "", content.Fault(content.Unauthenticated, "This hub requires an API key beside a preview token of single entries: Authorization: Bearer phk_...")
	case made != nil:
		out.Viewer.Previewed, out.NoStore = made.Entries, true
		out.Scope += ":preview:" + made.ID
		return c.Perspective, nil
	}
	if !out.Viewer.AccessRole.Covers(content.RolePreviewer) {
		out.Viewer.AccessRole = content.RolePreviewer
	}
	return "drafts", nil
}

// stillKey returns a check that fails once a key ends or has another role, as its owner may get.
func (a *Authenticator) stillKey(token string, role content.AccessRole) func(context.Context) error {
	return func(ctx context.Context) error {
		key, err := a.keys.ByToken(ctx, token)
		if err == nil && key.Role != role {
			err = refused()
		}
		return err
	}
}

// both returns a check that fails if either fails; the first may be nil.
func both(first, second func(context.Context) error) func(context.Context) error {
	if first == nil {
		return second
	}
	return func(ctx context.Context) error {
		if err := first(ctx); err != nil {
			return err
		}
		return second(ctx)
	}
}

// choosePerspective sets the perspective that the viewer reads, if the viewer may.
func (a *Admission) choosePerspective(perspective string) error {
	switch strings.ToLower(perspective) {
	case "", "published":
		return nil
	case "drafts":
		a.Viewer.Perspective, a.NoStore = content.Drafts, true
		a.Scope += ":drafts"
		return Require(a.Viewer, content.RolePreviewer, "The perspective drafts")
	}
	return content.Fault(content.BadUserInput, "X-Perspective must be published or drafts.")
}
