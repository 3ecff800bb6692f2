package content

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ListedEntry is a working copy in the list of all entries. By is who wrote its newest revision. Scheduled
// are the actions for which it has a schedule that waits.
type ListedEntry struct {
	Type        EntryType         `bson:"type"`
	Key         string            `bson:"key"`
	Slug        string            `bson:"slug"`
	Name        string            `bson:"name"`
	Revision    int               `bson:"revision"`
	Status      PublicationStatus `bson:"status"`
	CreatedAt   time.Time         `bson:"createdAt"`
	UpdatedAt   time.Time         `bson:"updatedAt"`
	PublishedAt *time.Time        `bson:"publishedAt,omitempty"`
	By          string            `bson:"by"`
	Scheduled   []ScheduleAction  `bson:"scheduled,omitempty"`
}

// EntryID is the id of the entry.
func (l *ListedEntry) EntryID() ID { return ID{Type: l.Type, Key: l.Key} }

// ResourcePath is the path of the entry; see Meta.ResourcePath.
func (l *ListedEntry) ResourcePath() string {
	return (&Meta{Type: l.Type, Slug: l.Slug}).ResourcePath()
}

// Position returns the position of the entry in an order of the list; see ID.Listed for its key.
func (l *ListedEntry) Position(o Order) Position {
	m := Meta{Name: l.Name, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt, PublishedAt: l.PublishedAt}
	v, _ := m.OrderValue(o.Field)
	return Position{Value: v, Key: RefToAny(l.EntryID())}
}

// EntriesFilter selects working copies of all types. All given conditions must hold.
type EntriesFilter struct {
	Types  []EntryType
	Status *PublicationStatusFilter
	// Text selects entries whose name or slug has words that begin with its words; see NameWords.
	Text *string
	// Author selects entries whose newest revision is by one of these.
	Author      []string
	UpdatedAt   *TimeFilter
	PublishedAt *TimeFilter
	// RefersTo selects entries that refer to an entry.
	RefersTo         *ID
	BrokenReferences *bool
	Scheduled        *bool
}

// EntriesFacets lists the fields by which the list of all entries can be counted.
func EntriesFacets() []string { return []string{"TYPE", "STATUS", "AUTHOR", "SCHEDULED"} }

// EntryList reads the list of all working copies. Each method costs a number of commands that depends
// neither on the types nor on the entries.
type EntryList interface {
	// Entries reads a part of the list. Ties of the order are broken by RefToAny of the id.
	Entries(ctx context.Context, f *EntriesFilter, o Order, w Window) (Slice[*ListedEntry], error)
	// CountEntries counts the list.
	CountEntries(ctx context.Context, f *EntriesFilter) (int, error)
	// EntriesFacets counts the values of some fields, at most limit of each.
	EntriesFacets(ctx context.Context, f *EntriesFilter, fields []string, limit int) ([]Facet, error)
	// EntriesDigest computes the digest of the list.
	EntriesDigest(ctx context.Context, f *EntriesFilter) (EntriesDigest, error)
}

const (
	// maxSearchWords and maxSearchText bound the text of a filter.
	maxSearchWords = 10
	maxSearchText  = 200
)

// NameWords returns the words of some texts, folded, each once and sorted: what is between characters that are
// neither letters nor digits nor marks.
func NameWords(texts ...string) []string {
	out := []string{}
	for _, s := range texts {
		out = append(out, strings.FieldsFunc(Fold(s), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		})...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SearchWords returns the words of the text of a filter. Blank text is no condition, and has none. Text
// without a word, such as "?", fails, as does text that is too long.
func SearchWords(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if len(text) > maxSearchText {
		return nil, Fault(BadUserInput, fmt.Sprintf("text has at most %d bytes.", maxSearchText))
	}
	words := NameWords(text)
	if len(words) == 0 || len(words) > maxSearchWords {
		return nil, Fault(BadUserInput, fmt.Sprintf("text has 1 to %d words.", maxSearchWords))
	}
	return words, nil
}

// EntriesDigest identifies a set of entries in their revisions, whatever their order: it is their number and the
// sum of hashes of 128 bits. So it is computed without holding or sorting the set. Its zero value is that of no
// entries.
type EntriesDigest struct {
	Count     int
	high, low uint64
}

// Add adds an entry in a revision.
func (d *EntriesDigest) Add(id ID, revision int) {
	sum := sha256.Sum256([]byte(RefToAny(id) + " " + strconv.Itoa(revision)))
	var carry uint64
	d.low, carry = bits.Add64(d.low, binary.BigEndian.Uint64(sum[8:16]), 0)
	d.high, _ = bits.Add64(d.high, binary.BigEndian.Uint64(sum[:8]), carry)
	d.Count++
}

// String returns the sum in hexadecimal digits.
func (d *EntriesDigest) String() string { return fmt.Sprintf("%016x%016x", d.high, d.low) }
