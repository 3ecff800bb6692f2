package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
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

// actsAtOnce is the number of acts that are read and printed at once, so that memory does not grow with the
// log.
const actsAtOnce = 1000

// listActs prints one line for each act, the oldest first. The newest few are read at once, and all of them
// page by page from the oldest.
func (p *Program) listActs(ctx context.Context, db *database) error {
	args := &p.cli.Log
	filter := &content.ActFilter{}
	if args.Type != "" {
		filter.Types = []content.EntryType{content.EntryType(strings.ToUpper(args.Type))}
	}
	if args.By != "" {
		filter.Authors = []string{args.By}
	}
	lines := &actLines{program: p, db: db, names: auth.NewNames(auth.NewKeys(db, nil), auth.NewPeople(db, nil), nil)}
	if !args.JSON {
		lines.table = tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(lines.table, "WHEN\tWHO\tNAME\tDID\tTYPE\tENTRY\tREVISION")
	}
	if args.Last > 0 {
		newest, err := db.Acts(ctx, filter, content.Window{Limit: args.Last})
		if err != nil {
			return err
		}
		return lines.print(ctx, newest.Items)
	}
	window := content.Window{Limit: actsAtOnce, Backward: true}
	for {
		page, err := db.Acts(ctx, filter, window)
		if err != nil {
			return err
		}
		if err := lines.print(ctx, page.Items); err != nil || !page.HasPrevious {
			return err
		}
		// Newer acts come before this one in the list.
		newest := page.Items[0].Position()
		window.Before = &newest
	}
}

// actLines prints acts as a table, or as lines of JSON if there is none.
type actLines struct {
	program *Program
	db      *database
	names   *auth.Names
	table   *tabwriter.Writer
}

// actLine is an act as a line of JSON. Its fields have the names of the field log of the schema, so that
// programs read both alike.
// Its key is what scripts should keep: a slug may change.
type actLine struct {
	At        time.Time         `json:"at"`
	Author    string            `json:"author"`
	Name      string            `json:"authorName,omitempty"`
	Operation content.Verb      `json:"operation"`
	Type      content.EntryType `json:"type"`
	Key       string            `json:"key"`
	Slug      string            `json:"slug,omitempty"`
	Revision  int               `json:"revision"`
}

// print prints acts, of which the newest comes first.
// It reads the slugs of all acts before it prints the first, so a part costs a few commands and not one for each line.
func (l *actLines) print(ctx context.Context, acts []*content.Act) error {
	slugs, err := slugsOf(ctx, l.db, acts)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(acts) {
		name, err := l.names.Of(ctx, a.By)
		if err != nil {
			return err
		}
		line := actLine{a.At.UTC(), a.By, name, a.Verb, a.Type, a.Key, slugs[content.ID{Type: a.Type, Key: a.Key}], a.Revision}
		if l.table == nil {
			if err := json.NewEncoder(l.program.out).Encode(line); err != nil {
				return fmt.Errorf("write the log: %w", err)
			}
			continue
		}
		fmt.Fprintf(l.table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", line.At.Format(time.DateTime), a.By, cmp.Or(name, "-"), strings.ToLower(string(a.Verb)), a.Type,
			cmp.Or(line.Slug, a.Key), a.Revision)
	}
	if l.table == nil {
		return nil
	}
	// Each part is aligned on its own. To align all of it, the whole log would have to be in memory.
	return l.table.Flush()
}

// slugsOf returns the present slugs of the entries of acts, and the last ones of those that were deleted.
// The log has keys only, since a slug may change. A deleted entry costs a command of its own; there are few of them.
func slugsOf(ctx context.Context, db *database, acts []*content.Act) (map[content.ID]string, error) {
	slugs := map[content.ID]string{}
	for _, a := range acts {
		if id := a.Entry(); id != nil {
			slugs[*id] = ""
		}
	}
	for t, keys := range content.KeysByType(slices.Collect(maps.Keys(slugs))) {
		found, err := db.At(content.Drafts).Reader(t).EntriesByKeys(ctx, keys)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if !content.Missing(e) {
				slugs[e.ID()] = e.Head().Slug
			}
		}
	}
	for id, slug := range slugs {
		if slug != "" {
			continue
		}
		last, err := db.Revisions(ctx, id, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			slugs[id] = last[0].Entry.Head().Slug
		}
	}
	return slugs, nil
}
