package porting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"time"

	"github.com/google/uuid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// Import imports a tree of Markdown files into a store. A file in the folder of an entry type is an
// entry of that type, any other a page. Files with problems are reported and left out; an error is
// returned for what ends the import.
// An import can be repeated: an unchanged file costs only a hash, and an import that was
// interrupted continues where it stopped. Each batch is written in its own transaction, not the
// whole import in one.
func Import(ctx context.Context, store Store, tree fs.FS, o Options) (*Report, error) {
	return run(ctx, store, &folder{tree: tree, under: under(o.Under), pages: o.Pages}, o)
}

// ImportRecords imports an NDJSON file: one entry per line, as ExportRecords writes them. file is
// its name in the report.
// r is read twice and must not change in between. Entries get the keys that their records state, so
// that an import of another hub's export has the same ids.
func ImportRecords(ctx context.Context, store Store, file string, r io.ReaderAt, o Options) (*Report, error) {
	return run(ctx, store, records{file, r}, o)
}

// under returns the folder that a tree is put under, without slashes around it; empty for none.
func under(folder string) string { return path.Clean("/" + filepath.ToSlash(folder))[1:] }

// run surveys everything before it writes anything, so that entries may refer to each other in any
// order, and a missing reference is reported before its entry is written.
func run(ctx context.Context, store Store, from origin, o Options) (*Report, error) {
	if o.NewKey == nil {
		o.NewKey = func(string) (string, error) {
			id, err := uuid.NewV7()
			return id.String(), err
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Under = under(o.Under); o.Under != "" && content.Slug(o.Under) == "" {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("No path can be made of the folder %q.", o.Under))
	}
	report := &Report{}
	in := &intake{
		store: store, origin: from, opts: o, report: report, stored: map[name]*content.Meta{},
		byName: map[name]*candidate{}, only: map[content.EntryType]*candidate{},
	}
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
	if err := in.relabel(ctx); err != nil {
		return report, err
	}
	if err := in.publish(ctx); err != nil {
		return report, err
	}
	return report, in.prune(ctx)
}

// maxBatchBytes bounds the source bytes of one write transaction, which the server limits in size.
// The rendered texts and the revisions come on top.
const maxBatchBytes = 4 << 20

// draft is a document that is to be written.
type draft struct {
	*candidate
	*document
	// stored is the entry that it changes; nil for a new one.
	stored content.Entry
	// same means that only the source is new.
	same bool
}

// write writes the candidates that are not done, in batches. The types are in the order in which
// they refer to each other, as far as there is one, so that targets are written first.
func (in *intake) write(ctx context.Context) error {
	var todo []*candidate
	for _, c := range in.candidates {
		if !c.done {
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
		in.progress("writing", done, len(todo))
		return err
	}
	for i, c := range todo {
		text, d, ok := in.reread(c)
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

// reread reads a candidate a second time, since documents are not held in memory between the survey
// and the write, and replaces slugs with keys. The hash detects a file that has changed. Decoding
// resets the key to the one in the record, so it is restored here.
func (in *intake) reread(c *candidate) ([]byte, *document, bool) {
	text, err := in.origin.text(c)
	if err == nil && hash(text) != c.hash {
		err = errors.New("changed while it was read")
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

// flush compares a batch with the store and writes what differs. A dry run only counts it. Sources
// are stored even if only they are new, so that the next import sees immediately that nothing has
// changed.
func (in *intake) flush(ctx context.Context, batch []*draft) error {
	if err := in.compare(ctx, batch); err != nil {
		return err
	}
	var changed, same []*draft
	for _, d := range batch {
		switch {
		case d.done:
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
		if err := in.storeSources(ctx, append(append([]*draft{}, written...), same...)); err != nil {
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

// compare finds the entries that differ from the stored working copies, and refuses to overwrite
// edits. An entry was edited here if its revision is not the one that its source was stored with.
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

// put writes entries. If the batch is refused, it tries each entry alone, so that one does not keep
// the others out.
// A lost database or the end of ctx is not the documents' fault and ends the import. The revision
// is reset before each try, since a refused write leaves the heads changed.
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

// storeSources stores the sources of what was written. It runs after the write, in its own
// transaction: after a crash in between, the next import finds the same content and stores the
// source then.
func (in *intake) storeSources(ctx context.Context, list []*draft) error {
	var sources []content.Source
	for _, d := range list {
		if d.source == nil {
			continue
		}
		revision := d.entry.Head().Revision // that of the write, or of the stored entry
		sources = append(sources, in.source(d.candidate, revision, d.source))
	}
	return in.putSources(ctx, sources)
}

// source returns the source to store for a file.
func (in *intake) source(c *candidate, revision int, text []byte) content.Source {
	return content.Source{
		ID: c.id(), Path: c.path, Tree: in.opts.Tree, Root: in.opts.Under, Pages: in.opts.Pages,
		Hash: c.hash, Revision: revision, Text: text,
	}
}

// relabel stores the sources of unchanged files as part of this tree, if they belonged to another
// one. It reads the files once more, a batch at a time.
func (in *intake) relabel(ctx context.Context) error {
	if in.opts.DryRun {
		return nil
	}
	for chunk := range chunks(in.stale, content.MaxBatch/4) {
		var sources []content.Source
		for _, c := range chunk {
			if text, err := in.origin.text(c); err == nil && hash(text) == c.hash {
				sources = append(sources, in.source(c, in.marked[c.id()].Revision, text))
			}
		}
		if err := in.putSources(ctx, sources); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) putSources(ctx context.Context, sources []content.Source) error {
	for chunk := range chunks(sources, content.MaxBatch) {
		if err := in.store.PutSources(ctx, chunk...); err != nil {
			return fmt.Errorf("store sources: %w", err)
		}
	}
	return nil
}
