package content

import (
	"encoding/base64"
	"strings"
	"time"
)

// EntryType names a kind of entry, in the spelling of the contract's EntryType enum.
type EntryType string

// The entry types.
const (
	TypeTier         EntryType = "TIER"
	TypePattern      EntryType = "PATTERN"
	TypeCompany      EntryType = "COMPANY"
	TypeCaseStudy    EntryType = "CASE_STUDY"
	TypeFailureStudy EntryType = "FAILURE_STUDY"
	TypePractice     EntryType = "PRACTICE"
	TypeLaw          EntryType = "LAW"
	TypePillar       EntryType = "PILLAR"
	TypeRole         EntryType = "ROLE"
	TypeLearningPath EntryType = "LEARNING_PATH"
	TypeGuide        EntryType = "GUIDE"
	TypeJourney      EntryType = "JOURNEY"
	TypeMigration    EntryType = "MIGRATION"
	TypeQuickStart   EntryType = "QUICK_START"
	TypeComparison   EntryType = "COMPARISON"
	TypePage         EntryType = "PAGE"
)

// TypeHealth is no entry type: it marks changes of read models, which are health observations
// and the tables of the tools. Caches follow them and sync leaves them out.
const TypeHealth EntryType = "HEALTH"

// kind is what the vocabulary knows of an entry type: its GraphQL name, its path segment and
// the stem of its files on every floor.
type kind struct {
	entryType          EntryType
	name, plural, stem string
}

// kinds lists the entry types in the order in which a seed has to meet references: what is
// referred to comes first where that is possible.
func kinds() []kind {
	types := Types()
	out := make([]kind, len(types))
	for i, t := range types {
		out[i] = t.kind()
	}
	return out
}

// The nouns that have global ids and are no entries: they are in no list of types.
const (
	TypeWebhookEndpoint EntryType = "WEBHOOK_ENDPOINT"
	TypeWebhookDelivery EntryType = "WEBHOOK_DELIVERY"
)

func nouns() []kind { return []kind{TypeWebhookEndpoint.kind(), TypeWebhookDelivery.kind()} }

// Types lists all entry types.
func Types() []EntryType {
	return []EntryType{
		TypeTier, TypeLaw, TypePillar, TypeRole, TypeCompany, TypePractice, TypePattern, TypeCaseStudy, TypeFailureStudy,
		TypeGuide, TypeQuickStart, TypeLearningPath, TypeJourney, TypeMigration, TypeComparison, TypePage,
	}
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

// kind is a switch and no look-up in a list, for every id that is written asks for it.
func (t EntryType) kind() kind {
	switch t {
	case TypeTier:
		return kind{t, "Tier", "tiers", "tier"}
	case TypeLaw:
		return kind{t, "Law", "laws", "law"}
	case TypePillar:
		return kind{t, "Pillar", "pillars", "pillar"}
	case TypeRole:
		return kind{t, "Role", "roles", "role"}
	case TypeCompany:
		return kind{t, "Company", "companies", "company"}
	case TypePractice:
		return kind{t, "Practice", "practices", "practice"}
	case TypePattern:
		return kind{t, "Pattern", "patterns", "pattern"}
	case TypeCaseStudy:
		return kind{t, "CaseStudy", "case-studies", "case_study"}
	case TypeFailureStudy:
		return kind{t, "FailureStudy", "failures", "failure"}
	case TypeGuide:
		return kind{t, "Guide", "guides", "guide"}
	case TypeQuickStart:
		return kind{t, "QuickStart", "quick-starts", "quick_start"}
	case TypeLearningPath:
		return kind{t, "LearningPath", "learning-paths", "learning_path"}
	case TypeJourney:
		return kind{t, "Journey", "journeys", "journey"}
	case TypeMigration:
		return kind{t, "Migration", "migrations", "migration"}
	case TypeComparison:
		return kind{t, "Comparison", "comparisons", "comparison"}
	case TypePage:
		return kind{t, "Page", "pages", "page"}
	case TypeWebhookEndpoint:
		return kind{entryType: t, name: "WebhookEndpoint"}
	case TypeWebhookDelivery:
		return kind{entryType: t, name: "WebhookDelivery"}
	case TypeHealth:
	}
	return kind{} // of no entry
}

// Name is the GraphQL type's name, "CaseStudy"; empty for an unknown type.
func (t EntryType) Name() string { return t.kind().name }

// Plural is the first segment of resource paths, "case-studies".
func (t EntryType) Plural() string { return t.kind().plural }

// Stem is the name of the type's files and folders on every floor, "case_study".
func (t EntryType) Stem() string { return t.kind().stem }

// TypeByStem finds the type whose files have that stem.
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

// maxKey bounds a key's length, so that a hostile id costs nothing: slugs and UUIDs are shorter.
const maxKey = 200

// ParseID reads the opaque form, padded or not. A string that is no id of this hub is BadUserInput.
func ParseID(s string) (ID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || len(raw) > 2*maxKey {
		return ID{}, Fault(BadUserInput, "This is not an id of this hub.")
	}
	name, key, ok := strings.Cut(string(raw), ":")
	if ok && key != "" && len(key) <= maxKey {
		for _, k := range append(kinds(), nouns()...) {
			if k.name == name {
				return ID{Type: k.entryType, Key: key}, nil
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
	// Head gives the part that all entries share; it may be changed only before a write.
	Head() *Meta
}

// PublicationStatus tells how an entry's working copy stands to its published copy.
type PublicationStatus string

// The publication states. The published graph knows only StatusPublished.
const (
	StatusDraft     PublicationStatus = "DRAFT"
	StatusPublished PublicationStatus = "PUBLISHED"
	StatusChanged   PublicationStatus = "CHANGED"
)

// Values lists the values of the enum.
func (PublicationStatus) Values() []string { return []string{"DRAFT", "PUBLISHED", "CHANGED"} }

// Meta is what every entry has. Key is the document's id and part of the global id; Revision
// grows by one with each accepted write; times are UTC with millisecond precision.
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
	FormerSlugs []string          `bson:"formerSlugs,omitempty"`
}

// IsNode marks entries as nodes.
func (*Meta) IsNode() {}

// IsEntry marks entries.
func (*Meta) IsEntry() {}

// Head gives the shared part itself.
func (m *Meta) Head() *Meta { return m }

// ID is the entry's global id.
func (m *Meta) ID() ID { return ID{Type: m.Type, Key: m.Key} }

// ResourcePath is where a site shows the entry: "/patterns/circuit-breaker"; a page's is its
// own path.
func (m *Meta) ResourcePath() string {
	if m.Type == TypePage {
		return "/" + m.Slug
	}
	return "/" + m.Type.Plural() + "/" + m.Slug
}

// ParseResourcePath splits a resource path into type and slug. Any path that no plural claims
// is a page's.
func ParseResourcePath(path string) (EntryType, string) {
	path = strings.Trim(path, "/")
	plural, slug, ok := strings.Cut(path, "/")
	if ok && !strings.Contains(slug, "/") {
		for _, k := range kinds() {
			if k.plural == plural && k.entryType != TypePage {
				return k.entryType, slug
			}
		}
	}
	return TypePage, path
}

// HeadOf gives what every entry has, of one that is known by its Go type.
func HeadOf[T any](e *T) *Meta { return any(e).(Entry).Head() }

// Entries gives found entries without their Go type, or the error of the search for them. A missing
// one is an untyped nil: a nil *T inside an interface would not be equal to nil, and callers would
// take it for an entry.
func Entries[T any](found []*T, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(found))
	for i, e := range found {
		if e != nil {
			out[i] = any(e).(Entry)
		}
	}
	return out, nil
}

// NewEntry makes an empty entry of a type; nil for an unknown one.
func NewEntry(t EntryType) Entry {
	var e Entry
	switch t {
	case TypeTier:
		e = &Tier{}
	case TypeLaw:
		e = &Law{}
	case TypePillar:
		e = &Pillar{}
	case TypeRole:
		e = &Role{}
	case TypeCompany:
		e = &Company{}
	case TypePractice:
		e = &Practice{}
	case TypePattern:
		e = &Pattern{}
	case TypeCaseStudy:
		e = &CaseStudy{}
	case TypeFailureStudy:
		e = &FailureStudy{}
	case TypeGuide:
		e = &Guide{}
	case TypeQuickStart:
		e = &QuickStart{}
	case TypeLearningPath:
		e = &LearningPath{}
	case TypeJourney:
		e = &Journey{}
	case TypeMigration:
		e = &Migration{}
	case TypeComparison:
		e = &Comparison{}
	case TypePage:
		e = &Page{}
	default:
		return nil
	}
	e.Head().Type = t
	return e
}
