package content

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// EntryType names a kind of entry, in the spelling of the contract's EntryType enum. The types and
// their descriptions are generated from their structs.
type EntryType string

// These types are not types of entries: ids and rows of the change log use them. Types does not list
// them, IsEntry reports false for them, and stores have no entries of them.
const (
	// NonEntryHealth marks changes of read models: health observations and the tables of the
	// tools. Caches follow these changes; sync omits them.
	NonEntryHealth EntryType = "HEALTH"
	// NonEntryWebhookEndpoint and NonEntryWebhookDelivery are the types of ids.
	NonEntryWebhookEndpoint EntryType = "WEBHOOK_ENDPOINT"
	NonEntryWebhookDelivery EntryType = "WEBHOOK_DELIVERY"
	// NonEntryPerson, NonEntrySession and NonEntryPasskey are the types of ids, too.
	NonEntryPerson  EntryType = "PERSON"
	NonEntrySession EntryType = "SESSION"
	NonEntryPasskey EntryType = "PASSKEY"
	// NonEntryKey is the type of ids of API keys.
	NonEntryKey EntryType = "KEY"
	// NonEntryRelease is the type of the ids of named releases.
	NonEntryRelease EntryType = "RELEASE"
)

// settingTypes lists the types of ids that are not of entries.
func settingTypes() []EntryType {
	return []EntryType{NonEntryWebhookEndpoint, NonEntryWebhookDelivery, NonEntryPerson, NonEntrySession, NonEntryPasskey, NonEntryKey, NonEntryRelease}
}

// IsEntry reports whether t is a type of entries.
func (t EntryType) IsEntry() bool { return slices.Contains(Types(), t) }

// kind describes an entry type: its GraphQL name, its path segment and the stem of its files in
// every package.
type kind struct {
	entryType          EntryType
	name, plural, stem string
	input, path        string
	singleton          bool
}

// kinds lists the entry types in the order in which a seed imports them: where possible, a type comes
// before those that refer to it.
func kinds() []kind {
	types := Types()
	out := make([]kind, len(types))
	for i, t := range types {
		out[i] = t.kind()
	}
	return out
}

// Values lists the values of the enum.
func (EntryType) Values() []string {
	types := Types()
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = string(t)
	}
	return out
}

// kind describes a type that ids may have; it is zero for any other.
func (t EntryType) kind() kind {
	switch t {
	case NonEntryWebhookEndpoint:
		return kind{entryType: t, name: "WebhookEndpoint"}
	case NonEntryWebhookDelivery:
		return kind{entryType: t, name: "WebhookDelivery"}
	case NonEntryPerson:
		return kind{entryType: t, name: "Person"}
	case NonEntrySession:
		return kind{entryType: t, name: "Session"}
	case NonEntryPasskey:
		return kind{entryType: t, name: "Passkey"}
	case NonEntryKey:
		return kind{entryType: t, name: "ApiKey"}
	case NonEntryRelease:
		return kind{entryType: t, name: "Release"}
	default:
		return entryKind(t)
	}
}

// Name is the GraphQL type's name, "CaseStudy"; empty for an unknown type.
func (t EntryType) Name() string { return t.kind().name }

// Plural is the first segment of resource paths, "case-studies".
func (t EntryType) Plural() string { return t.kind().plural }

// Stem is the name of the type's files and folders in every package, "case_study".
func (t EntryType) Stem() string { return t.kind().stem }

// TypeByStem returns the type whose files have that stem.
func TypeByStem(stem string) (EntryType, bool) {
	for _, k := range kinds() {
		if k.stem == stem {
			return k.entryType, true
		}
	}
	return "", false
}

// ID is the global id of an entry. It is stable for life and the same for the draft and the
// published copy.
type ID struct {
	Type EntryType
	Key  string
}

// String is the opaque form that clients see: base64url of "Pattern:" and the key, unpadded.
func (id ID) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(id.Type.Name() + ":" + id.Key))
}

// maxKey bounds a key's length in bytes, so that a hostile id costs nothing. Slugs and UUIDs are
// shorter.
const maxKey = 200

// ParseID parses the opaque form, padded or not. Any other string fails with BadUserInput.
func ParseID(s string) (ID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || len(raw) > 2*maxKey {
		return ID{}, Fault(BadUserInput, "This is not an id of this hub.")
	}
	name, key, ok := strings.Cut(string(raw), ":")
	if ok && key != "" && len(key) <= maxKey {
		for _, t := range append(Types(), settingTypes()...) {
			if t.Name() == name {
				return ID{Type: t, Key: key}, nil
			}
		}
	}
	return ID{}, Fault(BadUserInput, "This is not an id of this hub.")
}

// Node is anything that can be fetched again by its global id.
type Node interface {
	IsNode()
	ID() ID
}

// Entry is a piece of content with an identity, a slug, a revision and a publication state.
// Entries are immutable once a store has returned them; a write copies.
type Entry interface {
	Node
	IsEntry()
	// Head returns the part that all entries share; it may be changed only before a write.
	Head() *Meta
}

// PublicationStatus says how an entry's working copy relates to its published copy.
type PublicationStatus string

// The publication states. All entries of the published graph have StatusPublished.
const (
	StatusDraft     PublicationStatus = "DRAFT"
	StatusPublished PublicationStatus = "PUBLISHED"
	StatusChanged   PublicationStatus = "CHANGED"
)

// Values lists the values of the enum.
func (PublicationStatus) Values() []string { return []string{"DRAFT", "PUBLISHED", "CHANGED"} }

// Meta has the fields of every entry. Key is the document's id and part of the global id. Revision
// increases by one with each accepted write. Times are UTC with millisecond precision.
type Meta struct {
	Key         string            `bson:"_id"`
	Type        EntryType         `bson:"type"`
	Slug        string            `bson:"slug"`
	Name        string            `bson:"name"`
	Summary     string            `bson:"summary"`
	Revision    int               `bson:"revision"`
	Status      PublicationStatus `bson:"status"`
	CreatedAt   time.Time         `bson:"createdAt"`
	UpdatedAt   time.Time         `bson:"updatedAt"`
	PublishedAt *time.Time        `bson:"publishedAt,omitempty"`
	// Publication is what the publish at PublishedAt changed; nil if that was not recorded.
	Publication *Publication `bson:"publication,omitempty"`
	FormerSlugs []string     `bson:"formerSlugs,omitempty"`
}

// IsNode marks entries as nodes.
func (*Meta) IsNode() {}

// IsEntry marks entries.
func (*Meta) IsEntry() {}

// Head returns m.
func (m *Meta) Head() *Meta { return m }

// ID is the entry's global id.
func (m *Meta) ID() ID { return ID{Type: m.Type, Key: m.Key} }

// ResourcePath is the path at which a site shows the entry, "/patterns/circuit-breaker". That of a
// page is its slug, and that of a singleton the name of its type, "/calculator". Letters beyond ASCII are percent-encoded, as in every URI.
func (m *Meta) ResourcePath() string { return escapePath(m.path()) }

// path is the resource path without percent escapes.
func (m *Meta) path() string {
	if m.Type == TypePage {
		return "/" + m.Slug
	}
	k := m.Type.kind()
	if k.singleton {
		return "/" + k.path
	}
	return "/" + k.path + "/" + m.Slug
}

// ParseResourcePath splits a resource path, with or without percent escapes, into type and slug. A
// path that does not begin like those of a type belongs to a page. A singleton can have any slug; the
// result is that of its path.
func ParseResourcePath(path string) (EntryType, string) {
	path = CleanPath(path)
	first, slug, ok := strings.Cut(path, "/")
	for _, k := range kinds() {
		if k.singleton && path == k.path {
			return k.entryType, path
		}
	}
	if ok && !strings.Contains(slug, "/") {
		for _, k := range kinds() {
			if k.path == first && k.entryType != TypePage && !k.singleton {
				return k.entryType, slug
			}
		}
	}
	return TypePage, path
}

// Missing reports whether an entry is a nil pointer, or nil. Generic code cannot compare one with nil.
func Missing[E Entry](e E) bool {
	var none E
	return any(e) == any(none)
}

// Entries converts found entries to the interface type, or returns err. A missing entry becomes an
// untyped nil: a nil pointer inside an interface would not equal nil, and callers would take it for an
// entry.
func Entries[E Entry](found []E, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(found))
	for i, e := range found {
		if !Missing(e) {
			out[i] = e
		}
	}
	return out, nil
}

// NewEntry returns an empty entry of a type; nil for an unknown type.
func NewEntry(t EntryType) Entry {
	e := newEntry(t)
	if e != nil {
		e.Head().Type = t
	}
	return e
}
