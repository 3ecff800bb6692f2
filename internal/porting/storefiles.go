package porting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// sameFiles reports whether the files that an unchanged text refers to are what they were. The text of an
// entry that was edited here is left alone, and so are its files.
func (in *intake) sameFiles(mark *content.Source, h *head) bool {
	from, ok := in.origin.(*folder)
	if !ok {
		return true
	}
	same := mark.Files != nil
	for _, s := range mark.Files {
		below, _ := strings.CutPrefix(s.Path, pathUnder(in.opts.Under, ""))
		same = from.library.found(below) == s.Hash && same
	}
	return same || mark.Revision != h.revision
}

// keepFiles adds to a document the files of its stored entry that are no longer in the tree, unless the
// import prunes.
func (in *intake) keepFiles(d *draft) {
	body, stored := bodyOf(d.entry), bodyOf(d.stored)
	if in.opts.Prune || body == nil || stored == nil {
		return
	}
	for _, f := range stored.Files {
		has := slices.ContainsFunc(body.Files, func(g content.File) bool { return g.Link == f.Link })
		if has || !slices.Contains(d.missing, f.Link) || len(body.Files) >= content.MaxFiles {
			continue
		}
		body.Files = append(body.Files, f)
		for i := range d.seen {
			if d.seen[i].Path == f.Path {
				d.seen[i].Hash = f.Hash
			}
		}
	}
	slices.SortStableFunc(body.Files, func(a, b content.File) int { return strings.Compare(a.Link, b.Link) })
}

// sameTexts reports whether the long texts of two entries have the same files and the same navigation.
func sameTexts(a, b content.Entry) bool {
	x, y := bodyOf(a), bodyOf(b)
	return x == nil || y == nil || slices.Equal(x.Files, y.Files) && slices.Equal(x.Nav, y.Nav)
}

// storeFiles stores the bytes of the files of documents, and returns the documents without those whose files
// have changed since they were read. It does so before the entries are written, so that nothing refers to
// what is not there.
func (in *intake) storeFiles(ctx context.Context, list []*draft) ([]*draft, error) {
	from, ok := in.origin.(*folder)
	if !ok {
		return list, nil
	}
	var out []*draft
	for _, d := range list {
		err := in.storeFilesOf(ctx, from.library, d)
		switch {
		case errors.Is(err, errChanged):
			in.refuse(d.candidate, d.problem("%s", err))
		case err != nil:
			return nil, err
		default:
			out = append(out, d)
		}
	}
	return out, nil
}

// errChanged is the error of a file that is not what it was a moment ago.
var errChanged = errors.New("changed while it was read")

// storeFilesOf stores the bytes of the files of a document.
func (in *intake) storeFilesOf(ctx context.Context, from *library, d *draft) error {
	body := bodyOf(d.entry)
	if body == nil {
		return nil
	}
	for _, f := range body.Files {
		below, _ := strings.CutPrefix(f.Path, pathUnder(in.opts.Under, ""))
		if !from.has(below) {
			continue // kept from an earlier import
		}
		in.mu.Lock()
		done := in.filed[f.Hash]
		in.mu.Unlock()
		if done {
			continue
		}
		data, err := from.bytes(below)
		if err != nil || hash(data).String() != f.Hash {
			return fmt.Errorf("the file %s %w", printable(below), errChanged)
		}
		if err := in.store.PutFile(ctx, f.Hash, data); err != nil {
			return fmt.Errorf("store files: %w", err)
		}
		in.mu.Lock()
		in.filed[f.Hash] = true
		in.mu.Unlock()
	}
	return nil
}
