package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"patternhub/porting"
)

// importer names imports of this program in revisions and changes.
const importer = "import"

// errRefused ends an import that left something out, so that scripts notice.
var errRefused = errors.New("some files were refused; the rest was imported")

// importTree imports a folder or an NDJSON file.
// What was done is told also when an error has ended it, since what was written until then stays.
func (p *program) importTree(ctx context.Context) error {
	args := p.cli.Import
	return p.content(ctx, func(db *database) error {
		begun, bar := time.Now(), newProgress(p.out)
		report, err := p.importFrom(ctx, db, porting.Options{
			By: importer, DryRun: args.DryRun, Publish: args.Publish, Overwrite: args.Overwrite, Progress: bar.tell,
		})
		bar.end()
		if report != nil {
			p.outcome(report)
		}
		if err != nil {
			return err
		}
		what := "Import"
		if args.DryRun {
			what = "Import (dry run, nothing was written)"
		}
		p.say("%s: %s, in %.1f s.", what, report, time.Since(begun).Seconds())
		if len(report.Problems) > 0 {
			return errRefused
		}
		return nil
	})
}

// importFrom tells by the path whether a folder or a file of records is meant.
func (p *program) importFrom(ctx context.Context, db *database, o porting.Options) (*porting.Report, error) {
	from := p.cli.Import.Dir
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	if info.IsDir() {
		// A root keeps links within the folder, whoever changes it meanwhile.
		root, err := os.OpenRoot(from)
		if err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
		defer root.Close()
		return porting.Import(ctx, db, root.FS(), o)
	}
	file, err := os.Open(from)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer file.Close()
	return porting.ImportRecords(ctx, db, filepath.Base(from), file, o)
}

// outcome lists what was done and what was strange.
// Files that were as they were before are left out: in a second import that would be all of them.
func (p *program) outcome(report *porting.Report) {
	for _, o := range report.Outcomes {
		if o.Action == porting.Created || o.Action == porting.Changed {
			p.say("%-9s %s", o.Action, o.Place)
		}
	}
	for i := range report.Notes {
		p.say("note      %s", report.Notes[i].Error())
	}
	p.problems(report.Problems)
}

// problems lists problems.
func (p *program) problems(list []porting.Problem) {
	for i := range list {
		p.say("problem   %s", list[i].Error())
	}
}

// exportTree exports to a folder or an NDJSON file.
func (p *program) exportTree(ctx context.Context) error {
	args := p.cli.Export
	return p.content(ctx, func(db *database) error {
		begun, bar := time.Now(), newProgress(p.out)
		done, err := p.exportTo(ctx, db, porting.ExportOptions{Drafts: args.Drafts, Progress: bar.tell})
		bar.end()
		if err != nil {
			return err
		}
		p.problems(done.Problems)
		p.say("Export: %s, in %.1f s.", done, time.Since(begun).Seconds())
		if len(done.Problems) > 0 {
			return errors.New("some entries were not exported")
		}
		return nil
	})
}

// exportTo writes the tree in place, file by file, and records into a file of their own that is
// renamed at the end, so a reader never meets half of it.
func (p *program) exportTo(ctx context.Context, db *database, o porting.ExportOptions) (*porting.Exported, error) {
	args := p.cli.Export
	if !args.NDJSON {
		return porting.Export(ctx, db, args.Dir, o)
	}
	// The file takes its name when it is whole.
	part, err := os.CreateTemp(filepath.Dir(args.Dir), ".part-*")
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	done, err := porting.ExportRecords(ctx, db, part, o)
	err = errors.Join(err, part.Close())
	if err == nil {
		err = os.Rename(part.Name(), args.Dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("export: %w", err), os.Remove(part.Name()))
	}
	return done, nil
}
