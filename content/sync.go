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

// EntryChange is what sync and entryChanged tell: an EntryUpsert or an EntryDeletion.
type EntryChange interface{ IsEntryChange() }

// EntryUpsert says that an entry was published. Entry is whole, long texts included. Token is
// signed by whoever hands it out.
type EntryUpsert struct {
	Entry     Entry
	Revision  int
	ChangedAt time.Time
	Token     string
	Reread    bool // as Change.Reread
}

// IsEntryChange marks changes.
func (*EntryUpsert) IsEntryChange() {}

// EntryDeletion says that an entry left the published graph.
type EntryDeletion struct {
	Key       string
	Type      EntryType
	ChangedAt time.Time
	Token     string
	Reread    bool // as Change.Reread
}

// IsEntryChange marks changes.
func (*EntryDeletion) IsEntryChange() {}

// ID is the global id of the entry that is gone.
func (d *EntryDeletion) ID() ID { return ID{Type: d.Type, Key: d.Key} }

// SyncPage is one page of a pull.
type SyncPage struct {
	Changes   []EntryChange
	NextToken string
	HasMore   bool
}

// SyncToken is a place in the change log of one database, for one set of types. It travels
// signed, so that nobody can make one up.
type SyncToken struct {
	// Seq is the newest change that the token's holder knows of.
	Seq int64
	// Start is set while a full pull is under way: the newest change when it began. What was
	// deleted up to then is of no interest to somebody who never had it.
	Start int64
	// Types are the types that it follows, sorted; none means all of them.
	Types []EntryType
	// Only tells apart tokens that follow single entries; empty for those that follow them all.
	Only string
	// Database is the identity of the database that it belongs to.
	Database string
}

// Known is the number up to which the holder misses no deletion.
func (t SyncToken) Known() int64 { return max(t.Seq, t.Start) }

// At is the same token at another place, with no full pull under way.
func (t SyncToken) At(seq int64) SyncToken {
	t.Seq, t.Start = seq, 0
	return t
}

// SameTypes tells whether a token follows exactly these types.
func (t SyncToken) SameTypes(types []EntryType) bool {
	return slices.Equal(t.Types, SortedTypes(types))
}

// SortedTypes puts types in order, each once; all of them are the same as none.
func SortedTypes(types []EntryType) []EntryType {
	out := slices.Clone(types)
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) == len(kinds()) {
		return nil
	}
	return out
}

// OnlyThese makes the mark of tokens that follow single entries.
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

// tokenVersion starts the bytes of a token, so that its form can change.
const tokenVersion = "1"

// Bytes gives a token's content for signing.
func (t SyncToken) Bytes() []byte {
	types := make([]string, len(t.Types))
	for i, x := range t.Types {
		types[i] = string(x)
	}
	return []byte(strings.Join([]string{
		tokenVersion, strconv.FormatInt(t.Seq, 36), strconv.FormatInt(t.Start, 36), t.Database, t.Only, strings.Join(types, ","),
	}, "|"))
}

// ParseSyncToken reads the content of a token whose signature was right.
func ParseSyncToken(raw []byte) (SyncToken, error) {
	parts := strings.Split(string(raw), "|")
	if len(parts) != 6 || parts[0] != tokenVersion {
		return SyncToken{}, fmt.Errorf("read sync token: unknown form %q", parts[0])
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

// Pull is one page of the published graph's changes after a token; a zero token begins a full
// pull.
type Pull struct {
	Token SyncToken
	First int
}

// Pulled is what a pull gives: the latest change of each entry in the order of the log, and in
// the same place the entry as it was published, nil for a deletion. All of it is of one moment.
type Pulled struct {
	Changes []Change
	Entries []Entry
	Next    SyncToken
	More    bool
}

// Syncer reads what has changed in the published graph.
type Syncer interface {
	// Pull reads one page. A token whose changes are gone is SyncTokenExpired.
	Pull(ctx context.Context, p Pull) (*Pulled, error)
	// Reaches checks that the log still has every change after a token.
	Reaches(ctx context.Context, t SyncToken) error
}

// Identity tells databases apart and holds the secret that the replicas share.
type Identity struct {
	Database string
	Secret   []byte
}

// IdentityStore keeps the identity of a database.
type IdentityStore interface {
	// Identity gives the database's identity; the first call ever makes it.
	Identity(ctx context.Context) (*Identity, error)
}

// AsPublished gives the copy of an entry's revision that a publish at a time made of it; the
// revision itself is left alone.
func AsPublished(e Entry, at time.Time) Entry {
	v := reflect.New(reflect.TypeOf(e).Elem())
	v.Elem().Set(reflect.ValueOf(e).Elem())
	c := v.Interface().(Entry)
	h := c.Head()
	h.Status, h.PublishedAt = StatusPublished, &at
	return c
}
