package porting

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// ExportOptions are the options of an export.
type ExportOptions struct {
	// Drafts exports working copies instead of published ones.
	Drafts bool
	// Progress is called with the number of exported entries; it may be nil.
	Progress func(doing string, done, total int)
}

// perspective returns the graph to export.
func (o ExportOptions) perspective() content.Perspective {
	if o.Drafts {
		return content.Drafts
	}
	return content.Published
}

// Exported is the result of an export. Unchanged counts files that already had the right bytes.
// Problems are entries that were left out; everything else was exported.
type Exported struct {
	Written, Unchanged int
	Problems           []Problem
}

// String returns the counts in words.
func (e *Exported) String() string {
	s := fmt.Sprintf("%d written, %d unchanged", e.Written, e.Unchanged)
	if n := len(e.Problems); n > 0 {
		s += fmt.Sprintf(", %d with problems", n)
	}
	return s
}

// Export writes the entries of one perspective to a folder, each to the file it came from, and the files
// that they refer to, such as pictures. It
// leaves a file with the right bytes alone, and does not touch files that belong to no entry. It
// never writes outside of the folder, whatever links are in it.
// It reads entries in batches, so its memory grows only by a hash for each file. Two entries never write
// the same file: the second one takes its canonical name or is reported as a problem. An error ends
// the export, and what is written by then stays.
func Export(ctx context.Context, store Store, dir string, o ExportOptions) (*Exported, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a tree of public texts
		return nil, fmt.Errorf("make folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	defer root.Close()
	out := &Exported{}
	x := newExporter(store, o)
	x.tree, x.taken, x.written = true, map[uint64]bool{}, map[string]string{}
	err = x.each(ctx, func(e content.Entry) error {
		text, file, err := x.file(ctx, e)
		if p, ok := errors.AsType[*Problem](err); ok {
			out.Problems = append(out.Problems, *p)
			return nil
		}
		if err != nil {
			return err
		}
		same, err := writeFile(root, file, text)
		switch {
		case err != nil:
			out.Problems = append(out.Problems, Problem{Place: file, What: "cannot be written: " + reason(err)})
		case same:
			out.Unchanged++
		default:
			out.Written++
		}
		return x.exportFiles(ctx, root, e, out)
	})
	return out, err
}

// ExportRecords writes the entries of one perspective as NDJSON, one per line. A record that cannot
// be written ends the export, since a file with a gap would look complete. Its memory does not grow with the
// graph.
func ExportRecords(ctx context.Context, store Store, w io.Writer, o ExportOptions) (*Exported, error) {
	out := &Exported{}
	x := newExporter(store, o)
	to := bufio.NewWriter(w)
	err := x.each(ctx, func(e content.Entry) error {
		line, err := markdown.EncodeRecord(e)
		if err != nil {
			return fmt.Errorf("write record: %w", err)
		}
		out.Written++
		if _, err := to.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write record: %w", err)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if err := to.Flush(); err != nil {
		return out, fmt.Errorf("write records: %w", err)
	}
	return out, nil
}

// keepNames bounds what an export remembers of other entries. Entries of one batch refer to the same ones
// again and again; what is forgotten is read again.
const keepNames = 2000

// exporter is one export. It belongs to one goroutine.
type exporter struct {
	store Store
	opts  ExportOptions
	// tree is set if files are written and not records.
	tree bool
	// slugs caches the slugs of entries that others refer to, and paths the files of entries that texts link
	// to. They are emptied when they have grown too large.
	slugs map[content.ID]string
	paths map[name]string
	// sources are the sources of the current batch.
	sources map[content.ID]*content.Source
	// taken has the hashes of the files that were written.
	seed  maphash.Seed
	taken map[uint64]bool

	// written has the hashes of the files besides Markdown that were written, by path.
	written map[string]string
}

func newExporter(store Store, o ExportOptions) *exporter {
	return &exporter{store: store, opts: o, slugs: map[content.ID]string{}, paths: map[name]string{}, seed: maphash.MakeSeed()}
}

// readPaths reads the files of the entries that texts link to: the file that an entry came from, or its canonical
// one. Their entries may come later, so they are read by their slugs.
func (x *exporter) readPaths(ctx context.Context, names []name) error {
	found := map[content.ID]name{}
	for _, p := range []content.Perspective{x.opts.perspective(), content.Drafts} {
		bySlug := map[content.EntryType][]string{}
		for _, n := range names {
			if _, ok := x.paths[n]; !ok {
				bySlug[n.Type] = append(bySlug[n.Type], n.Slug)
			}
		}
		for t, slugs := range bySlug {
			for chunk := range chunks(slugs, lookup) {
				entries, err := x.store.At(p).Reader(t).EntriesBySlugs(ctx, chunk)
				if err != nil {
					return fmt.Errorf("read entries: %w", err)
				}
				for i, e := range entries {
					if n := (name{t, chunk[i]}); e != nil && e.Head().Slug == n.Slug {
						found[e.ID()], x.paths[n] = n, n.file()
					}
				}
			}
		}
	}
	for chunk := range chunks(slices.Collect(maps.Keys(found)), lookup) {
		marks, err := x.store.SourceMarks(ctx, chunk...)
		if err != nil {
			return fmt.Errorf("read sources: %w", err)
		}
		for i := range marks {
			n := found[marks[i].ID]
			if file, ok := pathFor(n, &marks[i]); ok {
				x.paths[n] = file
			}
		}
	}
	return nil
}

// readSlugs reads the slugs of entries: from the perspective or, if missing there, from the working
// copy, since a published entry may refer to one that is not published. An entry that does not exist
// has no slug, and a reference to it keeps the key.
func (x *exporter) readSlugs(ctx context.Context, ids []content.ID) error {
	for _, p := range []content.Perspective{x.opts.perspective(), content.Drafts} {
		var missing []content.ID
		for _, id := range ids {
			if _, ok := x.slugs[id]; !ok {
				missing = append(missing, id)
			}
		}
		heads, err := headsOf(ctx, x.store.At(p), missing)
		if err != nil {
			return err
		}
		for id, h := range heads {
			x.slugs[id] = h.slug
		}
	}
	return nil
}

// each calls do with all entries, with slugs in place of keys. Types come in their fixed order and
// entries by key, so that the order does not depend on names.
func (x *exporter) each(ctx context.Context, do func(content.Entry) error) error {
	graph, done := x.store.At(x.opts.perspective()), 0
	for _, t := range content.Types() {
		for after := ""; ; {
			keys, err := x.store.KeysAfter(ctx, x.opts.perspective(), t, after, content.MaxBatch)
			if err != nil {
				return fmt.Errorf("list entries: %w", err)
			}
			if len(keys) == 0 {
				break
			}
			after = keys[len(keys)-1]
			entries, err := graph.Reader(t).PagesByKeys(ctx, keys)
			if err != nil {
				return fmt.Errorf("read entries: %w", err)
			}
			if err := x.batch(ctx, entries, do); err != nil {
				return err
			}
			if done += len(keys); x.opts.Progress != nil {
				x.opts.Progress("exporting", done, 0)
			}
		}
	}
	return nil
}

// batch reads what a batch of entries refers to and calls do with each. It skips an entry that was
// deleted since its key was listed. It changes entries in place: references become slugs.
func (x *exporter) batch(ctx context.Context, entries []content.Entry, do func(content.Entry) error) error {
	var ids, targets []content.ID
	for _, e := range entries {
		if e == nil {
			continue
		}
		ids = append(ids, e.ID())
		for _, r := range content.References(e) {
			targets = append(targets, r.Target)
		}
	}
	if len(x.slugs) > keepNames {
		clear(x.slugs)
	}
	if err := x.readSlugs(ctx, targets); err != nil {
		return err
	}
	if x.tree {
		if err := x.readFiles(ctx, ids, entries); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if e == nil {
			continue
		}
		content.MapReferences(e, func(r content.Reference) string { return x.slugs[r.Target] })
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}

// readFiles reads the sources of a batch of entries, and the files that their texts link to.
func (x *exporter) readFiles(ctx context.Context, ids []content.ID, entries []content.Entry) error {
	sources, err := x.store.Sources(ctx, ids...)
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	x.sources = make(map[content.ID]*content.Source, len(ids))
	for i, id := range ids {
		x.sources[id] = sources[i]
	}
	if len(x.paths) > keepNames {
		clear(x.paths)
	}
	wanted := map[name]bool{}
	for _, e := range entries {
		if e == nil {
			continue
		}
		if body := bodyOf(e); body != nil {
			maps.Copy(wanted, linked(name{e.Head().Type, e.Head().Slug}, body.Markdown))
		}
	}
	return x.readPaths(ctx, slices.Collect(maps.Keys(wanted)))
}

// take reports whether no entry has a file yet, and takes it.
func (x *exporter) take(file string) bool {
	h := maphash.String(x.seed, file)
	free := !x.taken[h]
	x.taken[h] = true
	return free
}

// file returns the text and the path of an entry's file.
func (x *exporter) file(ctx context.Context, e content.Entry) (text []byte, file string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("export: %w", err)
	}
	h, source := e.Head(), x.sources[e.ID()]
	n := name{h.Type, h.Slug}
	file, ok := pathFor(n, source)
	free := ok && x.take(file)
	if ok && !free {
		file = n.file()
		free = x.take(file)
	}
	if !free || !fs.ValidPath(file) {
		return nil, "", &Problem{Place: n.file(), What: "no file name results in this slug"}
	}
	if text, err = x.text(e, n, file, source); err != nil {
		return nil, "", &Problem{Place: file, What: err.Error()}
	}
	return text, file, nil
}

// text returns the bytes of an entry's file. It uses the source only if this release reads it
// without a problem. Either way the result has been read back and compared with the entry.
func (x *exporter) text(e content.Entry, n name, file string, source *content.Source) ([]byte, error) {
	read := func(text []byte) (content.Entry, error) {
		got, _, err := decodeFile(n, file, text)
		return got, err
	}
	var old content.Entry
	if source != nil {
		var err error
		if old, err = read(source.Text); err != nil {
			source = nil // written by a release that read more than this one does
		}
	}
	if body := bodyOf(e); body != nil {
		was := ""
		if source != nil {
			was = bodyOf(old).Markdown
		}
		body.Markdown = restoreLinks(n, file, source, was, body.Markdown, x.fileOf)
		if source == nil || source.Path != file {
			body.Markdown = relinkFiles(file, body)
		}
	}
	if source != nil {
		return markdown.Splice(source.Text, e, read) //nolint:wrapcheck // a problem of the entry
	}
	text := markdown.Encode(e)
	if got, err := read(text); err != nil || !markdown.Same(got, e) {
		return nil, markdown.ErrUnwritable
	}
	return text, nil
}

// fileOf returns the path of an entry's file: the canonical one for an entry that came from no
// file.
func (x *exporter) fileOf(n name) string {
	if file, ok := x.paths[n]; ok {
		return file
	}
	return n.file()
}

// writeFile writes a file unless it already has these bytes. It writes another file and renames it,
// so that a reader or a crash sees either the old or the new one whole. root confines it to the
// folder, even if a symbolic link in the folder points outside.
func writeFile(root *os.Root, file string, text []byte) (same bool, err error) {
	if old, err := root.ReadFile(file); err == nil && bytes.Equal(old, text) {
		return true, nil
	}
	if err := root.MkdirAll(path.Dir(file), 0o755); err != nil {
		return false, err //nolint:wrapcheck // the caller reports the file
	}
	part := path.Join(path.Dir(file), ".part-"+path.Base(file))
	if err := root.WriteFile(part, text, 0o644); err != nil {
		return false, err //nolint:wrapcheck // as above
	}
	if err := root.Rename(part, file); err != nil {
		return false, errors.Join(err, root.Remove(part))
	}
	return false, nil
}
