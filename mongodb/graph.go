package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/content"
)

// graph is one perspective: its collections, typed and by type.
// The same collections stand in content with their types and in kept without them. It never changes
// after newGraph, so it needs no lock.
type graph struct {
	db      *mongo.Database
	content content.Graph
	kept    map[content.EntryType]kept
}

// kept is what writes and indexes need of a collection, without its Go type.
// Writes handle any entry: what they need is the raw collection to write to, the texts to fold, and
// a way from a document to the right Go type. Reads go through content.Graph.
type kept interface {
	content.Reader
	raw() *mongo.Collection
	indexed() []mongo.IndexModel
	foldedFields() []string
	decode(raw bson.Raw) (content.Entry, error)
}

// newGraph makes the collections of one perspective, whose names end in suffix. The tables of the
// tools are the same in both; only what Measure counts differs.
func newGraph(db *mongo.Database, suffix string) *graph {
	g := &graph{db: db, kept: map[content.EntryType]kept{}}
	g.content = content.Graph{
		Tiers:          keep(g, suffix, tierSpec()),
		Laws:           keep(g, suffix, lawSpec()),
		Pillars:        keep(g, suffix, pillarSpec()),
		Roles:          keep(g, suffix, roleSpec()),
		Companies:      keep(g, suffix, companySpec()),
		Practices:      keep(g, suffix, practiceSpec()),
		Patterns:       keep(g, suffix, patternSpec()),
		CaseStudies:    keep(g, suffix, caseStudySpec()),
		FailureStudies: keep(g, suffix, failureStudySpec()),
		Guides:         keep(g, suffix, guideSpec()),
		QuickStarts:    keep(g, suffix, quickStartSpec()),
		LearningPaths:  keep(g, suffix, learningPathSpec()),
		Journeys:       keep(g, suffix, journeySpec()),
		Migrations:     keep(g, suffix, migrationSpec()),
		Comparisons:    keep(g, suffix, comparisonSpec()),
		Pages:          keep(g, suffix, pageSpec()),
		Tables:         tables{g},
	}
	return g
}

// keep makes a collection and notes it under its type.
func keep[T, F any](g *graph, suffix string, s spec[T, F]) *collection[T, F] {
	c := &collection[T, F]{spec: s, graph: g, coll: g.db.Collection(s.name + suffix)}
	c.projection = c.entityProjection()
	g.kept[s.entryType] = c
	return c
}

// raw is the collection of a type.
func (g *graph) raw(t content.EntryType) *mongo.Collection { return g.kept[t].raw() }

// closed tells how the reading of a cursor ended, and releases it.
// Closing is needed even after the last document: a cursor that broke off would stay open on the
// server until it times out there. The error of the reading is the more telling one, so it wins.
func closed(ctx context.Context, cur *mongo.Cursor) error {
	err := cur.Err()
	if cerr := cur.Close(ctx); err == nil {
		err = cerr
	}
	return err
}
