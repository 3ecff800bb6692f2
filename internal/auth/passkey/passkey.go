// Package passkey registers passkeys and signs in with them, as WebAuthn describes. A passkey is bound to
// the origin of the hub, so no other site can use it.
//
// Signing in asks for no name: the browser offers the passkeys that it has for the hub, and the chosen one
// names its person. So a caller cannot find out which accounts exist.
package passkey

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

const (
	// The purposes of the challenges.
	purposeSignIn, purposeRegister = "passkey sign-in", "passkey registration"
	// challengeLifetime is the time that a person has to answer a challenge.
	challengeLifetime = 5 * time.Minute
)

// Passkeys registers and verifies passkeys. It is safe for concurrent use.
type Passkeys struct {
	store    auth.Accounts
	vouchers *auth.Vouchers
	title    string // of the hub, which browsers show
	now      func() time.Time
}

// New returns Passkeys over a store. A nil now means time.Now.
func New(store auth.Accounts, title string, now func() time.Time) *Passkeys {
	if now == nil {
		now = time.Now
	}
	return &Passkeys{store: store, vouchers: auth.NewVouchers(store, now), title: title, now: now}
}

// Challenge is what a browser needs to use or to make a passkey.
type Challenge struct {
	// Options are those of navigator.credentials.get or create, in their JSON form.
	Options any `json:"options"`
	// Token identifies the challenge. It is sent back with the response and can be used once.
	Token string `json:"token"`
}

// party returns the WebAuthn party of an origin.
func (p *Passkeys) party(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return nil, fmt.Errorf("read origin: %w", err)
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: p.title, RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Enforce: true, Timeout: challengeLifetime, TimeoutUVD: challengeLifetime},
			Registration: webauthn.TimeoutConfig{Enforce: true, Timeout: challengeLifetime, TimeoutUVD: challengeLifetime},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make the party of passkeys: %w", err)
	}
	return w, nil
}

// challenge stores what must be known when the response comes.
func (p *Passkeys) challenge(ctx context.Context, purpose, person string, options any, data *webauthn.SessionData) (*Challenge, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("store challenge: %w", err)
	}
	token, err := p.vouchers.Make(ctx, &content.Voucher{Purpose: purpose, PersonKey: person, Data: raw}, challengeLifetime)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was written
	}
	return &Challenge{Options: options, Token: token}, nil
}

// take returns what was stored for a challenge, which ends with that; nil if the token is wrong, was used or
// belongs to another person.
func (p *Passkeys) take(ctx context.Context, purpose, person, token string) (*webauthn.SessionData, error) {
	v, err := p.vouchers.Take(ctx, purpose, token)
	if err != nil || v == nil || v.PersonKey != person {
		return nil, err //nolint:wrapcheck // it says what was read
	}
	data := new(webauthn.SessionData)
	if err := json.Unmarshal(v.Data, data); err != nil {
		return nil, fmt.Errorf("read challenge: %w", err)
	}
	return data, nil
}

// refused returns the error for a response that is wrong in any way. It is the same for every one.
func refused(cause error) error {
	return content.Wrap(content.Unauthenticated, "The passkey was not accepted. Try again, or sign in with a link.", cause)
}

// BeginSignIn returns a challenge for a passkey of anybody.
func (p *Passkeys) BeginSignIn(ctx context.Context, origin string) (*Challenge, error) {
	party, err := p.party(origin)
	if err != nil {
		return nil, err
	}
	options, data, err := party.BeginDiscoverableLogin()
	if err != nil {
		return nil, fmt.Errorf("make challenge: %w", err)
	}
	return p.challenge(ctx, purposeSignIn, "", options.Response, data)
}

// Response is what a browser sends for a challenge.
type Response struct {
	Token      string          `json:"token"`
	Name       string          `json:"name"` // of a new passkey
	Credential json.RawMessage `json:"credential"`
}

// FinishSignIn returns the person whose passkey has answered a challenge. Whatever is wrong with the response,
// the error is the same. allow reports whether one more attempt on an account is allowed.
func (p *Passkeys) FinishSignIn(ctx context.Context, origin string, r *Response, allow func(person string) bool) (*content.Person, error) {
	data, err := p.take(ctx, purposeSignIn, "", r.Token)
	if err != nil {
		return nil, err
	}
	parsed, perr := protocol.ParseCredentialRequestResponseBytes(r.Credential)
	if data == nil || perr != nil {
		return nil, refused(perr)
	}
	party, err := p.party(origin)
	if err != nil {
		return nil, err
	}
	var used *content.Passkey
	var found *owner
	var failed error // of the store, which is no fault of the response
	_, credential, verr := party.ValidatePasskeyLogin(func(rawID, handle []byte) (webauthn.User, error) {
		if used, failed = p.store.PasskeyByKey(ctx, keyOf(rawID)); failed != nil || used == nil || used.PersonKey != string(handle) {
			return nil, errors.Join(failed, errNobody)
		}
		if found, failed = p.owner(ctx, used); failed != nil || found == nil || !allow(used.PersonKey) {
			return nil, errors.Join(failed, errNobody)
		}
		return found, nil
	}, *data, parsed)
	switch {
	case failed != nil:
		return nil, fmt.Errorf("read passkey: %w", failed)
	case verr != nil:
		return nil, refused(verr)
	// A counter that goes back means that the passkey was copied.
	case credential.Authenticator.CloneWarning:
		return nil, refused(errors.New("the counter of the passkey went back"))
	}
	now := p.now().UTC()
	used.UsedAt = &now
	if used.Credential, err = json.Marshal(credential); err != nil {
		return nil, fmt.Errorf("store passkey: %w", err)
	}
	if err := p.store.UsePasskey(ctx, used); err != nil {
		return nil, fmt.Errorf("store use of passkey: %w", err)
	}
	return found.person, nil
}

// errNobody means that no person has a passkey.
var errNobody = errors.New("nobody has this passkey")

// keyOf returns the key of the passkey with a credential id, which may be long.
func keyOf(id []byte) string {
	sum := sha256.Sum256(id)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// owner is a person with passkeys as the library takes one. The handle that authenticators store is the key
// of the person.
type owner struct {
	person      *content.Person
	credentials []webauthn.Credential
}

// WebAuthnID and the following methods implement webauthn.User. The id is the handle that authenticators
// store. The names are for people to read and do not identify the person. The credentials are the passkeys against
// which a response is checked.
func (o *owner) WebAuthnID() []byte                         { return []byte(o.person.Key) }
func (o *owner) WebAuthnName() string                       { return o.person.Name }
func (o *owner) WebAuthnDisplayName() string                { return o.person.Name }
func (o *owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

// owner returns the person of a passkey, with that passkey alone; nil if the person is removed.
func (p *Passkeys) owner(ctx context.Context, of *content.Passkey) (*owner, error) {
	who, err := p.store.PersonByKey(ctx, of.PersonKey)
	if err != nil || who == nil || who.RemovedAt != nil {
		return nil, err //nolint:wrapcheck // the caller adds what was read
	}
	return ownerWith(who, of)
}

// ownerWith returns a person with passkeys.
func ownerWith(who *content.Person, keys ...*content.Passkey) (*owner, error) {
	out := &owner{person: who, credentials: make([]webauthn.Credential, len(keys))}
	for i, k := range keys {
		if err := json.Unmarshal(k.Credential, &out.credentials[i]); err != nil {
			return nil, fmt.Errorf("decode passkey: %w", err)
		}
	}
	return out, nil
}
