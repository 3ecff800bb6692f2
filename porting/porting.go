// Package porting takes trees of Markdown files and records in NDJSON into a store and gives
// them out again: the hub's own content, exports of other hubs, and documentation sites that
// know nothing of it. What came from a file goes back to it byte for byte, and an edit made
// meanwhile changes only its lines.
//
// The form of files is package markdown's business. Nothing here knows a command line.
//
// An import goes through four steps:
//
//	list     the origin names the candidates: files of a tree, or lines of NDJSON
//	survey   each is read once; what is unchanged is settled, what is broken refused
//	write    the rest is read again, compared with the store and written in batches
//	publish  where that is asked for
//
// An export walks through the entries by key and writes each over the source it came from.
//
// A document that is at fault is told with its place and left out, and the rest goes on; an error
// ends the run. Nothing is kept in memory but names, hashes and references, so the size of a tree
// does not matter.
package porting

import (
	"errors"
	"fmt"

	"patternhub/content"
	"patternhub/markdown"
)

// Store is what imports and exports need of a store.
type Store interface {
	content.Store
	content.SourceStore
	content.Lister
}

// Options say how an import is done.
// The zero value imports working copies and makes random keys.
type Options struct {
	// By names who imports in revisions and changes.
	By string
	// NewKey makes the key of a new entry from its slug.
	NewKey func(slug string) (string, error)
	// DryRun tells what would be done and writes nothing.
	DryRun bool
	// Publish publishes what was imported.
	Publish bool
	// Overwrite lets files win over edits that were made here since they were imported.
	Overwrite bool
	// Strict stops before anything is written when a file has a problem.
	Strict bool
	// Progress is told what is being done and how much of it is done; nil for nobody.
	Progress func(doing string, done, total int)
}

// Action is what an import did, or would do, with a file.
type Action string

// The actions.
const (
	Created   Action = "created"
	Changed   Action = "changed"
	Unchanged Action = "unchanged"
	Refused   Action = "refused"
)

// Outcome is what happened to one file or record.
type Outcome struct {
	Place  string
	Action Action
}

// Report tells what an import did. Problems say why files were refused, Notes what was strange
// about the others; both are told as "file:line:column: what". Skipped counts files that are
// no Markdown.
// The counts are of documents, Published of entries. In a dry run they say what would happen.
// Outcomes come in the order in which documents were settled, not in that of the tree.
type Report struct {
	Created, Changed, Unchanged, Refused, Published, Skipped int
	Outcomes                                                 []Outcome
	Problems, Notes                                          []Problem
}

// String tells the counts in words.
func (r *Report) String() string {
	s := fmt.Sprintf("%d created, %d changed, %d unchanged", r.Created, r.Changed, r.Unchanged)
	if r.Refused > 0 {
		s += fmt.Sprintf(", %d refused", r.Refused)
	}
	if r.Published > 0 {
		s += fmt.Sprintf(", %d published", r.Published)
	}
	return s
}

// Err joins the problems; nil when there are none.
// Notes are not among them.
func (r *Report) Err() error {
	var all []error
	for i := range r.Problems {
		all = append(all, &r.Problems[i])
	}
	return errors.Join(all...)
}

// count notes what happened to a file.
func (r *Report) count(place string, a Action) {
	r.Outcomes = append(r.Outcomes, Outcome{place, a})
	switch a {
	case Created:
		r.Created++
	case Changed:
		r.Changed++
	case Unchanged:
		r.Unchanged++
	case Refused:
		r.Refused++
	}
}

// Problem is something about a file. Line and Column are 0 where the whole file is meant.
// Lines and columns are counted from 1, columns in characters.
type Problem struct { //nolint:errname // a word of the vocabulary, as in markdown
	Place        string
	Line, Column int
	What         string
}

// Error tells the place and what is wrong with it.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.Place, p.What)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.Place, p.Line, p.Column, p.What)
}

// problems makes problems of a file from what reading it gave.
// A reader tells all problems of a file joined; each becomes one of its own here.
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

// safe is the part of an error that a person can be shown.
// An error with a code has a message for people; any other is of the program's own making.
func safe(err error) string {
	if e, ok := errors.AsType[*content.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
