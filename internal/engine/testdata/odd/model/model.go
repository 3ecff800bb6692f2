// Package model holds odd Go types in every shape that gqlgen binds: structs, embedded structs,
// methods with and without context and error, generic connections, functions for scalars.
package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Node is anything with an id.
type Node interface{ NodeID() string }

// Named is anything with a name.
type Named interface{ GetName() string }

// Thing is one of a union.
type Thing interface{ IsThing() }

// Left and Right are satisfied by the same types and are otherwise unrelated.
type (
	Left  interface{ IsThing() }
	Right interface{ IsThing() }
)

// Living is a Node that is alive.
type Living interface {
	Node
	Named
	IsThing()
	Alive()
}

// Alive makes a dog Living.
func (d *Dog) Alive() {}

// Alive makes a cat Living.
func (c *Cat) Alive() {}

// Ghost is Living and is not in the schema.
type Ghost struct{ Base }

// Alive makes a ghost Living.
func (g *Ghost) Alive() {}

// Base is embedded, so that its fields are promoted.
type Base struct {
	ID    string
	Name  string
	Label *string
}

// NodeID makes everything that embeds a Base a Node.
func (b *Base) NodeID() string { return b.ID }

// GetName makes everything that embeds a Base Named.
func (b *Base) GetName() string { return b.Name }

// IsThing makes everything that embeds a Base a Thing.
func (b *Base) IsThing() {}

// Stray is a Node, a Named and a Thing that is not in the schema.
type Stray struct{ Base }

// Inner is used by value and by pointer.
type Inner struct {
	Value int
	Text  *string
	Deep  *Inner
	bad   bool
}

// NewInner returns an Inner whose Boom panics if bad is set.
func NewInner(value int, bad bool) Inner { return Inner{Value: value, bad: bad} }

// Boom panics when the value is bad.
func (i *Inner) Boom() string {
	if i.bad {
		panic("inner boom " + strconv.Itoa(i.Value))
	}
	return "calm"
}

// Box has a field of every shape.
type Box struct {
	Base

	N           int
	Size        float64
	Weight      *float64
	Sizes       []float64
	Count       int
	Tags        []string
	Notes       []*string
	Keys        []*string
	Matrix      [][]int
	Holes       [][]*string
	Mood        string
	Moods       []string
	MaybeMood   *string
	MaybeMoods  []*string
	StrictMoods []*string
	Grade       Grade
	Open        bool
	MaybeOpen   *bool
	At          time.Time
	Ended       *time.Time
	Code        Code
	Codes       []Code
	Blank       string
	StrictBlank string
	Blanks      []string
	Data        any
	Amount      Amount
	MaybeAmount *Amount
	Inner       Inner
	MaybeInner  *Inner
	StrictInner *Inner
	Inners      []Inner
	Grid        [][]*Inner
	StrictGrid  [][]*Inner
	twin        *Box
}

// SetTwin sets what Twin returns.
func (b *Box) SetTwin(t *Box) { b.twin = t }

// Twin is a plain method.
func (b *Box) Twin() *Box { return b.twin }

// Boom is a plain method that panics for odd boxes.
func (b *Box) Boom() string {
	if b.N%2 == 1 {
		panic(fmt.Sprintf("boom %d", b.N))
	}
	return "quiet"
}

// StrictBoom panics for every third box.
func (b *Box) StrictBoom() string {
	if b.N%3 == 2 {
		panic(errors.New("strict boom"))
	}
	return "quiet too"
}

// BoomInner is a plain method that returns an object or panics.
func (b *Box) BoomInner() Inner {
	if b.N%4 == 3 {
		panic("no inner")
	}
	return NewInner(b.N, false)
}

// Check may fail and takes no context.
func (b *Box) Check() (*bool, error) {
	if b.N%3 == 1 {
		return nil, errors.New("unchecked")
	}
	return &b.Open, nil
}

// Summary takes arguments and no context.
func (b *Box) Summary(style *string, n int) *string {
	if n == 0 {
		return nil
	}
	s := fmt.Sprintf("%s:%d", b.Name, n)
	if style != nil {
		s += *style
	}
	return &s
}

// Dog is a Node.
type Dog struct {
	Base

	Mood  *string
	Age   int
	Boxed []int
	Pal   string
}

// Cat is a Node.
type Cat struct {
	Base

	Lives *int
}

// Root lets a field have the query type.
type Root struct{}

// Amount writes itself.
type Amount struct{ Cents int }

// MarshalGQL writes the amount.
func (a Amount) MarshalGQL(w io.Writer) { fmt.Fprintf(w, `"%d.%02d"`, a.Cents/100, a.Cents%100) }

// UnmarshalGQL reads cents.
func (a *Amount) UnmarshalGQL(v any) (err error) {
	a.Cents, err = graphql.UnmarshalInt(v)
	return err
}

// Code is a pair.
type Code struct{ A, B int }

// MarshalCode writes a code.
func MarshalCode(c Code) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { w.Write(AppendCode(nil, c)) })
}

// AppendCode is MarshalCode for buffers.
func AppendCode(buf []byte, c Code) []byte { return fmt.Appendf(buf, `"%d/%d"`, c.A, c.B) }

// UnmarshalCode returns an error: no argument is a code.
func UnmarshalCode(any) (Code, error) { return Code{}, errors.New("no codes please") }

// MarshalStamp writes a moment; the zero time is null.
func MarshalStamp(t time.Time) graphql.Marshaler { return graphql.MarshalTime(t) }

// UnmarshalStamp reads a moment.
func UnmarshalStamp(v any) (time.Time, error) { return graphql.UnmarshalTime(v) }

// MarshalBlank writes a string, or null for an empty one. It panics on "!".
func MarshalBlank(s string) graphql.Marshaler {
	switch s {
	case "":
		return graphql.Null
	case "!":
		panic("no exclamation")
	}
	return graphql.MarshalString(s)
}

// UnmarshalBlank reads a string.
func UnmarshalBlank(v any) (string, error) { return graphql.UnmarshalString(v) }

// MarshalEven writes a number.
func MarshalEven(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// UnmarshalEven refuses odd numbers and panics at thirteen.
func UnmarshalEven(v any) (int, error) {
	i, err := graphql.UnmarshalInt(v)
	if i == 13 {
		panic("thirteen")
	}
	if err == nil && i%2 == 1 {
		err = fmt.Errorf("%d is odd", i)
	}
	return i, err
}

// Edge is one position in a list.
type Edge[T any] struct {
	Cursor string
	Node   *T
	Weight *float64
}

// Facet is a count.
type Facet struct {
	Mood  string
	Count int
}

// Connection reads its nodes when a field of it is called.
type Connection[T, E any] struct {
	Read func(ctx context.Context) ([]*T, error)
	Edge func(i int, t *T) *E
}

// BoxEdge is an edge to a box.
type BoxEdge = Edge[Box]

// BoxConnection is a list of boxes.
type BoxConnection = Connection[Box, Edge[Box]]

// Nodes returns the nodes.
func (c *Connection[T, E]) Nodes(ctx context.Context) ([]*T, error) { return c.Read(ctx) }

// Edges returns the edges.
func (c *Connection[T, E]) Edges(ctx context.Context) ([]*E, error) {
	nodes, err := c.Read(ctx)
	out := make([]*E, len(nodes))
	for i, n := range nodes {
		out[i] = c.Edge(i, n)
	}
	return out, err
}

// TotalCount returns the number of nodes.
func (c *Connection[T, E]) TotalCount(ctx context.Context) (int, error) {
	nodes, err := c.Read(ctx)
	return len(nodes), err
}

// Facets returns the moods that were asked for.
func (c *Connection[T, E]) Facets(ctx context.Context, moods []string, limit *int) ([]Facet, error) {
	if limit != nil && *limit < 0 {
		return nil, errors.New("limit must not be negative")
	}
	nodes, err := c.Read(ctx)
	var out []Facet
	for i, m := range moods {
		if limit == nil || i < *limit {
			out = append(out, Facet{Mood: m, Count: len(nodes)})
		}
	}
	return out, err
}
