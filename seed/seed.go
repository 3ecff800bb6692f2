// Package seed holds the hub's own content as a tree of Markdown files and loads it into a
// store, as an import like any other: a second load of the same tree writes nothing, and what
// has been edited since stays edited.
//
// The tree is embedded, so the program needs no files beside it. data has the entries, tables the
// numbers of the tools. What the loader does with a tree is package porting's business, and what
// the numbers mean that of content and the advisor.
package seed

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"patternhub/content"
	"patternhub/porting"
)

//go:embed all:data
var embedded embed.FS

// Files is the tree of the hub's own content: <type>/<slug>.md.
func Files() fs.FS {
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Read decodes a tree; the entries' keys are their slugs. Everything that is wrong with it is
// told at once, references that lead nowhere included.
func Read(tree fs.FS) ([]content.Entry, error) {
	entries, err := porting.Read(tree)
	if err != nil {
		return entries, fmt.Errorf("read seed: %w", err)
	}
	return entries, nil
}

// by names the seed in revisions and changes.
const by = "seed"

// Load reads a tree and writes what is new or changed in it, then publishes it. The keys of
// new entries are their slugs. A file with a problem stops the load before anything is
// written. progress is told how much of what is done; it may be nil.
// Slugs as keys make the ids of the hub's own entries the same in every database. Tables are loaded
// apart, by LoadTables.
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
