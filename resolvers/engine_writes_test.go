package resolvers_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/engine/enginetest"
)

// TestCallsAreMadeOnce counts the calls of resolvers and of connections' methods in the golden queries, from
// the database and from the cache. A reference that is read without a call counts none.
func TestCallsAreMadeOnce(t *testing.T) {
	h := newHub(t)
	calls := 0
	for name, g := range map[string]*content.Graph{"cold": h.store.At(content.Published), "warm": h.memory(t)} {
		for _, q := range suite(t) {
			made := map[string]int{}
			h.called = func(ctx context.Context) {
				h.mu.Lock()
				defer h.mu.Unlock()
				made[graphql.GetFieldContext(ctx).Path().String()]++
			}
			h.answerFrom(t, g, h.engine, q.query, q.variables)
			h.called = nil
			for path, n := range made {
				calls++
				if n != 1 {
					t.Errorf("%s, %s: %d calls of %s", q.name, name, n, path)
				}
			}
		}
	}
	if calls == 0 {
		t.Error("nothing was counted")
	}
	t.Logf("%d calls", calls)
}

// seriesOfWrites returns mutations with several fields in series, whose payloads have relations, and with
// fields that fail or refuse.
func seriesOfWrites() []string {
	const payload = `{ userErrors { field message code } law { slug revision status pillars { slug name laws { slug pillars { slug } } } revisions(first: 5) { nodes { revision changes { path } } totalCount } directPillars { name body { html } } } }`
	law := func(name string) string {
		return `{ name: "` + name + `", summary: "A law.", group: HUMAN, number: 71, shortCode: "L` + name + `", directPillars: ["work", "truth"], body: "# A law" }`
	}
	tier := content.ID{Type: content.TypeTier, Key: "gold"}.String()
	return []string{
		`mutation { a: lawCreate(input: ` + law("One") + `) ` + payload + ` b: lawCreate(input: ` + law("One") + `) ` + payload + ` c: lawCreate(input: ` + law("Two") + `) ` + payload + ` }`,
		`mutation { entryUnpublish(ids: ["` + tier + `"]) { referrers { place } userErrors { message code } } again: entryDelete(ids: ["` + tier + `", "no id"]) { userErrors { code } } }`,
		`mutation { entryPublish(ids: ["` + tier + `"], cascade: true) { userErrors { code } entries { __typename slug ... on Tier { rank patterns(first: 2) { nodes { slug laws { name } } totalCount } } } } }`,
		`mutation($no: Boolean = false) { __typename lawCreate(input: ` + law("Three") + `) @include(if: $no) { law { slug } } ...F } fragment F on Mutation { d: lawCreate(input: ` + law("Four") + `) { law { name lawMentions { totalCount } } } }`,
	}
}

// TestTheEngineWritesAsStock runs mutations on two hubs, one with each executor. Since both begin with the
// same content, all answers must agree.
func TestTheEngineWritesAsStock(t *testing.T) {
	ours, stocks := newDesk(t), newDesk(t)
	p := enginetest.NewPair(stocks.stock, ours.schema)
	p.StockContext, p.EngineContext = stocks.within, ours.within
	for _, text := range seriesOfWrites() {
		if _, err := p.Compare(t.Context(), text, nil); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	seed := enginetest.Seed(t, 8)
	g := ours.generator(seed)
	g.Operation, g.Sets, g.Depth = ast.Mutation, 1, 3
	id := func(t content.EntryType, key string) string { return content.ID{Type: t, Key: key}.String() }
	g.Scalars["ID"] = enginetest.Pick(id(content.TypeLaw, "cognitive-load"), id(content.TypePillar, "work"), id(content.TypePattern, "saga"), id(content.TypeTier, "none"), "no id")
	for _, slug := range []string{"patterns", "laws", "pillars", "tier", "companies"} {
		for _, in := range ours.schema.Schema().Types {
			g.Scalars[in.Name+"."+slug] = enginetest.Pick("saga", "caching", "work", "cognitive-load", "gold", "netflix", "none")
		}
	}
	g.Leave = leftOut
	c := &tally{wanted: int64(enginetest.Operations(t, 60))}
	if c.wanted <= 60 {
		c.end = time.Now().Add(30 * time.Second)
	}
	for c.next() {
		op := g.Next()
		switch resp, err := p.Compare(t.Context(), op.Text, op.Variables[0]); {
		case errors.Is(err, enginetest.ErrInvalid):
			c.started.Add(-1)
		case err != nil:
			t.Fatalf("%v\n%s\n%v", err, op.Text, op.Variables[0])
		default:
			c.answers.Add(1)
			if len(resp.Errors) > 0 {
				c.faulty.Add(1)
			}
		}
	}
	t.Logf("%d answers, %d with errors", c.answers.Load(), c.faulty.Load())
}

// leftOut reports whether a field's answer depends on more than the content, or its part is not in a desk.
func leftOut(field string) bool {
	// Tokens are signed by the database.
	if strings.HasSuffix(field, ".token") {
		return true
	}
	switch field {
	case "Mutation.releaseCreate", "Mutation.releaseUndo": // their ids are new
		return true
	case "Mutation.previewTokenCreate", "Mutation.previewCreate", "Mutation.previewRevoke", "Mutation.patternHealthRecord", "Mutation.webhookEndpointCreate", "Mutation.webhookEndpointUpdate",
		"Mutation.webhookEndpointDelete", "Mutation.webhookRedeliver", "Mutation.entryCommentCreate", "Mutation.entryCommentResolve", "Mutation.entryCommentDelete":
		return true
	}
	return false
}

// TestTheEngineSendsEventsAsStock follows the same writes with both executors.
func TestTheEngineSendsEventsAsStock(t *testing.T) {
	h := newLive(t)
	h.run(t)
	a := gold(t, h)
	must(t, a.create(t.Context(), false))
	id := content.ID{Type: content.TypePattern, Key: "e002"}
	const query = `subscription { c: entryChanged { __typename ... on EntryUpsert { token reread changedAt entry { slug name ...F
		... on Tier { patterns(first: 2) { nodes { slug tier { name } } totalCount } criteria } } } ... on EntryDeletion { entryId type } } }
		fragment F on Pattern { tier { slug body { html } patterns { totalCount } } laws { slug } problem refused: guides(first: 0) { totalCount } }`
	var streams []func() *graphql.Response
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, exec := range []*executor.Executor{h.exec, h.stock} {
		next, err := h.dispatchOn(ctx, exec, query, nil)
		must(t, err)
		streams = append(streams, next)
	}
	must(t, a.publish(t.Context(), id))
	must(t, a.edit(t.Context(), id, true))
	must(t, a.publish(t.Context(), id))
	must(t, a.publish(t.Context(), content.ID{Type: content.TypeTier, Key: "e001"}))
	must(t, a.unpublish(t.Context(), id))
	refused := 0
	for i := range 4 {
		ours, stocks := streams[0](), streams[1]()
		if d := cmp.Diff(string(stocks.Data), string(ours.Data)); d != "" {
			t.Errorf("event %d (-stock +engine):\n%s", i, d)
		}
		if d := cmp.Diff(enginetest.Errors(stocks), enginetest.Errors(ours)); d != "" {
			t.Errorf("errors of event %d (-stock +engine):\n%s", i, d)
		}
		refused += len(ours.Errors)
	}
	if refused == 0 {
		t.Error("no event has an error")
	}
}
