package mongodb_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
	"patternhub/seed"
)

// seeded is the hub's own content in a database, and the same content in memory. All lists are
// tested on one database, since creating its indexes takes longer than all of the queries.
type seeded struct {
	store   *repository.Store
	db      *mongo.Database
	entries map[content.EntryType][]content.Entry
	names   map[content.ID]string
	schema  *ast.SchemaDocument
	state   func() content.State // that the counter has

	mu   sync.Mutex // guards find
	find bson.Raw   // the last find command
}

// mustSeed loads the seed. Some entries are published a second time, so that times differ, and some
// have an unpublished change, so that the perspectives differ.
func mustSeed(t *testing.T) *seeded {
	t.Helper()
	l := &seeded{entries: map[content.EntryType][]content.Entry{}, names: map[content.ID]string{}}
	var opened mongodb.Options
	l.store = storetest.Open(t, func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: l.record}
		o.CountFrom = 1
		opened = *o
	})
	l.db = raw(t, &opened)
	if _, err := seed.Load(t.Context(), l.store, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	all, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		l.entries[e.ID().Type] = append(l.entries[e.ID().Type], e)
		l.names[e.ID()] = e.Head().Name
	}
	l.mustRewrite(t)
	l.mustCopyHeads(t)
	l.schema = mustSchema(t)
	l.state = counting(t, l.store, 2*len(l.entries))
	return l
}

// mustSchema reads the contract, which has the orders and the facets of lists.
func mustSchema(t *testing.T) *ast.SchemaDocument {
	t.Helper()
	schema, err := parser.ParseSchemas(contenttest.Schema(t)...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// ways returns contexts in which the database counts, and in which the counter does what it can.
func (l *seeded) ways(t *testing.T) map[string]context.Context {
	t.Helper()
	return map[string]context.Context{"database": t.Context(), "counter": content.ReadOne(t.Context(), l.state)}
}

// record stores the last find command, for mustIndex.
func (l *seeded) record(_ context.Context, e *event.CommandStartedEvent) {
	if e.CommandName == "find" {
		l.mu.Lock()
		l.find = slices.Clone(e.Command)
		l.mu.Unlock()
	}
}

// mustRewrite publishes every third entry of a type again, and changes the draft of every fifth one.
func (l *seeded) mustRewrite(t *testing.T) {
	t.Helper()
	for i, step := range []int{3, 5} {
		var touched []content.Entry
		for _, et := range content.Types() {
			var keys []string
			for n := 0; n < len(l.entries[et]); n += step {
				keys = append(keys, l.entries[et][n].ID().Key)
			}
			found, err := l.store.At(content.Drafts).Reader(et).PagesByKeys(t.Context(), keys)
			if err != nil {
				t.Fatal(err)
			}
			touched = append(touched, found...)
		}
		for part := range slices.Chunk(touched, content.MaxBatch) {
			if i == 0 {
				storetest.Publish(t, l.store, part...)
				continue
			}
			for _, e := range part {
				e.Head().Name = "A draft of " + e.Head().Name
			}
			storetest.Put(t, l.store, part...)
		}
	}
}

// mustCopyHeads copies what the store has set to the entries in memory: times, revisions and states.
func (l *seeded) mustCopyHeads(t *testing.T) {
	t.Helper()
	for et, list := range l.entries {
		var keys []string
		for _, e := range list {
			keys = append(keys, e.ID().Key)
		}
		found, err := l.store.At(content.Published).Reader(et).EntriesByKeys(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range list {
			if found[i] == nil {
				t.Fatalf("%s %s is not published", et, e.ID().Key)
			}
			from, to := found[i].Head(), e.Head()
			to.Revision, to.Status = from.Revision, from.Status
			to.CreatedAt, to.UpdatedAt, to.PublishedAt, to.Publication = from.CreatedAt, from.UpdatedAt, from.PublishedAt, from.Publication
		}
	}
}

// mustIndex checks that the last find used an index, and with inOrder that it needed no sort.
func (l *seeded) mustIndex(t *testing.T, inOrder bool) {
	t.Helper()
	l.mu.Lock()
	command := explainable(t, l.find)
	l.mu.Unlock()
	reply, err := l.db.RunCommand(t.Context(), bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
	if err != nil {
		t.Fatal(err)
	}
	plan := reply.Lookup("queryPlanner", "winningPlan").String()
	if strings.Contains(plan, `"COLLSCAN"`) || inOrder && strings.Contains(plan, `"stage": "SORT"`) {
		t.Errorf("the plan of %v is %s", command, plan)
	}
}

// enum lists the values of an enum of the schema; none if there is no such enum.
func (l *seeded) enum(name string) []string {
	var out []string
	if d := l.schema.Definitions.ForName(name); d != nil {
		for _, v := range d.EnumValues {
			out = append(out, v.Name)
		}
	}
	slices.Sort(out)
	return out
}

// TestListsOfTheSeed compares filters, orders, facets, counts and relations of every type with values
// computed from the entries in memory, and checks the server's plans.
func TestListsOfTheSeed(t *testing.T) {
	l := mustSeed(t)
	for _, test := range []struct {
		of content.EntryType
		by func(*testing.T, *seeded)
	}{
		{content.TypeTier, checked(tierLists())},
		{content.TypeLaw, checked(lawLists())},
		{content.TypePillar, checked(pillarLists())},
		{content.TypeRole, checked(roleLists())},
		{content.TypeCompany, checked(companyLists())},
		{content.TypePractice, checked(practiceLists())},
		{content.TypePattern, checked(patternLists())},
		{content.TypeCaseStudy, checked(caseStudyLists())},
		{content.TypeFailureStudy, checked(failureStudyLists())},
		{content.TypeGuide, checked(guideLists())},
		{content.TypeQuickStart, checked(quickStartLists())},
		{content.TypeLearningPath, checked(learningPathLists())},
		{content.TypeJourney, checked(journeyLists())},
		{content.TypeMigration, checked(migrationLists())},
		{content.TypeComparison, checked(comparisonLists())},
		{content.TypePage, checked(pageLists())},
	} {
		t.Run(string(test.of), func(t *testing.T) { test.by(t, l) })
	}
}
