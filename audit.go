package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"patternhub/auth"
	"patternhub/content"
)

// logPage bounds what is read of the change log at once.
const logPage = 1000

// changes shows who has changed what, from the change log: as far back as CHANGES_KEEP goes.
func (p *program) changes(ctx context.Context) error {
	return p.using(ctx, func(db *database) error { return p.listChanges(ctx, db) })
}

// listChanges prints one line for each thing done, the oldest first.
func (p *program) listChanges(ctx context.Context, db *database) error {
	deeds, err := deedsOf(ctx, db, p.wanted)
	if err != nil {
		return err
	}
	deeds = deeds[max(0, len(deeds)-max(0, p.cli.Log.Last)):]
	names, err := keyNames(ctx, auth.NewKeys(db, nil))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHEN\tWHO\tNAME\tDID\tTYPE\tENTRY\tREVISION")
	for _, d := range deeds {
		entry := d.Key
		if slug := slugOf(ctx, db, &d.Change); slug != "" {
			entry = slug
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", d.At.UTC().Format(time.DateTime), d.By, cmp.Or(names[d.By], "-"), d.did, d.Type, entry, d.Revision)
	}
	return w.Flush()
}

// wanted tells whether the command's filters let a change through.
func (p *program) wanted(c *content.Change) bool {
	args := &p.cli.Log
	return (args.By == "" || c.By == args.By) && (args.Type == "" || strings.EqualFold(args.Type, string(c.Type)))
}

// deed is what somebody did, which is one change of the log or two that belong together.
type deed struct {
	content.Change
	did string
}

// deedsOf reads the log. A write of the published graph has a change of the working copy behind
// it, which tells an unpublish from a deletion and is not told by itself.
func deedsOf(ctx context.Context, log content.Log, wanted func(*content.Change) bool) ([]deed, error) {
	var out []deed
	for since := int64(0); ; {
		page, err := log.Changes(ctx, since, logPage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return out, nil
		}
		for i := range page {
			c := &page[i]
			since = c.Seq
			if !wanted(c) {
				continue
			}
			if n := len(out); n > 0 && follows(&out[n-1].Change, c) {
				if c.Op == content.OpDelete {
					out[n-1].did = "deleted"
				}
				continue
			}
			out = append(out, deed{*c, verb(c)})
		}
	}
}

// follows tells whether a change of a working copy is part of the published change before it.
func follows(before, c *content.Change) bool {
	return before.Graph == content.Published && c.Graph == content.Drafts && before.Seq == c.Seq-1 &&
		before.Type == c.Type && before.Key == c.Key && before.At.Equal(c.At)
}

// verb names a change that stands alone.
func verb(c *content.Change) string {
	switch {
	case c.Graph == content.Published && c.Op == content.OpDelete:
		return "unpublished"
	case c.Type == content.TypeHealth:
		return "recorded"
	case c.Graph == content.Published:
		return "published"
	case c.Op == content.OpDelete:
		return "deleted"
	}
	return "wrote"
}

// slugOf is the slug by which an entry is known now, or was known last; empty for what is no entry.
func slugOf(ctx context.Context, db *database, c *content.Change) string {
	if !slices.Contains(content.Types(), c.Type) {
		return ""
	}
	found, err := db.Revisions(ctx, content.ID{Type: c.Type, Key: c.Key}, 0, 1)
	if err != nil || len(found) == 0 {
		return "" // the key will do
	}
	return found[0].Entry.Head().Slug
}

// keyNames gives the names of keys by their ids, revoked ones included.
func keyNames(ctx context.Context, keys *auth.Keys) (map[string]string, error) {
	list, err := keys.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, k := range list {
		out[k.ID] = k.Name
	}
	return out, nil
}
