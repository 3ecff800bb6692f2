package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// showLog prints the acts of the log with their authors, as far back as CHANGES_KEEP goes.
func (p *Program) showLog(ctx context.Context) error {
	return p.using(ctx, func(db *database) error { return p.listActs(ctx, db) })
}

// listActs prints one line for each act, the oldest first.
func (p *Program) listActs(ctx context.Context, db *database) error {
	acts, err := content.Acts(ctx, db, p.wanted)
	if err != nil {
		return err
	}
	acts = acts[max(0, len(acts)-max(0, p.cli.Log.Last)):]
	names := auth.NewNames(auth.NewKeys(db, nil), auth.NewPeople(db, nil), nil)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHEN\tWHO\tNAME\tDID\tTYPE\tENTRY\tREVISION")
	for _, a := range acts {
		entry := a.Key
		if slug := slugOf(ctx, db, &a.Change); slug != "" {
			entry = slug
		}
		name, err := names.Of(ctx, a.By)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", a.At.UTC().Format(time.DateTime), a.By, cmp.Or(name, "-"), a.Verb, a.Type, entry, a.Revision)
	}
	return w.Flush()
}

// wanted reports whether a change passes the command's filters.
func (p *Program) wanted(c *content.Change) bool {
	args := &p.cli.Log
	return (args.By == "" || content.ParseBy(c.By).Is(args.By)) && (args.Type == "" || strings.EqualFold(args.Type, string(c.Type)))
}

// slugOf returns the present or last slug of an entry, and "" for a change of something else.
func slugOf(ctx context.Context, db *database, c *content.Change) string {
	if !slices.Contains(content.Types(), c.Type) {
		return ""
	}
	found, err := db.Revisions(ctx, content.ID{Type: c.Type, Key: c.Key}, 0, 1)
	if err != nil || len(found) == 0 {
		return "" // the key is shown instead
	}
	return found[0].Entry.Head().Slug
}
