package operation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync/atomic"

	"patternhub/internal/bounded"
	"patternhub/internal/content"
)

// Trust is the way in which trusted documents are treated.
type Trust string

// How documents that are not in the manifest are treated: served, served and logged, or refused.
const (
	TrustOff     Trust = ""
	TrustLog     Trust = "log"
	TrustEnforce Trust = "enforce"
)

// DocumentOptions configures Documents.
type DocumentOptions struct {
	// Manifest holds the trusted documents by id, with or without "sha256:".
	Manifest map[string]string
	Trust    Trust
	// Bytes bounds the documents that clients have sent.
	Bytes int64
	// Untrusted is called with the hash of a document that TrustLog serves although it is not
	// trusted. The hash finds the document in a client's build; its text may contain a user's
	// literals.
	Untrusted func(ctx context.Context, hash string)
}

// Documents holds the documents that clients name instead of sending: those that they sent once
// (APQ) and those of the manifest (trusted documents). It is safe for concurrent use. The manifest
// is replaced as a whole; documents that clients sent are bounded in bytes and may be evicted.
type Documents struct {
	o        DocumentOptions
	manifest atomic.Pointer[manifest]
	sent     bounded.Cache[string, string]
}

// NewDocuments returns the documents of a manifest, with a cache for those that clients send.
func NewDocuments(o DocumentOptions) *Documents {
	d := &Documents{o: o, sent: bounded.Bytes(o.Bytes, func(hash string, text *string) int { return len(hash) + len(*text) + 64 }, nil)}
	d.Trust(o.Manifest)
	return d
}

// Trust replaces the trusted documents. A request sees either the old or the new ones.
func (d *Documents) Trust(documents map[string]string) { d.manifest.Store(newManifest(documents)) }

// free reports whether a client may send any document; authors of clients are exempt from enforcement.
func (d *Documents) free(exempt bool) bool { return d.o.Trust != TrustEnforce || exempt }

// Resolve returns the document that a request means. An exempt client may send any document. The
// result is text that limits and rules must still check, even if it is trusted.
func (d *Documents) Resolve(ctx context.Context, in *Params, exempt bool) (string, *Refusal) {
	// An id of the manifest works in every mode, so that clients can migrate before enforcement.
	if in.DocumentID != "" {
		return d.document(in)
	}
	hash, refusal := d.hash(in.Extensions)
	if refusal != nil {
		return "", refusal
	}
	if hash != "" && in.Query == "" {
		// Clients of APQ may name trusted documents by the same hash.
		if text, ok := d.manifest.Load().byID[hash]; ok {
			return text, nil
		}
		if sent := d.sent.Get(hash); sent != nil && d.free(exempt) {
			return *sent, nil
		}
		// Clients recognise this message and send the document next.
		return "", refuseInvalid(content.PersistedQueryNotFound, Coded(content.PersistedQueryNotFound, "PersistedQueryNotFound"))
	}
	if in.Query == "" {
		return "", Refuse(content.BadUserInput, `The parameter "query" is missing.`)
	}
	// Otherwise a client could store its document under another's hash. A trusted document may have
	// an id that is not a hash.
	if hash != "" && hash != sum(in.Query) && d.manifest.Load().byID[hash] != in.Query {
		return "", Refuse(content.BadUserInput, "The hash of the persisted query is not that of its document.")
	}
	return in.Query, d.check(ctx, in.Query, exempt)
}

// document returns a trusted document by its id.
func (d *Documents) document(in *Params) (string, *Refusal) {
	if in.Query != "" {
		return "", Refuse(content.BadUserInput, "Give either a document or its id.")
	}
	text, ok := d.manifest.Load().byID[bare(in.DocumentID)]
	if !ok {
		return "", Refuse(content.PersistedQueryNotFound, "No trusted document has this id.")
	}
	return text, nil
}

// check applies the mode to a document that came as text.
func (d *Documents) check(ctx context.Context, text string, exempt bool) *Refusal {
	if d.o.Trust == TrustOff || exempt || d.manifest.Load().texts[text] {
		return nil
	}
	if d.o.Trust == TrustEnforce {
		return Refuse(content.Forbidden, "Only trusted documents are served.")
	}
	d.o.Untrusted(ctx, sum(text))
	return nil
}

// Store stores a document that a client asked to persist. The document must have passed every limit
// and rule.
func (d *Documents) Store(in *Params, text string, exempt bool) {
	if in.Query == "" || in.Extensions == nil || !d.free(exempt) {
		return
	}
	// A trusted document is stored already, and its id need not be the hash.
	if hash, _ := d.hash(in.Extensions); hash != "" && d.manifest.Load().byID[hash] == "" {
		d.sent.Set(hash, &text)
	}
}

// hash reads extensions.persistedQuery and returns the hash without its prefix, which may also be
// any id of the manifest. It is empty if the extension is absent. An invalid one is refused, since
// a client that misspells it would send its documents every time.
func (d *Documents) hash(extensions map[string]any) (string, *Refusal) {
	raw, ok := extensions["persistedQuery"]
	if !ok || raw == nil {
		return "", nil
	}
	object, _ := raw.(map[string]any)
	version, _ := object["version"].(json.Number)
	hash, _ := object["sha256Hash"].(string)
	hash = bare(hash)
	if _, trusted := d.manifest.Load().byID[hash]; trusted && version == "1" {
		return hash, nil
	}
	// Upper case would be a second name of the same document.
	if version != "1" || len(hash) != hex.EncodedLen(sha256.Size) || strings.ToLower(hash) != hash {
		return "", Refuse(content.BadUserInput, "The extension persistedQuery needs version 1 and a sha256Hash in lower-case hex.")
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return "", Refuse(content.BadUserInput, "The sha256Hash of the persisted query is not hexadecimal.")
	}
	return hash, nil
}

// sum returns the hex SHA-256 of a string.
func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}
