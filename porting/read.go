package porting

import (
	"io/fs"

	"patternhub/content"
)

// Read decodes a tree without a store: the entries' keys are their slugs. It is strict: what
// an import would only note, such as a field that a type does not have, is a problem too, and
// so is a reference that leads out of the tree.
// It is for trees that belong to the program, where a note would be overlooked. Entries come in the
// order of the files; those with problems are missing from them, and the error has all problems
// joined.
func Read(tree fs.FS) ([]content.Entry, error) {
	report := &Report{}
	from := folder{tree}
	found, err := from.list(report)
	if err != nil {
		return nil, err
	}
	in := &intake{origin: from, report: report, byName: map[name]*candidate{}}
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
		c.key, c.refs, c.links = c.name.Slug, content.References(d.entry), d.links
		d.entry.Head().Key = c.key
		report.Notes = append(report.Notes, d.notes...)
		in.byName[c.name] = c
		entries = append(entries, d.entry)
	}
	in.candidates = found
	for _, c := range found {
		if !c.settled {
			in.dangling(c)
		}
	}
	in.mention()
	report.Problems = append(report.Problems, report.Notes...)
	return entries, report.Err()
}
