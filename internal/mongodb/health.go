package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// observationsName is the collection of health observations: one document per pattern, metric
// and month.
// Its ids are content.Observation.Key, so a new observation replaces the old one.
const observationsName = "health_observations"

// observationsBatch lets the observations of a whole dashboard come with the first reply: in the seed,
// 101 patterns have about 1,200.
const observationsBatch = 20_000

// Observations reads the observations of patterns; see content.Tables.
// Those of a pattern are sorted by month and metric. A pattern without any has a nil list.
// Health is not part of the editorial graph: both perspectives read the same observations.
func (t tables) Observations(ctx context.Context, patterns []string) (out [][]*content.Observation, err error) {
	ctx, done := asOf(ctx, t.graph.db)
	defer done(&err)
	cur, err := t.graph.db.Collection(observationsName).Find(ctx,
		bson.D{{Key: "pattern", Value: bson.D{{Key: "$in", Value: patterns}}}},
		options.Find().SetSort(bson.D{{Key: "pattern", Value: 1}, {Key: "month", Value: 1}, {Key: "metric", Value: 1}}).SetBatchSize(observationsBatch))
	if err != nil {
		return nil, translate("find observations", err)
	}
	found := make(map[string][]*content.Observation, len(patterns))
	for cur.Next(ctx) {
		o := new(content.Observation)
		if err := bson.Unmarshal(cur.Current, o); err != nil {
			return nil, fmt.Errorf("decode observation: %w", err)
		}
		found[o.PatternKey] = append(found[o.PatternKey], o)
	}
	out = make([][]*content.Observation, len(patterns))
	for i, p := range patterns {
		out[i] = found[p]
	}
	return out, translate("find observations", closed(ctx, cur))
}

// Observe records observations; see content.TableWriter.
// With keep, it looks for existing observations within the transaction, so that a seed never replaces
// a measurement. It does not change the caller's observations: copies get the time and the author.
func (s *Store) Observe(ctx context.Context, by string, keep bool, observations ...*content.Observation) error {
	if len(observations) > content.MaxBatch {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d observations can be recorded at once.", content.MaxBatch))
	}
	return s.write(ctx, func(ctx context.Context, t *transaction) error {
		existing := map[string]bool{}
		if keep {
			var err error
			if existing, err = observed(ctx, s.db.Collection(observationsName), observations); err != nil {
				return err
			}
		}
		at := s.moment()
		for _, o := range observations {
			if existing[o.Key()] {
				continue
			}
			if err := t.Observe(o.Recorded(by, at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// observed reports by key which observations are stored, within a transaction.
func observed(ctx context.Context, coll *mongo.Collection, observations []*content.Observation) (map[string]bool, error) {
	ids := make([]string, len(observations))
	for i, o := range observations {
		ids[i] = o.Key()
	}
	cur, err := coll.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, oneReply(len(ids)).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	found := make(map[string]bool, len(ids))
	for cur.Next(ctx) {
		id, _ := cur.Current.Lookup("_id").StringValueOK()
		found[id] = true
	}
	return found, closed(ctx, cur)
}

// ensureObservationIndexes creates the index by which observations are read.
func (s *Store) ensureObservationIndexes(ctx context.Context) error {
	_, err := s.db.Collection(observationsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "pattern", Value: 1}, {Key: "month", Value: 1}, {Key: "metric", Value: 1}},
	})
	return translate("ensure indexes of observations", err)
}
