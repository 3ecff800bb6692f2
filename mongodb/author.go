package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// errRefused ends a transaction whose outcome tells what is wrong.
// It never leaves this package: what is wrong stands in the outcome, and the error is only there to
// make the driver abort.
var errRefused = errors.New("the author's write is refused")

// act is one write of an author while it is planned.
// A transaction may run several times, and each run begins with a new act. What an earlier run
// refused must not be told by a later one that found nothing wrong.
type act struct {
	*batch
	out *content.Outcome
}

// refuse tells one thing that is wrong. The write goes on looking for more, so that an author sees
// everything at once; author ends the transaction after the plan. Message is shown to the author.
func (d *act) refuse(code content.UserErrorCode, message string, field ...string) {
	d.out.Errors = append(d.out.Errors, content.UserError{Field: field, Message: message, Code: code})
}

// author runs one write of an author: once for each idempotency key, and not at all when plan
// finds something wrong.
// plan reads within the transaction that ctx carries, and adds to the batch what is to be written.
// The outcome with errors is no error here: a fault is what the author cannot help, such as a lost
// database. The number of the last change is known only when the batch is committed, so it is set
// in finish, and the answer is remembered after it in the same transaction.
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
// A new key is made before the transaction, so that every try of it writes the same entry. The
// values are encoded and decoded again for each try, because resolve and Assign change them. before
// and after are two reads of one entry: Assign changes one, mirror needs both.
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
		before, after, fields := content.Entry(nil), content.NewEntry(id.Type), e.Fields
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
			if fields, err = s.agree(ctx, d, e, before, given); err != nil {
				return err
			}
		}
		after.Head().Key = key
		content.Assign(after, given, fields)
		return s.settle(ctx, d, before, after, "input")
	})
}

// settle checks a changed working copy, writes it and the other side of its relations.
// It is the common end of Save and Restore. before is nil for a new entry; at is the argument under
// which what is wrong is told. A field that has a complaint already gets no second one: where a
// slug could not be resolved, that a required reference is missing would only confuse. Nothing is
// added to the batch while anything is wrong.
func (s *Store) settle(ctx context.Context, d *act, before, after content.Entry, at ...string) error {
	for _, p := range content.Validate(after, false) {
		if !reported(d.out.Errors, append(at, p.Field...)) {
			d.refuse(p.Code, p.Message, append(slices.Clip(at), p.Field...)...)
		}
	}
	for name, text := range richTexts(after) {
		for _, wrong := range s.review(text.Markdown) {
			d.refuse(content.ErrInvalid, fmt.Sprintf("%s cannot be rendered: %s.", name, wrong), append(slices.Clip(at), name)...)
		}
	}
	taken, err := s.slugTaken(ctx, after.ID(), after.Head().Slug)
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
// It takes one look-up for each type that is named, and slugs that an entry had before count too.
// What is not found stays in place and is refused with NOT_FOUND at its own field. Working copies
// are enough: an author may refer to what is not published yet.
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

// slugTaken tells whether another entry than the given one has or had a slug, or the path that
// the slug makes: a page may lie in a folder that is called as other entries are.
// A slug that another entry had once is taken for ever, since old links lead by it to that entry.
// The unique index would refuse a current one as well, but as a fault and not at the field.
func (s *Store) slugTaken(ctx context.Context, id content.ID, slug string) (bool, error) {
	path := (&content.Meta{Type: id.Type, Slug: slug}).ResourcePath()
	others := map[content.EntryType]string{id.Type: slug, content.TypePage: strings.TrimPrefix(path, "/")}
	if t, other := content.ParseResourcePath(path); t != id.Type {
		others[t] = other
	}
	for t, slug := range others {
		cond := bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "slug", Value: slug}}, bson.D{{Key: "formerSlugs", Value: slug}}}}}
		if t == id.Type {
			cond = append(cond, bson.E{Key: "_id", Value: bson.D{{Key: "$ne", Value: id.Key}}})
		}
		n, err := s.graphs[content.Drafts].raw(t).CountDocuments(ctx, cond, options.Count().SetLimit(1))
		if err != nil || n > 0 {
			return n > 0, err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
	}
	return false, nil
}

// mirror writes the other side of the symmetric relations that a pattern gained or gave up.
// Each pattern on the other side gets a revision of its own in the same transaction, and with it a
// change row, so that its history tells who wrote the relation. Entries of other types have no
// symmetric relations. A pattern that refers to itself is left alone: it is being written already.
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

var _ content.Author = (*Store)(nil)

// at names the place of the ith id among the arguments.
func at(i int) []string { return []string{"ids", strconv.Itoa(i)} }
