package odd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/engine/testdata/odd/graph"
	"patternhub/internal/engine/testdata/odd/model"
)

// Resolver is the root of the resolvers.
type Resolver struct{ boxes []*model.Box }

type (
	boxResolver          struct{ *Resolver }
	catResolver          struct{ *Resolver }
	dogResolver          struct{ *Resolver }
	queryResolver        struct{ *Resolver }
	mutationResolver     struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
)

// Box returns the resolvers of boxes.
func (r *Resolver) Box() graph.BoxResolver { return boxResolver{r} }

// Cat returns the resolvers of cats.
func (r *Resolver) Cat() graph.CatResolver { return catResolver{r} }

// Dog returns the resolvers of dogs.
func (r *Resolver) Dog() graph.DogResolver { return dogResolver{r} }

// Query returns the resolvers of the query type.
func (r *Resolver) Query() graph.QueryResolver { return queryResolver{r} }

// Mutation returns the resolvers of the mutation type.
func (r *Resolver) Mutation() graph.MutationResolver { return mutationResolver{r} }

// Subscription returns the resolvers of the subscription type.
func (r *Resolver) Subscription() graph.SubscriptionResolver { return subscriptionResolver{r} }

func node(ctx context.Context, id string) (model.Node, error) {
	if id == "" {
		return nil, errors.New("an empty id")
	}
	switch id[0] {
	case 'b':
		b, err := from(ctx).Boxes.Load(ctx, id)
		if err != nil || b == nil {
			return nil, err
		}
		return b, nil
	case 'd':
		d, err := from(ctx).Dogs.Load(ctx, id[1:])
		if d == nil {
			return nil, err
		}
		return d, err
	case 'c':
		// This returns a nil cat in a Node that is not nil.
		return from(ctx).Cats.Load(ctx, id[1:])
	}
	return nil, &gqlerror.Error{Message: "no such kind", Extensions: map[string]any{"code": "KIND"}}
}

func (r boxResolver) Label(_ context.Context, b *model.Box) (*string, error) {
	return b.Label, nil
}

func (r boxResolver) Owner(ctx context.Context, b *model.Box) (*model.Dog, error) {
	return from(ctx).Dogs.Load(ctx, strconv.Itoa(b.N%8))
}

func (r boxResolver) StrictOwner(ctx context.Context, b *model.Box) (*model.Dog, error) {
	return from(ctx).Dogs.Load(ctx, strconv.Itoa((b.N+1)%8))
}

func (r boxResolver) Pets(ctx context.Context, b *model.Box) ([]*model.Dog, error) {
	return from(ctx).Dogs.LoadAll(ctx, strconv.Itoa(b.N), strconv.Itoa(b.N+1))
}

func (r boxResolver) StrictPets(ctx context.Context, b *model.Box) ([]*model.Dog, error) {
	return from(ctx).Dogs.LoadAll(ctx, strconv.Itoa(b.N*4), strconv.Itoa(b.N))
}

func (r boxResolver) Friends(ctx context.Context, b *model.Box) ([]model.Node, error) {
	d, err := from(ctx).Dogs.Load(ctx, strconv.Itoa(b.N%4))
	if err != nil {
		return nil, err
	}
	c, err := from(ctx).Cats.Load(ctx, strconv.Itoa(b.N%8))
	return []model.Node{b, d, c}[:1+b.N%3], err
}

func (r boxResolver) MaybeFriends(ctx context.Context, b *model.Box) ([]model.Node, error) {
	n, err := node(ctx, "d"+strconv.Itoa(b.N))
	return []model.Node{n, nil, b}, err
}

func (r boxResolver) Things(ctx context.Context, b *model.Box) ([]model.Thing, error) {
	c, err := from(ctx).Cats.Load(ctx, strconv.Itoa(b.N))
	return []model.Thing{b, c}, err
}

func (r boxResolver) Stray(_ context.Context, b *model.Box) (model.Node, error) {
	switch b.N % 4 {
	case 0:
		return &model.Stray{}, nil
	case 1:
		return (*model.Dog)(nil), nil
	case 2:
		return &model.Ghost{}, nil
	}
	return b, nil
}

func (r boxResolver) StrictStray(_ context.Context, b *model.Box) (model.Named, error) {
	switch b.N % 4 {
	case 0:
		return nil, nil
	case 1:
		return (*model.Cat)(nil), nil
	case 2:
		return &model.Stray{}, nil
	}
	return b, nil
}

func (r boxResolver) Strays(_ context.Context, b *model.Box) ([]model.Thing, error) {
	if b.N%5 == 4 {
		return nil, nil
	}
	return []model.Thing{b, &model.Stray{}, nil, (*model.Cat)(nil)}, nil
}

func (r boxResolver) Related(_ context.Context, b *model.Box, first *int, filter *model.BoxFilter) (*model.BoxConnection, error) {
	if b.N%7 == 6 {
		return nil, nil
	}
	return r.connection(b.N+1, first, filter)
}

func (r *Resolver) connection(start int, first *int, filter *model.BoxFilter) (*model.BoxConnection, error) {
	n := 2
	if first != nil {
		n = *first
	}
	if n < 0 {
		return nil, errors.New("first is negative")
	}
	return &model.BoxConnection{
		Read: func(ctx context.Context) ([]*model.Box, error) {
			var keys []string
			for i := range min(n, 4) {
				keys = append(keys, "b"+strconv.Itoa((start+i*5)%Count))
			}
			if filter != nil && len(filter.Moods) == 2 {
				return nil, errors.New("two moods")
			}
			return from(ctx).Boxes.LoadAll(ctx, keys...)
		},
		Edge: func(i int, b *model.Box) *model.BoxEdge {
			return &model.BoxEdge{Cursor: strconv.Itoa(i), Node: b, Weight: b.Weight}
		},
	}, nil
}

func (r boxResolver) Fail(_ context.Context, b *model.Box) (*string, error) {
	if b.N%2 == 0 {
		return nil, fmt.Errorf("fail %d", b.N)
	}
	return &b.Name, nil
}

func (r boxResolver) StrictFail(_ context.Context, b *model.Box) (string, error) {
	switch b.N % 5 {
	case 0:
		return "", gqlerror.Errorf("strict fail %d", b.N)
	case 1:
		return "", gqlerror.List{gqlerror.Errorf("one"), gqlerror.Errorf("two")}
	}
	return b.Name, nil
}

func (r boxResolver) Late(_ context.Context, b *model.Box) (int, error) {
	if b.N%3 == 0 {
		panic("late " + strconv.Itoa(b.N))
	}
	return b.N, nil
}

func (r boxResolver) MaybeLate(_ context.Context, b *model.Box) (*int, error) {
	if b.N%3 == 1 {
		panic(errors.New("too late"))
	}
	return every(b.N, 2, 0, b.N), nil
}

func (r boxResolver) Extreme(_ context.Context, b *model.Box) (*float64, error) {
	if b.N == 4 {
		return ptr(math.NaN()), nil
	}
	return ptr(extremes[b.N]), nil
}

func (r boxResolver) Lines(ctx context.Context, b *model.Box) ([]string, error) {
	fc := graphql.GetFieldContext(ctx)
	root := graphql.GetRootFieldContext(ctx)
	return []string{fc.Path().String(), fc.Object, root.Object, strings.Join(graphql.CollectAllFields(ctx), ","), graphql.GetPath(ctx).String()}[:b.N%6], nil
}

func (r boxResolver) Echo(
	ctx context.Context, b *model.Box, text string, n *int, list []int, filter *model.BoxFilter, even *int, id, mood *string,
) (string, error) {
	show := func(p *int) string {
		if p == nil {
			return "nil"
		}
		return strconv.Itoa(*p)
	}
	out := fmt.Sprintf("%d %q %s %v %s", b.N, text, show(n), list, show(even))
	for _, s := range []*string{id, mood} {
		if s != nil {
			out += " " + *s
		}
	}
	args := graphql.GetFieldContext(ctx).Args
	return out + describe(filter) + strconv.Itoa(len(args)), nil
}

func describe(f *model.BoxFilter) string {
	if f == nil {
		return "-"
	}
	out := fmt.Sprintf("{%v", f.Moods)
	if f.Text != nil {
		out += *f.Text
	}
	if f.Range != nil && f.Range.From != nil {
		out += fmt.Sprint(*f.Range.From)
	}
	for _, o := range f.Any {
		out += describe(o)
	}
	return out + describe(f.Not) + "}"
}

func (r boxResolver) Shouted(_ context.Context, b *model.Box) (*string, error) { return &b.Name, nil }

func (r *Resolver) list(keys []int, n *int) []*model.Box {
	var out []*model.Box
	for i, k := range keys {
		if n != nil && i >= *n {
			break
		}
		if k < Count {
			out = append(out, r.boxes[k])
		} else {
			out = append(out, nil)
		}
	}
	return out
}

func (r dogResolver) Boxes(_ context.Context, d *model.Dog, n *int) ([]*model.Box, error) {
	return r.list(d.Boxed, n), nil
}

func (r dogResolver) Best(ctx context.Context, d *model.Dog) (*model.Dog, error) {
	return from(ctx).Dogs.Load(ctx, d.Pal)
}

func (r catResolver) Boxes(_ context.Context, c *model.Cat, n *int) ([]*model.Box, error) {
	return r.list([]int{len(c.ID), 3, 50}, n), nil
}

func (r catResolver) Rival(ctx context.Context, c *model.Cat) (*model.Dog, error) {
	return from(ctx).Dogs.Load(ctx, c.ID[1:])
}

func (r queryResolver) Again(context.Context) (*model.Root, error) { return &model.Root{}, nil }

func (r queryResolver) Box(ctx context.Context, id string) (*model.Box, error) {
	return from(ctx).Boxes.Load(ctx, id)
}

func (r queryResolver) StrictBox(ctx context.Context, id string) (*model.Box, error) {
	if id == "panic" {
		panic("strict")
	}
	return from(ctx).Boxes.Load(ctx, id)
}

func (r queryResolver) Boxes(_ context.Context, first *int, filter *model.BoxFilter) ([]*model.Box, error) {
	if filter != nil && filter.Even != nil && *filter.Even == 4 {
		return append(r.boxes[:2:2], nil), nil
	}
	if first == nil || *first < 0 || *first > Count {
		return nil, errors.New("first is out of range")
	}
	return r.boxes[:*first], nil
}

func (r queryResolver) MaybeBoxes(context.Context) ([]*model.Box, error) {
	return []*model.Box{r.boxes[1], nil, r.boxes[4], r.boxes[5]}, nil
}

func (r queryResolver) Node(ctx context.Context, id string) (model.Node, error) { return node(ctx, id) }

func (r queryResolver) Nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	out := make([]model.Node, len(ids))
	for i, id := range ids {
		var err error
		if out[i], err = node(ctx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r queryResolver) Named(context.Context) ([]model.Named, error) {
	return []model.Named{r.boxes[3], dog("2"), cat("1")}, nil
}

func (r queryResolver) Living(context.Context) ([]model.Living, error) {
	return []model.Living{dog("5"), (*model.Dog)(nil), &model.Ghost{}, cat("2"), nil}, nil
}

func (r queryResolver) Things(context.Context) ([]model.Thing, error) {
	return []model.Thing{dog("1"), r.boxes[7], cat("4"), nil, r.boxes[8]}, nil
}

func (r queryResolver) Connection(_ context.Context, first *int, filter *model.BoxFilter) (*model.BoxConnection, error) {
	return r.connection(1, first, filter)
}

func (r queryResolver) Number(_ context.Context, x *float64, _ *int) (*float64, error) { return x, nil }

func (r queryResolver) Words(_ context.Context, list []string) ([]*string, error) {
	out := []*string{nil}
	for i := range list {
		out = append(out, &list[i])
	}
	return out, nil
}

func (r mutationResolver) Touch(ctx context.Context, id string) (*model.Box, error) {
	return from(ctx).Boxes.Load(ctx, id)
}

// StrictTouch returns nil for what is not there.
func (r mutationResolver) StrictTouch(ctx context.Context, id string) (*model.Box, error) {
	if id == "panic" {
		panic("touched")
	}
	if id == "" {
		return nil, errors.New("nothing to touch")
	}
	return from(ctx).Boxes.Load(ctx, id)
}

// Count changes what Box.counted returns.
func (r mutationResolver) Count(ctx context.Context) (int, error) {
	return int(from(ctx).counted.Add(1)), nil
}

func (r mutationResolver) Shelve(ctx context.Context, first *int, filter *model.BoxFilter) (*model.BoxConnection, error) {
	from(ctx).counted.Add(1)
	return r.connection(2, first, filter)
}

func (r mutationResolver) Again(context.Context) (*model.Root, error) { return &model.Root{}, nil }

func (r boxResolver) Counted(ctx context.Context, _ *model.Box) (int, error) {
	return int(from(ctx).counted.Load()), nil
}

// follow returns a stream of events.
func follow[T any](all []T) <-chan T {
	out := make(chan T, len(all))
	for _, v := range all {
		out <- v
	}
	close(out)
	return out
}

func (r subscriptionResolver) Boxes(ctx context.Context, first *int, filter *model.BoxFilter) (<-chan *model.Box, error) {
	all, err := queryResolver{r.Resolver}.Boxes(ctx, first, filter)
	return follow(all), err
}

// StrictBoxes panics for a large number and sends nothing after a nil.
func (r subscriptionResolver) StrictBoxes(_ context.Context, first *int) (<-chan *model.Box, error) {
	if *first > Count {
		panic("too many boxes")
	}
	if *first < 0 {
		return nil, gqlerror.Errorf("first is %d", *first)
	}
	return follow(append(r.boxes[:*first:*first], nil)), nil
}

func (r subscriptionResolver) Things(context.Context, *int) (<-chan []model.Thing, error) {
	return follow([][]model.Thing{nil, {}, {dog("1"), r.boxes[7], nil, (*model.Cat)(nil)}, {r.boxes[2], cat("4")}}), nil
}

func (r subscriptionResolver) Ticks(_ context.Context, n int) (<-chan int, error) {
	out := make(chan int, n)
	for i := range n {
		out <- i
	}
	close(out)
	return out, nil
}
