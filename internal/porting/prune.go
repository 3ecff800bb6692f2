package porting

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"patternhub/internal/content"
)

// findGone finds the sources of this tree whose files no longer exist. An entry that another file
// now represents is not gone, nor is a file in a folder that could not be read.
func (in *intake) findGone(heads map[content.ID]*head) {
	from, ok := in.origin.(*folder)
	if !ok || in.opts.Tree == "" {
		return
	}
	files := map[location]bool{}
	for _, c := range in.candidates {
		files[location{c.path, in.opts.Pages}] = true
	}
	closed := func(file string) bool {
		return slices.ContainsFunc(from.closed, func(dir string) bool { return strings.HasPrefix(file, pathUnder(in.opts.Under, dir)) })
	}
	for at, mark := range in.marks {
		if mark.Tree != in.opts.Tree || mark.Root != in.opts.Under {
			continue
		}
		in.followed++
		h := heads[mark.ID]
		if !files[at] && in.standing(name{mark.ID.Type, h.slug}) == nil && !in.refusedFile(mark.Path) && !closed(mark.Path) {
			in.gone = append(in.gone, mark)
		}
	}
	sort.Slice(in.gone, func(i, j int) bool { return in.gone[i].Path < in.gone[j].Path })
}

// refusedFile reports whether a file exists but gave no name, so that it is no candidate.
func (in *intake) refusedFile(file string) bool {
	place := printable(strings.TrimPrefix(strings.TrimPrefix(file, in.opts.Under), "/"))
	return slices.ContainsFunc(in.report.done, func(d done) bool { return d.action == Refused && d.candidate.label() == place })
}

func pathUnder(under, dir string) string {
	if under == "" {
		return dir
	}
	return under + "/" + dir
}

// findMoved finds files that have moved: a new file with the bytes of one that is gone. With Prune
// the entry moves with its file, keeps its id, and its old path still resolves to it; otherwise the
// move is only noted.
func (in *intake) findMoved(heads map[content.ID]*head) {
	was := map[string]*content.Source{}
	for _, mark := range in.gone {
		was[mark.Hash] = mark
	}
	now := map[string]*candidate{}
	for _, c := range in.candidates {
		now[c.path] = c
	}
	var moved []*content.Source
	for _, c := range in.candidates {
		mark := was[c.hash.String()]
		if c.done || c.current != nil || mark == nil || mark.ID.Type != c.name.Type || slices.Contains(moved, mark) {
			continue
		}
		if !in.opts.Prune {
			in.note(mark.Path, "%s; the %s of the old file stays as well, unless the tree is imported with --prune", became(mark, c), mark.ID.Type.Name())
			moved = append(moved, mark)
			continue
		}
		if in.edited(mark, heads[mark.ID]) {
			continue
		}
		c.key, c.current = mark.ID.Key, heads[mark.ID]
		moved = append(moved, mark)
	}
	in.gone = slices.DeleteFunc(in.gone, func(mark *content.Source) bool {
		switch {
		case slices.Contains(moved, mark):
			return true
		case !in.opts.Prune:
			in.note(mark.Path, "%s; the %s of this file stays, unless the tree is imported with --prune", became(mark, now[mark.Path]), mark.ID.Type.Name())
		case in.edited(mark, heads[mark.ID]):
			in.note(mark.Path, "%s; the %s of this file has been edited here and stays, unless it is imported with --overwrite", became(mark, now[mark.Path]), mark.ID.Type.Name())
			return true
		}
		return false
	})
}

// became describes what happened to the file of a source: it is gone if c is nil, represents
// another entry because the tree is read in another way, as with --pages, or has moved.
func became(mark *content.Source, c *candidate) string {
	switch {
	case c == nil:
		return "is no longer there"
	case c.path == mark.Path:
		return fmt.Sprintf("stands for the %s %q now", c.name.Type.Name(), c.name.Slug)
	}
	return "has moved to " + c.place
}

// note adds a line to the report about a file.
func (in *intake) note(file, format string, args ...any) {
	in.report.Notes = append(in.report.Notes, Problem{Place: printable(file), What: fmt.Sprintf(format, args...)})
}

// edited reports whether an entry was edited here since its file was imported, unless Overwrite is
// set.
func (in *intake) edited(mark *content.Source, h *head) bool {
	return mark.Revision != h.revision && !in.opts.Overwrite
}

// prune deletes the entries whose files are gone. A tree that has lost most of its files is more
// likely the wrong folder than intended. Revisions remain, so deleted entries can be restored.
func (in *intake) prune(ctx context.Context) error {
	if !in.opts.Prune || len(in.gone) == 0 {
		return nil
	}
	if !in.opts.Force && (len(in.candidates) == 0 || 2*len(in.gone) > in.followed) {
		in.report.Problems = append(in.report.Problems, Problem{
			Place: printable(in.opts.Tree),
			What:  fmt.Sprintf("nothing was pruned: %d of the %d files of the last import are gone; prune with --force if that is intended", len(in.gone), in.followed),
		})
		return nil
	}
	if in.opts.DryRun {
		for _, mark := range in.gone {
			in.report.count(&candidate{place: printable(mark.Path)}, Pruned)
		}
		return nil
	}
	// An entry to which another of them refers can be deleted after that one.
	for rest := in.gone; ; {
		var refused []*content.Source
		why := map[*content.Source]string{}
		if err := in.removeAll(ctx, rest, why); err != nil {
			return err
		}
		for _, mark := range rest {
			if why[mark] != "" {
				refused = append(refused, mark)
			}
		}
		if len(refused) > 0 && len(refused) < len(rest) {
			rest = refused
			continue
		}
		for _, mark := range refused {
			in.report.Problems = append(in.report.Problems, Problem{Place: printable(mark.Path), What: "cannot be pruned: " + why[mark]})
		}
		return nil
	}
}

// removeAll deletes entries in steps, at the pace of the server; see remove.
func (in *intake) removeAll(ctx context.Context, marks []*content.Source, why map[*content.Source]string) error {
	speed := newPace(content.MaxRelease)
	return in.insist(ctx, speed, func(ctx context.Context) (int, bool, error) {
		part := marks[:min(len(marks), speed.now())]
		if err := in.remove(ctx, part, why); err != nil {
			return 0, true, err
		}
		marks = marks[len(part):]
		return len(part), len(marks) > 0, nil
	})
}

// remove deletes entries in one call, or in halves if that is refused, and adds to why the reason for
// each that cannot be deleted. One that does not exist any more was deleted by an attempt whose answer
// was lost.
func (in *intake) remove(ctx context.Context, marks []*content.Source, why map[*content.Source]string) error {
	what := content.Release{}
	for _, mark := range marks {
		what.IDs = append(what.IDs, mark.ID)
	}
	out, err := in.store.Remove(ctx, content.Request{By: in.opts.By}, what)
	switch {
	case content.CodeOf(err) == content.LimitExceeded && len(marks) > 1: // in halves
	case err != nil:
		return fmt.Errorf("prune: %w", err)
	case len(out.Errors) == 0, len(marks) == 1 && out.Errors[0].Code == content.ErrNotFound:
		for _, mark := range marks {
			if !in.pruned[mark] { // as an earlier attempt may have found
				in.pruned[mark] = true
				in.report.count(&candidate{place: printable(mark.Path)}, Pruned)
			}
		}
		return nil
	case len(marks) == 1:
		why[marks[0]] = out.Errors[0].Message
		return nil
	}
	half := len(marks) / 2
	if err := in.remove(ctx, marks[:half], why); err != nil {
		return err
	}
	return in.remove(ctx, marks[half:], why)
}
