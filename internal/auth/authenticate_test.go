package auth_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// admitted is an Admission without what cannot be compared.
type admitted struct {
	Role        content.AccessRole
	Drafts      bool
	Previewed   int // the entries of a preview
	Scope       string
	Keyed       bool // there is a key, whose budget is used
	NoStore     bool
	AnyDocument bool
	Checked     bool
}

// mustKey makes a key of a role that never ends.
func mustKey(t *testing.T, keys *auth.Keys, role content.AccessRole) (string, *content.APIKey) {
	t.Helper()
	token, key, err := keys.Create(t.Context(), "site", role, 0)
	if err != nil {
		t.Fatal(err)
	}
	return token, key
}

// TestWhatCredentialsAdmit tries keys, previews and perspectives together. The scope separates cached
// answers, so it must differ wherever viewers see different content.
func TestWhatCredentialsAdmit(t *testing.T) {
	p, _, keys, _ := previews(t)
	_, maker := mustCreate(t, keys, 0)
	preview, _ := mustPreview(t, p, maker, time.Hour)
	of, made := mustPreviewOf(t, p, maker, content.ID{Type: content.TypeLaw, Key: "l"})
	scope := ":preview:" + made.ID
	tokens := map[content.AccessRole]string{}
	for _, role := range content.AccessRole("").Values() {
		tokens[content.AccessRole(role)], _ = mustKey(t, keys, content.AccessRole(role))
	}
	const reader, previewer, author, admin = content.RoleReader, content.RolePreviewer, content.RoleAuthor, content.RoleAdmin
	a := auth.NewAuthenticator(keys, p, true)
	for name, tt := range map[string]struct {
		credentials auth.Credentials
		want        admitted
		code        content.Code
	}{
		"no credentials":                {auth.Credentials{}, admitted{Role: reader}, ""},
		"no credentials, published":     {auth.Credentials{Perspective: "Published"}, admitted{Role: reader}, ""},
		"no credentials, drafts":        {auth.Credentials{Perspective: "drafts"}, admitted{}, content.Unauthenticated},
		"another perspective":           {auth.Credentials{Perspective: "draft"}, admitted{}, content.BadUserInput},
		"a reader":                      {auth.Credentials{Token: tokens[reader]}, admitted{Role: reader, Scope: "key:READER", Keyed: true, Checked: true}, ""},
		"a reader, drafts":              {auth.Credentials{Token: tokens[reader], Perspective: "drafts"}, admitted{}, content.Forbidden},
		"a previewer, drafts":           {auth.Credentials{Token: tokens[previewer], Perspective: "DRAFTS"}, admitted{Role: previewer, Drafts: true, Scope: "key:PREVIEWER:drafts", Keyed: true, NoStore: true, Checked: true}, ""},
		"an author":                     {auth.Credentials{Token: tokens[author]}, admitted{Role: author, Scope: "key:AUTHOR", Keyed: true, AnyDocument: true, Checked: true}, ""},
		"an admin":                      {auth.Credentials{Token: tokens[admin]}, admitted{Role: admin, Scope: "key:ADMIN", Keyed: true, NoStore: true, AnyDocument: true, Checked: true}, ""},
		"a preview":                     {auth.Credentials{Preview: preview}, admitted{Role: previewer, Drafts: true, Scope: ":drafts", NoStore: true, Checked: true}, ""},
		"a preview over published":      {auth.Credentials{Preview: preview, Perspective: "published"}, admitted{Role: previewer, Drafts: true, Scope: ":drafts", NoStore: true, Checked: true}, ""},
		"a reader with a preview":       {auth.Credentials{Token: tokens[reader], Preview: preview}, admitted{Role: previewer, Drafts: true, Scope: "key:READER:drafts", Keyed: true, NoStore: true, Checked: true}, ""},
		"an author with a preview":      {auth.Credentials{Token: tokens[author], Preview: preview}, admitted{Role: author, Drafts: true, Scope: "key:AUTHOR:drafts", Keyed: true, NoStore: true, AnyDocument: true, Checked: true}, ""},
		"a preview of an entry":         {auth.Credentials{Preview: of}, admitted{Role: reader, Previewed: 1, Scope: scope, NoStore: true, Checked: true}, ""},
		"a preview of an entry, drafts": {auth.Credentials{Preview: of, Perspective: "drafts"}, admitted{}, content.Unauthenticated},
		"a reader with one":             {auth.Credentials{Token: tokens[reader], Preview: of}, admitted{Role: reader, Previewed: 1, Scope: "key:READER" + scope, Keyed: true, NoStore: true, Checked: true}, ""},
		"a reader with one, drafts":     {auth.Credentials{Token: tokens[reader], Preview: of, Perspective: "drafts"}, admitted{}, content.Forbidden},
		"an author with one":            {auth.Credentials{Token: tokens[author], Preview: of}, admitted{Role: author, Previewed: 1, Scope: "key:AUTHOR" + scope, Keyed: true, NoStore: true, AnyDocument: true, Checked: true}, ""},
		"an author with one, drafts":    {auth.Credentials{Token: tokens[author], Preview: of, Perspective: "drafts"}, admitted{Role: author, Drafts: true, Previewed: 1, Scope: "key:AUTHOR" + scope + ":drafts", Keyed: true, NoStore: true, AnyDocument: true, Checked: true}, ""},
		"a wrong key":                   {auth.Credentials{Token: tokens[reader] + "a"}, admitted{}, content.Unauthenticated},
		"a wrong preview":               {auth.Credentials{Preview: "none"}, admitted{}, content.Unauthenticated},
		"a key, a wrong preview":        {auth.Credentials{Token: tokens[admin], Preview: "none"}, admitted{}, content.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := a.Admit(t.Context(), tt.credentials)
			if content.CodeOf(err) != tt.code {
				t.Fatalf("the error is %v, want %q", err, tt.code)
			}
			if err != nil {
				if got != nil {
					t.Errorf("a refused viewer is %+v", got)
				}
				return
			}
			if keyed := got.Viewer.Key != nil; keyed != (got.Sender != "") || keyed && got.Sender != "key:"+got.Viewer.Key.Key {
				t.Errorf("the sender is %q of %+v", got.Sender, got.Viewer.Key)
			}
			if diff := cmp.Diff(tt.want, admitted{
				Role: got.Viewer.AccessRole, Drafts: got.Viewer.Perspective == content.Drafts, Previewed: len(got.Viewer.Previewed), Scope: got.Scope, Keyed: got.Viewer.Key != nil,
				NoStore: got.NoStore, AnyDocument: got.AnyDocument, Checked: got.Check != nil,
			}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWithoutAnonymousReaders shows what needs a key in a closed hub, and that a stranger with a wrong
// request learns nothing but that.
func TestWithoutAnonymousReaders(t *testing.T) {
	p, _, keys, _ := previews(t)
	token, key := mustKey(t, keys, content.RoleAuthor)
	preview, _ := mustPreview(t, p, key, time.Hour)
	of, _ := mustPreviewOf(t, p, key, content.ID{Type: content.TypeLaw, Key: "l"})
	a := auth.NewAuthenticator(keys, p, false)
	for name, tt := range map[string]struct {
		credentials auth.Credentials
		code        content.Code
	}{
		"no credentials": {auth.Credentials{}, content.Unauthenticated}, "a key": {auth.Credentials{Token: token}, ""}, "a preview": {auth.Credentials{Preview: preview}, ""},
		"a wrong perspective": {auth.Credentials{Perspective: "draft"}, content.Unauthenticated},
		// It would open all that is published.
		"a preview of an entry": {auth.Credentials{Preview: of}, content.Unauthenticated}, "a key with one": {auth.Credentials{Token: token, Preview: of}, ""},
	} {
		if _, err := a.Admit(t.Context(), tt.credentials); content.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want %q", name, err, tt.code)
		}
	}
}

// TestAdmissionsEndWithTheirCredentials: an admission lasts as long as the key or token behind it.
func TestAdmissionsEndWithTheirCredentials(t *testing.T) {
	p, _, keys, c := previews(t)
	_, maker := mustKey(t, keys, content.RolePreviewer)
	preview, _ := mustPreview(t, p, maker, time.Minute)
	token, key := mustKey(t, keys, content.RoleReader)
	a := auth.NewAuthenticator(keys, p, true)
	admit := func(c auth.Credentials) *auth.Admission {
		t.Helper()
		out, err := a.Admit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	keyed, previewed, both := admit(auth.Credentials{Token: token}), admit(auth.Credentials{Preview: preview}), admit(auth.Credentials{Token: token, Preview: preview})
	holds := func(when string, want map[*auth.Admission]bool) {
		t.Helper()
		for admission, want := range want {
			if err := admission.Check(t.Context()); (err == nil) != want || err != nil && content.CodeOf(err) != content.Unauthenticated {
				t.Errorf("%s, the scope %q: %v", when, admission.Scope, err)
			}
		}
	}
	holds("at first", map[*auth.Admission]bool{keyed: true, previewed: true, both: true})
	c.at = c.at.Add(time.Minute)
	holds("after the preview has ended", map[*auth.Admission]bool{keyed: true, previewed: false, both: false})
	if err := keys.Revoke(t.Context(), key.Key); err != nil {
		t.Fatal(err)
	}
	holds("after the key was revoked", map[*auth.Admission]bool{keyed: false, previewed: false, both: false})
}
