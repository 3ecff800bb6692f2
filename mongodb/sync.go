package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"patternhub/content"
)

// latest is the newest published change of one entry: an upsert for as long as the entry is
// published, a tombstone after that. A pull reads these and not the log, so that its cost is
// that of its page however long the log is.
type latest struct {
	ID       string            `bson:"_id"`
	Seq      int64             `bson:"seq"`
	Type     content.EntryType `bson:"type"`
	Key      string            `bson:"key"`
	Op       content.Op        `bson:"op"`
	Revision int               `bson:"revision"`
	At       time.Time         `bson:"at"`
}

// advanceLatest notes the published changes of a transaction, the last one of each entry.
// It runs in the transaction that writes them, so a row is never ahead of the log or behind it.
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

// ensureLatest makes the indexes that pulls need and, once, the rows of what was published
// before there were any.
// The rows are made by the server alone: the log may be long, and nothing of it is needed here.
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
	// A row that a writer makes meanwhile is newer, so it stays.
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
		return translate("note latest changes", err)
	}
	return translate("note latest changes", closed(ctx, cur))
}

// counts are the numbers of the log: the newest change, and the newest one that was pruned.
type counts struct{ last, pruned int64 }

// counts reads both with one command, at the read concern that opts may set. A counter that is not
// there is 0.
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

const (
	// snapshotTries bounds the attempts at a read of one moment: a collection or index that was
	// made an instant ago cannot be read at an earlier one.
	snapshotTries = 8
	// snapshotPause is the first pause between them, doubled each time: a busy server takes tens
	// of milliseconds until its newest moment can be read. All of them last 1.3 s.
	snapshotPause = 10 * time.Millisecond
)

// codeSnapshotUnavailable is what the server answers then.
const codeSnapshotUnavailable = 246

// Pull reads one page of what was published; see content.Syncer. Everything is read at one
// moment, so that a change is either on this page or after its token, never in between.
// A token from before what was pruned, or of a state that was undone by a restore, is
// SyncTokenExpired: its holder has to begin again.
func (s *Store) Pull(ctx context.Context, p content.Pull) (*content.Pulled, error) {
	for try := 1; ; try++ {
		out, err := s.pullOnce(ctx, p)
		var server mongo.ServerError
		if err == nil || try == snapshotTries || !errors.As(err, &server) || !server.HasErrorCode(codeSnapshotUnavailable) {
			return out, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(snapshotPause << (try - 1)):
		}
	}
}

// The token to go on with: the last row's number while there are more pages, then the newest
// published change. A full pull keeps its start in the token until it is past it, for deletions
// from before are of no interest to it. Whether the log reaches back to the token is checked
// outside of the snapshot, because the check may need a linearizable read.
func (s *Store) pullOnce(ctx context.Context, p content.Pull) (*content.Pulled, error) {
	session, err := s.client.StartSession(options.Session().SetSnapshot(true))
	if err != nil {
		return nil, translate("start session", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	moment := mongo.NewSessionContext(ctx, session)
	now, err := s.counts(moment)
	if err != nil {
		return nil, err
	}
	newest, err := s.newestPublished(moment)
	if err != nil {
		return nil, err
	}
	newest = max(newest, now.pruned) // its row may be gone with the tombstones
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

// newestPublished is the number of the newest published change. Tokens tell it and not that of
// the newest change of all, which would tell that somebody has written drafts.
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

// latestAfter reads the changes of a page.
func (s *Store) latestAfter(ctx context.Context, t content.SyncToken, limit int) ([]latest, error) {
	// Changes of what is no entry, such as health observations, have no place in a graph.
	which := bson.D{{Key: "$ne", Value: content.TypeHealth}}
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

// fill reads the entries of a page, one command for each type.
// An upsert whose entry is not there would mean that latest and the graph disagree, which one
// moment rules out; it is an error rather than a page with a hole.
func (s *Store) fill(ctx context.Context, out *content.Pulled, rows []latest) error {
	out.Changes, out.Entries = make([]content.Change, len(rows)), make([]content.Entry, len(rows))
	places := map[content.EntryType][]int{}
	for i, r := range rows {
		out.Changes[i] = content.Change{Seq: r.Seq, Type: r.Type, Key: r.Key, Op: r.Op, Graph: content.Published, Revision: r.Revision, At: r.At}
		if r.Op == content.OpUpsert {
			places[r.Type] = append(places[r.Type], i)
		}
	}
	for t, at := range places {
		k, err := s.keptOf(content.Published, t)
		if err != nil {
			return err
		}
		keys := make([]string, len(at))
		for i, place := range at {
			keys[i] = rows[place].Key
		}
		found, err := k.PagesByKeys(ctx, keys)
		if err != nil {
			return err
		}
		for i, place := range at {
			if found[i] == nil {
				return fmt.Errorf("pull %s %s: published but not there", t, keys[i])
			}
			out.Entries[place] = found[i]
		}
	}
	return nil
}

// Reaches checks that the log still has every change after a token; see content.Syncer.
func (s *Store) Reaches(ctx context.Context, t content.SyncToken) error {
	now, err := s.counts(ctx)
	if err != nil {
		return err
	}
	return s.reaches(ctx, t, now)
}

// reaches is Reaches with the counters read before, so that Pull can take those of its own moment.
func (s *Store) reaches(ctx context.Context, t content.SyncToken, now counts) error {
	if t.Known() < now.pruned {
		return content.Fault(content.SyncTokenExpired, "The changes after this token are no longer kept. Start again without a token.")
	}
	if t.Seq <= now.last {
		return nil
	}
	// Either this server is an instant behind the one that gave the token, or the database was
	// restored to an earlier state. Only a linearizable read can tell.
	sure, err := s.counts(ctx, options.Collection().SetReadConcern(readconcern.Linearizable()))
	if err != nil {
		return err
	}
	if t.Seq > sure.last {
		return content.Fault(content.SyncTokenExpired, "This token is newer than the content, which was restored meanwhile. Start again without a token.")
	}
	return content.Fault(content.Unavailable, "This replica has not seen the change of the token yet. Try again in a moment.")
}

var _ content.Syncer = (*Store)(nil)
