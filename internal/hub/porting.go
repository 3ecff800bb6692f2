package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"patternhub/internal/config"
	"patternhub/internal/porting"
)

// importer is the author of imports in revisions and changes.
const importer = "import"

// errRefused ends an import that left something out, so that scripts notice.
var errRefused = errors.New("some files were refused; the rest was imported")

// importTree imports a folder or an NDJSON file. It prints the report even after an error, since
// the writes before the error remain.
func (p *Program) importTree(ctx context.Context) error {
	args := p.cli.Import
	return p.content(ctx, func(db *database) error {
		begun, bar := time.Now(), newProgress(p.out)
		one, err := config.Bytes(p.cli.ImportFile)
		if err != nil {
			return err
		}
		all, err := config.Bytes(p.cli.ImportFiles)
		if err != nil {
			return err
		}
		report, err := p.importFrom(ctx, db, porting.Options{
			MaxFile: one, MaxFiles: all,
			By: importer, DryRun: args.DryRun, Publish: args.Publish, Overwrite: args.Overwrite, Progress: bar.show,
			Tree: filepath.Base(args.Dir), Under: args.Under, Pages: args.Pages, Prune: args.Prune, Force: args.Force,
		})
		bar.end()
		if report != nil {
			p.outcome(report)
		}
		if err != nil {
			if report != nil {
				p.say("Import: %s, in %.1f s. Import the same again to continue.", report, time.Since(begun).Seconds())
			}
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

// importFrom imports from a folder or a file of records, depending on the path.
func (p *Program) importFrom(ctx context.Context, db *database, o porting.Options) (*porting.Report, error) {
	from := p.cli.Import.Dir
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	if info.IsDir() {
		// A root keeps links within the folder, even if the folder changes during the import.
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

// outcome prints what was done and what was unusual. Unchanged files are left out: in a second
// import they would be all of them.
func (p *Program) outcome(report *porting.Report) {
	for o := range report.Outcomes() {
		if o.Action == porting.Created || o.Action == porting.Changed || o.Action == porting.Pruned {
			p.say("%-9s %s", o.Action, o.Place)
		}
	}
	for i := range report.Notes {
		p.say("note      %s", report.Notes[i].Error())
	}
	if left := report.LeftOut(); left != "" {
		p.say("skipped   %s", left)
	}
	p.problems(report.Problems)
}

// problems prints problems.
func (p *Program) problems(list []porting.Problem) {
	for i := range list {
		p.say("problem   %s", list[i].Error())
	}
}

// exportTree exports to a folder or an NDJSON file.
func (p *Program) exportTree(ctx context.Context) error {
	args := p.cli.Export
	return p.content(ctx, func(db *database) error {
		begun, bar := time.Now(), newProgress(p.out)
		done, err := p.exportTo(ctx, db, porting.ExportOptions{Drafts: args.Drafts, Progress: bar.show})
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

// exportTo writes a folder file by file, and records to a temporary file that is renamed at the
// end, so that a reader never sees an incomplete one.
func (p *Program) exportTo(ctx context.Context, db *database, o porting.ExportOptions) (*porting.Exported, error) {
	args := p.cli.Export
	if !args.NDJSON {
		return porting.Export(ctx, db, args.Dir, o)
	}
	// The file gets its name when it is complete.
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
