package porting

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/content"
)

// publish publishes the imported entries that are not published as they are, including those that
// an earlier import left unpublished.
func (in *intake) publish(ctx context.Context) error {
	if !in.opts.Publish || in.opts.DryRun {
		return nil
	}
	p := &publication{intake: in, numbers: map[content.ID]int32{}}
	if err := p.collect(ctx); err != nil {
		return err
	}
	in.names = names{} // from here on entries are known by their ids
	if err := p.examine(ctx); err != nil {
		return err
	}
	if err := p.exclude(ctx); err != nil {
		return err
	}
	return in.releaseAll(ctx, p.entries, order(p.needs, p.out, sequence(p.beside)))
}

// publication is what an import publishes. An import can be larger than a release, so the rules of a release
// are applied to all of it here.
type publication struct {
	*intake

	// entries are those to be published, by number. needs has what they refer to, and out says which of them
	// cannot be published.
	entries []*candidate
	needs   [][]ref
	out     []bool
	// beside has the entries with which each has symmetric relations. If both sides are published at once, none
	// of them is written again.
	beside [][]int32
	// outside are the other entries to which they refer. Their numbers follow those of entries.
	outside []content.ID
	numbers map[content.ID]int32
}

// collect finds the entries that are not published as they are.
func (p *publication) collect(ctx context.Context) error {
	for _, t := range content.Types() {
		var all []*candidate
		for _, c := range p.candidates {
			if n := p.names.of(c.name); c.name.Type == t && n != nil && n.candidate == c && c.held == "" {
				all = append(all, c)
			}
		}
		for part := range chunks(all, lookup) {
			heads, err := headsOf(ctx, p.store.At(content.Drafts), idsOf(part))
			if err != nil {
				return err
			}
			for _, c := range part {
				if h := heads[c.id()]; h != nil && h.status != content.StatusPublished {
					c.changed = h.status == content.StatusChanged
					p.numbers[c.id()] = int32(len(p.entries)) //nolint:gosec // there are not so many
					p.entries = append(p.entries, c)
				}
			}
		}
	}
	p.needs, p.beside, p.out = make([][]ref, len(p.entries)), make([][]int32, len(p.entries)), make([]bool, len(p.entries))
	return nil
}

// idsOf returns the ids of the entries that candidates become.
func idsOf(list []*candidate) []content.ID {
	out := make([]content.ID, len(list))
	for i, c := range list {
		out[i] = c.id()
	}
	return out
}

// examine reads the entries, reports those that do not satisfy the editorial rules, and finds what the others need.
func (p *publication) examine(ctx context.Context) error {
	for n := 0; n < len(p.entries); {
		t := p.entries[n].name.Type
		part := p.entries[n:min(n+content.MaxBatch, len(p.entries))]
		if i := slices.IndexFunc(part, func(c *candidate) bool { return c.name.Type != t }); i >= 0 {
			part = part[:i]
		}
		keys := make([]string, len(part))
		for i, c := range part {
			keys[i] = c.key
		}
		found, err := p.store.At(content.Drafts).Reader(t).PagesByKeys(ctx, keys)
		if err != nil {
			return fmt.Errorf("read what is to be published: %w", err)
		}
		for i, e := range found {
			p.examineOne(n+i, e)
		}
		n += len(part)
	}
	return nil
}

// examineOne is examine for one entry, nil if it was deleted since it was listed.
func (p *publication) examineOne(n int, e content.Entry) {
	if e == nil {
		p.out[n] = true
		return
	}
	for _, w := range content.Validate(e, true) {
		p.report.Problems = append(p.report.Problems, p.entries[n].problem("cannot be published: %s", w.Message))
		p.out[n] = true
	}
	if p.out[n] {
		return
	}
	for _, r := range content.References(e) {
		if !r.Mutual {
			p.needs[n] = append(p.needs[n], ref{p.number(r.Target), p.places.add(r.Place)})
		} else if other, ok := p.numbers[r.Target]; ok && int(other) < len(p.entries) {
			p.beside[n] = append(p.beside[n], other)
		}
	}
	p.needs[n], p.beside[n] = slices.Clone(p.needs[n]), slices.Clone(p.beside[n]) // without room for more
}

// number returns the number of an entry.
func (p *publication) number(id content.ID) int32 {
	n, ok := p.numbers[id]
	if !ok {
		n = int32(len(p.entries) + len(p.outside)) //nolint:gosec // there are not so many
		p.numbers[id] = n
		p.outside = append(p.outside, id)
	}
	return n
}

// exclude takes out the entries that refer to something that stays unpublished.
func (p *publication) exclude(ctx context.Context) error {
	there := make([]bool, len(p.outside))
	slugs := map[content.ID]string{} // of those that are not there
	for part := range chunks(p.outside, lookup) {
		published, err := headsOf(ctx, p.store.At(content.Published), part)
		if err != nil {
			return err
		}
		var missing []content.ID
		for _, id := range part {
			if published[id] == nil {
				missing = append(missing, id)
			} else {
				there[int(p.numbers[id])-len(p.entries)] = true
			}
		}
		drafts, err := headsOf(ctx, p.store.At(content.Drafts), missing)
		if err != nil {
			return err
		}
		for id, h := range drafts {
			slugs[id] = h.slug
		}
	}
	absent := func(n int32) bool {
		if i := int(n) - len(p.entries); i >= 0 {
			return !there[i]
		}
		return p.out[n] && !p.entries[n].changed
	}
	// Without one entry, another may refer to something unpublished.
	for more := true; more; {
		more = false
		for n, refs := range p.needs {
			i := slices.IndexFunc(refs, func(r ref) bool { return absent(r.to) })
			if p.out[n] || i < 0 {
				continue
			}
			t, slug := p.label(refs[i].to, slugs)
			p.report.Problems = append(p.report.Problems, p.entries[n].problem("cannot be published: %s refers to the %s %q, which is not published", p.places.list[refs[i].place], t.Name(), slug))
			p.out[n], more = true, true
		}
	}
	return nil
}

// label returns what a report calls an entry. slugs has those of entries that are not imported.
func (p *publication) label(n int32, slugs map[content.ID]string) (content.EntryType, string) {
	if int(n) < len(p.entries) {
		c := p.entries[n]
		return c.name.Type, c.name.Slug
	}
	id := p.outside[int(n)-len(p.entries)]
	if slug := slugs[id]; slug != "" {
		return id.Type, slug
	}
	return id.Type, id.Key
}
