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
	anonymous bool
}

// NewAuthenticator returns an Authenticator. anonymous admits requests without credentials.
func NewAuthenticator(keys *Keys, previews *Previews, anonymous bool) *Authenticator {
	return &Authenticator{keys: keys, previews: previews, anonymous: anonymous}
}

// Admit checks credentials. Drafts are for keys whose role may read them and for preview tokens, see
// preview. Wrong credentials fail with Unauthenticated; they are never treated as missing.
func (a *Authenticator) Admit(ctx context.Context, c Credentials) (*Admission, error) {
	out := &Admission{Viewer: &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}}
	if c.Token == "" && c.Preview == "" && !a.anonymous {
		return nil, content.Fault(content.Unauthenticated, "This hub requires an API key: Authorization: Bearer phk_...")
	}
	if c.Token != "" {
		key, err := a.keys.ByToken(ctx, c.Token)
		if err != nil {
			return nil, err
		}
		out.Viewer.Key, out.Viewer.AccessRole = key, key.Role
		out.Scope, out.Sender = "key:"+string(key.Role), "key:"+key.ID
		out.NoStore = key.Role.Covers(content.RoleAdmin)
		out.AnyDocument = key.Role.Covers(content.RoleAuthor)
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
	if c.Token != "" || c.Preview != "" {
		out.Check = func(ctx context.Context) error { _, err := a.Admit(ctx, c); return err }
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
	case made != nil && c.Token == "" && !a.anonymous:
		return "", content.Fault(content.Unauthenticated, "This hub requires an API key beside a preview token of single entries: Authorization: Bearer phk_...")
	case made != nil:
		out.Viewer.Previewed, out.NoStore = made.IDs(), true
		out.Scope += ":preview:" + made.ID
		return c.Perspective, nil
	}
	if !out.Viewer.AccessRole.Covers(content.RolePreviewer) {
		out.Viewer.AccessRole = content.RolePreviewer
	}
	return "drafts", nil
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
