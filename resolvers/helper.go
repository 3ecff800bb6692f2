package resolvers

import (
	"context"
	"fmt"

	"patternhub/content"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

// pageOf reads what only the page of an entry shows, which entities leave out.
// An operation that asks for several such fields of one entry reads its page once.
func pageOf[T, F, V any](ctx context.Context, set *loaders.Set[T, F], entity *T, field func(*T) V) (V, error) {
	page, err := set.Page(ctx, entity)
	if err != nil || page == nil {
		var none V
		return none, err
	}
	return field(page), nil
}

// listAll reads what refers to an entry, whole; for relations that are small by nature.
// It takes no window, so it is not for relations that grow with the graph.
func listAll[T, F any](ctx context.Context, set *loaders.Set[T, F], ref string, order content.Order) ([]*T, error) {
	slice, err := set.List(ctx, content.Scope{Ref: ref}, content.Query[F]{Order: order})
	if err != nil {
		return nil, err
	}
	return slice.Items, nil
}

// firstOf takes the only one of a list.
func firstOf[T any](list []*T, err error) (*T, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// subjectLabel is the name of what a subject stands for.
// What is neither a pattern nor a practice of the hub has its name as text.
func subjectLabel(ctx context.Context, s *content.Subject) (string, error) {
	switch {
	case s.PatternKey != "":
		return nameOf(loaders.For(ctx).Patterns.Load(ctx, s.PatternKey))
	case s.PracticeKey != "":
		return nameOf(loaders.For(ctx).Practices.Load(ctx, s.PracticeKey))
	}
	return s.Text, nil
}

// nameOf is the name of an entry, empty for a missing one.
// It takes the error too, so that a load can be handed over as it is.
func nameOf[T any](e *T, err error) (string, error) {
	if err != nil || e == nil {
		return "", err
	}
	return any(e).(content.Entry).Head().Name, nil
}

// stepLabel is what a step's link is called: its entry's name, or its section or category in words.
func stepLabel(ctx context.Context, l *content.StepLink) (string, error) {
	e, err := loaders.For(ctx).Entry(ctx, l.Target())
	switch {
	case err != nil:
		return "", err
	case e != nil:
		return e.Head().Name, nil
	case l.Category != nil:
		return content.Words(string(*l.Category)), nil
	case l.Section != nil:
		return content.Words(*l.Section), nil
	}
	return "", nil
}

// marked shows where the words of a search stand in a hit, which takes its long texts.
// It runs only where the field is asked for; a hit without it costs no page.
func marked(ctx context.Context, hit *relay.SearchResultEdge) ([]*content.Highlight, error) {
	whole, err := loaders.For(ctx).EntryPage(ctx, hit.Node)
	if err != nil || whole == nil {
		return []*content.Highlight{}, err
	}
	return hit.Marked(whole), nil
}

// suggestions is how many names suggest gives when it is not told.
// It fits below a search box without scrolling.
const suggestions = 8

// given is what an argument says; a null is as good as none.
func given[V any](arg *V, absent V) V {
	if arg == nil {
		return absent
	}
	return *arg
}

// asNode keeps a missing entry a plain nil.
// An interface that holds a nil pointer would not be null in the answer.
func asNode(e content.Entry, err error) (content.Node, error) {
	if err != nil || e == nil {
		return nil, err
	}
	return e, nil
}

// maxNodes bounds the ids of one nodes field, as it does a page.
const maxNodes = 100

// nodes reads entries of any types in the order of their ids. The loads start together, so
// that each type costs one command.
// A missing entry is nil in its place, as Relay's specification of nodes has it.
func nodes(ctx context.Context, ids []*content.ID) ([]content.Node, error) {
	if len(ids) > maxNodes {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("nodes takes at most %d ids; this list has %d.", maxNodes, len(ids)))
	}
	values := make([]content.ID, len(ids))
	for i, id := range ids {
		values[i] = *id
	}
	found, err := loaders.For(ctx).Entries(ctx, values)
	if err != nil {
		return nil, err
	}
	out := make([]content.Node, len(found))
	for i, e := range found {
		if e != nil {
			out[i] = e
		}
	}
	return out, nil
}
