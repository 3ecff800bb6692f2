package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EntryChange is a result of sync or entryChanged: an EntryUpsert or an EntryDeletion.
type EntryChange interface{ IsEntryChange() }

// EntryUpsert reports that an entry was published. Entry is whole, including long texts. The resolver
// signs Token.
type EntryUpsert struct {
	Entry     Entry
	Revision  int
	ChangedAt time.Time
	Token     string
	Reread    bool // as Change.Reread
}

// IsEntryChange marks changes.
func (*EntryUpsert) IsEntryChange() {}

// EntryDeletion reports that an entry left the published graph.
type EntryDeletion struct {
	Key       string
	Type      EntryType
	ChangedAt time.Time
	Token     string
	Reread    bool // as Change.Reread
}

// IsEntryChange marks changes.
func (*EntryDeletion) IsEntryChange() {}

// EntryID is the global id of the entry that left.
func (d *EntryDeletion) EntryID() ID { return ID{Type: d.Type, Key: d.Key} }

// ID is EntryID. Clients take a field of this name for the identity of the object itself.
//
// Deprecated: use EntryID.
func (d *EntryDeletion) ID() ID { return d.EntryID() }

// SyncPage is one page of a pull.
type SyncPage struct {
	Changes   []EntryChange
	NextToken string
	HasMore   bool
}

// SyncToken is a position in the change log of one database, for one set of types. Clients get it
// signed, so that no one can forge one.
type SyncToken struct {
	// Seq is the newest change that the token's holder has.
	Seq int64
	// Start is set during a full pull: the newest change when the pull began. The holder never had
	// what was deleted before, so those deletions are not sent.
	Start int64
	// Types are the types that the token follows, sorted; empty means all of them.
	Types []EntryType
	// Only identifies the entries of a token that follows single entries, see OnlyThese; it is empty
	// for a token that follows all.
	Only string
	// Database is the identity of the database that the token belongs to.
	Database string
}

// DeletionsUpTo is the change up to which the holder needs no deletions.
func (t SyncToken) DeletionsUpTo() int64 { return max(t.Seq, t.Start) }

// At returns the same token at another position, outside a full pull.
func (t SyncToken) At(seq int64) SyncToken {
	t.Seq, t.Start = seq, 0
	return t
}

// SameTypes reports whether a token follows exactly these types.
func (t SyncToken) SameTypes(types []EntryType) bool {
	return slices.Equal(t.Types, SortedTypes(types))
}

// SortedTypes returns types sorted and without duplicates; nil for all types.
func SortedTypes(types []EntryType) []EntryType {
	out := slices.Clone(types)
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) == len(kinds()) {
		return nil
	}
	return out
}

// OnlyThese returns a hash of the entries that a token follows, whatever their order; empty for none.
func OnlyThese(ids []ID) string {
	if len(ids) == 0 {
		return ""
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(names), " ")))
	return hex.EncodeToString(sum[:8]) // enough to tell one client's lists apart
}

// tokenVersion begins the bytes of a token, so that its format can change.
const tokenVersion = "1"

// Bytes returns a token's content for signing.
func (t SyncToken) Bytes() []byte {
	types := make([]string, len(t.Types))
	for i, x := range t.Types {
		types[i] = string(x)
	}
	return []byte(strings.Join([]string{
		tokenVersion, strconv.FormatInt(t.Seq, 36), strconv.FormatInt(t.Start, 36), t.Database, t.Only, strings.Join(types, ","),
	}, "|"))
}

// ParseSyncToken parses the content of a token whose signature is valid.
func ParseSyncToken(raw []byte) (SyncToken, error) {
	parts := strings.Split(string(raw), "|")
	if len(parts) != 6 || parts[0] != tokenVersion {
		return SyncToken{}, fmt.Errorf("read sync token: unknown version %q", parts[0])
	}
	seq, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return SyncToken{}, fmt.Errorf("read sync token: %w", err)
	}
	start, err := strconv.ParseInt(parts[2], 36, 64)
	if err != nil {
		return SyncToken{}, fmt.Errorf("read sync token: %w", err)
	}
	t := SyncToken{Seq: seq, Start: start, Database: parts[3], Only: parts[4]}
	if parts[5] != "" {
		for x := range strings.SplitSeq(parts[5], ",") {
			t.Types = append(t.Types, EntryType(x))
		}
	}
	return t, nil
}

// Pull asks for one page of the published graph's changes after a token: at most First. A zero token
// begins a full pull.
type Pull struct {
	Token SyncToken
	First int
}

// Pulled is the result of a pull: the latest change of each entry in the order of the log, and at the
// same index the entry as it was published, nil for a deletion. All of it is from one moment.
type Pulled struct {
	Changes []Change
	Entries []Entry
	Next    SyncToken
	More    bool
}

// Syncer reads what has changed in the published graph.
type Syncer interface {
	// Pull reads one page. It returns SyncTokenExpired if the log no longer has the token's changes.
	Pull(ctx context.Context, p Pull) (*Pulled, error)
	// Reaches returns an error unless the log still has every change after a token.
	Reaches(ctx context.Context, t SyncToken) error
}

// Identity identifies a database and holds the secret that the replicas share.
type Identity struct {
	Database string
	Secret   []byte
}

// IdentityStore stores the identity of a database.
type IdentityStore interface {
	// Identity returns the database's identity. The first call for a database creates it.
	Identity(ctx context.Context) (*Identity, error)
}

// AsPublished returns the published copy that a change made from an entry's revision e. It does not
// change e.
func AsPublished(e Entry, by Change) Entry {
	v := reflect.New(reflect.TypeOf(e).Elem())
	v.Elem().Set(reflect.ValueOf(e).Elem())
	c := v.Interface().(Entry)
	h := c.Head()
	at := by.At
	h.Status, h.PublishedAt, h.Publication = StatusPublished, &at, by.Publication
	if p, ok := c.(*Pattern); ok && by.Relations != nil {
		p.Relations = *by.Relations
	}
	return c
}
