// Package oidctest is an OpenID provider for tests, whose tokens a test can spoil.
package oidctest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// Issuer is a provider with the client "hub" and its secret "secret". Everybody is Ada.
type Issuer struct {
	*httptest.Server

	// Key signs tokens.
	Key *rsa.PrivateKey
	// Header and Claims are changes of the token's header and of its claims; nil removes a claim.
	Header, Claims map[string]any
	// Sign signs in place of Key, unless it is nil.
	Sign func(i *Issuer, signed string) []byte

	t     testing.TB
	mu    sync.Mutex
	codes map[string]url.Values // what each code was asked with
}

// New starts a provider, which ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{t: t, Key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.json(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.json(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig",
			"n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// text encodes bytes as the parts of a JSON Web Token are encoded: base64url without padding.
func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// json answers a request with a value.
func (i *Issuer) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// Agree answers the request of an authorization, as if the person had signed in and agreed.
func (i *Issuer) Agree(address string) (answer url.Values, asked url.Values) {
	u, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	asked = u.Query()
	i.mu.Lock()
	defer i.mu.Unlock()
	code := rand.Text()
	i.codes[code] = asked
	return url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {i.URL}}, asked
}

// token exchanges a code once, for a request with the verifier of its challenge.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	asked, ok := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	id, secret, basic := r.BasicAuth()
	if !ok || !basic || id != "hub" || secret != "secret" || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") ||
		asked.Get("code_challenge_method") != "S256" || oauth2.S256ChallengeFromVerifier(r.PostFormValue("code_verifier")) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		i.json(w, map[string]any{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	header := map[string]any{"alg": "RS256", "kid": "one", "typ": "JWT"}
	claims := map[string]any{
		"iss": i.URL, "sub": "ada", "aud": "hub", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"name": "Ada", "email": "ada@example.org", "email_verified": true, "groups": []string{"readers", "editors"},
	}
	maps.Copy(header, i.Header)
	maps.Copy(claims, i.Claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	i.json(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.signed(header, claims)})
}

// signed returns a token.
func (i *Issuer) signed(header, claims map[string]any) string {
	var parts [2]string
	for n, part := range []map[string]any{header, claims} {
		raw, err := json.Marshal(part)
		if err != nil {
			i.t.Error(err)
		}
		parts[n] = text(raw)
	}
	sign := i.Sign
	if sign == nil {
		sign = (*Issuer).RS256
	}
	signed := strings.Join(parts[:], ".")
	return signed + "." + text(sign(i, signed))
}

// RS256 signs as the provider should.
func (i *Issuer) RS256(signed string) []byte {
	sum := sha256.Sum256([]byte(signed))
	out, err := rsa.SignPKCS1v15(rand.Reader, i.Key, crypto.SHA256, sum[:])
	if err != nil {
		i.t.Error(err)
	}
	return out
}

// HS256 returns a signature with a secret.
func HS256(secret []byte) func(*Issuer, string) []byte {
	return func(_ *Issuer, signed string) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(signed))
		return h.Sum(nil)
	}
}
