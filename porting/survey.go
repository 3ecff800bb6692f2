package porting

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"patternhub/content"
	"patternhub/markdown"
)

// lookup bounds how many slugs or keys are asked for at once.
// Results are cards without long texts, so this many fit one reply.
const lookup = 500

// intake is one import.
// It belongs to one goroutine. The maps are filled by the survey and only read by what follows,
// save that refusing takes a name out.
type intake struct {
	store  Store
	origin origin
	opts   Options
	report *Report
	// candidates are what was found; byName those that were not refused.
	candidates []*candidate
	byName     map[name]*candidate
	// stored are heads of entries by the names that documents use, former slugs included.
	stored map[name]*content.Meta
	// marks are the sources that are kept, by path and by entry.
	marks  map[string]*content.Source
	marked map[content.ID]*content.Source
}

// refuse notes why a candidate is not taken in.
// Once refused, it is as if it were not there: what refers to it is refused as well, unless the
// store has the entry.
func (in *intake) refuse(c *candidate, why ...Problem) {
	c.settled = true
	if in.byName[c.name] == c {
		delete(in.byName, c.name)
	}
	in.report.count(c.label(), Refused)
	in.report.Problems = append(in.report.Problems, why...)
}

// survey reads everything once: what is unchanged since the last import is settled, what
// cannot be read is refused, of the rest it is learnt what it is and what it refers to.
func (in *intake) survey(ctx context.Context) error {
	heads, err := in.recall(ctx)
	if err != nil {
		return err
	}
	for i, c := range in.candidates {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		in.examine(c, heads)
		in.tell("reading", i+1, len(in.candidates))
	}
	if err := in.find(ctx); err != nil {
		return err
	}
	return in.assign()
}

// recall reads which sources are kept, and the heads of their entries.
func (in *intake) recall(ctx context.Context) (map[content.ID]*content.Meta, error) {
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
	in.marks, in.marked = map[string]*content.Source{}, map[content.ID]*content.Source{}
	for i := range marks {
		// Sources outlive their entries; those of deleted ones say nothing.
		if heads[marks[i].ID] != nil {
			in.marks[marks[i].Path], in.marked[marks[i].ID] = &marks[i], &marks[i]
		}
	}
	return heads, nil
}

// headsOf reads the heads of entries.
// What is not there is missing from the map. It takes a command for each type and chunk.
func headsOf(ctx context.Context, g *content.Graph, ids []content.ID) (map[content.ID]*content.Meta, error) {
	byType := map[content.EntryType][]string{}
	for _, id := range ids {
		byType[id.Type] = append(byType[id.Type], id.Key)
	}
	out := make(map[content.ID]*content.Meta, len(ids))
	for t, keys := range byType {
		for chunk := range chunks(keys, lookup) {
			found, err := g.Reader(t).EntriesByKeys(ctx, chunk)
			if err != nil {
				return nil, fmt.Errorf("read entries: %w", err)
			}
			for _, e := range found {
				if e != nil {
					out[e.ID()] = e.Head()
				}
			}
		}
	}
	return out, nil
}

// chunks cuts a list into parts.
// The parts share the list's memory; none is empty.
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

// examine reads one candidate.
// A file is unchanged when the source kept for its path has the same hash; its entry's slug of
// today counts, so that a renamed entry is still found. Of two candidates for one name the first
// wins.
func (in *intake) examine(c *candidate, heads map[content.ID]*content.Meta) {
	text, err := in.origin.text(c)
	if err != nil {
		in.refuse(c, c.problem("%s", err))
		return
	}
	c.hash = hash(text)
	mark := in.marks[c.path]
	unchanged := c.path != "" && mark != nil && mark.Hash == c.hash
	if unchanged {
		c.key, c.current = mark.ID.Key, heads[mark.ID]
		c.name = name{mark.ID.Type, c.current.Slug}
	} else {
		d, err := in.origin.decode(c, text)
		if err != nil {
			in.refuse(c, problems(c.place, err)...)
			return
		}
		if wrong := unfit(c, text, d.entry); len(wrong) > 0 {
			in.refuse(c, wrong...)
			return
		}
		c.refs, c.links = content.References(d.entry), d.links
		in.report.Notes = append(in.report.Notes, d.notes...)
	}
	if first := in.byName[c.name]; first != nil {
		in.refuse(c, c.problem("stands for the same %s %q as %s", c.name.Type.Name(), c.name.Slug, first.label()))
		return
	}
	in.byName[c.name] = c
	if unchanged {
		c.settled = true
		in.report.count(c.label(), Unchanged)
	}
}

// unfit tells what is wrong with an entry by the rules for working copies, so that an import lets
// nothing in that an author could not write. References are slugs yet.
func unfit(c *candidate, text []byte, e content.Entry) []Problem {
	h := e.Head()
	key := h.Key
	h.Key = h.Slug // a relation to itself names its own slug
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

// placeOf writes the path of a field as references write theirs: companies[3].company.
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

// find looks in the store for what the documents stand for, refer to and link to.
// Slugs are sorted, so that the same import asks the same questions; a map would mix them.
func (in *intake) find(ctx context.Context) error {
	wanted := map[name]bool{}
	var keyed []content.ID
	for _, c := range in.candidates {
		if c.settled {
			continue
		}
		wanted[c.name] = true
		if c.key != "" {
			keyed = append(keyed, c.id())
		}
		for _, r := range c.refs {
			wanted[name{r.Target.Type, r.Target.Key}] = true
		}
		for _, l := range c.links {
			wanted[l] = true
		}
	}
	byType := map[content.EntryType][]string{}
	for n := range wanted {
		byType[n.Type] = append(byType[n.Type], n.Slug)
	}
	drafts := in.store.At(content.Drafts)
	for t, slugs := range byType {
		sort.Strings(slugs)
		for chunk := range chunks(slugs, lookup) {
			found, err := drafts.Reader(t).EntriesBySlugs(ctx, chunk)
			if err != nil {
				return fmt.Errorf("find entries: %w", err)
			}
			for i, e := range found {
				if e != nil {
					in.stored[name{t, chunk[i]}] = e.Head()
				}
			}
		}
	}
	heads, err := headsOf(ctx, drafts, keyed)
	if err != nil {
		return err
	}
	for _, c := range in.candidates {
		if h := heads[c.id()]; !c.settled && c.key != "" && h != nil {
			c.current = h
		}
	}
	return nil
}

// assign gives every candidate its key and refuses what refers to nothing.
// A slug that another entry had before is refused, as links by it must stay right. The store's key
// wins over the one that a new document would get.
func (in *intake) assign() error {
	for _, c := range in.candidates {
		if c.settled {
			continue
		}
		h := in.stored[c.name]
		switch {
		case h != nil && h.Slug != c.name.Slug:
			in.refuse(c, c.problem("the slug %q belonged to another %s before, which is %q now", c.name.Slug, c.name.Type.Name(), h.Slug))
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
	// Refusing one may leave another without what it refers to.
	for more := true; more; {
		more = false
		for _, c := range in.candidates {
			if !c.settled && in.dangling(c) {
				more = true
			}
		}
	}
	in.mention()
	return nil
}

// keyOf is the key of what a document names; empty when there is no such entry.
// What comes with the import goes before what is stored.
func (in *intake) keyOf(n name) string {
	if c := in.byName[n]; c != nil {
		return c.key
	}
	if h := in.stored[n]; h != nil {
		return h.Key
	}
	return ""
}

// dangling refuses a candidate that refers to something that is not there.
// The file is read once more only where something is missing, to tell the line.
func (in *intake) dangling(c *candidate) bool {
	var why []Problem
	var text []byte
	for _, r := range c.refs {
		if in.keyOf(name{r.Target.Type, r.Target.Key}) != "" {
			continue
		}
		p := c.problem("%s refers to the %s %q, which is missing", r.Place, r.Target.Type.Name(), r.Target.Key)
		if c.path != "" {
			if text == nil {
				text, _ = in.origin.text(c)
			}
			p.Line, p.Column = markdown.Locate(text, r.Place)
		}
		why = append(why, p)
	}
	if len(why) > 0 {
		in.refuse(c, why...)
	}
	return len(why) > 0
}

// mention notes links that lead to no entry.
// Links are text and not references, so they are no reason to refuse.
func (in *intake) mention() {
	for _, c := range in.candidates {
		if c.settled {
			continue
		}
		told := map[name]bool{}
		for _, l := range c.links {
			if !told[l] && in.keyOf(l) == "" {
				told[l] = true
				in.report.Notes = append(in.report.Notes, c.problem("links to %s, which is missing", l.file()))
			}
		}
	}
}

// tell tells the progress.
func (in *intake) tell(doing string, done, total int) {
	if in.opts.Progress != nil {
		in.opts.Progress(doing, done, total)
	}
}
