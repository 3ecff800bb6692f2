package content

import (
	"context"
	"time"
)

const (
	// MaxPreviews bounds the previews of a hub, so that their list is short enough to be read.
	MaxPreviews = 200
	// MaxPreviewed bounds the entries of a preview: each answer that is given to it reads their drafts.
	MaxPreviewed = 20
)

// Preview lets the holder of its token see the drafts of some entries. Everything else is shown to them
// as it is published. The token itself is not stored.
type Preview struct {
	ID        string      `bson:"_id"`
	Entries   []Previewed `bson:"entries"`
	By        string      `bson:"by"` // the id of the key that made it
	CreatedAt time.Time   `bson:"createdAt"`
	ExpiresAt time.Time   `bson:"expiresAt"`
}

// Previewed names an entry of a preview.
type Previewed struct {
	Type EntryType `bson:"type"`
	Key  string    `bson:"key"`
}

// IDs returns the ids of the entries.
func (p *Preview) IDs() []ID {
	out := make([]ID, len(p.Entries))
	for i, e := range p.Entries {
		out[i] = ID(e)
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
