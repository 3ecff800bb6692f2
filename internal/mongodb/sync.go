package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"patternhub/internal/content"
)

// latest is the newest published change of one entry: an upsert while the entry is published, a
// tombstone after that. A pull reads these instead of the log, so that its cost depends only on the
// size of its page.
type latest struct {
	ID       string            `bson:"_id"`
	Seq      int64             `bson:"seq"`
	Type     content.EntryType `bson:"type"`
	Key      string            `bson:"key"`
	Op       content.Op        `bson:"op"`
	Revision int               `bson:"revision"`
	At       time.Time         `bson:"at"`
}

// advanceLatest stores the last published change of each entry in a transaction.
// It runs in the transaction that writes the changes, so the rows always agree with the log.
func (s *Store) advanceLatest(ctx context.Context, changes []content.Change) error {
	last := map[content.ID]int{}
	for i, c := range changes {
		if c.Graph == content.Published {
			last[content.ID{Type: c.Type, Key: c.Key}] = i
		}
	}
	var models []mongo.WriteModel
	for id, i := range last {
		c := changes[i]
		row := latest{ID: content.RefToAny(id), Seq: c.Seq, Type: c.Type, Key: c.Key, Op: c.Op, Revision: c.Revision, At: c.At}
		models = append(models, mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: row.ID}}).SetReplacement(row).SetUpsert(true))
	}
	if len(models) == 0 {
		return nil
	}
	_, err := s.db.Collection(latestName).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// ensureLatest creates the indexes that pulls need. If there are no rows, it creates those of the
// existing log, for a database of an older release.
// The server creates the rows itself, so that the log, which may be long, is not transferred.
func (s *Store) ensureLatest(ctx context.Context) error {
	coll := s.db.Collection(latestName)
	_, err := coll.Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "seq", Value: 1}}},
		{Keys: bson.D{{Key: "type", Value: 1}, {Key: "seq", Value: 1}}},
	})
	if err != nil {
		return translate("ensure indexes of latest changes", err)
	}
	n, err := coll.CountDocuments(ctx, bson.D{}, options.Count().SetLimit(1))
	if err != nil || n > 0 {
		return translate("look for latest changes", err)
	}
	// A row that a writer creates after this read is newer, so it stays.
	cur, err := s.db.Collection(changesName).Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "graph", Value: content.Published}}}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "_id", Value: -1}}}},
		bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: bson.D{{Key: "$concat", Value: bson.A{"$type", ":", "$key"}}}},
			{Key: "c", Value: bson.D{{Key: "$first", Value: "$$ROOT"}}},
		}}},
		bson.D{{Key: "$project", Value: bson.D{
			{Key: "seq", Value: "$c._id"},
			{Key: "type", Value: "$c.type"},
			{Key: "key", Value: "$c.key"},
			{Key: "op", Value: "$c.op"},
			{Key: "revision", Value: "$c.revision"},
			{Key: "at", Value: "$c.at"},
		}}},
		bson.D{{Key: "$merge", Value: bson.D{{Key: "into", Value: latestName}, {Key: "whenMatched", Value: "keepExisting"}}}},
	})
	if err != nil {
		return translate("store latest changes", err)
	}
	return translate("store latest changes", closed(ctx, cur))
}

// counts has the numbers of the newest change and of the newest one that was pruned.
type counts struct{ last, pruned int64 }

// counts reads both with one command. opts may set the read concern. A missing counter is 0.
func (s *Store) counts(ctx context.Context, opts ...options.Lister[options.CollectionOptions]) (counts, error) {
	var out counts
	cur, err := s.db.Collection(countersName, opts...).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{changesName, prunedID}}}}})
	if err != nil {
		return out, translate("read counters", err)
	}
	for cur.Next(ctx) {
		var row struct {
			ID  string `bson:"_id"`
			Seq int64  `bson:"seq"`
		}
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return out, fmt.Errorf("decode counter: %w", err)
		}
		if row.ID == changesName {
			out.last = row.Seq
		} else {
			out.pruned = row.Seq
		}
	}
	return out, translate("read counters", closed(ctx, cur))
}

// Pull reads one page of published changes; see content.Syncer. It reads everything at one moment,
// that of ctx if it has one, so that each change is either on this page or after its token.
// A token from before the pruned changes, or of a state that a restore has undone, is
// SyncTokenExpired: its holder has to start again.
func (s *Store) Pull(ctx context.Context, p content.Pull) (out *content.Pulled, err error) {
	if at, ok := content.StateOf(ctx); ok && at.Moment != 0 {
		moment, done := asOf(ctx, s.db)
		defer done(&err)
		return s.pull(ctx, moment, p)
	}
	_, err = s.atOnce(ctx, func(moment context.Context) error {
		out, err = s.pull(ctx, moment, p)
		return err
	})
	return out, err
}

// pull is Pull with a context for its reads at one moment.
// The next token has the last row's number while there are more pages, then that of the newest
// published change. The token of a full pull has its Start until the pull has passed it, since
// earlier deletions are not sent. reaches uses ctx, since it may need a linearizable read.
func (s *Store) pull(ctx, moment context.Context, p content.Pull) (*content.Pulled, error) {
	now, err := s.counts(moment)
	if err != nil {
		return nil, err
	}
	newest, err := s.newestPublished(moment)
	if err != nil {
		return nil, err
	}
	newest = max(newest, now.pruned) // its row may have been pruned with the tombstones
	token := p.Token
	if token.Seq == 0 && token.Start == 0 {
		token.Start = newest // a full pull begins
	}
	if err := s.reaches(ctx, token, now); err != nil {
		return nil, err
	}
	rows, err := s.latestAfter(moment, token, p.First+1)
	if err != nil {
		return nil, err
	}
	out := &content.Pulled{Next: token.At(max(newest, token.Seq))}
	if len(rows) > p.First {
		rows, out.More = rows[:p.First], true
		out.Next = token
		if out.Next.Seq = rows[p.First-1].Seq; out.Next.Seq >= token.Start {
			out.Next.Start = 0
		}
	}
	return out, s.fill(moment, out, rows)
}

// newestPublished returns the number of the newest published change. Tokens have this number instead
// of that of the newest change, which would reveal that drafts were written.
func (s *Store) newestPublished(ctx context.Context) (int64, error) {
	cur, err := s.db.Collection(latestName).Find(ctx, bson.D{}, oneReply(1).SetSort(bson.D{{Key: "seq", Value: -1}}).SetProjection(bson.D{{Key: "seq", Value: 1}}))
	if err != nil {
		return 0, translate("read newest change", err)
	}
	var row latest
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return 0, fmt.Errorf("decode latest change: %w", err)
		}
	}
	return row.Seq, translate("read newest change", closed(ctx, cur))
}

// latestAfter reads the changes of a page, at most limit.
func (s *Store) latestAfter(ctx context.Context, t content.SyncToken, limit int) ([]latest, error) {
	// Changes of other types than entries, such as health observations, are not synced.
	which := bson.D{{Key: "$ne", Value: content.NonEntryHealth}}
	if len(t.Types) > 0 {
		which = bson.D{{Key: "$in", Value: t.Types}}
	}
	cond := bson.D{{Key: "type", Value: which}, {Key: "seq", Value: bson.D{{Key: "$gt", Value: t.Seq}}}}
	if t.Start > 0 {
		cond = append(cond, bson.E{Key: "$or", Value: bson.A{
			bson.D{{Key: "op", Value: content.OpUpsert}}, bson.D{{Key: "seq", Value: bson.D{{Key: "$gt", Value: t.Start}}}},
		}})
	}
	cur, err := s.db.Collection(latestName).Find(ctx, cond, oneReply(limit).SetSort(bson.D{{Key: "seq", Value: 1}}))
	if err != nil {
		return nil, translate("read latest changes", err)
	}
	var out []latest
	for cur.Next(ctx) {
		var row latest
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return nil, fmt.Errorf("decode latest change: %w", err)
		}
		out = append(out, row)
	}
	return out, translate("read latest changes", closed(ctx, cur))
}

// fill reads the entries of a page, with one command for each type.
// An upsert without its entry is an error: latest and the graph always agree at one moment.
func (s *Store) fill(ctx context.Context, out *content.Pulled, rows []latest) error {
	out.Changes, out.Entries = make([]content.Change, len(rows)), make([]content.Entry, len(rows))
	indexes := map[content.EntryType][]int{}
	for i, r := range rows {
		out.Changes[i] = content.Change{Seq: r.Seq, Type: r.Type, Key: r.Key, Op: r.Op, Graph: content.Published, Revision: r.Revision, At: r.At}
		if r.Op == content.OpUpsert {
			indexes[r.Type] = append(indexes[r.Type], i)
		}
	}
	for t, at := range indexes {
		k, err := s.collection(content.Published, t)
		if err != nil {
			return err
		}
		keys := make([]string, len(at))
		for i, row := range at {
			keys[i] = rows[row].Key
		}
		found, err := k.PagesByKeys(ctx, keys)
		if err != nil {
			return err
		}
		for i, row := range at {
			if found[i] == nil {
				return fmt.Errorf("pull %s %s: published but missing", t, keys[i])
			}
			out.Entries[row] = found[i]
		}
	}
	return nil
}

// Reaches returns an error unless the log has every change after a token; see content.Syncer.
func (s *Store) Reaches(ctx context.Context, t content.SyncToken) error {
	now, err := s.counts(ctx)
	if err != nil {
		return err
	}
	return s.reaches(ctx, t, now)
}

// reaches is Reaches with counters that were read before, so that Pull can use those of its moment.
func (s *Store) reaches(ctx context.Context, t content.SyncToken, now counts) error {
	if t.DeletionsUpTo() < now.pruned {
		return content.Fault(content.SyncTokenExpired, "The changes after this token are no longer kept. Start again without a token.")
	}
	if t.Seq <= now.last {
		return nil
	}
	// Either this server is behind the one that issued the token, or the database was restored to an
	// earlier state. Only a linearizable read can distinguish them.
	sure, err := s.counts(ctx, options.Collection().SetReadConcern(readconcern.Linearizable()))
	if err != nil {
		return err
	}
	if t.Seq > sure.last {
		return content.Fault(content.SyncTokenExpired, "This token is newer than the content, which has been restored since. Start again without a token.")
	}
	content.Leave(ctx) // a later state has the change
	return content.Fault(content.Unavailable, "This replica has not seen the change of the token yet. Try again in a moment.")
}

var _ content.Syncer = (*Store)(nil)
