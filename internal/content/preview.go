package content

import (
	"context"
	"time"
)

const (
	// MaxPreviews bounds the previews of a hub, so that their list is short enough to be read.
	MaxPreviews = 200
	// MaxPreviewed bounds the entries that a preview names. One of a release has those of the release.
	MaxPreviewed = 20
)

// Preview lets the holder of its token see the drafts of some entries, or of those that a release contains as long as
// that is not published. Everything else is shown to them as it is published. The token itself is not stored.
type Preview struct {
	ID string `bson:"_id"`
	// Entries are those of Release, if that is set, whenever the preview is read.
	Entries   []Previewed `bson:"entries"`
	Release   string      `bson:"release,omitempty"`
	By        string      `bson:"by"` // the id of the key that made it
	CreatedAt time.Time   `bson:"createdAt"`
	ExpiresAt time.Time   `bson:"expiresAt"`
}

// Previewed names an entry of a preview. One that is Gone is shown as if it were not published.
type Previewed struct {
	Type EntryType `bson:"type"`
	Key  string    `bson:"key"`
	Gone bool      `bson:"-"`
}

// Previewed lists the entries of a release as a preview shows them.
func (r *NamedRelease) Previewed() []Previewed {
	out := make([]Previewed, len(r.Entries))
	for i, e := range r.Entries {
		out[i] = Previewed{Type: e.Type, Key: e.Key, Gone: e.Action == ScheduleUnpublish}
	}
	return out
}

// ReleaseID is the global id of the release that the preview is of; nil for a preview of single entries.
func (p *Preview) ReleaseID() *ID {
	if p.Release == "" {
		return nil
	}
	return &ID{Type: NonEntryRelease, Key: p.Release}
}

// IDs returns the ids of the entries.
func (p *Preview) IDs() []ID {
	out := make([]ID, len(p.Entries))
	for i, e := range p.Entries {
		out[i] = ID{Type: e.Type, Key: e.Key}
	}
	return out
}

// PreviewStore stores previews until they expire. A missing one is nil, not an error.
type PreviewStore interface {
	// PutPreview stores a new preview. It fails with LimitExceeded if there are MaxPreviews already.
	PutPreview(ctx context.Context, p *Preview) error
	PreviewByID(ctx context.Context, id string) (*Preview, error)
	// Previews reads all previews, the newest first. Some may have expired a moment ago.
	Previews(ctx context.Context) ([]*Preview, error)
	// DeletePreview reports whether there was a preview with that id.
	DeletePreview(ctx context.Context, id string) (bool, error)
}
