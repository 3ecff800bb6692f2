package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"patternhub/content"
)

// Payload is the body of a delivery.
// Receivers have programs for its fields, so none may change its name or meaning.
type Payload struct {
	// Type is entry.published or entry.unpublished.
	Type string `json:"type"`
	// Timestamp is when the entry was changed.
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data says what was changed.
type Data struct {
	ID           string `json:"id"`
	EntryType    string `json:"entryType"`
	Slug         string `json:"slug,omitempty"`
	ResourcePath string `json:"resourcePath,omitempty"`
	Revision     int    `json:"revision,omitempty"`
	// Tags name what caches keep of the entry: under its slugs, former ones included, and as
	// one of its type.
	Tags []string `json:"tags"`
	// Token is the place in the change log after this change, for sync.
	Token string `json:"token"`
	// Entry is what the endpoint's selection gives; null for an entry that is gone.
	Entry json.RawMessage `json:"entry,omitempty"`
}

// payload makes the body of a delivery. The entry is as the change left it, however late the
// delivery is.
// Its errors are ours, such as a lost database, and the receiver never sees them.
func (d *Dispatcher) payload(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) (string, error) {
	token, err := d.opts.Token(ctx, content.SyncToken{Seq: w.Seq})
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	p := Payload{Type: w.Event.Name(), Timestamp: w.ChangedAt.UTC(), Data: Data{
		ID: w.EntryID().String(), EntryType: string(w.Type), Token: token, Tags: []string{tag(w.Type)},
	}}
	// A deletion is shown as the entry was published last: what its working copy has become
	// since is nobody's business.
	entry, err := d.opts.Entry(ctx, w.Change())
	if err != nil {
		return "", fmt.Errorf("read entry: %w", err)
	}
	if entry != nil {
		h := entry.Head()
		p.Data.Revision = h.Revision
		p.Data.Slug, p.Data.ResourcePath, p.Data.Tags = h.Slug, h.ResourcePath(), tags(h)
	}
	if e.Selection != nil && w.Event == content.EventPublished {
		if p.Data.Entry, err = d.opts.Select(ctx, *e.Selection, entry); err != nil {
			return "", fmt.Errorf("run selection: %w", err)
		}
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode payload: %w", err)
	}
	return string(raw), nil
}

// tags are the names under which caches keep an entry; the surface's Surrogate-Key has the same.
func tags(h *content.Meta) []string {
	stem := tag(h.Type)
	out := []string{stem + ":" + h.Slug}
	for _, s := range h.FormerSlugs {
		out = append(out, stem+":"+s)
	}
	return append(out, stem)
}

// tag is the name under which caches keep whatever shows entries of a type.
func tag(t content.EntryType) string { return strings.ReplaceAll(t.Stem(), "_", "-") }
