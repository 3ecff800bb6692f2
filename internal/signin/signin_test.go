package signin_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/auth/oidc"
	"patternhub/internal/auth/oidc/oidctest"
	"patternhub/internal/auth/passkey"
	"patternhub/internal/auth/passkey/passkeytest"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/signin"
)

// TestMain stops the shared database after the tests and fails if goroutines are left.
func TestMain(m *testing.M) { mongotest.Main(m) }

// origin is the address of the hub as browsers have it.
const origin = "https://hub.example"

// desk is the pages of a hub at origin, with one provider.
type desk struct {
	http.Handler
	people   *auth.People
	sessions *auth.Sessions
	provider *oidctest.Issuer
	at       time.Time
}

// open returns a desk over an empty database, which is closed with the test. All requests come from one
// address, so that its attempts are bounded together.
func open(t *testing.T) *desk {
	t.Helper()
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	place, err := auth.NewPlace(origin)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{provider: oidctest.New(t), at: time.Now()}
	now := func() time.Time { return d.at }
	tokens := auth.NewTokens(store)
	d.people, d.sessions = auth.NewPeople(store, now), auth.NewSessions(store, tokens, now)
	d.Handler = signin.New(signin.Options{
		Place: place, People: d.people, Sessions: d.sessions, Passkeys: passkey.New(store, "Hub", nil), Title: "Hub",
		Providers: oidc.New([]oidc.Settings{{
			Name: "work", Label: "Work", Issuer: d.provider.URL, ClientID: "hub", ClientSecret: "secret", Claim: "groups",
			Roles: map[string]content.AccessRole{"editors": content.RoleAuthor},
		}}, tokens, nil),
		Address: func(context.Context) string { return "192.0.2.1" }, Log: slog.New(slog.DiscardHandler), Now: now,
	})
	return d
}

// person makes a person.
func (d *desk) person(t *testing.T, name string) *content.Person {
	t.Helper()
	who, err := d.people.Invite(t.Context(), name, "", content.RoleAuthor)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// link makes a link of a person.
func (d *desk) link(t *testing.T, who *content.Person) string {
	t.Helper()
	token, _, err := d.people.Link(t.Context(), who.Key, 0)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// send sends a request with cookies, as a page of the hub does.
func (d *desk) send(method, path, media, body string, cookies ...*http.Cookie) *http.Response {
	r := httptest.NewRequest(method, origin+path, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

// submit sends a form.
func (d *desk) submit(path string, form url.Values, cookies ...*http.Cookie) *http.Response {
	return d.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), cookies...)
}

// named returns a cookie of an answer, nil without one.
func named(resp *http.Response, name string) *http.Cookie {
	for _, c := range resp.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// session returns the session of an answer's cookie.
func (d *desk) session(t *testing.T, resp *http.Response) *content.Session {
	t.Helper()
	c := named(resp, "__Host-patternhub")
	if c == nil {
		t.Fatalf("%s without a cookie of a session", resp.Status)
	}
	s, err := d.sessions.BySecret(t.Context(), c.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTheCookieOfASession shows that no script and no other site can use the cookie, and that the pages
// are neither stored nor shown in a frame.
func TestTheCookieOfASession(t *testing.T) {
	d := open(t)
	resp := d.submit("/sign-in/link", url.Values{"token": {d.link(t, d.person(t, "Ada"))}})
	got := *named(resp, "__Host-patternhub")
	got.Raw, got.Value = "", ""
	want := http.Cookie{Name: "__Host-patternhub", Path: "/", MaxAge: 7 * 24 * 3600, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"Cache-Control": "private, no-store", "Referrer-Policy": "strict-origin", "X-Frame-Options": "DENY"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
}

// TestNobodyIsSentToAnotherSite tries addresses that browsers take for other sites.
func TestNobodyIsSentToAnotherSite(t *testing.T) {
	d := open(t)
	ada := d.person(t, "Ada")
	for to, want := range map[string]string{
		"/admin": "/admin", "/admin?a=b#c": "/admin?a=b#c", "": "/sign-in", "admin": "/sign-in",
		"https://evil.example": "/sign-in", "//evil.example": "/sign-in", "///evil.example": "/sign-in", `/\evil.example`: "/sign-in",
		`\\evil.example`: "/sign-in", "/\t/evil.example": "/sign-in", "/\n/evil.example": "/sign-in", " //evil.example": "/sign-in",
		"javascript:alert(1)": "/sign-in", "/%zz": "/sign-in", "http:evil.example": "/sign-in", "/a\\..\\b": "/sign-in",
	} {
		resp := d.submit("/sign-in/link", url.Values{"token": {d.link(t, ada)}, "to": {to}})
		d.at = d.at.Add(time.Minute) // the attempts of an address are bounded
		if got := resp.Header.Get("Location"); got != want || resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%q leads to %q (%s), want %q", to, got, resp.Status, want)
		}
	}
}

// FuzzLocal resolves what Local returns as browsers do, which read a backslash as a slash: it always
// stays at the hub.
func FuzzLocal(f *testing.F) {
	for _, to := range []string{"/a", "//a", "/\\a", "https://a", "/a//b"} {
		f.Add(to)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := signin.Local(to)
		base, _ := url.Parse(origin)
		u, err := base.Parse(strings.ReplaceAll(got, `\`, "/"))
		if err != nil || u.Scheme+"://"+u.Host != origin {
			t.Errorf("%q leads to %q, which is %v (%v)", to, got, u, err)
		}
	})
}

// TestSigningInWithAProvider shows that an answer counts only in the browser that began, that the subject
// and not the mail address identifies a person, and that neither a person without a role nor a
// removed one gets a session.
func TestSigningInWithAProvider(t *testing.T) {
	d := open(t)
	resp := d.send(http.MethodGet, "/sign-in/with/work?to=/admin", "", "")
	flow := named(resp, "__Host-patternhub-flow")
	if resp.StatusCode != http.StatusFound || flow == nil || flow.SameSite != http.SameSiteLaxMode || !flow.HttpOnly || !flow.Secure || flow.MaxAge != 600 {
		t.Fatalf("%s, cookie %v", resp.Status, flow)
	}
	answer, _ := d.provider.Agree(resp.Header.Get("Location"))
	back := "/sign-in/back/work?" + answer.Encode()
	if resp := d.send(http.MethodGet, back, "", ""); resp.StatusCode != http.StatusUnauthorized || named(resp, "__Host-patternhub") != nil {
		t.Errorf("another browser: %s", resp.Status)
	}
	resp = d.send(http.MethodGet, back, "", "", flow)
	s := d.session(t, resp)
	if s.Method != content.SignInProvider || s.Person.Name != "Ada" || s.Person.Role != content.RoleAuthor || s.Person.Issuer != d.provider.URL {
		t.Errorf("%+v of %+v", s, s.Person)
	}
	if ended := named(resp, "__Host-patternhub-flow"); ended == nil || ended.MaxAge >= 0 {
		t.Error("the flow does not end")
	}
	again := func() *http.Response {
		resp := d.send(http.MethodGet, "/sign-in/with/work", "", "")
		answer, _ := d.provider.Agree(resp.Header.Get("Location"))
		return d.send(http.MethodGet, "/sign-in/back/work?"+answer.Encode(), "", "", named(resp, "__Host-patternhub-flow"))
	}
	d.provider.Claims = map[string]any{"email": "other@example.org", "name": "Ada L."}
	if next := d.session(t, again()); next.PersonKey != s.PersonKey || next.Person.Name != "Ada L." {
		t.Errorf("the same subject is %+v", next.Person)
	}
	d.provider.Claims = map[string]any{"sub": "lin"}
	if next := d.session(t, again()); next.PersonKey == s.PersonKey {
		t.Error("another subject with the same mail address is the same person")
	}
	d.provider.Claims = map[string]any{"groups": nil}
	if resp := again(); resp.StatusCode != http.StatusForbidden || named(resp, "__Host-patternhub") != nil {
		t.Errorf("without a role: %s", resp.Status)
	}
	d.provider.Claims = nil
	if err := d.people.Remove(t.Context(), s.PersonKey); err != nil {
		t.Fatal(err)
	}
	if resp := again(); resp.StatusCode != http.StatusForbidden || named(resp, "__Host-patternhub") != nil {
		t.Errorf("a person who was removed: %s", resp.Status)
	}
}

// call sends JSON as the script does and decodes the answer.
func (d *desk) call(t *testing.T, path string, body any, out any, cookies ...*http.Cookie) *http.Response {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp := d.send(http.MethodPost, path, "application/json", string(raw), cookies...)
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
	return resp
}

// challenge is what the script reads.
type challenge struct {
	Token   string
	Error   string
	Options struct{ Challenge string }
}

// TestSigningInWithAPasskey shows that adding a passkey needs a session and that using one does not.
// Requests with a media type that a form of another site can send are refused.
func TestSigningInWithAPasskey(t *testing.T) {
	d := open(t)
	ada := d.person(t, "Ada")
	cookie := named(d.submit("/sign-in/link", url.Values{"token": {d.link(t, ada)}}), "__Host-patternhub")
	a := passkeytest.New(t, origin)
	a.Handle = ada.Key
	var c challenge
	if resp := d.call(t, "/sign-in/passkeys/begin", struct{}{}, &c); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("adding one without a session: %s", resp.Status)
	}
	d.call(t, "/sign-in/passkeys/begin", struct{}{}, &c, cookie)
	if resp := d.call(t, "/sign-in/passkeys/finish", passkey.Response{Token: c.Token, Credential: a.Create(c.Options.Challenge)}, &c, cookie); resp.StatusCode != http.StatusOK {
		t.Fatalf("adding one: %s %s", resp.Status, c.Error)
	}
	signIn := func() *http.Response {
		var c challenge
		d.call(t, "/sign-in/passkey/begin", struct{}{}, &c)
		return d.call(t, "/sign-in/passkey/finish", passkey.Response{Token: c.Token, Credential: a.Get(c.Options.Challenge)}, &c)
	}
	if s := d.session(t, signIn()); s.PersonKey != ada.Key || s.Method != content.SignInPasskey {
		t.Errorf("signed in as %+v", s)
	}
	for name, media := range map[string]string{"text": "text/plain", "a form": "application/x-www-form-urlencoded"} {
		if resp := d.send(http.MethodPost, "/sign-in/passkey/begin", media, `{}`); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	keys, err := d.people.Passkeys(t.Context(), ada.Key)
	if err != nil {
		t.Fatal(err)
	}
	d.submit("/sign-in/passkeys/remove", url.Values{"passkey": {keys[0].Key}}, cookie)
	if resp := signIn(); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a passkey that was removed: %s", resp.Status)
	}
}

// TestAttemptsAreBounded: an address has a burst of attempts, and some more after a while.
func TestAttemptsAreBounded(t *testing.T) {
	d := open(t)
	token := d.link(t, d.person(t, "Ada"))
	refused := 0
	for range 25 {
		if resp := d.submit("/sign-in/link", url.Values{"token": {"phv_a_b"}}); resp.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d of 25 were refused", refused)
	}
	if resp := d.send(http.MethodGet, "/sign-in/with/work", "", ""); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a provider: %s", resp.Status)
	}
	if resp := d.submit("/sign-in/link", url.Values{"token": {token}}); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the right link: %s", resp.Status)
	}
	d.at = d.at.Add(3 * time.Second)
	if resp := d.submit("/sign-in/link", url.Values{"token": {token}}); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the right link later: %s", resp.Status)
	}
}

// TestLinksOfAllKindsAreRefusedAlike: the page does not say whether a link or an account exists.
func TestLinksOfAllKindsAreRefusedAlike(t *testing.T) {
	d := open(t)
	ada, lin := d.person(t, "Ada"), d.person(t, "Lin")
	used, expired, removed, right := d.link(t, ada), d.link(t, ada), d.link(t, lin), d.link(t, d.person(t, "Eve"))
	d.submit("/sign-in/link", url.Values{"token": {used}})
	if err := d.people.Remove(t.Context(), lin.Key); err != nil {
		t.Fatal(err)
	}
	said := ""
	for name, token := range map[string]string{
		"used": used, "ended with another": expired, "of a removed person": removed, "unknown": "phv_aaaaaaaaaaaaaaaa_" + strings.Repeat("a", 32),
		"a wrong secret": right[:len(right)-1] + "0", "of another form": "x", "none": "", "long": strings.Repeat("phv_", 1000),
	} {
		resp := d.submit("/sign-in/link", url.Values{"token": {token}})
		raw := new(strings.Builder)
		if err := resp.Write(raw); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusUnauthorized || said != "" && raw.String() != said {
			t.Errorf("%s: %s", name, raw)
		}
		said = raw.String()
	}
	if resp := d.submit("/sign-in/link", url.Values{"token": {right}}); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a wrong secret has used the link up: %s", resp.Status)
	}
	late := d.link(t, ada)
	d.at = d.at.Add(auth.LinkLifetime)
	if resp := d.submit("/sign-in/link", url.Values{"token": {late}}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("after 15 minutes: %s", resp.Status)
	}
}

// TestPagesEscape shows names and tokens with markup in them.
func TestPagesEscape(t *testing.T) {
	d := open(t)
	const markup = `"><script>alert(1)</script>`
	ada := d.person(t, markup)
	cookie := named(d.submit("/sign-in/link", url.Values{"token": {d.link(t, ada)}}), "__Host-patternhub")
	for _, path := range []string{"/sign-in", "/sign-in/link?token=" + url.QueryEscape(markup) + "&to=" + url.QueryEscape("/"+markup), "/sign-in/" + url.PathEscape(markup)} {
		raw := new(strings.Builder)
		if err := d.send(http.MethodGet, path, "", "", cookie).Write(raw); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(raw.String(), "<script>") {
			t.Errorf("%s: %s", path, raw)
		}
	}
}
