// Package porting imports trees of Markdown files and records in NDJSON into a store, and exports
// them: the hub's own content, exports of other hubs, and documentation sites of other programs.
// What came from a file returns to it byte for byte, and an edit made in between changes only its
// lines.
//
// Package markdown defines the form of files. This package knows no command line.
//
// An import has four steps:
//
//	list     the origin returns the candidates: files of a tree, or lines of NDJSON
//	survey   each is read once; unchanged ones are done, broken ones refused
//	write    the others are read again, compared with the store and written in batches
//	publish  if the options ask for it
//
// An export reads the entries by key and writes each over the source it came from.
//
// A document with a problem is reported with its position and left out, and the rest continues; an
// error ends the run. Memory holds only names, hashes and references, so the size of a tree does
// not matter.
package porting

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// Store is the store of imports and exports.
type Store interface {
	content.Store
	content.SourceStore
	content.FileStore
	content.Lister
	// Remove deletes entries, unless others refer to them; see content.Author.
	Remove(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error)
}

// Options are the options of an import. The zero value imports working copies and makes random
// keys.
type Options struct {
	// By identifies the importer in revisions and changes.
	By string
	// NewKey returns the key of a new entry from its slug.
	NewKey func(slug string) (string, error)
	// DryRun reports what would be done and writes nothing.
	DryRun bool
	// Publish publishes what was imported.
	Publish bool
	// Overwrite lets files replace edits that were made here since they were imported.
	Overwrite bool
	// Strict ends the import before anything is written if a file has a problem.
	Strict bool
	// Tree identifies the tree, so that files that are gone since its last import are noticed;
	// empty to notice none.
	Tree string
	// Under is a folder that the tree is put under, as if its files were there; empty for none.
	Under string
	// Pages imports every file as a page, whatever its folder is called.
	Pages bool
	// Prune deletes the entries whose files are gone, and moves those whose files have moved. It
	// refuses if more than half of the entries would be deleted, unless Force is set.
	Prune, Force bool
	// MaxFile and MaxFiles bound the files besides Markdown that texts refer to, in bytes: each, and all of
	// them. 0 means 10 MB and 1 GB.
	MaxFile, MaxFiles int64
	// Now returns the time with which the publish dates of files are compared; nil for time.Now.
	Now func() time.Time
	// Patience is the time after which an import ends if nothing can be written, because the database
	// is away or too slow; 0 means two minutes.
	Patience time.Duration
	// Progress is called with the current step and how much of it is done; it may be nil.
	Progress func(doing string, done, total int)
}

// Action says what an import did, or would do, with a file.
type Action string

// The actions.
const (
	Created   Action = "created"
	Changed   Action = "changed"
	Unchanged Action = "unchanged"
	Refused   Action = "refused"
	Pruned    Action = "pruned"
)

// Outcome is the result for one file or record.
type Outcome struct {
	Place  string
	Action Action
}

// Report is the result of an import. Problems say why files were refused, Notes what is odd about
// the others; both are printed as "file:line:column: what". Held counts documents that were not
// published because they declare themselves drafts. Skipped counts files and folders that were left
// out; Left counts those of them that are not Markdown, by extension. Files counts the files that texts refer
// to.
// Unwritten and Unpublished count what was left when an error ended the import: the same import again
// continues there.
// The counts are of documents, Published and Unpublished of entries. In a dry run they say what would happen.
type Report struct {
	Created, Changed, Unchanged, Refused, Published int
	Held, Pruned, Skipped                           int
	Unwritten, Unpublished, Files                   int
	Left                                            map[string]int
	Problems, Notes                                 []Problem
	done                                            []done
}

// done is what was done with a document. Many of them are held, so its label is made when it is asked for.
type done struct {
	candidate *candidate
	action    Action
}

// Outcomes returns what was done with each document, in the order in which that was, not in that of the tree.
func (r *Report) Outcomes() iter.Seq[Outcome] {
	return func(yield func(Outcome) bool) {
		for _, d := range r.done {
			if !yield(Outcome{d.candidate.label(), d.action}) {
				return
			}
		}
	}
}

// String returns the counts in words.
func (r *Report) String() string {
	counts := []string{fmt.Sprintf("%d created, %d changed, %d unchanged", r.Created, r.Changed, r.Unchanged)}
	for _, c := range []struct {
		n    int
		what string
	}{{r.Files, "files of pages"}, {r.Refused, "refused"}, {r.Published, "published"}, {r.Held, "held as drafts"}, {r.Pruned, "pruned"}, {r.Skipped, "skipped"}, {r.Unwritten, "not written yet"}, {r.Unpublished, "not published yet"}} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return strings.Join(counts, ", ")
}

// leave counts a file that is not Markdown and is left out.
func (r *Report) leave(file string) {
	if r.Left == nil {
		r.Left = map[string]int{}
	}
	r.Skipped++
	r.Left[printable(strings.ToLower(path.Ext(file)))]++
}

// LeftOut describes the files that are neither Markdown nor used by it; empty when there were none.
func (r *Report) LeftOut() string {
	total, ends := 0, make([]string, 0, len(r.Left))
	for end, n := range r.Left {
		if total += n; end == "" {
			end = "without an ending"
		}
		ends = append(ends, fmt.Sprintf("%d %s", n, end))
	}
	if total == 0 {
		return ""
	}
	slices.Sort(ends)
	return fmt.Sprintf("%d files are neither Markdown nor shown by it: %s", total, strings.Join(ends, ", "))
}

// Err returns the problems, without the notes, as one error; nil when there are none.
func (r *Report) Err() error {
	var all []error
	for i := range r.Problems {
		all = append(all, &r.Problems[i])
	}
	return errors.Join(all...)
}

// count records what happened to a file.
func (r *Report) count(c *candidate, a Action) {
	r.done = append(r.done, done{c, a})
	switch a {
	case Created:
		r.Created++
	case Changed:
		r.Changed++
	case Unchanged:
		r.Unchanged++
	case Refused:
		r.Refused++
	case Pruned:
		r.Pruned++
	}
}

// Problem is a problem or note about a file. Line and Column are 0 for the whole file; otherwise
// they count from 1, columns in characters.
type Problem struct { //nolint:errname // the same name as in markdown
	Place        string
	Line, Column int
	What         string
}

// Error returns the position and what is wrong with it.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.Place, p.What)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.Place, p.Line, p.Column, p.What)
}

// problems returns the problems of a file from the error of reading it, which may join several.
func problems(place string, err error) []Problem {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		var out []Problem
		for _, e := range joined.Unwrap() {
			out = append(out, problems(place, e)...)
		}
		return out
	}
	if p, ok := errors.AsType[*markdown.Problem](err); ok {
		return []Problem{{Place: place, Line: p.Line, Column: p.Column, What: p.What}}
	}
	return []Problem{{Place: place, What: err.Error()}}
}

// safe returns the message of an error for people. An error with a code has one; any other was made
// by this program and is safe to show.
func safe(err error) string {
	if e, ok := errors.AsType[*content.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
