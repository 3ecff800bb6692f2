package porting

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"patternhub/internal/content"
)

// Import imports a tree of Markdown files into a store. A file in the folder of an entry type is an
// entry of that type, any other a page. Files with problems are reported and left out; an error is
// returned for what ends the import.
// An import can be repeated: an unchanged file costs only a hash, and an import that was
// interrupted continues where it stopped. Each batch is written in its own transaction, not the
// whole import in one.
func Import(ctx context.Context, store Store, tree fs.FS, o Options) (*Report, error) {
	return run(ctx, store, &folder{tree: tree, under: under(o.Under), pages: o.Pages, one: o.MaxFile, all: o.MaxFiles}, o)
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
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Under = under(o.Under); o.Under != "" && content.Slug(o.Under) == "" {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("No path can be made of the folder %q.", o.Under))
	}
	report := &Report{}
	in := &intake{
		store: store, origin: from, opts: o, report: report, pruned: map[*content.Source]bool{}, filed: map[string]bool{},
		only: map[content.EntryType]*candidate{},
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
