package mongodb

import (
	"bytes"
	"context"
	"fmt"
	"maps"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
)

// The collections of the read models. Those of a single table have one document, with the id tableID.
const (
	metricsName = "metrics"
	scoringName = "health_scoring"
	weightsName = "chosen_weights"
	tableID     = "table"
)

// tables reads the read models of one perspective; see content.Tables for the contract.
// Callers cache them, since they are read often and change rarely.
type tables struct{ graph *graph }

// Metrics reads the content of the front page.
func (t tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return table[content.Metrics](ctx, t.graph.db.Collection(metricsName))
}

// Scoring reads the bands of the health score.
func (t tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return table[content.Scoring](ctx, t.graph.db.Collection(scoringName))
}

// Weights reads the chosen numbers.
func (t tables) Weights(ctx context.Context) (*content.Weights, error) {
	return table[content.Weights](ctx, t.graph.db.Collection(weightsName))
}

// table reads the one document of a collection.
func table[T any](ctx context.Context, coll *mongo.Collection) (out *T, err error) {
	ctx, done := asOf(ctx, coll.Database())
	defer done(&err)
	cur, err := coll.Find(ctx, bson.D{{Key: "_id", Value: tableID}}, oneReply(1))
	if err != nil {
		return nil, translate("find "+coll.Name(), err)
	}
	for cur.Next(ctx) {
		out = new(T)
		if err := bson.Unmarshal(cur.Current, out); err != nil {
			return nil, fmt.Errorf("decode %s: %w", coll.Name(), err)
		}
	}
	if err := closed(ctx, cur); err != nil {
		return nil, translate("find "+coll.Name(), err)
	}
	if out == nil {
		return nil, content.Fault(content.NotFound, "The tables of this tool are not loaded; patternhub seed loads them.")
	}
	return out, nil
}

// PutMetrics replaces the content of the front page.
func (s *Store) PutMetrics(ctx context.Context, by string, m *content.Metrics) error {
	return s.putTable(ctx, by, metricsName, map[string]any{tableID: m})
}

// PutScoring replaces the bands of the health score.
func (s *Store) PutScoring(ctx context.Context, by string, sc *content.Scoring) error {
	return s.putTable(ctx, by, scoringName, map[string]any{tableID: sc})
}

// PutWeights replaces the chosen numbers.
func (s *Store) PutWeights(ctx context.Context, by string, w *content.Weights) error {
	return s.putTable(ctx, by, weightsName, map[string]any{tableID: w})
}

// putTable makes docs the only documents of a collection. It writes what differs, with one row of the
// change log for the table; it writes nothing if all are equal.
// The row has the type NonEntryHealth and is for code that caches tables. Documents are compared byte
// by byte: stored encodes them exactly as the server returns them.
func (s *Store) putTable(ctx context.Context, by, name string, docs map[string]any) error {
	wanted := map[string]bson.Raw{}
	for id, doc := range docs {
		raw, err := stored(id, doc)
		if err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
		wanted[id] = raw
	}
	coll := s.db.Collection(name)
	return s.write(ctx, func(ctx context.Context, t *transaction) error {
		missing := maps.Clone(wanted)
		cur, err := coll.Find(ctx, bson.D{})
		if err != nil {
			return err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		for cur.Next(ctx) {
			id, _ := cur.Current.Lookup("_id").StringValueOK()
			switch raw, ok := wanted[id]; {
			case !ok:
				t.add(coll, mongo.NewDeleteOneModel().SetFilter(bson.D{{Key: "_id", Value: id}}))
			case bytes.Equal(raw, cur.Current):
				delete(missing, id)
			}
		}
		if err := closed(ctx, cur); err != nil {
			return err
		}
		for id, raw := range missing {
			t.add(coll, mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: id}}).SetReplacement(raw).SetUpsert(true))
		}
		if len(t.models) > 0 {
			t.readModel(name, by, s.moment())
		}
		return nil
	})
}

// stored encodes a document with its id first, as the server stores it.
func stored(id string, doc any) (bson.Raw, error) {
	raw, err := encode(doc)
	if err != nil {
		return nil, err
	}
	var fields bson.D
	if err := bson.Unmarshal(raw, &fields); err != nil {
		return nil, err //nolint:wrapcheck // the caller says which table
	}
	out := bson.D{{Key: "_id", Value: id}}
	for _, f := range fields {
		if f.Key != "_id" {
			out = append(out, f)
		}
	}
	return encode(out)
}

// encode encodes a document as the client of Open does: nil lists become empty ones.
func encode(doc any) (bson.Raw, error) {
	var buf bytes.Buffer
	enc := bson.NewEncoder(bson.NewDocumentWriter(&buf))
	enc.NilSliceAsEmpty()
	if err := enc.Encode(doc); err != nil {
		return nil, err //nolint:wrapcheck // the caller says which table
	}
	return buf.Bytes(), nil
}

// Measure counts something over the whole perspective; 0 for an empty graph.
// An unknown measure fails with BadUserInput.
func (t tables) Measure(ctx context.Context, m content.Measure) (n int, err error) {
	var coll string
	var pipeline bson.A
	switch m {
	case content.MeasureDiagrams:
		coll, pipeline = t.diagrams()
	case content.MeasureAdoptions:
		coll = t.graph.raw(content.TypePattern).Name()
		pipeline = bson.A{count(bson.D{{Key: "$size", Value: bson.D{{Key: "$ifNull", Value: bson.A{"$companies", bson.A{}}}}}})}
	default:
		return 0, content.Fault(content.BadUserInput, "Unknown measure.")
	}
	pipeline = append(pipeline, bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: nil}, {Key: "n", Value: bson.D{{Key: "$sum", Value: "$n"}}}}}})
	ctx, done := asOf(ctx, t.graph.db)
	defer done(&err)
	cur, err := t.graph.db.Collection(coll).Aggregate(ctx, pipeline)
	if err != nil {
		return 0, translate("measure", err)
	}
	var row struct {
		N int `bson:"n"`
	}
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return 0, fmt.Errorf("decode measure: %w", err)
		}
	}
	return row.N, translate("measure", closed(ctx, cur))
}

// count returns the stage that replaces each document by a number, which is summed later.
func count(expression bson.D) bson.D {
	return bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: 0}, {Key: "n", Value: expression}}}}
}

// diagrams counts the fences that begin a Mermaid block in the long texts of all collections.
// It returns the first collection and the stages to run on it, which join the others by $unionWith, so
// that it is one command. It reads every text; callers cache the result. A fence may be indented by up
// to three spaces, as in CommonMark.
func (t tables) diagrams() (string, bson.A) {
	fences := count(bson.D{{Key: "$size", Value: bson.D{{Key: "$regexFindAll", Value: bson.D{
		{Key: "input", Value: bson.D{{Key: "$ifNull", Value: bson.A{"$body.markdown", ""}}}},
		{Key: "regex", Value: "^ {0,3}(```+|~~~+)[ \t]*mermaid\\b"},
		{Key: "options", Value: "m"},
	}}}}})
	var first string
	var pipeline bson.A
	for _, et := range content.Types() {
		name := t.graph.raw(et).Name()
		if first == "" {
			first, pipeline = name, bson.A{fences}
			continue
		}
		pipeline = append(pipeline, bson.D{{Key: "$unionWith", Value: bson.D{{Key: "coll", Value: name}, {Key: "pipeline", Value: bson.A{fences}}}}})
	}
	return first, pipeline
}

var (
	_ content.Tables      = tables{}
	_ content.TableWriter = (*Store)(nil)
)
