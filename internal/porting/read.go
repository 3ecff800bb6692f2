package porting

import (
	"cmp"
	"io/fs"

	"patternhub/internal/content"
)

// Read decodes a tree without a store: the keys of the entries are their slugs. It is strict: what
// an import only notes, such as a field that a type does not have, is a problem, and so is a
// reference to something outside the tree.
// It is for trees that belong to the program, whose notes no one would read. Entries are in the
// order of the files, without those that have problems; the error joins all problems.
func Read(tree fs.FS) ([]content.Entry, error) {
	report := &Report{}
	from := &folder{tree: tree}
	found, err := from.list(report)
	if err != nil {
		return nil, err
	}
	in := &intake{origin: from, report: report}
	var entries []content.Entry
	for _, c := range found {
		text, err := from.text(c)
		if err != nil {
			in.refuse(c, c.problem("%s", err))
			continue
		}
		d, err := from.decode(c, text)
		if err != nil {
			in.refuse(c, problems(c.place, err)...)
			continue
		}
		c.key = cmp.Or(c.name.Type.OnlyKey(), c.name.Slug)
		in.connect(c, d)
		d.entry.Head().Key = c.key
		in.claim(c)
		entries = append(entries, d.entry)
	}
	in.candidates = found
	for _, c := range found {
		if !c.done {
			in.refuseDangling(c)
		}
	}
	in.noteMissingLinks()
	report.Problems = append(report.Problems, report.Notes...)
	return entries, report.Err()
}
