package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
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
	"patternhub/internal/content"
)

// origin is the address of the hub as browsers have it.
const origin = "https://hub.example"

// identity is a store with the identity of a database.
type identity struct{}

// Identity returns the same secret each time, so that a cookie that was signed can be verified.
func (identity) Identity(context.Context) (*content.Identity, error) {
	return &content.Identity{Database: "d", Secret: []byte(strings.Repeat("s", 32))}, nil
}

// settings returns the settings of a provider whose groups readers, editors and bosses have roles. The
// label is the name in capitals.
func settings(name, issuer string) oidc.Settings {
	return oidc.Settings{
		Name: name, Label: strings.ToUpper(name), Issuer: issuer, ClientID: "hub", ClientSecret: "secret", Scopes: []string{"groups"}, Claim: "groups",
		Roles: map[string]content.AccessRole{"readers": content.RoleReader, "editors": content.RolePublisher, "bosses": content.RoleAdmin},
	}
}

// fault returns the code and the message of an error.
func fault(err error) (content.Code, string) {
	known, ok := errors.AsType[*content.Error](err)
	if !ok {
		return content.CodeOf(err), ""
	}
	return known.Code, known.Message
}

// TestSigningInWithAProvider shows what the hub asks a provider for, what it learns from the answer, and
// that the answer counts once.
func TestSigningInWithAProvider(t *testing.T) {
	i := oidctest.New(t)
	p := oidc.New([]oidc.Settings{settings("work", i.URL)}, auth.NewTokens(identity{}), nil)
	address, cookie, err := p.Begin(t.Context(), "work", origin, "/laws")
	if err != nil {
		t.Fatal(err)
	}
	answer, asked := i.Agree(address)
	if asked.Get("redirect_uri") != origin+"/sign-in/back/work" || asked.Get("scope") != "openid profile email groups" || asked.Get("response_type") != "code" || asked.Get("nonce") == "" {
		t.Errorf("it asks for %v", asked)
	}
	claims, to, err := p.Finish(t.Context(), "work", origin, cookie, answer)
	want := &auth.Claims{Issuer: i.URL, Subject: "ada", Name: "Ada", Mail: "ada@example.org", Role: content.RolePublisher}
	if diff := cmp.Diff(want, claims); diff != "" || err != nil || to != "/laws" {
		t.Errorf("to %q, %v (-want +got):\n%s", to, err, diff)
	}
	if _, _, err := p.Finish(t.Context(), "work", origin, cookie, answer); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("the same answer again: %v", err)
	}
	if diff := cmp.Diff([]oidc.Choice{{Name: "work", Label: "WORK"}}, p.Choices()); diff != "" {
		t.Error(diff)
	}
}

// TestWrongAnswersAreRefusedAlike spoils an answer, the cookie or the token in each way.
func TestWrongAnswersAreRefusedAlike(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	type attempt struct {
		provider, cookie string
		answer           url.Values
	}
	said := ""
	for name, spoil := range map[string]func(i *oidctest.Issuer, a *attempt, again func() string){
		"no cookie":        func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.cookie = "" },
		"a changed cookie": func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.cookie = "A" + a.cookie[1:] },
		"another browser":  func(_ *oidctest.Issuer, a *attempt, again func() string) { a.cookie = again() },
		"a forged state":   func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Set("state", "forged") },
		"no state":         func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Del("state") },
		"two states":       func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Add("state", "forged") },
		"another code":     func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Set("code", "stolen") },
		"no code":          func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Del("code") },
		"a refusal":        func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Set("error", "access_denied") },
		"another provider": func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.provider = "home" },
		"another iss":      func(_ *oidctest.Issuer, a *attempt, _ func() string) { a.answer.Set("iss", "https://evil.example") },
		"another issuer": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Claims = map[string]any{"iss": "https://evil.example"}
		},
		"another audience": func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Claims = map[string]any{"aud": "shop"} },
		"two audiences": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Claims = map[string]any{"aud": []string{"shop", "hub"}}
		},
		"another party": func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Claims = map[string]any{"azp": "shop"} },
		"another nonce": func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Claims = map[string]any{"nonce": "other"} },
		"no nonce":      func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Claims = map[string]any{"nonce": nil} },
		"no subject":    func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Claims = map[string]any{"sub": nil} },
		"a long subject": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Claims = map[string]any{"sub": strings.Repeat("s", 256)}
		},
		"expired": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Claims = map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}
		},
		"alg none": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Header, i.Sign = map[string]any{"alg": "none"}, func(*oidctest.Issuer, string) []byte { return nil }
		},
		"alg none, signed": func(i *oidctest.Issuer, _ *attempt, _ func() string) { i.Header = map[string]any{"alg": "none"} },
		"the client's secret": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Header, i.Sign = map[string]any{"alg": "HS256"}, oidctest.HS256([]byte("secret"))
		},
		"the public key": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Header, i.Sign = map[string]any{"alg": "HS256"}, oidctest.HS256(x509.MarshalPKCS1PublicKey(&i.Key.PublicKey))
		},
		"another key": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Sign = func(_ *oidctest.Issuer, signed string) []byte { return (&oidctest.Issuer{Key: other}).RS256(signed) }
		},
		"no signature": func(i *oidctest.Issuer, _ *attempt, _ func() string) {
			i.Sign = func(*oidctest.Issuer, string) []byte { return nil }
		},
	} {
		i := oidctest.New(t)
		p := oidc.New([]oidc.Settings{settings("work", i.URL), settings("home", oidctest.New(t).URL)}, auth.NewTokens(identity{}), nil)
		begin := func() (address, cookie string) {
			address, cookie, err := p.Begin(t.Context(), "work", origin, "/")
			if err != nil {
				t.Fatal(err)
			}
			return address, cookie
		}
		address, cookie := begin()
		a := &attempt{provider: "work", cookie: cookie}
		a.answer, _ = i.Agree(address)
		spoil(i, a, func() string { _, c := begin(); return c })
		claims, _, err := p.Finish(t.Context(), a.provider, origin, a.cookie, a.answer)
		code, message := fault(err)
		if claims != nil || code != content.Unauthenticated {
			t.Errorf("%s: %+v %v", name, claims, err)
			continue
		}
		if said != "" && said != message {
			t.Errorf("%s: %q differs from %q", name, message, said)
		}
		said = message
	}
}

// TestRolesFollowFromClaims shows that the greatest role wins, that values are compared exactly, and that
// a claim of another form has no role instead of a lesser one.
func TestRolesFollowFromClaims(t *testing.T) {
	for name, tt := range map[string]struct {
		claims map[string]any
		path   string
		want   content.AccessRole // "" means that signing in is refused
	}{
		"the greatest of a list": {map[string]any{"groups": []string{"bosses", "readers"}}, "groups", content.RoleAdmin},
		"a text":                 {map[string]any{"groups": "editors"}, "groups", content.RolePublisher},
		"none of a list":         {map[string]any{"groups": []string{"cooks"}}, "groups", ""},
		"an empty list":          {map[string]any{"groups": []string{}}, "groups", ""},
		"no claim":               {map[string]any{"groups": nil}, "groups", ""},
		"a number":               {map[string]any{"groups": 1}, "groups", ""},
		"another case":           {map[string]any{"groups": []string{"Bosses"}}, "groups", ""},
		"below an object":        {map[string]any{"realm": map[string]any{"roles": []string{"readers"}}}, "realm.roles", content.RoleReader},
		"a name with a dot":      {map[string]any{"https://hub.example/roles": []string{"readers"}}, "https://hub.example/roles", content.RoleReader},
		"a path to nothing":      {map[string]any{"realm": "readers"}, "realm.roles", ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := oidctest.New(t)
			i.Claims = tt.claims
			s := settings("work", i.URL)
			s.Claim = tt.path
			p := oidc.New([]oidc.Settings{s}, auth.NewTokens(identity{}), nil)
			address, cookie, err := p.Begin(t.Context(), "work", origin, "/")
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := i.Agree(address)
			claims, _, err := p.Finish(t.Context(), "work", origin, cookie, answer)
			if code := content.CodeOf(err); tt.want == "" && code != content.Forbidden || tt.want != "" && (err != nil || claims.Role != tt.want) {
				t.Errorf("%+v %v, want %q", claims, err, tt.want)
			}
		})
	}
}

// TestAnUncheckedMailAddressIsIgnored shows that a person can sign in without a verified address, which
// is then not stored.
func TestAnUncheckedMailAddressIsIgnored(t *testing.T) {
	i := oidctest.New(t)
	i.Claims = map[string]any{"email_verified": false}
	p := oidc.New([]oidc.Settings{settings("work", i.URL)}, auth.NewTokens(identity{}), nil)
	address, cookie, err := p.Begin(t.Context(), "work", origin, "/")
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := i.Agree(address)
	if claims, _, err := p.Finish(t.Context(), "work", origin, cookie, answer); err != nil || claims.Mail != "" {
		t.Errorf("%+v %v", claims, err)
	}
}

// TestFlowsEnd shows that the right answer is refused once FlowLifetime has passed.
func TestFlowsEnd(t *testing.T) {
	i, at := oidctest.New(t), time.Now()
	p := oidc.New([]oidc.Settings{settings("work", i.URL)}, auth.NewTokens(identity{}), func() time.Time { return at })
	address, cookie, err := p.Begin(t.Context(), "work", origin, "/")
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := i.Agree(address)
	at = at.Add(oidc.FlowLifetime)
	if _, _, err := p.Finish(t.Context(), "work", origin, cookie, answer); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after its time: %v", err)
	}
}

// TestProvidersAreFoundLater: a provider that is down does not stop the hub, and is asked again.
func TestProvidersAreFoundLater(t *testing.T) {
	i := oidctest.New(t)
	up := false
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		i.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	down, up2 := front.URL, i.URL
	i.URL = down // so that it states the address at which it is asked
	p := oidc.New([]oidc.Settings{settings("work", down)}, auth.NewTokens(identity{}), nil)
	if _, _, err := p.Begin(t.Context(), "work", origin, "/"); content.CodeOf(err) != content.Unavailable {
		t.Errorf("while it is down: %v", err)
	}
	up = true
	if _, _, err := p.Begin(t.Context(), "work", origin, "/"); err != nil {
		t.Errorf("once it is up: %v", err)
	}
	i.URL = up2
	if _, _, err := p.Begin(t.Context(), "none", origin, "/"); content.CodeOf(err) != content.NotFound {
		t.Errorf("an unknown one: %v", err)
	}
}

// TestSettingsOfProvidersAreChecked spoils each setting. The error names what is wrong and never contains
// the client's secret, since errors are logged.
func TestSettingsOfProvidersAreChecked(t *testing.T) {
	const good = `{"name":"work","issuer":"https://id.example","clientId":"hub","clientSecret":"hidden","claim":"groups","roles":{"a":"author"}}`
	for name, tt := range map[string]struct{ text, want string }{
		"one":              {"[" + good + "]", ""},
		"two":              {"[" + good + "," + strings.Replace(good, "work", "home", 1) + "]", ""},
		"twice":            {"[" + good + "," + good + "]", "taken"},
		"no array":         {good, "JSON array"},
		"an unknown field": {"[" + strings.Replace(good, `"claim"`, `"claims"`, 1) + "]", "claims"},
		"a bad name":       {"[" + strings.Replace(good, "work", "../x", 1) + "]", "letters"},
		"plain http":       {"[" + strings.Replace(good, "https:", "http:", 1) + "]", "https://"},
		"this machine":     {"[" + strings.Replace(good, "https://id.example", "http://127.0.0.1:1", 1) + "]", ""},
		"no client":        {"[" + strings.Replace(good, `"hub"`, `""`, 1) + "]", "clientId"},
		"no roles":         {"[" + strings.Replace(good, `{"a":"author"}`, `{}`, 1) + "]", "roles"},
		"an unknown role":  {"[" + strings.Replace(good, "author", "king", 1) + "]", "king"},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := oidc.Parse([]byte(tt.text))
			switch {
			case tt.want == "" && (err != nil || list[0].Roles["a"] != content.RoleAuthor || list[0].Label != "work"):
				t.Errorf("%+v %v", list, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hidden")):
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
