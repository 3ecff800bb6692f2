package content

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Order sorts a list by one field. Ties are broken by key, in the same direction.
type Order struct {
	Field string
	Desc  bool
}

// OrderName is the field by which lists are sorted by default.
const OrderName = "NAME"

// OrderDirection is ASC or DESC.
type OrderDirection string

// The directions.
const (
	Ascending  OrderDirection = "ASC"
	Descending OrderDirection = "DESC"
)

// Values lists the values of the enum.
func (OrderDirection) Values() []string { return []string{"ASC", "DESC"} }

// OrderBy is the orderBy argument of every connection.
type OrderBy struct {
	Field     string
	Direction OrderDirection
}

// Order returns the order; a nil argument is the zero Order.
func (o *OrderBy) Order() Order {
	if o == nil {
		return Order{}
	}
	return Order{Field: o.Field, Desc: o.Direction == Descending}
}

// Position is a position in an ordered list: the value of the order's field, and the key that
// breaks ties. Value is a string, an int64, a float64, a bool, a time.Time or nil.
type Position struct {
	Value any
	Key   string
	// Slug is set instead of the others for the position of the entry with that slug. The loaders look it up;
	// collections get positions without it.
	Slug string `json:",omitempty"`
}

// PositionOf returns the position of an entry in an order. Cursors hold it, so it agrees with the order in
// which the store sorts.
func PositionOf(e interface {
	Entry
	Orderable
}, o Order,
) Position {
	v, _ := e.OrderValue(o.Field)
	return Position{Value: v, Key: e.Head().Key}
}

// Window selects a part of a list: at most Limit items after After and before Before, counted from
// the start, or from the end if Backward. Limit 0 means all; use it for bounded lists only.
type Window struct {
	Limit         int
	After, Before *Position
	Backward      bool
}

// Query asks a collection for a list.
type Query struct {
	// Filter is a pointer to the filter of the collection's type, such as *PatternFilter. Nil selects
	// everything; see FilterOrNil. One that names other entries by their slugs must be a *Keyed.
	Filter any
	Order  Order
	Window Window
}

// Canonical returns a string that is the same for two queries if and only if they are equal. Filters
// are trees of plain values, which always marshal.
func (q Query) Canonical() string {
	w := q.Window
	out := make([]byte, 0, 64)
	out = append(append(out, q.Order.Field...), ' ')
	out = strconv.AppendInt(out, int64(w.Limit), 10)
	for _, set := range []bool{q.Order.Desc, w.Backward, w.After != nil, w.Before != nil} {
		out = strconv.AppendBool(append(out, ' '), set)
	}
	if w.After != nil || w.Before != nil {
		out = appendJSON(out, [2]*Position{w.After, w.Before})
	}
	return string(appendFilter(out, q.Filter))
}

// Keyed is a filter with the keys of the entries that it names by their slugs. A slug without a key is
// unknown.
type Keyed struct {
	Filter any
	Keys   map[EntryType]map[string]string
	form   []byte
}

// NewKeyed returns a filter with keys. It computes the filter's part of canonical forms, so that a filter of
// several questions is put into that form once.
func NewKeyed(filter any, keys map[EntryType]map[string]string) *Keyed {
	form := appendJSON(nil, filter)
	for _, t := range slices.Sorted(maps.Keys(keys)) {
		form = append(append(form, ' '), t...)
		for _, slug := range slices.Sorted(maps.Keys(keys[t])) {
			form = strconv.AppendQuote(form, slug)
			form = strconv.AppendQuote(form, keys[t][slug])
		}
	}
	return &Keyed{Filter: filter, Keys: keys, form: form}
}

// appendFilter appends the canonical form of a filter.
func appendFilter(out []byte, filter any) []byte {
	if keyed, ok := filter.(*Keyed); ok {
		return append(out, keyed.form...)
	}
	if filter != nil {
		return appendJSON(out, filter)
	}
	return out
}

// FilterOrNil returns a filter, or nil for a nil pointer: an interface that holds a nil pointer is
// not nil.
func FilterOrNil(filter any) any {
	if v := reflect.ValueOf(filter); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	return filter
}

// appendJSON appends a value as JSON. A value that does not marshal is appended in Go syntax, which
// prints addresses, so that two such values differ.
func appendJSON(out []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Appendf(out, " %#v", v)
	}
	return append(append(out, ' '), raw...)
}

// Scope narrows a list to the entries of a relation: those that refer to something (Ref, as RefTo
// returns it), or those with one of some Keys. The zero Scope is the whole collection.
type Scope struct {
	Ref string
	// Keys are joined with KeySeparator, so that a Scope can be compared.
	Keys string
}

// KeySeparator separates the keys of a Scope; no key contains it.
const KeySeparator = "\n"

// RefTo returns the Ref of a Scope: entries with a reference at path ("companies.company") to
// the entry with that key.
func RefTo(path, key string) string { return path + ":" + key }

// RefToAny returns the Ref of a Scope: entries that refer to that entry at any path.
func RefToAny(id ID) string { return string(id.Type) + ":" + id.Key }

// ParseRef parses a result of RefToAny; ok is false for anything else.
func ParseRef(ref string) (id ID, ok bool) {
	t, key, ok := strings.Cut(ref, ":")
	id = ID{Type: EntryType(t), Key: key}
	return id, ok && id.Type.Name() != ""
}

// Slice is the part of a list that a Window selects.
type Slice[E any] struct {
	Items       []E
	HasNext     bool
	HasPrevious bool
}

// Facet is the distribution of the values of one field over a filtered list.
type Facet struct {
	Field  string
	Values []FacetValue
}

// FacetValue is one value of a facet: the value as filters take it, its label for people, and the
// number of entries that have it in the whole filtered list.
type FacetValue struct {
	Value string
	Label string
	Count int
}

// FacetQuery asks for facets of a filtered list, at most Limit values of each field.
type FacetQuery struct {
	Filter any // as in Query
	Fields []string
	Limit  int
}

// Canonical returns a string that is the same for two queries if and only if they are equal.
func (q FacetQuery) Canonical() string {
	if q.Filter == nil && len(q.Fields) == 0 {
		return ""
	}
	out := strconv.AppendInt(nil, int64(q.Limit), 10)
	for _, f := range q.Fields {
		out = append(append(out, ' '), f...)
	}
	return string(appendFilter(out, q.Filter))
}

// Wanted is something to read of a collection: entries by key, or a list, its count or its facets.
type Wanted struct {
	// Keys are the keys of entries; nil asks for a list.
	Keys  []string
	Scope Scope
	// Filter is that of the list, its count or its facets.
	Filter any
	// Query has the list's order and window.
	Query Query
	// Count asks for the count of the list, and Facets for its facets, at most Limit values of each.
	Count  bool
	Facets []string
	Limit  int
}

// TextFilter compares text, ignoring case and accents. All given conditions must hold.
type TextFilter struct {
	Eq         *string
	In         []string
	StartsWith *string
	Contains   *string
}

// IntFilter compares whole numbers. All given conditions must hold.
type IntFilter struct {
	Eq, Gt, Gte, Lt, Lte *int
}

// TimeFilter compares times. All given conditions must hold.
type TimeFilter struct {
	Eq, Gt, Gte, Lt, Lte *time.Time
}

// SlugFilter selects by related entries, which are named by their slugs: related to any of In, to all
// of All, to none of None. All given conditions must hold.
type SlugFilter struct {
	In, All, None []string
}

// EnumFilter selects by the value of an enum. All given conditions must hold.
type EnumFilter[E ~string] struct {
	In, NotIn []E
}

// EntryFilter is the part of every filter that concerns what all entries share.
type EntryFilter struct {
	Slug        *TextFilter
	Name        *TextFilter
	Status      *PublicationStatusFilter
	CreatedAt   *TimeFilter
	UpdatedAt   *TimeFilter
	PublishedAt *TimeFilter
}

// PublicationStatusFilter selects by publication state; in the published graph all are PUBLISHED.
type PublicationStatusFilter = EnumFilter[PublicationStatus]

// OrderValue returns the value of an order field that all entries share; false for other fields.
func (m *Meta) OrderValue(field string) (any, bool) {
	switch field {
	case OrderName, "":
		return SortKey(m.Name), true
	case "CREATED_AT":
		return m.CreatedAt, true
	case "UPDATED_AT":
		return m.UpdatedAt, true
	case "PUBLISHED_AT":
		if m.PublishedAt == nil {
			return nil, true
		}
		return *m.PublishedAt, true
	}
	return nil, false
}

// Orderable is an entry that can return the values of its type's order fields.
type Orderable interface {
	OrderValue(field string) (any, bool)
}
