package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// observationsName is the collection of health observations: one document per pattern, metric
// and month.
// Its ids are those of content.Observation.Key, so recording the same thing again replaces it.
const observationsName = "health_observations"

// observationsBatch lets the observations of a whole dashboard come with the first reply: 101
// patterns have about 1,200 of them in the seed.
const observationsBatch = 20_000

// Observations reads the observations of patterns; see content.Tables.
// They come by pattern in the order of months and metrics. A pattern without any has a nil list.
// Health is not part of the editorial graph: both perspectives read the same observations.
func (t tables) Observations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
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
	out := make([][]*content.Observation, len(patterns))
	for i, p := range patterns {
		out[i] = found[p]
	}
	return out, translate("find observations", closed(ctx, cur))
}

// Observe records observations; see content.TableWriter.
// With keep, what is there already stays as it is, and this is decided within the transaction, so
// that a seed never writes over what was measured. Times are cut to milliseconds, since that is
// what BSON holds; otherwise a value would differ before and after it was stored. The caller's
// observations are not changed: a copy gets the time and the author.
func (s *Store) Observe(ctx context.Context, by string, keep bool, observations ...*content.Observation) error {
	if len(observations) > content.MaxBatch {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d observations can be recorded at once.", content.MaxBatch))
	}
	return s.write(ctx, by, func(ctx context.Context, b *batch) error {
		there := map[string]bool{}
		if keep {
			var err error
			if there, err = observed(ctx, s.db.Collection(observationsName), observations); err != nil {
				return err
			}
		}
		for _, o := range observations {
			if there[o.Key()] {
				continue
			}
			if _, err := s.observe(b, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// observe plans the record of one observation and gives it as it is kept.
func (s *Store) observe(b *batch, given *content.Observation) (*content.Observation, error) {
	o := *given
	o.RecordedAt, o.RecordedBy = b.at, b.by
	o.CollectedAt = o.CollectedAt.UTC().Truncate(time.Millisecond)
	raw, err := stored(o.Key(), o)
	if err != nil {
		return nil, fmt.Errorf("encode observation: %w", err)
	}
	b.add(s.db.Collection(observationsName), mongo.NewReplaceOneModel().SetFilter(byID(o.Key())).SetReplacement(raw).SetUpsert(true))
	b.change(content.ID{Type: content.TypeHealth, Key: o.Key()}, content.OpUpsert, content.Published, 0)
	return &o, nil
}

// Record records an observation; see content.Author.
func (s *Store) Record(ctx context.Context, r content.Request, o *content.Observation) (*content.Outcome, error) {
	return s.author(ctx, r, func(_ context.Context, d *act) error {
		var err error
		d.out.Observation, err = s.observe(d.batch, o)
		return err
	})
}

// observed tells which observations are there already, within a transaction.
func observed(ctx context.Context, coll *mongo.Collection, observations []*content.Observation) (map[string]bool, error) {
	ids := make([]string, len(observations))
	for i, o := range observations {
		ids[i] = o.Key()
	}
	cur, err := coll.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, oneReply(len(ids)).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	there := make(map[string]bool, len(ids))
	for cur.Next(ctx) {
		id, _ := cur.Current.Lookup("_id").StringValueOK()
		there[id] = true
	}
	return there, closed(ctx, cur)
}

// ensureObservationIndexes makes the index by which observations are read.
func (s *Store) ensureObservationIndexes(ctx context.Context) error {
	_, err := s.db.Collection(observationsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "pattern", Value: 1}, {Key: "month", Value: 1}, {Key: "metric", Value: 1}},
	})
	return translate("ensure indexes of observations", err)
}
