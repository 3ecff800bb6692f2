package resolvers_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"patternhub/internal/content"
)

// histories is the number of acts that TestNoHistoryBreaksAnAnswer performs; thousands for a long run.
var histories = flag.Int("histories", 80, "how many acts of authors to try")

// historian performs random acts that an author may perform.
type historian struct {
	*hub
	rand *rand.Rand
	ids  []content.ID
	last int64 // the newest change that the networks have noted
}

// one picks an entry; each type is equally likely.
func (h *historian) one() content.ID {
	types := content.Types()
	want := types[h.rand.IntN(len(types))]
	var of []content.ID
	for _, id := range h.ids {
		if id.Type == want {
			of = append(of, id)
		}
	}
	if len(of) == 0 {
		return h.ids[h.rand.IntN(len(h.ids))]
	}
	return of[h.rand.IntN(len(of))]
}

// some picks up to three entries.
func (h *historian) some() content.Release {
	var r content.Release
	for range 1 + h.rand.IntN(3) {
		if id := h.one(); !slices.Contains(r.IDs, id) {
			r.IDs = append(r.IDs, id)
		}
	}
	r.Cascade = h.rand.IntN(2) == 0
	return r
}

// whole reads a working copy; nil if the entry is deleted.
func (h *historian) whole(t *testing.T, id content.ID) content.Entry {
	t.Helper()
	found, err := h.store.At(content.Drafts).Reader(id.Type).PagesByKeys(t.Context(), []string{id.Key})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// values reads an entry's fields as an author would send them, some of them emptied.
func (h *historian) values(t *testing.T, id content.ID) content.Entry {
	t.Helper()
	e := h.whole(t, id)
	if e == nil {
		return nil
	}
	for _, name := range content.Authored(id.Type) {
		if name != "slug" && name != "name" && h.rand.IntN(5) == 0 {
			content.FieldValue(e, name).SetZero()
		}
	}
	slugs := map[content.ID]string{}
	for _, r := range content.References(e) {
		if other := h.whole(t, r.Target); other != nil {
			slugs[r.Target] = other.Head().Slug
		}
	}
	content.MapReferences(e, func(r content.Reference) string { return slugs[r.Target] })
	return e
}

// act performs one random act and describes it.
func (h *historian) act(t *testing.T, n int) (string, *content.Outcome, error) {
	t.Helper()
	ctx, id, by := t.Context(), h.one(), content.Request{By: "author"}
	switch h.rand.IntN(10) {
	case 0, 1:
		e := h.values(t, id)
		if e == nil {
			return "nothing", &content.Outcome{}, nil
		}
		e.Head().Slug = fmt.Sprintf("made-%d", n)
		out, err := h.store.Save(ctx, by, content.Edit{ID: content.ID{Type: id.Type}, Fields: content.Authored(id.Type), Values: e})
		if err == nil && len(out.Entries) > 0 {
			h.ids = append(h.ids, out.Entries[0].ID())
		}
		return "create like " + id.Key, out, err
	case 2, 3, 4:
		from := id
		for range 20 {
			if other := h.one(); other.Type == id.Type {
				from = other
			}
		}
		e := h.values(t, from)
		if e == nil {
			return "nothing", &content.Outcome{}, nil
		}
		fields := content.Authored(id.Type)[3:]
		fields = slices.DeleteFunc(slices.Clone(fields), func(string) bool { return h.rand.IntN(3) > 0 })
		out, err := h.store.Save(ctx, by, content.Edit{ID: id, Fields: fields, Values: e})
		return fmt.Sprintf("update %s %s: %v of %s", id.Type, id.Key, fields, from.Key), out, err
	case 5, 6:
		what := h.some()
		out, err := h.store.Release(ctx, by, what)
		return fmt.Sprintf("publish %v", what), out, err
	case 7:
		what := h.some()
		out, err := h.store.Withdraw(ctx, by, what)
		return fmt.Sprintf("unpublish %v", what.IDs), out, err
	case 8:
		what := h.some()
		out, err := h.store.Remove(ctx, by, what)
		return fmt.Sprintf("delete %v", what.IDs), out, err
	}
	out, err := h.store.Restore(ctx, by, id, 1+h.rand.IntN(3), nil)
	return fmt.Sprintf("restore %s %s", id.Type, id.Key), out, err
}

// TestNoHistoryBreaksAnAnswer performs random acts of authors on all types. After every act that
// is allowed, the golden queries answer in both graphs: an entry they ask for may be missing, but
// nothing is an internal error.
func TestNoHistoryBreaksAnAnswer(t *testing.T) {
	seed := rand.Uint64()
	h := &historian{hub: newHub(t), rand: rand.New(rand.NewPCG(seed, 0))}
	changes, err := h.store.Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if id := (content.ID{Type: c.Type, Key: c.Key}); c.Graph == content.Published && slices.Contains(content.Types(), c.Type) {
			h.ids = append(h.ids, id)
		}
	}
	// These acts once broke the front page, so they run whatever the seed.
	path := content.ID{Type: content.TypeLearningPath, Key: "foundation-excellence"}
	out, err := h.store.Withdraw(t.Context(), content.Request{By: "author"}, content.Release{IDs: []content.ID{path}})
	if err != nil || len(out.Errors) > 0 {
		t.Fatalf("a path is not unpublished: %+v, %v", out, err)
	}
	role := &content.Role{Meta: content.Meta{Type: content.TypeRole, Slug: "made", Name: "Made"}}
	if out, err = h.store.Save(t.Context(), content.Request{By: "author"}, content.Edit{ID: content.ID{Type: content.TypeRole}, Fields: []string{"slug", "name"}, Values: role}); err != nil || len(out.Errors) > 0 {
		t.Fatalf("a role is not made: %+v, %v", out, err)
	}
	h.answers(t, seed, nil)
	var done []string
	accepted := 0
	for n := range *histories {
		name, out, err := h.act(t, n)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, name, err)
		}
		if len(out.Errors) == 0 && name != "nothing" {
			done = append(done, name)
			accepted++
		}
		if n%40 == 39 {
			h.answers(t, seed, done)
			done = nil
		}
	}
	if accepted < *histories/10 {
		t.Errorf("only %d acts were accepted", accepted)
	}
	t.Logf("%d of %d acts were accepted", accepted, *histories)
}

// answers notes the changes, as a running hub does, and runs all golden queries in both graphs.
func (h *historian) answers(t *testing.T, seed uint64, done []string) {
	t.Helper()
	changes, err := h.store.Changes(t.Context(), h.last, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	h.networks.Note(content.State{}, changes...)
	for _, c := range changes {
		h.last = max(h.last, c.Seq)
	}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		for _, g := range suite(t) {
			resp, _ := h.answerFrom(t, h.store.At(p), h.engine, g.query, g.variables)
			for _, e := range resp.Errors {
				if content.CodeOf(e) == content.Internal {
					t.Errorf("seed %d: %s of %s: %v at %v after %q", seed, g.name, p, e.Message, e.Path, done)
				}
			}
		}
	}
}
