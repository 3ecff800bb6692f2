package resolvers

import (
	"context"
	"fmt"

	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// pageOf returns a field that only an entry's page has, not its entity. An operation that asks for
// several such fields of one entry reads its page once.
func pageOf[E content.Entry, V any](ctx context.Context, set *loaders.Set[E], entity E, field func(E) V) (V, error) {
	page, err := set.Page(ctx, entity)
	if err != nil || content.Missing(page) {
		var none V
		return none, err
	}
	return field(page), nil
}

// listAll reads all entries that refer to an entry. It does not page, so it is only for relations
// that do not grow with the graph.
func listAll[E content.Entry](ctx context.Context, set *loaders.Set[E], ref string, order content.Order) ([]E, error) {
	slice, err := set.List(ctx, content.Scope{Ref: ref}, content.Query{Order: order})
	if err != nil {
		return nil, err
	}
	return slice.Items, nil
}

// only returns the entry of a singleton. Every hub has it since its first start, so that it is missing is an
// error, and fields that show it need not be null.
func only[E content.Entry](ctx context.Context, set *loaders.Set[E], t content.EntryType) (E, error) {
	e, err := set.Load(ctx, t.OnlyKey())
	if err == nil && content.Missing(e) {
		err = content.Fault(content.NotFound, fmt.Sprintf("The hub's %s is not loaded; patternhub seed loads it.", t.Stem()))
	}
	return e, err
}

// firstOf returns the only entry of a list, or nil.
func firstOf[T any](list []*T, err error) (*T, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// subjectLabel returns the name of a subject. If the subject is neither a pattern nor a practice
// of the hub, the subject itself has its name as text.
func subjectLabel(ctx context.Context, s *content.Subject) (string, error) {
	switch {
	case s.PatternKey != "":
		return nameOf(loaders.For(ctx).Patterns.Load(ctx, s.PatternKey))
	case s.PracticeKey != "":
		return nameOf(loaders.For(ctx).Practices.Load(ctx, s.PracticeKey))
	}
	return s.Text, nil
}

// nameOf returns the name of an entry, empty for a missing one. It takes the error too, so that it
// can wrap a load.
func nameOf[E content.Entry](e E, err error) (string, error) {
	if err != nil || content.Missing(e) {
		return "", err
	}
	return e.Head().Name, nil
}

// stepLabel returns the text of a step's link: the entry's name, or the section or category in words.
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

// marked returns the highlights of a hit, for which it reads the long texts. It runs only if the
// field is asked for; a hit without it costs no page.
func marked(ctx context.Context, hit *relay.SearchResultEdge) ([]*content.Highlight, error) {
	whole, err := loaders.For(ctx).EntryPage(ctx, hit.Node)
	if err != nil || whole == nil {
		return []*content.Highlight{}, err
	}
	return hit.Marked(whole), nil
}

// suggestions is the default number of names that suggest returns. They fit below a search box
// without scrolling.
const suggestions = 8

// valueOr returns the value of an argument, or absent if it is null or missing.
func valueOr[V any](arg *V, absent V) V {
	if arg == nil {
		return absent
	}
	return *arg
}

// node returns the node with that id, whatever its type.
func (r *Resolver) node(ctx context.Context, id content.ID) (content.Node, error) {
	if n, err := asNode(loaders.For(ctx).Entry(ctx, id)); n != nil || err != nil {
		return n, err
	}
	return r.setting(ctx, id)
}

// setting reads a node that is not an entry but belongs to the hub's settings. It is null for
// viewers who may not list such nodes, so that they cannot learn which exist.
func (r *Resolver) setting(ctx context.Context, id content.ID) (content.Node, error) {
	if n, err := r.account(ctx, id); n != nil || err != nil {
		return n, err
	}
	if id.Type == content.NonEntryRelease && r.ViewerOf(ctx).AccessRole.Covers(content.RolePreviewer) {
		return asNode(r.Authoring.Store.ReleaseByKey(ctx, id.Key))
	}
	webhooks := r.Webhooks.Store
	if !r.ViewerOf(ctx).AccessRole.Covers(content.RoleAdmin) {
		return nil, nil
	}
	switch id.Type {
	case content.NonEntryWebhookEndpoint:
		return asNode(webhooks.EndpointByKey(ctx, id.Key))
	case content.NonEntryWebhookDelivery:
		d, err := webhooks.DeliveryByKey(ctx, id.Key)
		if d != nil && err == nil {
			d.Endpoint, err = webhooks.EndpointByKey(ctx, d.EndpointKey)
		}
		return asNode(d, err)
	default:
		return nil, nil
	}
}

// asNode returns a plain nil for a missing node. An interface that holds a nil pointer would not be
// null in the answer.
func asNode[N interface {
	comparable
	content.Node
}](n N, err error) (content.Node, error) {
	var none N
	if err != nil || n == none {
		return nil, err
	}
	return n, nil
}

// maxNodes bounds the ids of one nodes field, at the bound of a page.
const maxNodes = 100

// nodes reads nodes of any types in the order of their ids. The loads of entries start together,
// so that each type costs one command; others are read one by one, since only staff have them.
// A missing node is nil at its index, as in Relay's specification of nodes.
func (r *Resolver) nodes(ctx context.Context, ids []*content.ID) ([]content.Node, error) {
	if len(ids) > maxNodes {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("nodes takes at most %d ids; this list has %d.", maxNodes, len(ids)))
	}
	wanted := values(ids)
	found, err := loaders.For(ctx).Entries(ctx, wanted)
	if err != nil {
		return nil, err
	}
	out := make([]content.Node, len(found))
	for i, e := range found {
		if e != nil {
			out[i] = e
		} else if out[i], err = r.setting(ctx, wanted[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
