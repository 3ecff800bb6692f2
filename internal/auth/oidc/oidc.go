// Package oidc signs in with OpenID providers, by the authorization code flow with PKCE.
//
// A flow is bound to the browser that began it by a cookie, and to one provider: each provider has its own
// address to return to. A person is identified by the issuer and the subject alone, never by a mail address,
// which another provider could claim too.
package oidc

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	library "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

const (
	// FlowLifetime is the time that a person has to sign in at a provider.
	FlowLifetime = 10 * time.Minute
	// purposeFlow is the purpose that flows are signed for.
	purposeFlow = "oidc"
	// callLimit bounds a call of a provider.
	callLimit = 10 * time.Second
	// maxAnswer bounds the bytes of a code, a state and an issuer in a provider's answer.
	maxAnswer = 4096
)

// Providers signs in with the providers of the settings. It is safe for concurrent use.
type Providers struct {
	list   []*provider
	tokens *auth.Tokens
	client *http.Client
	now    func() time.Time
}

// provider is one provider. Its addresses are read at the first sign-in with it, so that the hub starts
// without it.
type provider struct {
	Settings

	mu    sync.Mutex // guards found; held while reading, so that many sign-ins cause one
	found *library.Provider
}

// New returns the Providers of settings. The tokens sign flows. A nil now means time.Now.
func New(list []Settings, tokens *auth.Tokens, now func() time.Time) *Providers {
	if now == nil {
		now = time.Now
	}
	p := &Providers{tokens: tokens, now: now, client: &http.Client{Timeout: callLimit}}
	for _, s := range list {
		p.list = append(p.list, &provider{Settings: s})
	}
	return p
}

// Choice is a provider as people see it.
type Choice struct{ Name, Label string }

// Choices lists the providers in the order of the settings.
func (p *Providers) Choices() []Choice {
	out := make([]Choice, len(p.list))
	for i, one := range p.list {
		out[i] = Choice{Name: one.Name, Label: one.Label}
	}
	return out
}

// named returns the provider with a name.
func (p *Providers) named(name string) (*provider, error) {
	for _, one := range p.list {
		if one.Name == name {
			return one, nil
		}
	}
	return nil, content.Fault(content.NotFound, "There is no such provider.")
}

// flow is what must be known when the browser returns.
type flow struct {
	Provider string `json:"p"`
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
	To       string `json:"t"` // where the browser goes on
	Ends     int64  `json:"e"`
}

// random returns 128 random bits as text.
func random() string {
	raw := make([]byte, 16)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// maxTo bounds the path in a flow, since cookies are bounded.
const maxTo = 300

// Begin begins to sign in with a provider. It returns the address to which the browser goes and a signed
// text for a cookie, without which the answer is not accepted. After that the browser goes on at the path
// to.
func (p *Providers) Begin(ctx context.Context, name, origin, to string) (address, cookie string, err error) {
	one, err := p.named(name)
	if err != nil {
		return "", "", err
	}
	config, _, err := p.config(ctx, one, origin)
	if err != nil {
		return "", "", err
	}
	if len(to) > maxTo {
		to = ""
	}
	f := flow{Provider: name, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), To: to, Ends: p.now().Add(FlowLifetime).Unix()}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", "", fmt.Errorf("begin flow: %w", err)
	}
	cookie, err = p.tokens.Sign(ctx, purposeFlow, raw)
	if err != nil {
		return "", "", err //nolint:wrapcheck // it says what was read
	}
	return config.AuthCodeURL(f.State, library.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), cookie, nil
}

// config returns the settings of OAuth for a provider, and the provider.
func (p *Providers) config(ctx context.Context, one *provider, origin string) (*oauth2.Config, *library.Provider, error) {
	found, err := p.discover(ctx, one)
	if err != nil {
		return nil, nil, content.Wrap(content.Unavailable, "The provider cannot be reached right now. Try again in a moment.", err)
	}
	return &oauth2.Config{
		ClientID: one.ClientID, ClientSecret: one.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: origin + "/sign-in/back/" + one.Name, Scopes: append([]string{library.ScopeOpenID, "profile", "email"}, one.Scopes...),
	}, found, nil
}

// discover reads the addresses of a provider, until that succeeds once. The library retains the context for
// reading keys later, so it is not that of the request.
func (p *Providers) discover(ctx context.Context, one *provider) (*library.Provider, error) {
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.found != nil {
		return one.found, nil
	}
	found, err := library.NewProvider(library.ClientContext(context.WithoutCancel(ctx), p.client), one.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", one.Name, err)
	}
	one.found = found
	return found, nil
}

// refused returns the error for an answer that is wrong in any way. It is the same for every one.
func refused(cause error) error {
	return content.Wrap(content.Unauthenticated, "Signing in with the provider did not succeed. Begin again at /sign-in.", cause)
}

// Finish checks the answer of a provider, for the browser with a cookie. It returns what the provider states
// about the person and the path at which the browser goes on. A person without a role fails with
// Forbidden.
func (p *Providers) Finish(ctx context.Context, name, origin, cookie string, answer url.Values) (claims *auth.Claims, to string, err error) {
	one, err := p.named(name)
	if err != nil {
		return nil, "", err
	}
	f, err := p.flow(ctx, name, cookie)
	if err != nil {
		return nil, "", err
	}
	if err := answered(one, f, answer); err != nil {
		return nil, "", refused(err)
	}
	token, err := p.exchange(ctx, one, origin, f, answer.Get("code"))
	if err != nil {
		return nil, "", err
	}
	claims, err = one.claims(token)
	return claims, f.To, err
}

// flow reads the cookie of a flow with a provider.
func (p *Providers) flow(ctx context.Context, name, cookie string) (*flow, error) {
	raw, ok, err := p.tokens.Verify(ctx, purposeFlow, cookie)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was read
	}
	f := new(flow)
	if !ok || json.Unmarshal(raw, f) != nil {
		return nil, refused(errors.New("this browser has begun no flow"))
	}
	if f.Provider != name || p.now().Unix() >= f.Ends {
		return nil, refused(errors.New("the flow is of " + strconv.Quote(f.Provider) + " or has ended"))
	}
	return f, nil
}

// answered returns an error unless a provider's answer belongs to a flow and has a code. A provider that
// states its issuer, as RFC 9207 asks, must state the right one.
func answered(one *provider, f *flow, answer url.Values) error {
	for _, name := range []string{"state", "code", "iss", "error"} {
		if values := answer[name]; len(values) > 1 || len(values) == 1 && len(values[0]) > maxAnswer {
			return errors.New("the parameter " + name + " is repeated or too long")
		}
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(f.State)) != 1:
		return errors.New("the state is of another flow")
	case answer.Has("iss") && answer.Get("iss") != one.Issuer:
		return errors.New("another issuer has answered")
	case answer.Has("error"):
		return errors.New("the provider answers " + strconv.Quote(answer.Get("error")))
	case answer.Get("code") == "":
		return errors.New("the answer has no code")
	}
	return nil
}

// exchange gets the token of a code and checks it: the signature by a key of the provider, with an algorithm
// that has two keys, the issuer, the audience, the times and the nonce.
func (p *Providers) exchange(ctx context.Context, one *provider, origin string, f *flow, code string) (*library.IDToken, error) {
	config, found, err := p.config(ctx, one, origin)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(library.ClientContext(ctx, p.client), callLimit)
	defer cancel()
	got, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, refused(fmt.Errorf("exchange the code: %w", err))
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return nil, refused(errors.New("the provider has sent no id token"))
	}
	token, err := found.VerifierContext(library.ClientContext(context.WithoutCancel(ctx), p.client), &library.Config{
		ClientID: one.ClientID, Now: p.now, SupportedSigningAlgs: algorithms(),
	}).Verify(ctx, raw)
	if err != nil {
		return nil, refused(fmt.Errorf("check the id token: %w", err))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return nil, refused(errors.New("the id token is of another flow"))
	}
	var party struct {
		Authorized string `json:"azp"`
	}
	if err := token.Claims(&party); err != nil || party.Authorized != "" && party.Authorized != one.ClientID || party.Authorized == "" && len(token.Audience) > 1 {
		return nil, refused(errors.New("the id token is for another client"))
	}
	if token.Subject == "" || len(token.Subject) > 255 {
		return nil, refused(errors.New("the id token has no subject, or one that is too long"))
	}
	return token, nil
}

// algorithms lists the algorithms of signatures that are accepted. None of them uses a secret that the hub
// and the provider share, and "none" is not one.
func algorithms() []string {
	return []string{library.RS256, library.RS384, library.RS512, library.ES256, library.ES384, library.ES512, library.PS256, library.PS384, library.PS512, library.EdDSA}
}

// claims reads what a token states about a person, and the role that follows from that.
func (one *provider) claims(token *library.IDToken) (*auth.Claims, error) {
	var all map[string]any
	if err := token.Claims(&all); err != nil {
		return nil, refused(fmt.Errorf("read claims: %w", err))
	}
	role := one.role(all)
	if role == "" {
		return nil, content.Fault(content.Forbidden, "Your account at "+one.Label+" has no role in this hub. Ask an administrator for one.")
	}
	text := func(name string) string { s, _ := all[name].(string); return s }
	out := &auth.Claims{Issuer: token.Issuer, Subject: token.Subject, Role: role, Name: cmp.Or(text("name"), text("preferred_username"))}
	// An address that the provider has not checked would be a lie in the list of people.
	if verified, _ := all["email_verified"].(bool); verified && len(text("email")) <= 254 && !strings.ContainsAny(text("email"), " \t\r\n") {
		out.Mail = text("email")
	}
	return out, nil
}

// role returns the greatest role that follows from claims, "" if none does.
func (one *provider) role(all map[string]any) content.AccessRole {
	var role content.AccessRole
	for _, value := range one.values(all) {
		if got := one.Roles[value]; got != "" && (role == "" || got.Covers(role)) {
			role = got
		}
	}
	return role
}

// values returns the values of the claim that decides the role: a text, or a list of texts. A path such as
// realm_access.roles goes into objects; a claim with such a name counts first.
func (one *provider) values(all map[string]any) []string {
	value, ok := all[one.Claim]
	if !ok {
		value = any(all)
		for part := range strings.SplitSeq(one.Claim, ".") {
			object, _ := value.(map[string]any)
			value = object[part]
		}
	}
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var out []string
		for _, v := range value {
			if s, ok := v.(string); ok {
				out = append(out, s)
			}
		}
		return slices.Clip(out)
	}
	return nil
}
