package mongodb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

const (
	// actsAtOnce is the number of changes that are read at once for acts, so that memory does not grow with
	// the log.
	actsAtOnce = 500
	// clocksDiffer bounds the difference of the clocks of replicas. The log is in the order of its numbers, of
	// which the times can differ by as much.
	clocksDiffer = time.Minute
)

// ensureActs creates the indexes with which acts are found by author and by time. Those by type and by entry
// are there for the feed and for webhooks.
func (s *Store) ensureActs(ctx context.Context) error {
	_, err := s.db.Collection(changesName).Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "by", Value: 1}, {Key: "_id", Value: 1}}}, {Keys: bson.D{{Key: "at", Value: 1}}},
	})
	return translate("ensure indexes of acts", err)
}

// scan is a read of the log. Its conditions may name a field more than once.
type scan struct {
	conds  bson.D
	dir    int
	atOnce int
}

// Acts lists acts, the newest first; see content.ActLog.
// It reads one act more than the window has, to know whether there are others. The cursor continues while the filter
// drops acts, so a part is full unless the log ends.
func (s *Store) Acts(ctx context.Context, f *content.ActFilter, w content.Window) (content.Slice[*content.Act], error) {
	var found []*content.Act
	read := scan{dir: -1, atOnce: min(2*(w.Limit+1), actsAtOnce)} // an act is two changes at most
	if w.Backward {
		read.dir = 1
	}
	for op, at := range map[string]*content.Position{"$lt": w.After, "$gt": w.Before} {
		if at != nil {
			seq, _ := at.Value.(float64) // 0 in an invented cursor, which is harmless
			read.conds = append(read.conds, bson.E{Key: "_id", Value: bson.D{{Key: op, Value: int64(seq)}}})
		}
	}
	err := s.eachAct(ctx, f, read, func(a *content.Act) bool {
		found = append(found, a)
		return len(found) <= w.Limit
	})
	return slice(found, w), err
}

// CountActs counts acts; see content.ActLog.
// It decodes every selected change, since only neighbours in the log decide which changes are acts.
func (s *Store) CountActs(ctx context.Context, f *content.ActFilter) (n int, err error) {
	err = s.eachAct(ctx, f, scan{dir: 1, atOnce: actsAtOnce}, func(*content.Act) bool { n++; return true })
	return n, err
}

// eachAct calls do with the selected acts, in the order of their numbers or against it, until do returns
// false. The conditions are joined by $and, since a document can name a field only once, and both a time and
// a window bound the number.
func (s *Store) eachAct(ctx context.Context, f *content.ActFilter, read scan, do func(*content.Act) bool) error {
	conds, err := s.actsOf(ctx, f)
	if err != nil {
		return err
	}
	// Several conditions may name one field, which a document cannot, so each is a part of a conjunction. The first
	// part is empty, since the server refuses an empty conjunction.
	all := bson.A{bson.D{}}
	for _, c := range append(conds, read.conds...) {
		all = append(all, bson.D{c})
	}
	cur, err := s.db.Collection(changesName).Find(ctx, bson.D{{Key: "$and", Value: all}}, options.Find().SetSort(bson.D{{Key: "_id", Value: read.dir}}).
		SetBatchSize(int32(read.atOnce)).SetProjection(bson.D{{Key: "relations", Value: 0}})) //nolint:gosec // at most actsAtOnce
	if err != nil {
		return translate("read acts", err)
	}
	defer cur.Close(context.WithoutCancel(ctx))
	for {
		rows, err := someChanges(ctx, cur, read.atOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		near, err := s.near(ctx, rows)
		if err != nil {
			return err
		}
		for _, c := range rows {
			if a := content.ActOf(near[c.Seq-1], c, near[c.Seq+1]); a != nil && (f.Verbs == nil || slices.Contains(f.Verbs, a.Verb)) && !do(a) {
				return nil
			}
		}
	}
}

// someChanges reads the next changes of a cursor, at most limit, none at its end.
func someChanges(ctx context.Context, cur *mongo.Cursor, limit int) ([]*content.Change, error) {
	var rows []*content.Change
	for len(rows) < limit && cur.Next(ctx) {
		c := new(content.Change)
		if err := bson.Unmarshal(cur.Current, c); err != nil {
			return nil, fmt.Errorf("decode change: %w", err)
		}
		rows = append(rows, c)
	}
	return rows, translate("read acts", cur.Err())
}

// near returns changes by number, with those next to them that decide whether, and as what, they count.
// A batch or a window may end between the two changes of an act.
func (s *Store) near(ctx context.Context, rows []*content.Change) (map[int64]*content.Change, error) {
	out := make(map[int64]*content.Change, len(rows))
	for _, c := range rows {
		out[c.Seq] = c
	}
	missing := []int64{}
	for _, c := range rows {
		switch {
		case c.Graph == content.Drafts && out[c.Seq-1] == nil:
			missing = append(missing, c.Seq-1)
		case c.Graph == content.Published && c.Op == content.OpDelete && out[c.Seq+1] == nil:
			missing = append(missing, c.Seq+1)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	cur, err := s.db.Collection(changesName).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: missing}}}})
	found, err := decoded[content.Change](ctx, "read changes next to others", cur, err)
	for _, c := range found {
		out[c.Seq] = c
	}
	return out, err
}

// actsOf returns conditions that select the changes of acts, for the indexes of the log. A condition on both
// graphs excludes nothing; it is the first field of the indexes by type and by entry.
// Times are bounded twice: exactly by the time itself, and by a number, so that the rest of the log is not
// read. The number is that of a change so much earlier or later that no difference of clocks matters.
//
// It returns conditions that select at least the changes of the acts that a filter selects. All but that
// on verbs are exact. Each names the fields of an index up to the number.
func (s *Store) actsOf(ctx context.Context, f *content.ActFilter) (bson.D, error) {
	graphs := bson.E{Key: "graph", Value: bson.D{{Key: "$in", Value: bson.A{content.Published, content.Drafts}}}}
	var conds bson.D
	if f.Entry != nil {
		conds = append(conds, graphs, bson.E{Key: "type", Value: f.Entry.Type}, bson.E{Key: "key", Value: f.Entry.Key})
	}
	if f.Types != nil {
		conds = append(conds, graphs, bson.E{Key: "type", Value: bson.D{{Key: "$in", Value: f.Types}}})
	}
	if f.Authors != nil {
		by, err := s.writers(ctx, f.Authors)
		if err != nil {
			return nil, err
		}
		conds = append(conds, bson.E{Key: "by", Value: bson.D{{Key: "$in", Value: by}}})
	}
	for _, bound := range []struct {
		at                 *time.Time
		keep, drop, beyond string
		by                 time.Duration
		dir                int
	}{{f.From, "$gte", "$lt", "$gt", -clocksDiffer, -1}, {f.To, "$lt", "$gte", "$lt", clocksDiffer, 1}} {
		if bound.at == nil {
			continue
		}
		// The time selects exactly. The number is that of the nearest change that is certainly outside. It lets the
		// server skip that part of the index of the other conditions.
		conds = append(conds, bson.E{Key: "at", Value: bson.D{{Key: bound.keep, Value: *bound.at}}})
		edge, err := decodedOne[content.Change]("find change by time", s.db.Collection(changesName).FindOne(ctx,
			bson.D{{Key: "at", Value: bson.D{{Key: bound.drop, Value: bound.at.Add(bound.by)}}}}, options.FindOne().SetSort(bson.D{{Key: "at", Value: bound.dir}})))
		if err != nil {
			return nil, err
		}
		if edge != nil {
			conds = append(conds, bson.E{Key: "_id", Value: bson.D{{Key: bound.beyond, Value: edge.Seq}}})
		}
	}
	return conds, nil
}

// writers returns all names by which the log has authors: their ids, and those of people with their keys.
// A list of whole names is found by the index; a pattern such as "ends with the key" would read all of it.
// Keys that were revoked count, since their acts stay in the log.
// A write by a key of a person is logged with the person and the key in one text; see content.By.
func (s *Store) writers(ctx context.Context, ids []string) ([]string, error) {
	cur, err := s.db.Collection(keysName).Find(ctx, bson.D{{Key: "owner", Value: bson.D{{Key: "$gt", Value: ""}}}, {Key: "$or", Value: bson.A{
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, bson.D{{Key: "owner", Value: bson.D{{Key: "$in", Value: ids}}}},
	}}})
	keys, err := decoded[content.APIKey](ctx, "read keys of authors", cur, err)
	out := slices.Clone(ids)
	for _, k := range keys {
		out = append(out, content.By{Person: k.Owner, Key: k.Key}.String())
	}
	return out, err
}

var _ content.ActLog = (*Store)(nil)
