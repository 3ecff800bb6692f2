// Package odd is a program with every construct that gqlgen offers and with odd data: nulls,
// panics, extreme numbers, missing entries. The engine's tests compare both executors on it.
package odd

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/internal/engine/testdata/odd/graph"
	"patternhub/internal/engine/testdata/odd/model"
)

// Program holds the data of the program. It never changes.
type Program struct {
	boxes []*model.Box
	dogs  map[string]*model.Dog
	byID  map[string]*model.Box
}

// New returns a program.
func New() *Program {
	p := &Program{boxes: boxes(), dogs: map[string]*model.Dog{}, byID: map[string]*model.Box{}}
	for i := range 64 {
		key := strconv.Itoa(i)
		p.dogs[key] = dog(key)
	}
	for _, b := range p.boxes {
		p.byID[b.ID] = b
	}
	return p
}

// Config returns the program's configuration for graph.NewExecutableSchema and graph.NewEngine.
func (p *Program) Config() graph.Config {
	return graph.Config{
		Resolvers: &Resolver{boxes: p.boxes},
		Directives: graph.DirectiveRoot{
			Shout: func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) },
			Trace: func(ctx context.Context, _ any, next graphql.Resolver, _ *int) (any, error) { return next(ctx) },
		},
	}
}

// Count is the number of boxes.
const Count = 12

func ptr[T any](v T) *T { return &v }

// every returns a pointer for every n-th box, starting at from, and nil for the others.
func every[T any](i, n, from int, v T) *T {
	if i%n == from {
		return &v
	}
	return nil
}

var extremes = []float64{0, 1e21, -1e-7, 123456789, 1e6, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, -0.0000123, 100000, math.Copysign(0, -1), 1.5e300}

func boxes() []*model.Box {
	all := make([]*model.Box, Count)
	for i := range all {
		all[i] = box(i)
	}
	for i := range all {
		if i%3 != 0 {
			all[i].SetTwin(all[(i*5+1)%Count])
		}
	}
	return all
}

func box(i int) *model.Box {
	moods := []string{"CALM", "ANGRY", "LOST"}
	mood := moods[i%3]
	b := &model.Box{
		N:    i,
		Base: model.Base{ID: "b" + strconv.Itoa(i), Name: "box \"" + strconv.Itoa(i) + "\"\\ \n\t\x01\x7f é <&> \u2028 \xff", Label: every(i, 2, 0, "label")},
		Size: extremes[i%len(extremes)], Weight: every(i, 3, 1, extremes[(i*7+1)%len(extremes)]), Sizes: extremes[:i%5],
		Count: i - 3, Tags: []string{"a", "", "c"}[:i%4%3], Notes: []*string{ptr("n"), nil, every(i, 2, 0, "m")},
		Keys: []*string{ptr("k"), every(i, 3, 0, "l"), every(i, 2, 0, "l")}, Matrix: [][]int{{1, 2}, nil, {}, {math.MaxInt64, math.MinInt64}},
		Holes: [][]*string{nil, {nil}, {ptr("h")}}, Mood: mood, Moods: moods[:i%4%3], MaybeMood: every(i, 2, 1, mood),
		MaybeMoods: []*string{&mood, nil}, StrictMoods: []*string{&mood, every(i, 3, 0, mood), every(i, 2, 0, mood)},
		Grade: model.AllGrade[i%2], Open: i%2 == 0, MaybeOpen: every(i, 3, 0, true),
		At: time.Unix(int64(i)*1e8, int64(i)*7).UTC(), Ended: every(i, 2, 0, time.Unix(1, 0).UTC()),
		Code: model.Code{A: i, B: -i}, Codes: []model.Code{{A: 1}, {B: 2}}, Amount: model.Amount{Cents: i * 99},
		MaybeAmount: every(i, 2, 0, model.Amount{Cents: 5}), Blank: []string{"", "text", "!", "x"}[i%4], StrictBlank: []string{"y", "", "z", "w", "!"}[i%5],
		Blanks: []string{"p", []string{"", "q"}[i%2]}, Inner: inner(i), MaybeInner: every(i, 2, 0, inner(i+1)), StrictInner: every(i, 4, i%4%3, inner(i+2)),
		Inners: []model.Inner{inner(i), inner(i + 1)}, Grid: [][]*model.Inner{{ptr(inner(i)), nil}, {}, nil},
		StrictGrid: [][]*model.Inner{{ptr(inner(i))}, {ptr(inner(1)), every(i, 2, 0, inner(i))}, nil},
	}
	switch i % 4 {
	case 1:
		b.Data = map[string]any{"a": 1, "b": []any{nil, "x"}}
	case 2:
		b.Data = "plain"
	}
	if i == 5 {
		b.Size, b.At = math.NaN(), time.Time{}
		b.Sizes = []float64{1, math.Inf(1), 2}
		b.Weight = ptr(math.Inf(-1))
		b.Tags, b.Moods, b.Inners, b.Notes, b.Matrix = nil, nil, nil, nil, nil
	}
	return b
}

func inner(i int) model.Inner {
	in := model.NewInner(i, i%3 == 2)
	in.Text = every(i, 2, 0, "inner")
	if i%4 != 0 && i < 40 {
		in.Deep = ptr(inner(i + 3))
	}
	return in
}

func dog(key string) *model.Dog {
	n, err := strconv.Atoi(key)
	if err != nil || n%4 == 3 {
		return nil
	}
	return &model.Dog{
		Base: model.Base{ID: "d" + key, Name: "dog " + key, Label: every(n, 2, 1, "good")},
		Mood: every(n, 2, 0, "CALM"), Age: n, Boxed: []int{n, n + 1, 99}, Pal: strconv.Itoa((n + 1) % 8),
	}
}

func cat(key string) *model.Cat {
	n, err := strconv.Atoi(key)
	if err != nil || n > 5 {
		return nil
	}
	return &model.Cat{Base: model.Base{ID: "c" + key, Name: "cat " + key}, Lives: every(n, 2, 1, 9-n)}
}
