package porting

import (
	"context"
	"fmt"
	"sort"

	"golang.org/x/sync/errgroup"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// maxBatchBytes bounds the source bytes of one transaction, which the server limits in size. The
// rendered texts and the revisions come on top.
const maxBatchBytes = 4 << 20

// atOnce is the number of batches in work: while the server writes one, the next is rendered.
const atOnce = 2

// draft is a document that is to be written.
type draft struct {
	*candidate
	*document
	// stored is the entry that it changes; nil for a new one.
	stored content.Entry
	// same means that only the source is new.
	same bool
	// action is what the import does with it, which an attempt that is repeated does not change.
	action Action
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
	in.report.Unwritten = len(todo)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	speed, total := newPace(content.MaxBatch), len(todo)
	for len(todo) > 0 && ctx.Err() == nil {
		var batch []*draft
		batch, todo = in.batch(todo, speed.now())
		group.Go(func() error { return in.flush(ctx, speed, batch, total) })
	}
	return group.Wait() //nolint:wrapcheck // flush has wrapped it
}

// batch takes the next documents from a list, at most n and maxBatchBytes of them, and returns the
// rest of the list.
func (in *intake) batch(todo []*candidate, n int) (batch []*draft, rest []*candidate) {
	for size := 0; len(todo) > 0 && len(batch) < n; todo = todo[1:] {
		c := todo[0]
		if len(batch) > 0 && size+c.bytes > maxBatchBytes {
			break
		}
		d, ok := in.reread(c)
		if !ok {
			in.counted([]*draft{{candidate: c}}, 0)
			continue
		}
		batch, size = append(batch, &draft{candidate: c, document: d}), size+c.bytes
	}
	return batch, todo
}

// reread reads a candidate a second time, since documents are not held in memory between the survey
// and the write, and replaces slugs with keys. The hash detects a file that has changed.
func (in *intake) reread(c *candidate) (*document, bool) {
	text, err := in.origin.text(c)
	if err == nil && hash(text) != c.hash {
		err = errChanged
	}
	if err != nil {
		in.refuse(c, c.problem("%s", err))
		return nil, false
	}
	d, err := in.origin.decode(c, text)
	if err != nil {
		in.refuse(c, problems(c.place, err)...)
		return nil, false
	}
	content.MapReferences(d.entry, func(r content.Reference) string { return in.keyOf(name{r.Target.Type, r.Target.Key}) })
	d.entry.Head().Key = c.key
	return d, true
}

// flush writes a batch, in one transaction if the server is fast enough for it and otherwise in
// several.
func (in *intake) flush(ctx context.Context, speed *pace, batch []*draft, total int) error {
	if len(batch) == 0 {
		return nil
	}
	doubtful := 0 // the first documents of the batch that a failed attempt may have written
	return in.insist(ctx, speed, func(ctx context.Context) (int, bool, error) {
		part := batch[:min(len(batch), speed.now())]
		if err := in.flushPart(ctx, part, doubtful > 0); err != nil {
			doubtful = max(doubtful, len(part))
			return 0, true, err
		}
		batch, doubtful = batch[len(part):], max(0, doubtful-len(part))
		in.counted(part, total)
		return len(part), len(batch) > 0, nil
	})
}

// flushPart compares documents with the store and writes what differs. A dry run only compares.
// Sources are stored even if only they are new, so that the next import sees immediately that nothing
// has changed. again means that an earlier attempt may have written some of them.
func (in *intake) flushPart(ctx context.Context, part []*draft, again bool) error {
	if err := in.compare(ctx, part, again); err != nil {
		return err
	}
	var changed, same []*draft
	for _, d := range part {
		switch {
		case d.done:
		case d.same:
			same = append(same, d)
		default:
			changed = append(changed, d)
		}
	}
	if in.opts.DryRun {
		return nil
	}
	changed, err := in.storeFiles(ctx, changed)
	if err != nil {
		return err
	}
	written, err := in.put(ctx, changed)
	if err != nil {
		return err
	}
	return in.storeSources(ctx, append(written, same...))
}

// counted reports what was done with documents.
func (in *intake) counted(part []*draft, total int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, d := range part {
		if !d.done {
			in.report.count(d.candidate, d.action)
		}
	}
	in.report.Unwritten -= len(part)
	in.progress("writing", total-in.report.Unwritten, total)
}

// compare finds the entries that differ from the stored working copies, and refuses to overwrite
// edits. An entry was edited here if its revision is not the one that its source was stored with.
func (in *intake) compare(ctx context.Context, part []*draft, again bool) error {
	byType := map[content.EntryType][]*draft{}
	for _, d := range part {
		if d.current != nil || again {
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
			d.stored, d.same = stored[i], false
			if stored[i] != nil {
				in.compareOne(d)
			}
		}
	}
	for _, d := range part {
		if d.action == "" {
			d.action = Created
		}
	}
	return nil
}

// compareOne compares a document with the stored entry.
func (in *intake) compareOne(d *draft) {
	h := d.stored.Head()
	in.keepFiles(d)
	d.same = h.Slug == d.name.Slug && markdown.Same(d.entry, d.stored) && sameTexts(d.entry, d.stored)
	d.entry.Head().Revision = h.Revision
	switch {
	case d.action != "": // what is stored now may be what the first attempt has written
	case d.same:
		d.action = Unchanged
	default:
		d.action = Changed
	}
	mark := in.marked[d.id()]
	if !d.done && !d.same && mark != nil && mark.Revision != h.Revision && !in.opts.Overwrite {
		in.refuse(d.candidate, d.problem("has been edited here since it was imported; export it first, or import it with --overwrite"))
	}
}

// put writes entries. If they are refused, it tries each half alone, so that one does not keep the
// others out.
// A lost or busy database is not the documents' fault. The revision is reset before each try, since a
// refused write leaves the heads changed.
func (in *intake) put(ctx context.Context, list []*draft) ([]*draft, error) {
	if len(list) == 0 {
		return nil, nil
	}
	entries := make([]content.Entry, len(list))
	for i, d := range list {
		entries[i] = d.entry
		d.entry.Head().Revision = 0
		if d.stored != nil {
			d.entry.Head().Revision = d.stored.Head().Revision
		}
	}
	_, err := in.store.Put(ctx, in.opts.By, entries...)
	switch {
	case err == nil:
		return list, nil
	case ctx.Err() != nil || passing(err):
		return nil, fmt.Errorf("write: %w", err)
	case len(list) == 1:
		in.refuse(list[0].candidate, list[0].problem("cannot be written: %s", safe(err)))
		return nil, nil
	}
	half := len(list) / 2
	first, err := in.put(ctx, list[:half])
	if err != nil {
		return nil, err
	}
	second, err := in.put(ctx, list[half:])
	return append(first, second...), err
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
		sources = append(sources, in.source(d.candidate, revision, d.source, d.seen))
	}
	return in.putSources(ctx, sources)
}

// source returns the source to store for a file.
func (in *intake) source(c *candidate, revision int, text []byte, seen []content.Seen) content.Source {
	return content.Source{
		ID: c.id(), Path: c.path, Tree: in.opts.Tree, Root: in.opts.Under, Pages: in.opts.Pages,
		Hash: c.hash.String(), Revision: revision, Text: text, Files: seen,
	}
}

// relabel stores the sources of unchanged files as part of this tree, if they belonged to another
// one. It reads the files once more, a batch at a time.
func (in *intake) relabel(ctx context.Context) error {
	if in.opts.DryRun {
		return nil
	}
	stale := in.stale
	if len(stale) == 0 {
		return nil
	}
	speed := newPace(content.MaxBatch / 4)
	return in.insist(ctx, speed, func(ctx context.Context) (int, bool, error) {
		part := stale[:min(len(stale), speed.now())]
		var sources []content.Source
		for _, c := range part {
			if text, err := in.origin.text(c); err == nil && hash(text) == c.hash {
				sources = append(sources, in.source(c, in.marked[c.id()].Revision, text, in.marked[c.id()].Files))
			}
		}
		if err := in.putSources(ctx, sources); err != nil {
			return 0, true, err
		}
		stale = stale[len(part):]
		return len(part), len(stale) > 0, nil
	})
}

func (in *intake) putSources(ctx context.Context, sources []content.Source) error {
	for chunk := range chunks(sources, content.MaxBatch) {
		if err := in.store.PutSources(ctx, chunk...); err != nil {
			return fmt.Errorf("store sources: %w", err)
		}
	}
	return nil
}
