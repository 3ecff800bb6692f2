// Package seed contains the hub's own content as a tree of Markdown files and loads it into a
// store. The load is an ordinary import: a second load of the same tree writes nothing, and later
// edits in the store remain.
//
// The tree is embedded, so the program needs no other files. data contains the entries, tables the
// numbers of the tools. Package porting implements the import; packages content and advisor define
// what the numbers mean.
package seed

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

//go:embed all:data
var embedded embed.FS

// Files returns the tree of the hub's own content: <type>/<slug>.md.
func Files() fs.FS {
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Read decodes a tree; the entries' keys are their slugs. It reports all errors at once, including
// dangling references.
func Read(tree fs.FS) ([]content.Entry, error) {
	entries, err := porting.Read(tree)
	if err != nil {
		return entries, fmt.Errorf("read seed: %w", err)
	}
	return entries, nil
}

// by is the author of the seed in revisions and changes.
const by = "seed"

// Load writes the new and changed entries of a tree and publishes them. The keys of new entries are
// their slugs, so the hub's own entries have the same ids in every database.
// A file with a problem stops the load before anything is written. progress, if not nil, is called
// with the current step and how much of it is done. LoadTables loads the tables.
func Load(ctx context.Context, store porting.Store, tree fs.FS, progress func(doing string, done, total int)) (*porting.Report, error) {
	report, err := porting.Import(ctx, store, tree, porting.Options{
		By: by, Publish: true, Strict: true, Progress: progress,
		NewKey: func(slug string) (string, error) { return slug, nil },
	})
	if err != nil {
		return report, fmt.Errorf("load seed: %w", err)
	}
	return report, nil
}
