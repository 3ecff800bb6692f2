package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"github.com/maypok86/otter/v2"

	"patternhub/content"
)

// persisted holds documents that clients name instead of sending: those they sent once (APQ)
// and those of the manifest (trusted documents).
// The manifest is read-only; what clients sent is bounded in bytes and may be forgotten.
type persisted struct {
	trust    Trust
	manifest map[string]string // by id without "sha256:"
	texts    map[string]bool   // the manifest's documents themselves
	sent     *otter.Cache[string, string]
}

// newPersisted takes ids with or without their prefix.
func newPersisted(o Options) *persisted {
	p := &persisted{
		trust: o.Trust, manifest: map[string]string{}, texts: map[string]bool{},
		sent: otter.Must(&otter.Options[string, string]{
			MaximumWeight: weight(o.Limits.PersistedBytes),
			Weigher:       func(k, v string) uint32 { return weigh32(len(k) + len(v) + 64) },
		}),
	}
	for id, text := range o.Documents {
		p.manifest[strings.TrimPrefix(id, "sha256:")] = text
		p.texts[text] = true
	}
	return p
}

// ParseManifest reads a manifest of trusted documents as graphql-codegen's client preset writes
// it: one JSON object from ids, with or without "sha256:", to documents.
func ParseManifest(raw []byte) (map[string]string, error) {
	var out map[string]string
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, content.Wrap(content.BadUserInput, "The manifest of trusted documents is not an object of strings.", err)
	}
	return out, nil
}

// resolve gives the document that a request means.
// The document comes back as text and has still to be checked by limits and rules, trusted ones
// too.
func (p *persisted) resolve(ctx context.Context, s *Server, in *params) (string, *refusal) {
	// An id of the manifest works in every mode, so clients can move before it is enforced.
	if in.documentID != "" {
		return p.document(in)
	}
	hash, refused := persistedHash(in.extensions)
	if refused != nil {
		return "", refused
	}
	if hash != "" && in.query == "" {
		// Clients of APQ may name trusted documents by the same hash.
		if text, ok := p.manifest[hash]; ok {
			return text, nil
		}
		if text, ok := p.sent.GetIfPresent(hash); ok && p.trust != TrustEnforce {
			return text, nil
		}
		// Clients know this message and send the document next.
		return "", faulty(content.PersistedQueryNotFound, coded(content.PersistedQueryNotFound, "PersistedQueryNotFound"))
	}
	if in.query == "" {
		return "", refuse(http.StatusBadRequest, content.BadUserInput, `The parameter "query" is missing.`)
	}
	// Else one client could put its document under another's hash.
	if hash != "" && hash != sum(in.query) {
		return "", refuse(http.StatusBadRequest, content.BadUserInput, "The hash of the persisted query is not that of its document.")
	}
	return in.query, p.check(ctx, s, in.query)
}

// document finds a trusted document by its id.
func (p *persisted) document(in *params) (string, *refusal) {
	if in.query != "" {
		return "", refuse(http.StatusBadRequest, content.BadUserInput, "Give either a document or its id.")
	}
	text, ok := p.manifest[strings.TrimPrefix(in.documentID, "sha256:")]
	if !ok {
		return "", refuse(http.StatusBadRequest, content.PersistedQueryNotFound, "No trusted document has this id.")
	}
	return text, nil
}

// check applies the mode to a document that came as text.
func (p *persisted) check(ctx context.Context, s *Server, text string) *refusal {
	if p.trust == TrustOff || p.texts[text] {
		return nil
	}
	if p.trust == TrustEnforce {
		return refuse(http.StatusForbidden, content.Forbidden, "Only trusted documents are served.")
	}
	// The hash finds the document in a client's build; its text may hold literals of a user.
	s.log.LogAttrs(ctx, slog.LevelWarn, "document is not trusted",
		slog.String("request_id", requestID(ctx)), slog.String("hash", sum(text)))
	return nil
}

// remember keeps a document that a client asked to persist. It is called when the document has
// passed every limit and rule.
func (p *persisted) remember(in *params, text string) {
	if in.query == "" || in.extensions == nil || p.trust == TrustEnforce {
		return
	}
	if hash, _ := persistedHash(in.extensions); hash != "" {
		p.sent.Set(hash, text)
	}
}

// persistedHash reads extensions.persistedQuery.
// It is empty where the extension is absent. What is there but wrong is refused, since a client
// that misspells it would send its documents for ever.
func persistedHash(extensions map[string]any) (string, *refusal) {
	raw, ok := extensions["persistedQuery"]
	if !ok || raw == nil {
		return "", nil
	}
	object, _ := raw.(map[string]any)
	version, _ := object["version"].(json.Number)
	hash, _ := object["sha256Hash"].(string)
	// Upper case would be a second name of the same document.
	if version != "1" || len(hash) != hex.EncodedLen(sha256.Size) || strings.ToLower(hash) != hash {
		return "", refuse(http.StatusBadRequest, content.BadUserInput, "The extension persistedQuery needs version 1 and a sha256Hash in lower-case hex.")
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return "", refuse(http.StatusBadRequest, content.BadUserInput, "The sha256Hash of the persisted query is not hexadecimal.")
	}
	return hash, nil
}

// sum gives the hex SHA-256 of a text.
func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}
