// Package seed holds the hub's own content as a tree of Markdown files and loads it into a
// store: through the same Put and Publish as everything else, so that a second load of the
// same tree writes nothing.
package seed

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"patternhub/content"
	"patternhub/markdown"
)

//go:embed all:data
var embedded embed.FS

// Files is the tree of the hub's own content: <type>/<slug>.md.
func Files() fs.FS {
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// by names the seed in revisions and changes.
const by = "seed"

// Report counts what a load did. Problems are told as "file:line:column: what".
type Report struct {
	Created, Changed, Unchanged int
	Problems                    []error
}

// String tells the counts in words.
func (r Report) String() string {
	return fmt.Sprintf("%d created, %d changed, %d unchanged", r.Created, r.Changed, r.Unchanged)
}

// Load reads a tree and writes what is new or changed in it, then publishes it in one release.
// A file with a problem stops the load before anything is written. progress is told how many
// entries of how many have been written; it may be nil.
func Load(ctx context.Context, store content.Store, tree fs.FS, progress func(done, total int)) (Report, error) {
	var report Report
	entries, err := Read(tree)
	if err != nil {
		return report, err
	}
	write, release, err := compare(ctx, store, entries, &report)
	if err != nil {
		return report, err
	}
	for start := 0; start < len(write); start += content.MaxBatch {
		batch := write[start:min(start+content.MaxBatch, len(write))]
		if _, err := store.Put(ctx, by, batch...); err != nil {
			return report, fmt.Errorf("write seed: %w", err)
		}
		if progress != nil {
			progress(start+len(batch), len(write))
		}
	}
	for start := 0; start < len(release); start += content.MaxRelease {
		ids := release[start:min(start+content.MaxRelease, len(release))]
		if _, err := store.Publish(ctx, by, ids...); err != nil {
			return report, fmt.Errorf("publish seed: %w", err)
		}
	}
	return report, nil
}

// Read decodes a tree. The entries' keys are their slugs.
func Read(tree fs.FS) ([]content.Entry, error) {
	var entries []content.Entry
	var problems []error
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		e, err := readFile(tree, name)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read seed: %w", err)
	}
	problems = append(problems, dangling(entries)...)
	return entries, errors.Join(problems...)
}

func readFile(tree fs.FS, name string) (content.Entry, error) {
	stem, rest, _ := strings.Cut(name, "/")
	t, ok := content.TypeByStem(stem)
	if !ok {
		return nil, fmt.Errorf("%s: no entry type has the folder %s", name, stem)
	}
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, fmt.Errorf("read seed: %w", err)
	}
	e := content.NewEntry(t)
	h := e.Head()
	h.Slug = strings.TrimSuffix(rest, ".md")
	h.Key = h.Slug
	unknown, err := markdown.Decode(src, e)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%s: unknown fields %s", name, strings.Join(unknown, ", "))
	}
	return e, nil
}

// dangling lists the references that lead nowhere.
func dangling(entries []content.Entry) []error {
	known := make(map[content.ID]bool, len(entries))
	for _, e := range entries {
		known[e.ID()] = true
	}
	var out []error
	for _, e := range entries {
		for _, r := range content.References(e) {
			if !known[r.Target] {
				out = append(out, fmt.Errorf("%s/%s: %s refers to the %s %q, which is missing", e.ID().Type.Stem(), e.Head().Slug, r.Place, r.Target.Type.Name(), r.Target.Key))
			}
		}
	}
	return out
}

// compare tells which entries are to be written and which to be published.
func compare(ctx context.Context, store content.Store, entries []content.Entry, report *Report) (write []content.Entry, release []content.ID, err error) {
	byType := map[content.EntryType][]content.Entry{}
	for _, e := range entries {
		byType[e.ID().Type] = append(byType[e.ID().Type], e)
	}
	for _, t := range content.Types() {
		list := byType[t]
		keys := make([]string, len(list))
		for i, e := range list {
			keys[i] = e.Head().Key
		}
		if len(keys) == 0 {
			continue
		}
		stored, err := store.At(content.Drafts).Reader(t).PagesByKeys(ctx, keys)
		if err != nil {
			return nil, nil, fmt.Errorf("compare seed: %w", err)
		}
		for i, e := range list {
			changed, err := differs(e, stored[i])
			if err != nil {
				return nil, nil, err
			}
			switch {
			case stored[i] == nil:
				report.Created++
			case changed:
				report.Changed++
				e.Head().Revision = stored[i].Head().Revision
			default:
				report.Unchanged++
			}
			if changed {
				write = append(write, e)
			}
			if changed || stored[i].Head().Status != content.StatusPublished {
				release = append(release, e.ID())
			}
		}
	}
	return write, release, nil
}

func differs(e, stored content.Entry) (bool, error) {
	if stored == nil {
		return true, nil
	}
	a, err := content.Fingerprint(e)
	if err != nil {
		return false, fmt.Errorf("compare seed: %w", err)
	}
	b, err := content.Fingerprint(stored)
	if err != nil {
		return false, fmt.Errorf("compare seed: %w", err)
	}
	return a != b, nil
}
