package porting

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"
)

const (
	// maxFile bounds a file: rendered, its text has to fit into one document of 16 MB.
	maxFile = 1 << 20
	// maxDepth bounds the depth of folders; deeper trees are made by mistake or malice.
	maxDepth = 32
)

// scan lists the Markdown files of a tree in order. Symbolic links are not followed, hidden
// files and folders are left out.
// A folder that cannot be read is told and passed over; only the root is an error. Not following
// links keeps a tree from leading out of itself or round in a circle.
func scan(tree fs.FS, report *Report) ([]string, error) {
	var files []string
	refuse := func(name, what string) {
		report.count(name, Refused)
		report.Problems = append(report.Problems, Problem{Place: printable(name), What: what})
	}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			refuse(name, "cannot be read: "+reason(err))
			return fs.SkipDir
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			report.Skipped++
			return skip(d)
		case d.Type()&fs.ModeSymlink != 0:
			report.Notes = append(report.Notes, Problem{Place: printable(name), What: "is a symbolic link and is not followed"})
			report.Skipped++
			return nil
		case d.IsDir() && strings.Count(name, "/") >= maxDepth:
			refuse(name, fmt.Sprintf("lies deeper than %d folders", maxDepth))
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular() || path.Ext(name) != extension:
			report.Skipped++
			return nil
		}
		files = append(files, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	return files, nil
}

// skip passes over a folder with all that is in it, or over one file.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// reason is the cause of a file system error without the path that the place tells already.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// printable is a name that can be printed on one line.
// A name from a foreign tree may hold anything, line ends and control codes of a terminal included.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// readFile reads a file of bounded size.
// It reads one byte more than is allowed, so that the size need not be asked for and cannot change
// meanwhile.
func readFile(tree fs.FS, name string) ([]byte, error) {
	f, err := tree.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %s", reason(err))
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %s", reason(err))
	}
	if len(src) > maxFile {
		return nil, fmt.Errorf("is larger than %d KB", maxFile>>10)
	}
	return src, nil
}
