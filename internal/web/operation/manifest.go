package operation

import (
	"encoding/json"
	"fmt"
	"strings"

	"patternhub/internal/content"
)

// apolloFormat is the format that Apollo's manifests state, and apolloVersion its only version.
const (
	apolloFormat  = "apollo-persisted-query-manifest"
	apolloVersion = 1
)

// ParseManifest reads a manifest of trusted documents. It is an object from ids to documents, as
// graphql-codegen's client preset and Relay's compiler write it, or Apollo's list of operations.
// Ids are returned as they are written there.
func ParseManifest(raw []byte) (map[string]string, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, content.Wrap(content.BadUserInput, "The manifest of trusted documents is not a JSON object.", err)
	}
	if _, listed := object["operations"]; listed {
		return parseApollo(raw)
	}
	out := make(map[string]string, len(object))
	for id, value := range object {
		var text *string
		if err := json.Unmarshal(value, &text); err != nil || text == nil || id == "" {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The manifest of trusted documents has no document for the id %q.", id))
		}
		out[id] = *text
	}
	return out, nil
}

// parseApollo reads the manifest of Apollo's tools.
func parseApollo(raw []byte) (map[string]string, error) {
	var m struct {
		Format     string `json:"format"`
		Version    int    `json:"version"`
		Operations []struct{ ID, Body string }
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, content.Wrap(content.BadUserInput, "The manifest of trusted documents has operations that cannot be read.", err)
	}
	if m.Format != apolloFormat || m.Version != apolloVersion {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The manifest of trusted documents has the format %q, version %d; %s, version %d, is read.",
			m.Format, m.Version, apolloFormat, apolloVersion))
	}
	out := make(map[string]string, len(m.Operations))
	for i, op := range m.Operations {
		if op.ID == "" || op.Body == "" {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("Operation %d of the manifest of trusted documents has no id or no body.", i+1))
		}
		if text, twice := out[op.ID]; twice && text != op.Body {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The manifest of trusted documents has two documents for the id %q.", op.ID))
		}
		out[op.ID] = op.Body
	}
	return out, nil
}

// manifest holds the trusted documents at one time.
type manifest struct {
	byID  map[string]string // by id without "sha256:"
	texts map[string]bool   // the documents themselves
}

// newManifest accepts ids with or without their prefix.
func newManifest(documents map[string]string) *manifest {
	m := &manifest{byID: make(map[string]string, len(documents)), texts: make(map[string]bool, len(documents))}
	for id, text := range documents {
		m.byID[bare(id)] = text
		m.texts[text] = true
	}
	return m
}

// bare returns an id without the name of its hash function, which only some tools write.
func bare(id string) string { return strings.TrimPrefix(id, "sha256:") }
