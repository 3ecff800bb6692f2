package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// errRefused ends a transaction whose outcome tells what is wrong.
var errRefused = errors.New("the author's write is refused")

// act is one write of an author while it is planned.
type act struct {
	*batch
	out *content.Outcome
}

func (d *act) refuse(code content.UserErrorCode, message string, field ...string) {
	d.out.Errors = append(d.out.Errors, content.UserError{Field: field, Message: message, Code: code})
}

// author runs one write of an author: once for each idempotency key, and not at all when plan
// finds something wrong.
func (s *Store) author(ctx context.Context, r content.Request, plan func(context.Context, *act) error) (*content.Outcome, error) {
	var out *content.Outcome
	err := s.write(ctx, r.By, func(ctx context.Context, b *batch) error {
		out = &content.Outcome{}
		d := &act{batch: b, out: out}
		if known, err := s.answered(ctx, r, d); err != nil || known {
			return err
		}
		if err := plan(ctx, d); err != nil {
			return err
		}
		if len(out.Errors) > 0 {
			return errRefused
		}
		b.finish = func(ctx context.Context) error {
			if n := len(b.changes); n > 0 {
				out.Seq = b.changes[n-1].Seq
			}
			return s.remember(ctx, r, d)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRefused) {
		return nil, err
	}
	return out, nil
}

// Save makes or changes a working copy; see content.Author.
func (s *Store) Save(ctx context.Context, r content.Request, e content.Edit) (*content.Outcome, error) {
	key := e.ID.Key
	if key == "" {
		fresh, err := s.newKey()
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		key = fresh
	}
	id := content.ID{Type: e.ID.Type, Key: key}
	k, err := s.keptOf(content.Drafts, id.Type)
	if err != nil {
		return nil, err
	}
	values, err := bson.Marshal(e.Values)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", id.Type, err)
	}
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		given, err := k.decode(values) // a retried transaction starts from what was given
		if err != nil {
			return err
		}
		if err := s.resolve(ctx, d, given); err != nil {
			return err
		}
		before, after := content.Entry(nil), content.NewEntry(id.Type)
		if e.ID.Key != "" {
			if before, err = s.one(ctx, id); err != nil {
				return err
			}
			if before == nil {
				d.refuse(content.ErrNotFound, "There is no entry with that id.", "id")
				return nil
			}
			if after, err = s.one(ctx, id); err != nil {
				return err
			}
			if err := s.agree(ctx, d, e, before, given); err != nil {
				return err
			}
		}
		after.Head().Key = key
		content.Assign(after, given, e.Fields)
		return s.settle(ctx, d, before, after, "input")
	})
}

// settle checks a changed working copy, writes it and the other side of its relations.
func (s *Store) settle(ctx context.Context, d *act, before, after content.Entry, at ...string) error {
	for _, p := range content.Validate(after, false) {
		if !reported(d.out.Errors, append(at, p.Field...)) {
			d.refuse(p.Code, p.Message, append(slices.Clip(at), p.Field...)...)
		}
	}
	taken, err := s.slugTaken(ctx, after)
	if err != nil {
		return err
	}
	if taken {
		d.refuse(content.ErrTaken, "Another entry has or had this slug.", append(slices.Clip(at), "slug")...)
	}
	if len(d.out.Errors) > 0 {
		return nil
	}
	if err := s.mirror(ctx, d, before, after); err != nil {
		return err
	}
	var known *content.Meta
	if before != nil {
		known = before.Head()
	}
	renderTexts(after, s.render)
	if err := s.put(d.batch, after, known); err != nil {
		return err
	}
	d.out.Entries = append(d.out.Entries, after)
	return nil
}

// reported tells whether something is already wrong with a field.
func reported(errs []content.UserError, field []string) bool {
	for _, e := range errs {
		if strings.Join(e.Field, ".") == strings.Join(field, ".") {
			return true
		}
	}
	return false
}

// one reads a whole working copy within a transaction; nil when there is none.
func (s *Store) one(ctx context.Context, id content.ID) (content.Entry, error) {
	found, err := s.At(content.Drafts).Reader(id.Type).PagesByKeys(ctx, []string{id.Key})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was tried
	}
	return found[0], nil
}

// resolve puts keys in the place of the slugs by which an author names entries.
func (s *Store) resolve(ctx context.Context, d *act, given content.Entry) error {
	slugs := map[content.EntryType][]string{}
	for _, r := range content.References(given) {
		slugs[r.Target.Type] = append(slugs[r.Target.Type], r.Target.Key)
	}
	keys := map[content.ID]string{}
	for t, list := range slugs {
		found, err := s.At(content.Drafts).Reader(t).EntriesBySlugs(ctx, list)
		if err != nil {
			return err //nolint:wrapcheck // it says what was tried
		}
		for i, e := range found {
			if e != nil {
				keys[content.ID{Type: t, Key: list[i]}] = e.Head().Key
			}
		}
	}
	content.MapReferences(given, func(r content.Reference) string {
		key, ok := keys[r.Target]
		if !ok {
			d.refuse(content.ErrNotFound, fmt.Sprintf("There is no %s with the slug %q.", r.Target.Type.Name(), r.Target.Key), append([]string{"input"}, steps(r.Place)...)...)
		}
		return key
	})
	return nil
}

// steps takes a place in an entry apart: "companies[3].company" is companies, 3, company.
func steps(place string) []string {
	return strings.FieldsFunc(place, func(r rune) bool { return r == '[' || r == ']' || r == '.' })
}

// agree checks the revision that an edit is based on, and whether a newer one leaves room for
// it.
func (s *Store) agree(ctx context.Context, d *act, e content.Edit, current, given content.Entry) error {
	if e.IfRevision == nil || *e.IfRevision == current.Head().Revision {
		return nil
	}
	refuse := func() {
		d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", current.Head().Revision), "ifRevision")
	}
	based, err := s.Revisions(ctx, e.ID, *e.IfRevision+1, 1)
	if err != nil {
		return err
	}
	if len(based) == 0 || based[0].Revision != *e.IfRevision {
		refuse()
		return nil
	}
	again, err := s.Revisions(ctx, e.ID, *e.IfRevision+1, 1)
	if err != nil {
		return err
	}
	base, yours := based[0].Entry, again[0].Entry
	content.Assign(yours, given, e.Fields)
	names, err := s.names(ctx, base, current, yours)
	if err != nil {
		return err
	}
	d.out.Conflicts = content.Conflicts(base, current, yours, names)
	if e.Merge != content.MergeFields || len(d.out.Conflicts) > 0 {
		refuse()
	}
	return nil
}

// names finds the slugs of what entries refer to, for people to read.
func (s *Store) names(ctx context.Context, entries ...content.Entry) (content.Names, error) {
	keys := map[content.EntryType][]string{}
	for _, e := range entries {
		for _, r := range content.References(e) {
			keys[r.Target.Type] = append(keys[r.Target.Type], r.Target.Key)
		}
	}
	slugs := map[content.ID]string{}
	for t, list := range keys {
		found, err := s.At(content.Drafts).Reader(t).EntriesByKeys(ctx, list)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what was tried
		}
		for _, e := range found {
			if e != nil {
				slugs[e.ID()] = e.Head().Slug
			}
		}
	}
	return func(id content.ID) string { return slugs[id] }, nil
}

// slugTaken tells whether another entry of the type has or had a slug.
func (s *Store) slugTaken(ctx context.Context, e content.Entry) (bool, error) {
	h := e.Head()
	n, err := s.graphs[content.Drafts].raw(h.Type).CountDocuments(ctx, bson.D{
		{Key: "_id", Value: bson.D{{Key: "$ne", Value: h.Key}}},
		{Key: "$or", Value: bson.A{bson.D{{Key: "slug", Value: h.Slug}}, bson.D{{Key: "formerSlugs", Value: h.Slug}}}},
	}, options.Count().SetLimit(1))
	return n > 0, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// mirror writes the other side of the symmetric relations that a pattern gained or gave up.
func (s *Store) mirror(ctx context.Context, d *act, before, after content.Entry) error {
	now, ok := after.(*content.Pattern)
	if !ok {
		return nil
	}
	was, _ := before.(*content.Pattern)
	for _, key := range content.Mirrored(was, now) {
		e, err := s.one(ctx, content.ID{Type: content.TypePattern, Key: key})
		if err != nil {
			return err
		}
		other, ok := e.(*content.Pattern)
		if !ok || other.Key == now.Key || !content.Mirror(was, now, other) {
			continue
		}
		known := other.Meta
		if err := s.put(d.batch, other, &known); err != nil {
			return err
		}
	}
	return nil
}

// Restore makes an earlier revision the working copy; see content.Author.
func (s *Store) Restore(ctx context.Context, r content.Request, id content.ID, revision int, ifRevision *int) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		found, err := s.Revisions(ctx, id, revision+1, 1)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Revision != revision {
			d.refuse(content.ErrNotFound, "There is no such revision.", "revision")
			return nil
		}
		before, err := s.one(ctx, id)
		if err != nil {
			return err
		}
		after := found[0].Entry
		after.Head().Revision = 0
		if before == nil {
			err = s.recall(ctx, d.batch, []content.ID{id}, nil)
		} else {
			after.Head().Revision = before.Head().Revision
		}
		if err != nil {
			return err
		}
		if before != nil && ifRevision != nil && *ifRevision != before.Head().Revision {
			d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", before.Head().Revision), "ifRevision")
		}
		if err := s.present(ctx, d, after); err != nil {
			return err
		}
		return s.settle(ctx, d, before, after, "revision")
	})
}

// present refuses references of an old revision to entries that are gone.
func (s *Store) present(ctx context.Context, d *act, e content.Entry) error {
	refs := content.References(e)
	targets := make([]content.ID, len(refs))
	for i, r := range refs {
		targets[i] = r.Target
	}
	there, err := s.exist(ctx, content.Drafts, targets)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if !there[r.Target] && r.Target != e.ID() {
			d.refuse(content.ErrNotFound, fmt.Sprintf("The %s %q is gone.", r.Target.Type.Name(), r.Target.Key), append([]string{"revision"}, steps(r.Place)...)...)
		}
	}
	return nil
}

// exist tells which entries a graph has, within a transaction.
func (s *Store) exist(ctx context.Context, p content.Perspective, ids []content.ID) (map[content.ID]bool, error) {
	byType := map[content.EntryType][]string{}
	for _, id := range ids {
		byType[id.Type] = append(byType[id.Type], id.Key)
	}
	out := map[content.ID]bool{}
	for t, keys := range byType {
		k, err := s.keptOf(p, t)
		if err != nil {
			return nil, err
		}
		cur, err := k.raw().Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		for cur.Next(ctx) {
			key, _ := cur.Current.Lookup("_id").StringValueOK()
			out[content.ID{Type: t, Key: key}] = true
		}
		if err := closed(ctx, cur); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// answersName keeps the answers of idempotent writes.
const answersName = "answers"

// answersKept is how long an idempotency key stands, as the contract says.
const answersKept = 24 * time.Hour

// answer is what an idempotent write has led to.
type answer struct {
	ID       string            `bson:"_id"`
	Hash     string            `bson:"hash"`
	At       time.Time         `bson:"at"`
	Entries  []content.Meta    `bson:"entries"`
	Deleted  []content.ID      `bson:"deleted"`
	Schedule *content.Schedule `bson:"schedule,omitempty"`
	Seq      int64             `bson:"seq"`
}

// answered gives the answer that a key had before.
func (s *Store) answered(ctx context.Context, r content.Request, d *act) (bool, error) {
	if r.Key == "" {
		return false, nil
	}
	var a answer
	err := s.db.Collection(answersName).FindOne(ctx, bson.D{{Key: "_id", Value: r.By + " " + r.Key}, {Key: "at", Value: bson.D{{Key: "$gt", Value: d.at.Add(-answersKept)}}}}).Decode(&a)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	if err != nil {
		return false, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	if a.Hash != r.Hash {
		d.refuse(content.ErrIdempotencyMismatch, "This idempotency key was used for another input.", "key")
		return true, nil
	}
	d.out.Seq, d.out.Schedule, d.out.Deleted = a.Seq, a.Schedule, a.Deleted
	for _, h := range a.Entries {
		found, err := s.Revisions(ctx, h.ID(), h.Revision+1, 1)
		if err != nil {
			return false, err
		}
		if len(found) == 0 {
			return false, fmt.Errorf("read answer: %s has no revision %d", h.ID(), h.Revision)
		}
		*found[0].Entry.Head() = h
		d.out.Entries = append(d.out.Entries, found[0].Entry)
	}
	return true, nil
}

// remember keeps the answer of an idempotent write, in its transaction.
func (s *Store) remember(ctx context.Context, r content.Request, d *act) error {
	if r.Key == "" {
		return nil
	}
	a := answer{ID: r.By + " " + r.Key, Hash: r.Hash, At: d.at, Deleted: d.out.Deleted, Schedule: d.out.Schedule, Seq: d.out.Seq}
	for _, e := range d.out.Entries {
		a.Entries = append(a.Entries, *e.Head())
	}
	_, err := s.db.Collection(answersName).ReplaceOne(ctx, bson.D{{Key: "_id", Value: a.ID}}, a, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

var _ content.Author = (*Store)(nil)

// at names the place of the ith id among the arguments.
func at(i int) []string { return []string{"ids", strconv.Itoa(i)} }
