package porting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// lookup bounds how many slugs or keys one query has. Results are cards without long texts, so this
// many fit one reply.
const lookup = 500

// intake is one import. The survey finds the names; later steps only read them, except that refusing
// takes the candidate from one.
type intake struct {
	// mu guards the report and names while batches are written concurrently.
	mu     sync.Mutex
	store  Store
	origin origin
	opts   Options
	report *Report
	// candidates are what was found; only those that stand for the entry of a singleton, whatever its slug, and
	// were not refused.
	candidates []*candidate
	only       map[content.EntryType]*candidate
	// names are those of candidates and of what they refer to, and places those of references.
	names  names
	places places
	// marks are the stored sources by location, marked the same by entry.
	marks  map[location]*content.Source
	marked map[content.ID]*content.Source
	// stale are unchanged files whose sources belong to another tree.
	stale []*candidate
	// gone are the sources whose files no longer exist, by path; followed is the number of the
	// tree's sources.
	gone     []*content.Source
	followed int
	// pruned are those of gone whose entries were deleted.
	pruned map[*content.Source]bool
	// filed has the hashes of the files that are stored.
	filed map[string]bool
}

// location says where a file was and how its tree was read.
type location struct {
	path  string
	pages bool
}

// refuse reports why a candidate is not imported. From then on it does not exist for the import:
// what refers to it is refused as well, unless the store has the entry.
func (in *intake) refuse(c *candidate, why ...Problem) {
	in.mu.Lock()
	defer in.mu.Unlock()
	c.done = true
	if n := in.names.of(c.name); n != nil && n.candidate == c {
		n.candidate = nil
	}
	if in.only[c.name.Type] == c {
		delete(in.only, c.name.Type)
	}
	in.report.count(c, Refused)
	in.report.Problems = append(in.report.Problems, why...)
}

// survey reads everything once. Candidates that are unchanged since the last import are done, and
// those that cannot be read are refused. For the others it finds their entries and references.
func (in *intake) survey(ctx context.Context) error {
	heads, err := in.readSources(ctx)
	if err != nil {
		return err
	}
	for i, c := range in.candidates {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		in.examine(c, heads)
		in.progress("reading", i+1, len(in.candidates))
	}
	in.findGone(heads)
	in.findMoved(heads)
	if err := in.find(ctx); err != nil {
		return err
	}
	err = in.assign()
	in.noteHeld()
	if from, ok := in.origin.(*folder); ok {
		from.library.left(in.report)
	}
	return err
}

// readSources reads which sources are stored, and returns the heads of their entries.
func (in *intake) readSources(ctx context.Context) (map[content.ID]*head, error) {
	marks, err := in.store.SourceMarks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	ids := make([]content.ID, len(marks))
	for i := range marks {
		ids[i] = marks[i].ID
	}
	heads, err := headsOf(ctx, in.store.At(content.Drafts), ids)
	if err != nil {
		return nil, err
	}
	in.marks, in.marked = map[location]*content.Source{}, map[content.ID]*content.Source{}
	for i := range marks {
		// Sources outlive their entries; those of deleted ones are ignored.
		if heads[marks[i].ID] != nil {
			in.marks[location{marks[i].Path, marks[i].Pages}], in.marked[marks[i].ID] = &marks[i], &marks[i]
		}
	}
	return heads, nil
}

// chunks splits a list into parts that share its memory; none is empty.
func chunks[T any](list []T, size int) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := min(size, len(list))
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// examine reads one candidate. A file is unchanged if the stored source of its path has the same
// hash; its name then has the entry's current slug, so that a renamed entry is found. Of two
// candidates for one entry the first wins.
func (in *intake) examine(c *candidate, heads map[content.ID]*head) {
	text, err := in.origin.text(c)
	if err != nil {
		in.refuse(c, c.problem("%s", err))
		return
	}
	c.hash, c.bytes = hash(text), len(text)
	mark := in.marks[location{c.path, in.opts.Pages}]
	unchanged := c.path != "" && mark != nil && mark.Hash == c.hash.String() && in.sameFiles(mark, heads[mark.ID])
	if unchanged {
		c.key, c.current = mark.ID.Key, heads[mark.ID]
		c.name = name{mark.ID.Type, c.current.slug}
	} else {
		d, err := in.origin.decode(c, text)
		if err != nil {
			in.refuse(c, in.hinted(c, problems(c.place, err))...)
			return
		}
		if wrong := unfit(c, text, d.entry); len(wrong) > 0 {
			in.refuse(c, wrong...)
			return
		}
		h := d.entry.Head()
		c.name, c.key = name{h.Type, strings.Clone(h.Slug)}, strings.Clone(h.Key)
		in.connect(c, d)
	}
	if first := in.standing(c.name); first != nil {
		advice := ""
		switch {
		case c.name.Type.Singleton():
			advice = "; remove one of them"
		case c.path != "":
			advice = "; rename one of them"
		}
		in.refuse(c, c.problem("stands for the same %s %q as %s%s", c.name.Type.Name(), first.name.Slug, first.label(), advice))
		return
	}
	in.claim(c)
	if c.name.Type.Singleton() {
		in.only[c.name.Type] = c
	}
	in.hold(c, text)
	if unchanged {
		c.done = true
		if in.opts.Tree != "" && (mark.Tree != in.opts.Tree || mark.Root != in.opts.Under) {
			in.stale = append(in.stale, c)
		}
		in.report.count(c, Unchanged)
	}
}

// connect finds what a document refers and links to, and takes its notes.
func (in *intake) connect(c *candidate, d *document) {
	refs := content.References(d.entry)
	c.refs = make([]ref, len(refs))
	for i, r := range refs {
		c.refs[i] = ref{in.names.add(name{r.Target.Type, r.Target.Key}), in.places.add(r.Place)}
	}
	for _, l := range d.links {
		if n := in.names.add(l); !slices.Contains(c.links, n) {
			c.links = append(c.links, n)
		}
	}
	in.report.Notes = append(in.report.Notes, d.notes...)
}

// claim gives a candidate its name.
func (in *intake) claim(c *candidate) {
	n := &in.names.list[in.names.add(c.name)]
	n.candidate, c.name = c, n.name // not a part of a longer text
	if c.key == c.name.Slug {
		c.key = c.name.Slug
	}
}

// standing returns the candidate that stands for the entry with a name; nil if there is none.
func (in *intake) standing(n name) *candidate {
	if n.Type.Singleton() {
		return in.only[n.Type]
	}
	if known := in.names.of(n); known != nil {
		return known.candidate
	}
	return nil
}

// hinted adds to a problem of a missing field how to import the file as a page: a folder of another
// program may be called like one of our types and hold something else.
func (in *intake) hinted(c *candidate, wrong []Problem) []Problem {
	if c.path == "" || c.name.Type == content.TypePage {
		return wrong
	}
	for i := range wrong {
		if strings.HasSuffix(wrong[i].What, " is missing") {
			stem := c.name.Type.Stem()
			wrong[i].What += fmt.Sprintf("; the folder %s holds entries of the type %s: import it with --pages if it holds pages, or give the folder another name", stem, c.name.Type.Name())
			break
		}
	}
	return wrong
}

// hold sets the reason not to publish a file that declares itself a draft, if the import publishes.
func (in *intake) hold(c *candidate, text []byte) {
	if !in.opts.Publish || c.path == "" {
		return
	}
	if c.held = markdown.HeldName(c.file, in.opts.Now()); c.held == "" {
		c.held = markdown.Held(text, content.NewEntry(c.name.Type), in.opts.Now())
	}
}

// noteHeld adds a note for each held file. An entry that is published stays published: an import
// never hides an entry from readers.
func (in *intake) noteHeld() {
	for _, c := range in.candidates {
		if n := in.names.of(c.name); c.held == "" || n == nil || n.candidate != c {
			continue
		}
		in.report.Held++
		note := c.problem("this import does not publish it: %s", c.held)
		if c.current != nil && c.current.status != content.StatusDraft {
			note.What += fmt.Sprintf("; readers still see the version that is published, until the mutation entryUnpublish(ids: [%q]) takes it out", c.id())
		}
		in.report.Notes = append(in.report.Notes, note)
	}
}

// unfit returns what is wrong with an entry by the rules for working copies, so that an import
// accepts nothing that an author could not write. References are still slugs.
func unfit(c *candidate, text []byte, e content.Entry) []Problem {
	h := e.Head()
	key := h.Key
	h.Key = cmp.Or(h.Type.OnlyKey(), h.Slug) // a relation to itself names its own slug
	defer func() { h.Key = key }()
	var out []Problem
	for _, w := range content.Validate(e, false) {
		p := c.problem("%s", strings.TrimSuffix(w.Message, "."))
		if c.path != "" {
			p.Line, p.Column = markdown.Locate(text, placeOf(w.Field))
		}
		out = append(out, p)
	}
	return out
}

// placeOf returns the path of a field in the form that references have: companies[3].company.
func placeOf(field []string) string {
	var b strings.Builder
	for i, step := range field {
		switch {
		case step != "" && strings.Trim(step, "0123456789") == "":
			b.WriteString("[" + step + "]")
		case i > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
	}
	return b.String()
}

// find reads from the store the entries that the documents represent, refer to and link to. Slugs
// are sorted, so that the same import sends the same queries.
func (in *intake) find(ctx context.Context) error {
	wanted := make([]bool, len(in.names.list))
	for _, c := range in.candidates {
		if c.done {
			continue
		}
		if n, ok := in.names.find(c.name); ok {
			wanted[n] = true
		}
		for _, r := range c.refs {
			wanted[r.to] = true
		}
		for _, l := range c.links {
			wanted[l] = true
		}
	}
	byType := map[content.EntryType][]string{}
	for i := range in.names.list {
		if n := &in.names.list[i]; wanted[i] {
			byType[n.Type] = append(byType[n.Type], n.Slug)
		}
	}
	for t, slugs := range byType {
		sort.Strings(slugs)
		for chunk := range chunks(slugs, lookup) {
			found, err := in.store.At(content.Drafts).Reader(t).EntriesBySlugs(ctx, chunk)
			if err != nil {
				return fmt.Errorf("find entries: %w", err)
			}
			for i, e := range found {
				if e != nil {
					in.names.of(name{t, chunk[i]}).stored = headOf(e)
				}
			}
		}
	}
	return in.findKeys(ctx)
}

// findKeys reads the entries of candidates that state their keys. Most of them were found by their slugs.
func (in *intake) findKeys(ctx context.Context) error {
	var keyed []*candidate
	for _, c := range in.candidates {
		if c.done {
			continue
		}
		if only := c.name.Type.OnlyKey(); only != "" {
			c.key = only // whatever its slug was before
		}
		if h := in.names.of(c.name).stored; h != nil && h.Key == c.key {
			c.current = h
		} else if c.key != "" {
			keyed = append(keyed, c)
		}
	}
	for part := range chunks(keyed, lookup) {
		heads, err := headsOf(ctx, in.store.At(content.Drafts), idsOf(part))
		if err != nil {
			return err
		}
		for _, c := range part {
			if h := heads[c.id()]; h != nil {
				c.current = h
			}
		}
	}
	return nil
}

// assign sets the key of every candidate and refuses references to missing entries. It refuses the
// former slug of another entry, which old links contain. The key of a stored entry wins over a new
// one.
func (in *intake) assign() error {
	for _, c := range in.candidates {
		if c.done {
			continue
		}
		h := in.names.of(c.name).stored
		switch {
		case h != nil && h.slug != c.name.Slug:
			in.refuse(c, c.problem("the slug %q belonged to another %s before, which is %q now", c.name.Slug, c.name.Type.Name(), h.slug))
			continue
		case h != nil && c.current == nil:
			c.current = h
		case h != nil && h.Key != c.current.Key:
			in.refuse(c, c.problem("the slug %q is taken by another %s", c.name.Slug, c.name.Type.Name()))
			continue
		}
		if c.current != nil {
			c.key = c.current.Key
		}
		if c.key == "" {
			var err error
			if c.key, err = in.opts.NewKey(c.name.Slug); err != nil {
				return fmt.Errorf("make key: %w", err)
			}
		}
	}
	// Refusing one may leave another with a missing reference.
	for more := true; more; {
		more = false
		for _, c := range in.candidates {
			if !c.done && in.refuseDangling(c) {
				more = true
			}
		}
	}
	in.noteMissingLinks()
	for _, c := range in.candidates {
		c.refs, c.links = nil, nil
	}
	return nil
}

// keyOf returns the key of the entry with a name; empty when there is none. Candidates win over
// stored entries.
func (in *intake) keyOf(n name) string {
	in.mu.Lock()
	defer in.mu.Unlock()
	known := in.names.of(n)
	switch {
	case known == nil:
		return ""
	case known.candidate != nil:
		return known.candidate.key
	case known.stored != nil:
		return known.stored.Key
	}
	return ""
}

// refuseDangling refuses a candidate with a missing reference, and reports whether it did. It reads
// the file again only to find the line of one.
func (in *intake) refuseDangling(c *candidate) bool {
	var why []Problem
	var text []byte
	for _, r := range c.refs {
		to, place := in.names.list[r.to].name, in.places.list[r.place]
		if in.keyOf(to) != "" {
			continue
		}
		p := c.problem("%s refers to the %s %q, which is missing", place, to.Type.Name(), to.Slug)
		if c.path != "" {
			if text == nil {
				text, _ = in.origin.text(c)
			}
			p.Line, p.Column = markdown.Locate(text, place)
		}
		why = append(why, p)
	}
	if len(why) > 0 {
		in.refuse(c, why...)
	}
	return len(why) > 0
}

// noteMissingLinks notes links that refer to no entry. They are text, not references, so they are no
// reason to refuse.
func (in *intake) noteMissingLinks() {
	for _, c := range in.candidates {
		if c.done {
			continue
		}
		for _, l := range c.links {
			if n := in.names.list[l].name; in.keyOf(n) == "" {
				in.report.Notes = append(in.report.Notes, c.problem("links to %s, which is missing", n.file()))
			}
		}
	}
}

// progress calls Options.Progress.
func (in *intake) progress(doing string, done, total int) {
	if in.opts.Progress != nil {
		in.opts.Progress(doing, done, total)
	}
}
