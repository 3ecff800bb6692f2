package porting

import (
	"context"
	"fmt"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// Published returns the file of a published entry as readers may see it, nil if the entry is not
// published. It is the source that the entry came from, byte for byte, if the published revision is that
// of the source; lines that were edited since are those of the published copy. It never contains what only
// a draft has, nor what the front matter holds for the author's own programs, see markdown.Public.
func Published(ctx context.Context, store Store, id content.ID) ([]byte, error) {
	reader := store.At(content.Published).Reader(id.Type)
	if reader == nil {
		return nil, nil
	}
	found, err := reader.PagesByKeys(ctx, []string{id.Key})
	if err != nil {
		return nil, fmt.Errorf("read entry: %w", err)
	}
	if len(found) == 0 || found[0] == nil {
		return nil, nil
	}
	e := found[0]
	var targets []content.ID
	for _, r := range content.References(e) {
		targets = append(targets, r.Target)
	}
	heads, err := headsOf(ctx, store.At(content.Published), targets)
	if err != nil {
		return nil, err
	}
	content.MapReferences(e, func(r content.Reference) string {
		if h := heads[r.Target]; h != nil {
			return h.slug
		}
		return unpublished
	})
	sources, err := store.Sources(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read source: %w", err)
	}
	// A newer source is that of a draft.
	source := sources[0]
	if source != nil && source.Revision > e.Head().Revision {
		source = nil
	}
	return publicFile(e, source), nil
}

// unpublished stands for the slug of an entry that is not published, which readers must not learn. It is
// no slug.
const unpublished = "-"

// publicFile returns the file of an entry without what is the author's alone.
func publicFile(e content.Entry, source *content.Source) []byte {
	n := name{e.Head().Type, e.Head().Slug}
	file, ok := pathFor(n, source)
	if !ok {
		return markdown.Encode(e)
	}
	x := &exporter{}
	text, err := x.text(e, n, file, source)
	if err != nil {
		return markdown.Encode(e) // its texts cannot be read back, but people can read them
	}
	return markdown.Public(text, e, func(text []byte) (content.Entry, error) {
		got, _, err := decodeFile(n, file, text)
		return got, err
	})
}
