package content

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Order sorts a list by one field; ties are broken by key in the same direction.
type Order struct {
	Field string
	Desc  bool
}

// OrderName is the field by which lists are sorted when nothing else is asked for.
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

// Order gives the order asked for; a nil argument is the zero Order.
func (o *OrderBy) Order() Order {
	if o == nil {
		return Order{}
	}
	return Order{Field: o.Field, Desc: o.Direction == Descending}
}

// Position is a place in an ordered list: the value of the order's field, and the key that
// breaks ties. Value is a string, an int64, a float64, a bool, a time.Time or nil.
type Position struct {
	Value any
	Key   string
}

// Window is a part of a list: at most Limit items after After and before Before, counted from
// the start, or from the end if Backward. Limit 0 means all; only bounded lists are read so.
type Window struct {
	Limit         int
	After, Before *Position
	Backward      bool
}

// Query asks a collection for a list. A nil Filter admits everything.
type Query[F any] struct {
	Filter *F
	Order  Order
	Window Window
}

// Canonical is the same for equal queries and different for others. Filters are trees of plain
// values, which always marshal.
func (q Query[F]) Canonical() string {
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
	if q.Filter != nil {
		out = appendJSON(out, q.Filter)
	}
	return string(out)
}

// appendJSON tells values apart that do not marshal, if there are any, by their addresses.
func appendJSON(out []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Appendf(out, " %#v", v)
	}
	return append(append(out, ' '), raw...)
}

// Scope narrows a list to what stands in a relation: to the entries that refer to something
// (Ref, as RefTo makes it), or to the entries with one of some Keys. The zero Scope is the
// whole collection.
type Scope struct {
	Ref string
	// Keys are joined with KeySeparator, so that a Scope can be compared.
	Keys string
}

// KeySeparator stands between the keys of a Scope; no key contains it.
const KeySeparator = "\n"

// RefTo is the Ref of a Scope: entries that state a reference at path ("companies.company") to
// the entry with that key.
func RefTo(path, key string) string { return path + ":" + key }

// RefToAny is the Ref of a Scope: entries that refer to that entry anywhere.
func RefToAny(id ID) string { return string(id.Type) + ":" + id.Key }

// ParseRef reads what RefToAny has made; false for anything else.
func ParseRef(ref string) (ID, bool) {
	t, key, ok := strings.Cut(ref, ":")
	id := ID{Type: EntryType(t), Key: key}
	return id, ok && id.Type.Name() != ""
}

// Slice is the part of a list that a Window shows.
type Slice[T any] struct {
	Items       []*T
	HasNext     bool
	HasPrevious bool
}

// Facet is the distribution of one field over a filtered list.
type Facet struct {
	Field  string
	Values []FacetValue
}

// FacetValue is one value of a facet: the value as filters take it, its name for people, and
// in how many entries of the whole filtered list it occurs.
type FacetValue struct {
	Value string
	Label string
	Count int
}

// FacetQuery asks for facets of a filtered list, at most Limit values of each field.
type FacetQuery[F any] struct {
	Filter *F
	Fields []string
	Limit  int
}

// Canonical is the same for equal questions and different for others.
func (q FacetQuery[F]) Canonical() string {
	if q.Filter == nil && len(q.Fields) == 0 {
		return ""
	}
	out := strconv.AppendInt(nil, int64(q.Limit), 10)
	for _, f := range q.Fields {
		out = append(append(out, ' '), f...)
	}
	if q.Filter != nil {
		out = appendJSON(out, q.Filter)
	}
	return string(out)
}

// TextFilter compares text with case and accents folded. All given conditions must hold.
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

// SlugFilter selects by related entries, named by their slugs: related to one of In, to all
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

// OrderValue is the value of an order field that all entries share; false for other fields.
func (m *Meta) OrderValue(field string) (any, bool) {
	switch field {
	case OrderName, "":
		return Fold(m.Name), true
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

// Orderable is an entry that knows the values of its type's order fields.
type Orderable interface {
	OrderValue(field string) (any, bool)
}
