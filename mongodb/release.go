package mongodb

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
)

// Release publishes working copies; see content.Author.
func (s *Store) Release(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error { return s.release(ctx, d, what) })
}

// release plans an atomic publish: what entries refer to is in the published graph or among
// them, and each of them satisfies the editorial rules.
// What is wrong is told of all entries before it returns, up to a bound for references. The writes
// that were planned meanwhile are dropped by author, together with the batch.
func (s *Store) release(ctx context.Context, d *act, what content.Release) error {
	docs, err := s.named(ctx, d, what)
	if err != nil || len(d.out.Errors) > 0 {
		return err
	}
	list := make([]cascaded, len(what.IDs))
	for i, id := range what.IDs {
		list[i] = cascaded{id, i}
	}
	if what.Cascade {
		if list, err = s.cascade(ctx, list, docs); err != nil {
			return err
		}
		if len(list) > content.MaxRelease {
			return content.Fault(content.LimitExceeded, fmt.Sprintf("The entries refer to so many unpublished ones that more than %d would be published at once.", content.MaxRelease))
		}
	}
	entries := make([]content.Entry, len(list))
	for i, c := range list {
		if entries[i], err = s.publish(d.batch, c.id, docs[c.id]); err != nil {
			return err
		}
		for _, p := range content.Validate(entries[i], true) {
			d.refuse(p.Code, entries[i].Head().ResourcePath()+": "+p.Message, c.at(i, p.Field)...)
		}
	}
	d.out.Entries = entries
	return s.gate(ctx, d, list, entries)
}

// gate refuses to publish what refers to something that is neither published nor among it.
func (s *Store) gate(ctx context.Context, d *act, list []cascaded, entries []content.Entry) error {
	among := map[content.ID]bool{}
	for _, c := range list {
		among[c.id] = true
	}
	var targets []content.ID
	for _, e := range entries {
		for _, ref := range content.References(e) {
			if !among[ref.Target] {
				targets = append(targets, ref.Target)
			}
		}
	}
	there, err := s.exist(ctx, content.Published, targets)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(targets, func(id content.ID) bool { return !there[id] }) {
		return nil
	}
	names, err := s.names(ctx, entries...)
	if err != nil {
		return err
	}
	for i, e := range entries {
		for _, ref := range content.References(e) {
			if !there[ref.Target] && !among[ref.Target] && len(d.out.Errors) < content.MaxReferrers {
				d.refuse(content.ErrUnpublishedReference, fmt.Sprintf("%s refers to the %s %q, which is not published.", e.Head().ResourcePath(), ref.Target.Type.Name(), names(ref.Target)), list[i].at(i, steps(ref.Place))...)
			}
		}
	}
	return nil
}

// cascaded is an entry of a release, with the place of the id that brought it in.
type cascaded struct {
	id   content.ID
	root int
}

// at is the path of a field of the ith entry of a release. What a cascade brought in is no
// argument, so its problems are those of the id that refers to it.
func (c cascaded) at(i int, field []string) []string {
	if c.root != i {
		return at(c.root)
	}
	return append(at(i), field...)
}

// named reads the working copies that an act names and checks ids and revisions.
// Everything wrong with the list is told at once, at its place in ids or ifRevisions. The documents
// that were found come back even when something is wrong; callers look at the errors first.
func (s *Store) named(ctx context.Context, d *act, what content.Release) (map[content.ID]bson.D, error) {
	if len(what.IDs) > content.MaxRelease {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be named at once.", content.MaxRelease))
	}
	if len(what.IDs) == 0 {
		d.refuse(content.ErrRequired, "Name at least one entry.", "ids")
	}
	if n := len(what.IfRevisions); n > 0 && n != len(what.IDs) {
		d.refuse(content.ErrInvalid, "Give a revision for each id, in the same order.", "ifRevisions")
		return nil, nil
	}
	docs, err := s.documents(ctx, what.IDs)
	if err != nil {
		return nil, err
	}
	seen := map[content.ID]bool{}
	for i, id := range what.IDs {
		if seen[id] {
			d.refuse(content.ErrInvalid, "The entry is named twice.", at(i)...)
		}
		seen[id] = true
		if docs[id] == nil {
			d.refuse(content.ErrNotFound, "There is no entry with that id.", at(i)...)
			continue
		}
		if len(what.IfRevisions) == 0 {
			continue
		}
		if has := revisionOf(docs[id]); has != what.IfRevisions[i] {
			d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", has), "ifRevisions", strconv.Itoa(i))
		}
	}
	return docs, nil
}

// revisionOf reads the revision of a stored document.
// The driver stores an int in 32 bits where it fits, and reads back what it stored.
func revisionOf(doc bson.D) int {
	for _, f := range doc {
		if f.Key == "revision" {
			if n, ok := f.Value.(int32); ok {
				return int(n)
			}
			if n, ok := f.Value.(int64); ok {
				return int(n)
			}
		}
	}
	return 0
}

// cascade adds what entries refer to and what is not published, and so on. docs gains the
// working copies of what was added.
// It goes in rounds: each takes what the entries of the last round refer to, leaves out what is
// published or known, and reads the rest. A round costs at most two commands for each type, and
// there are as many rounds as the longest chain of unpublished references. It stops when the list
// is larger than a release may be; the caller refuses it then. References to nothing are skipped
// here and refused by gate.
func (s *Store) cascade(ctx context.Context, out []cascaded, docs map[content.ID]bson.D) ([]cascaded, error) {
	for from := 0; from < len(out) && len(out) <= content.MaxRelease; {
		var wanted []content.ID
		roots := map[content.ID]int{}
		for _, c := range out[from:] {
			e, err := s.decodeDoc(c.id.Type, docs[c.id])
			if err != nil {
				return nil, err
			}
			for _, ref := range content.References(e) {
				if _, seen := roots[ref.Target]; !seen && docs[ref.Target] == nil {
					roots[ref.Target] = c.root
					wanted = append(wanted, ref.Target)
				}
			}
		}
		from = len(out)
		there, err := s.exist(ctx, content.Published, wanted)
		if err != nil {
			return nil, err
		}
		missing := slices.DeleteFunc(wanted, func(id content.ID) bool { return there[id] })
		more, err := s.documents(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			if more[id] != nil {
				docs[id] = more[id]
				out = append(out, cascaded{id, roots[id]})
			}
		}
	}
	return out, nil
}

// decodeDoc makes an entry of a document.
func (s *Store) decodeDoc(t content.EntryType, doc bson.D) (content.Entry, error) {
	k, err := s.keptOf(content.Drafts, t)
	if err != nil {
		return nil, err
	}
	raw, err := bson.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", t, err)
	}
	return k.decode(raw)
}

// Withdraw takes entries out of the published graph; see content.Author.
func (s *Store) Withdraw(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error { return s.withdraw(ctx, d, what) })
}

// withdraw plans that entries leave the published graph. Naming one that is not there is INVALID,
// as is naming one twice, so that an author notices a mistake in the list.
func (s *Store) withdraw(ctx context.Context, d *act, what content.Release) error {
	docs, err := s.named(ctx, d, what)
	if err != nil || len(d.out.Errors) > 0 {
		return err
	}
	there, err := s.exist(ctx, content.Published, what.IDs)
	if err != nil {
		return err
	}
	for i, id := range what.IDs {
		if !there[id] {
			d.refuse(content.ErrInvalid, "The entry is not published.", at(i)...)
		}
	}
	if err := s.unneeded(ctx, d, what.IDs, content.Published); err != nil || len(d.out.Errors) > 0 {
		return err
	}
	for _, id := range what.IDs {
		e, err := s.unpublish(d.batch, id, docs[id])
		if err != nil {
			return err
		}
		d.out.Entries = append(d.out.Entries, e)
	}
	return nil
}

// Remove deletes entries; see content.Author.
func (s *Store) Remove(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		if _, err := s.named(ctx, d, what); err != nil || len(d.out.Errors) > 0 {
			return err
		}
		if err := s.unneeded(ctx, d, what.IDs, content.Drafts, content.Published); err != nil || len(d.out.Errors) > 0 {
			return err
		}
		known, err := s.current(ctx, what.IDs)
		if err != nil {
			return err
		}
		for _, id := range what.IDs {
			s.remove(d.batch, known[id])
			if err := s.unplan(ctx, id); err != nil {
				return err
			}
			d.out.Deleted = append(d.out.Deleted, id)
		}
		return nil
	})
}
