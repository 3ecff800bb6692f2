package mongodb_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/content"
	"patternhub/mongodb"
	"patternhub/seed"
)

// seeded is the hub's own content in a database, and the same content in memory. All lists are
// tested on the one database, since making its indexes takes longer than all of the queries.
type seeded struct {
	store   *mongodb.Store
	db      *mongo.Database
	entries map[content.EntryType][]content.Entry
	names   map[content.ID]string
	schema  *ast.SchemaDocument

	mu   sync.Mutex
	find bson.Raw // the last one that was sent
}

// mustSeed loads the seed. Some entries are written and published a second time, so that times
// differ, and some have an unpublished change, so that the perspectives do.
func mustSeed(t *testing.T) *seeded {
	t.Helper()
	l := &seeded{entries: map[content.EntryType][]content.Entry{}, names: map[content.ID]string{}}
	var opened mongodb.Options
	l.store = open(t, func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: l.saw}
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
	l.mustTouch(t)
	l.mustStamp(t)
	l.schema = mustSchema(t)
	return l
}

// mustSchema reads the contract, which says by what lists can be sorted and counted.
func mustSchema(t *testing.T) *ast.SchemaDocument {
	t.Helper()
	files, err := filepath.Glob("../schema/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatal("no schema", err)
	}
	var sources []*ast.Source
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: f, Input: string(text)})
	}
	schema, err := parser.ParseSchemas(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// saw keeps the last find for explanations.
func (l *seeded) saw(_ context.Context, e *event.CommandStartedEvent) {
	if e.CommandName == "find" {
		l.mu.Lock()
		l.find = slices.Clone(e.Command)
		l.mu.Unlock()
	}
}

// mustTouch publishes every third entry of a type again, and changes every fifth one's draft.
func (l *seeded) mustTouch(t *testing.T) {
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
				mustPublish(t, l.store, part...)
				continue
			}
			for _, e := range part {
				e.Head().Name = "A draft of " + e.Head().Name
			}
			mustPut(t, l.store, part...)
		}
	}
}

// mustStamp takes over what only a store can know: times, revisions and states.
func (l *seeded) mustStamp(t *testing.T) {
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
			to.CreatedAt, to.UpdatedAt, to.PublishedAt = from.CreatedAt, from.UpdatedAt, from.PublishedAt
		}
	}
}

// mustIndex wants the last find to have run on an index, and on one in the order asked for where
// it should need no sort of its own.
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

// enum lists the values of an enum of the schema; none where there is no such enum.
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

// TestListsOfTheSeed compares filters, orders, facets, counts and relations of every type with
// what the entries themselves say, and asks the server how it runs them.
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
