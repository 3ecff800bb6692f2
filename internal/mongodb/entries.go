package mongodb

import (
	"context"
	"fmt"
	"regexp"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/tally"
)

var _ content.EntryList = (*Store)(nil)

const (
	// maxBroken bounds the missing entries whose references a filter can select by.
	// They become a list in the filter, of about 50 bytes each.
	maxBroken = 1000
	// digestBatch is the number of rows in a batch of those that a digest reads.
	// A row is some 60 bytes, so a batch is far below the 16 MB of a reply, and a large list takes few of them.
	digestBatch = 10_000
)

// entriesOrders has the path of each order of the list.
func entriesOrders() map[string]string {
	return map[string]string{"": sortName, content.OrderName: sortName, "CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "PUBLISHED_AT": "publishedAt"}
}

// entriesFacets has the path of each facet of the list, and whether it is a list.
func entriesFacets() map[string]facet {
	return map[string]facet{"TYPE": {path: "type"}, "STATUS": {path: "status"}, "AUTHOR": {path: "by"}, "SCHEDULED": {path: "scheduled", list: true}}
}

// entriesWhere turns a filter into conditions on rows. It reads rows only for BrokenReferences.
// Each list is bounded by the builder, which keeps the first fault; the caller sees it at the end.
func (s *Store) entriesWhere(ctx context.Context, f *content.EntriesFilter) (bson.D, error) {
	if f == nil {
		return bson.D{}, nil
	}
	b := &filterBuilder{}
	if f.Types != nil && b.bounded(len(f.Types)) {
		b.add("type", bson.D{{Key: "$in", Value: plain(f.Types)}})
	}
	enums(b, "status", f.Status)
	if f.Author != nil && b.bounded(len(f.Author)) {
		b.add("by", bson.D{{Key: "$in", Value: f.Author}})
	}
	b.times("updatedAt", f.UpdatedAt)
	b.times("publishedAt", f.PublishedAt)
	if f.RefersTo != nil { // rows have what they refer to once, whatever the field
		b.add("refs", content.RefToAny(*f.RefersTo))
	}
	if f.Scheduled != nil {
		op := "$nin"
		if *f.Scheduled {
			op = "$in"
		}
		b.add("scheduled", bson.D{{Key: op, Value: content.ScheduleAction("").Values()}})
	}
	// Each word is a range of the index; the server takes one of them and looks at the others in the rows.
	if f.Text != nil {
		words, err := content.SearchWords(*f.Text)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			b.add("words", bson.Regex{Pattern: "^" + regexp.QuoteMeta(w)})
		}
	}
	if b.err == nil && f.BrokenReferences != nil {
		missing, err := s.missingTargets(ctx)
		if err != nil {
			return nil, err
		}
		op := "$nin"
		if *f.BrokenReferences {
			op = "$in"
		}
		b.add("refs", bson.D{{Key: op, Value: missing}})
	}
	return b.document(), b.err
}

// missingTargets lists what working copies refer to and what does not exist. It reads the references of all
// rows: no index has what is not there.
// The bound is of targets, not of entries: many entries may refer to one that is missing.
func (s *Store) missingTargets(ctx context.Context) ([]string, error) {
	out := []string{}
	stages := bson.A{
		bson.D{{Key: "$unwind", Value: "$refs"}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$refs"}}}},
		bson.D{{Key: "$lookup", Value: bson.D{
			{Key: "from", Value: rowsName},
			{Key: "localField", Value: "_id"},
			{Key: "foreignField", Value: "_id"},
			{Key: "pipeline", Value: bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}}}},
			{Key: "as", Value: "there"},
		}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "there", Value: bson.A{}}}}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}},
		bson.D{{Key: "$limit", Value: maxBroken + 1}},
	}
	err := s.graphs[content.Drafts].read(ctx, "look for broken references", beginAggregate(rowsName, stages, maxBroken+1), func(raw bson.Raw) error {
		ref, _ := raw.Lookup("_id").StringValueOK()
		out = append(out, ref)
		return nil
	})
	if err == nil && len(out) > maxBroken {
		err = content.Fault(content.BadUserInput, fmt.Sprintf("More than %d entries are missing. Mend some of the references that the field brokenReferences lists.", maxBroken))
	}
	return out, err
}

// Entries reads a part of the list; see content.EntryList.
// Words, references and the sort key stay in the database, since no row shows them. One row more than the window has
// says whether the list continues.
func (s *Store) Entries(ctx context.Context, f *content.EntriesFilter, o content.Order, w content.Window) (content.Slice[*content.ListedEntry], error) {
	var none content.Slice[*content.ListedEntry]
	path, ok := entriesOrders()[o.Field]
	if !ok {
		return none, content.Fault(content.BadUserInput, "Unknown order field.")
	}
	cond, err := s.entriesWhere(ctx, f)
	if err != nil {
		return none, err
	}
	// A list that is read from its end is sorted in reverse, and turned around by slice.
	dir := 1
	if o.Desc != w.Backward {
		dir = -1
	}
	find := findCommand{
		collection: rowsName, filter: both(cond, between(path, o.Desc, w)), limit: w.Limit + 1,
		sort:       bson.D{{Key: path, Value: dir}, {Key: "_id", Value: dir}},
		projection: rawOf(bson.D{{Key: "_id", Value: 0}, {Key: "words", Value: 0}, {Key: "refs", Value: 0}, {Key: sortName, Value: 0}}),
	}
	found := []*content.ListedEntry{}
	err = s.graphs[content.Drafts].read(ctx, "list entries", find.begin(), func(raw bson.Raw) error {
		row := &content.ListedEntry{Scheduled: []content.ScheduleAction{}}
		found = append(found, row)
		return bson.Unmarshal(raw, row) //nolint:wrapcheck // read says what was tried
	})
	if err != nil {
		return none, err
	}
	return slice(found, w), nil
}

// CountEntries counts the list; see content.EntryList. All of it is the sum of the totals.
func (s *Store) CountEntries(ctx context.Context, f *content.EntriesFilter) (int, error) {
	cond, err := s.entriesWhere(ctx, f)
	if err != nil {
		return 0, err
	}
	if len(cond) == 0 { // the totals are exact and need no scan
		if n, ok, err := s.draftsTotal(ctx); err != nil || ok {
			return n, err
		}
	}
	stages := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$count", Value: "n"}}}
	n := 0
	err = s.graphs[content.Drafts].read(ctx, "count entries", beginAggregate(rowsName, stages, 1), func(raw bson.Raw) error {
		v, ok := raw.Lookup("n").AsInt64OK()
		if !ok {
			return errReply
		}
		n = int(v)
		return nil
	})
	return n, err
}

// draftsTotal returns the sum of the totals of working copies. It reports false if they have not been counted.
// Until they have been, CountEntries counts the rows.
func (s *Store) draftsTotal(ctx context.Context) (n int, ok bool, err error) {
	f := findCommand{collection: countersName, filter: byID(changesName), limit: 1}
	err = s.graphs[content.Drafts].read(ctx, "read totals", f.begin(), func(raw bson.Raw) error {
		var all totals
		if err := bson.Unmarshal(raw, &all); err != nil {
			return fmt.Errorf("decode totals: %w", err)
		}
		ok = all.Counted
		for _, k := range s.graphs[content.Drafts].collections {
			n += all.Entries[k.raw().Name()]
		}
		return nil
	})
	return n, ok, err
}

// EntriesFacets counts values; see content.EntryList. Of all entries each field is counted by its index; of some, the
// rows are read once for all fields.
func (s *Store) EntriesFacets(ctx context.Context, f *content.EntriesFilter, fields []string, limit int) ([]content.Facet, error) {
	cond, err := s.entriesWhere(ctx, f)
	if err != nil {
		return nil, err
	}
	out, branches, shown := make([]content.Facet, len(fields)), bson.D{}, bson.D{{Key: "_id", Value: 0}}
	for i, name := range fields {
		spec, ok := entriesFacets()[name]
		if !ok {
			return nil, content.Fault(content.BadUserInput, "Unknown facet field.")
		}
		out[i].Field = name
		branches = append(branches, bson.E{Key: name, Value: spec.pipeline(limit)})
		shown = append(shown, bson.E{Key: spec.path, Value: 1})
	}
	if len(fields) == 0 {
		return out, nil
	}
	found := map[string][]tally.Bucket{}
	if len(cond) == 0 {
		found, err = s.facetsByIndex(ctx, branches)
	} else {
		stages := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$project", Value: shown}}, bson.D{{Key: "$facet", Value: branches}}}
		err = s.graphs[content.Drafts].read(ctx, "count facets of entries", beginAggregate(rowsName, stages, 1), func(raw bson.Raw) error {
			return bson.Unmarshal(raw, &found)
		})
	}
	for i, name := range fields {
		out[i].Values = values([]counted{{Buckets: found[name]}})
	}
	return out, err
}

// facetsByIndex counts the values of all rows with one command, without reading a row. The conditions match every
// value that is counted, and let the server choose the index.
func (s *Store) facetsByIndex(ctx context.Context, branches bson.D) (map[string][]tally.Bucket, error) {
	var stages bson.A
	for i, b := range branches {
		// $gt with a text matches only texts, so rows without a value are not scanned.
		scan := bson.D{{Key: "$match", Value: bson.D{{Key: entriesFacets()[b.Key].path, Value: bson.D{{Key: "$gt", Value: ""}}}}}}
		one := append(append(bson.A{scan}, b.Value.(bson.A)...), bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: b.Key}, {Key: "buckets", Value: bson.D{{Key: "$push", Value: "$$ROOT"}}},
		}}})
		if i > 0 {
			one = bson.A{bson.D{{Key: "$unionWith", Value: bson.D{{Key: "coll", Value: rowsName}, {Key: "pipeline", Value: one}}}}}
		}
		stages = append(stages, one...)
	}
	found := map[string][]tally.Bucket{}
	err := s.graphs[content.Drafts].read(ctx, "count facets of entries", beginAggregate(rowsName, stages, len(branches)), func(raw bson.Raw) error {
		var one struct {
			Field   string         `bson:"_id"`
			Buckets []tally.Bucket `bson:"buckets"`
		}
		err := bson.Unmarshal(raw, &one)
		found[one.Field] = one.Buckets
		return err //nolint:wrapcheck // read says what was tried
	})
	return found, err
}

// EntriesDigest computes the digest of the list; see content.EntryList. It reads ids and revisions as they
// come and keeps none of them. The server has no hash of 128 bits to sum, so the rows come here: 100,000 are 6 MB.
// All batches are read in one session, so the digest is of one state although the read may take long.
func (s *Store) EntriesDigest(ctx context.Context, f *content.EntriesFilter) (out content.EntriesDigest, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	err = s.matching(ctx, f, func(id content.ID, revision int) error { out.Add(id, revision); return nil })
	return out, translate("compute digest", err)
}

// Matching calls read with each entry of the list; see content.Transaction.
func (t *transaction) Matching(ctx context.Context, f *content.EntriesFilter, read func(content.ID, int) error) error {
	return t.store.matching(ctx, f, read)
}

// matching calls read with each entry of the list, in any order and in the session of ctx. It returns the
// driver's errors as they are, so that it may run within a transaction.
func (s *Store) matching(ctx context.Context, f *content.EntriesFilter, read func(content.ID, int) error) error {
	cond, err := s.entriesWhere(ctx, f)
	if err != nil {
		return err
	}
	cur, err := s.db.Collection(rowsName).Find(ctx, cond, options.Find().SetBatchSize(digestBatch).SetProjection(bson.D{{Key: "revision", Value: 1}}))
	if err != nil {
		return err //nolint:wrapcheck // callers say what was tried, or leave it to the driver
	}
	for err == nil && cur.Next(ctx) {
		ref, _ := cur.Current.Lookup("_id").StringValueOK()
		id, ok := content.ParseRef(ref)
		revision, isNumber := cur.Current.Lookup("revision").AsInt64OK()
		if !ok || !isNumber {
			err = errReply
			break
		}
		err = read(id, int(revision))
	}
	if ended := closed(ctx, cur); err == nil {
		err = ended
	}
	return err
}

// ensureRows creates the indexes of the rows. Those of filters end with the time of the last write, by which the
// list is sorted unless it is asked otherwise.
// The id ends each of them, since it breaks ties of the order.
func (s *Store) ensureRows(ctx context.Context) error {
	var models []mongo.IndexModel
	for _, path := range []string{sortName, "createdAt", "updatedAt", "publishedAt"} {
		models = append(models, mongo.IndexModel{Keys: bson.D{{Key: path, Value: 1}, {Key: "_id", Value: 1}}})
	}
	for _, path := range []string{"type", "status", "by", "refs", "words"} {
		models = append(models, mongo.IndexModel{Keys: bson.D{{Key: path, Value: 1}, {Key: "updatedAt", Value: 1}, {Key: "_id", Value: 1}}})
	}
	models = append(models, mongo.IndexModel{Keys: bson.D{{Key: "scheduled", Value: 1}}, Options: options.Index().SetSparse(true)})
	_, err := s.db.Collection(rowsName).Indexes().CreateMany(ctx, models)
	return translate("ensure indexes of the list of entries", err)
}
