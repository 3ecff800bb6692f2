package porting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"

	"github.com/google/uuid"

	"patternhub/content"
	"patternhub/markdown"
)

// Import takes a tree of Markdown files into a store. A file in the folder of an entry type is
// an entry of that type, any other a page. Files with problems are told in the report and left
// out; the error is for what ends the import.
// It can be repeated: files that are as they were cost a look at their hash, and an import that was
// broken off goes on where it stopped. Writes are transactions of a batch, so the import as a whole
// is none.
func Import(ctx context.Context, store Store, tree fs.FS, o Options) (*Report, error) {
	return run(ctx, store, folder{tree}, o)
}

// ImportRecords takes an NDJSON file into a store: one entry a line, as ExportRecords writes
// them. file is its name for the report.
// r is read twice and must stay the same in between. A record keeps the key it states, so that an
// import of another hub's export has the same ids.
func ImportRecords(ctx context.Context, store Store, file string, r io.ReaderAt, o Options) (*Report, error) {
	return run(ctx, store, records{file, r}, o)
}

// run surveys everything before it writes anything, so that entries may refer to each other in any
// order and a reference to nothing is told before its entry is written.
func run(ctx context.Context, store Store, from origin, o Options) (*Report, error) {
	if o.NewKey == nil {
		o.NewKey = func(string) (string, error) {
			id, err := uuid.NewV7()
			return id.String(), err
		}
	}
	report := &Report{}
	in := &intake{store: store, origin: from, opts: o, report: report, byName: map[name]*candidate{}, stored: map[name]*content.Meta{}}
	var err error
	if in.candidates, err = from.list(report); err != nil {
		return report, err
	}
	if err := in.survey(ctx); err != nil {
		return report, err
	}
	if o.Strict && report.Err() != nil {
		return report, report.Err()
	}
	if err := in.write(ctx); err != nil {
		return report, err
	}
	return report, in.publish(ctx)
}

// maxBatchBytes bounds what one write transaction takes in, beside the number of entries.
// The rendered form and the revision come on top of it, and the server bounds a transaction.
const maxBatchBytes = 4 << 20

// draft is a document that is to be written.
type draft struct {
	*candidate
	*document
	// stored is the entry that it changes; nil for a new one.
	stored content.Entry
	// same tells that only the source is new.
	same bool
}

// write takes in what is not settled, in batches: what others refer to comes first.
// The order of types is that in which they refer to each other, as far as they do not do so both
// ways.
func (in *intake) write(ctx context.Context) error {
	var todo []*candidate
	for _, c := range in.candidates {
		if !c.settled {
			todo = append(todo, c)
		}
	}
	order := map[content.EntryType]int{}
	for i, t := range content.Types() {
		order[t] = i
	}
	sort.SliceStable(todo, func(i, j int) bool { return order[todo[i].name.Type] < order[todo[j].name.Type] })
	var batch []*draft
	size := 0
	flush := func(done int) error {
		err := in.flush(ctx, batch)
		batch, size = nil, 0
		in.tell("writing", done, len(todo))
		return err
	}
	for i, c := range todo {
		text, d, ok := in.again(c)
		if !ok {
			continue
		}
		if len(batch) == content.MaxBatch || len(batch) > 0 && size+len(text) > maxBatchBytes {
			if err := flush(i); err != nil {
				return err
			}
		}
		batch, size = append(batch, &draft{candidate: c, document: d}), size+len(text)
	}
	return flush(len(todo))
}

// again reads a candidate a second time and puts keys in place of slugs.
// Documents are not kept between the two readings. The hash tells whether it is still the same one;
// decoding sets the key that the record states, which assign may have replaced.
func (in *intake) again(c *candidate) ([]byte, *document, bool) {
	text, err := in.origin.text(c)
	if err == nil && hash(text) != c.hash {
		err = errors.New("has changed while it was read")
	}
	if err != nil {
		in.refuse(c, c.problem("%s", err))
		return nil, nil, false
	}
	key := c.key
	d, err := in.origin.decode(c, text)
	c.key = key
	if err != nil {
		in.refuse(c, problems(c.place, err)...)
		return nil, nil, false
	}
	content.MapReferences(d.entry, func(r content.Reference) string { return in.keyOf(name{r.Target.Type, r.Target.Key}) })
	d.entry.Head().Key = key
	return text, d, true
}

// flush compares a batch with the store and writes what differs.
// A dry run counts what would be written. Sources are kept also where only they are new: the next
// import then sees at once that nothing has changed.
func (in *intake) flush(ctx context.Context, batch []*draft) error {
	if err := in.compare(ctx, batch); err != nil {
		return err
	}
	var changed, same []*draft
	for _, d := range batch {
		switch {
		case d.settled:
		case d.same:
			same = append(same, d)
		default:
			changed = append(changed, d)
		}
	}
	written := changed
	if !in.opts.DryRun {
		var err error
		if written, err = in.put(ctx, changed); err != nil {
			return err
		}
		if err := in.keep(ctx, append(append([]*draft{}, written...), same...)); err != nil {
			return err
		}
	}
	for _, d := range written {
		if d.stored == nil {
			in.report.count(d.label(), Created)
		} else {
			in.report.count(d.label(), Changed)
		}
	}
	for _, d := range same {
		in.report.count(d.label(), Unchanged)
	}
	return nil
}

// compare tells which entries differ from what is stored, and refuses to write over edits.
// Working copies are compared, whatever is published. Who has edited since the import is told by
// the revision that the source was kept with.
func (in *intake) compare(ctx context.Context, batch []*draft) error {
	byType := map[content.EntryType][]*draft{}
	for _, d := range batch {
		if d.current != nil {
			byType[d.name.Type] = append(byType[d.name.Type], d)
		}
	}
	for t, list := range byType {
		keys := make([]string, len(list))
		for i, d := range list {
			keys[i] = d.key
		}
		stored, err := in.store.At(content.Drafts).Reader(t).PagesByKeys(ctx, keys)
		if err != nil {
			return fmt.Errorf("compare: %w", err)
		}
		for i, d := range list {
			if stored[i] == nil {
				continue
			}
			d.stored = stored[i]
			h := stored[i].Head()
			d.same = h.Slug == d.name.Slug && markdown.Same(d.entry, stored[i])
			d.entry.Head().Revision = h.Revision
			mark := in.marked[d.id()]
			if !d.same && mark != nil && mark.Revision != h.Revision && !in.opts.Overwrite {
				in.refuse(d.candidate, d.problem("has been edited here since it was imported; export it first, or import it with --overwrite"))
			}
		}
	}
	return nil
}

// put writes entries. When the batch is refused each is tried alone, so that one does not keep
// the others out.
// Trying alone costs a transaction each, but happens only where something is wrong. A lost database
// or the end of ctx is no fault of the documents and ends the import. The revision is set back
// before each try, since a refused write leaves the heads changed.
func (in *intake) put(ctx context.Context, list []*draft) ([]*draft, error) {
	if len(list) == 0 {
		return nil, nil
	}
	entries := make([]content.Entry, len(list))
	for i, d := range list {
		entries[i] = d.entry
	}
	_, err := in.store.Put(ctx, in.opts.By, entries...)
	switch {
	case err == nil:
		return list, nil
	case ctx.Err() != nil || content.CodeOf(err) == content.Unavailable:
		return nil, fmt.Errorf("write: %w", err)
	case len(list) == 1:
		in.refuse(list[0].candidate, list[0].problem("cannot be written: %s", safe(err)))
		return nil, nil
	}
	var out []*draft
	for _, d := range list {
		if d.stored != nil {
			d.entry.Head().Revision = d.stored.Head().Revision
		} else {
			d.entry.Head().Revision = 0
		}
		done, err := in.put(ctx, []*draft{d})
		if err != nil {
			return nil, err
		}
		out = append(out, done...)
	}
	return out, nil
}

// keep keeps the sources of what was written.
// It comes after the write and is no part of its transaction: after a crash in between the next
// import finds the same content and keeps the source then.
func (in *intake) keep(ctx context.Context, list []*draft) error {
	var sources []content.Source
	for _, d := range list {
		if d.source == nil {
			continue
		}
		revision := d.entry.Head().Revision // that of the write, or of the stored entry
		sources = append(sources, content.Source{ID: d.id(), Path: d.path, Hash: d.hash, Revision: revision, Text: d.source})
	}
	for chunk := range chunks(sources, content.MaxBatch) {
		if err := in.store.PutSources(ctx, chunk...); err != nil {
			return fmt.Errorf("keep sources: %w", err)
		}
	}
	return nil
}
