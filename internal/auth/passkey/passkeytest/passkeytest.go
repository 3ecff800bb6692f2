// Package passkeytest is an authenticator in software, for tests of passkeys.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/url"
	"testing"
)

// Authenticator is a passkey in software, as that of a browser.
type Authenticator struct {
	Key     *ecdsa.PrivateKey
	Handle  string // of the person
	Origin  string // of the page
	Party   string
	Flags   byte // user present and verified
	Counter uint32

	t  testing.TB
	id []byte
}

// New returns an authenticator for the pages of an origin.
func New(t testing.TB, origin string) *Authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	a := &Authenticator{t: t, Key: key, id: make([]byte, 32), Origin: origin, Party: u.Hostname(), Flags: 0x05}
	rand.Read(a.id)
	return a
}

// With returns a copy that was changed.
func (a *Authenticator) With(change func(*Authenticator)) *Authenticator {
	out := *a
	change(&out)
	return &out
}

// text returns bytes as WebAuthn writes them in JSON: base64 for URLs, without padding.
func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// client returns the data that a browser signs.
func (a *Authenticator) client(kind, challenge string) []byte {
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

// data returns the authenticator data with more flags and more bytes.
func (a *Authenticator) data(flags byte, more ...byte) []byte {
	a.Counter++
	hash := sha256.Sum256([]byte(a.Party))
	out := append(hash[:], a.Flags|flags)
	return append(binary.BigEndian.AppendUint32(out, a.Counter), more...)
}

// credential returns the JSON form of a response.
func (a *Authenticator) credential(response map[string]any) json.RawMessage {
	raw, err := json.Marshal(map[string]any{"id": text(a.id), "rawId": text(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

// Create answers a challenge with a new passkey.
func (a *Authenticator) Create(challenge string) json.RawMessage {
	public, err := a.Key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		a.t.Fatal(err)
	}
	attested := make([]byte, 16, 200)
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(a.id))) //nolint:gosec // 16 bytes
	attested = append(attested, a.id...)
	// COSE in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
	attested = append(attested, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	attested = append(attested, public[1:33]...)
	attested = append(attested, 0x22, 0x58, 0x20)
	attested = append(attested, public[33:]...)
	data := a.data(0x40, attested...)
	// CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
	object := append([]byte{0xa3}, "\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"...)
	object = append(append(object, byte(len(data))), data...) //nolint:gosec // at most 200 bytes
	return a.credential(map[string]any{"clientDataJSON": text(a.client("webauthn.create", challenge)), "attestationObject": text(object)})
}

// Get answers a challenge for signing in.
func (a *Authenticator) Get(challenge string) json.RawMessage {
	client, data := a.client("webauthn.get", challenge), a.data(0)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.Key, signed[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.credential(map[string]any{
		"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text([]byte(a.Handle)),
	})
}
