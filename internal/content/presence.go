package content

import (
	"context"
	"time"
)

// The bounds of presence.
const (
	// PresenceLife is the time after the last sign of a person in which the person counts as present.
	PresenceLife = 15 * time.Second
	// PresencePause is the shortest time between two signs of a person at an entry.
	PresencePause = time.Second
	// PresenceEvery is the time between two looks for changes.
	PresenceEvery = time.Second
	// MaxPresenceIDs bounds the entries of one subscription, and those at which a person is present.
	MaxPresenceIDs = 50
)

// Presence is a sign of a person who has an entry open. Field is the field that the person is in, nil for none.
type Presence struct {
	Name      string    `bson:"_id"` // of the person at the entry, as AutosaveName makes it
	PersonKey string    `bson:"person"`
	Type      EntryType `bson:"type"`
	EntryKey  string    `bson:"entry"`
	Field     *string   `bson:"field,omitempty"`
	At        time.Time `bson:"at"`
	EndsAt    time.Time `bson:"endsAt"`
}

// EntryID returns the id of the entry.
func (p *Presence) EntryID() ID { return ID{Type: p.Type, Key: p.EntryKey} }

// EntryPresence is who has an entry open.
type EntryPresence struct {
	Target ID
	People []PresentPerson
}

// PresentPerson is a person who has an entry open. IsViewer reports whether it is the one who asks.
type PresentPerson struct {
	Name     string
	Field    *string
	IsViewer bool
}

// PresenceStore stores signs of people for a short time.
type PresenceStore interface {
	// Beat stores a sign, replacing an earlier one of the person at the entry. It reports false if that one is not older
	// than PresencePause, and fails with LimitExceeded if the person is present at MaxPresenceIDs other entries.
	Beat(ctx context.Context, p *Presence) (bool, error)
	// Presences reads the signs at some entries that end after a time, in no particular order.
	Presences(ctx context.Context, ids []ID, after time.Time) ([]*Presence, error)
}
