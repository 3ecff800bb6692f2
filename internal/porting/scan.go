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
	// maxFile bounds a file, in bytes: its rendered text must fit into one document of 16 MB.
	maxFile = 1 << 20
	// maxDepth bounds the depth of folders; deeper trees are mistakes or attacks.
	maxDepth = 32
)

// scan returns the Markdown files of a tree and its other files, both in order, and the folders that it
// skipped. Symbolic links are not followed, hidden files and folders are left out; each is reported.
// A folder that cannot be read is reported and skipped; only the root is an error. Not following
// links confines the scan to the tree and prevents cycles.
func scan(tree fs.FS, report *Report) (files, others, closed []string, err error) {
	left := func(name, why string) {
		report.Notes = append(report.Notes, Problem{Place: printable(name), What: why})
		report.Skipped++
	}
	refuse := func(name, what string) {
		report.count(&candidate{place: name}, Refused)
		report.Problems = append(report.Problems, Problem{Place: printable(name), What: what})
	}
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			refuse(name, "cannot be read: "+reason(err))
			closed = append(closed, name+"/")
			return fs.SkipDir
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			left(name, "is hidden and is left out")
			return skip(d)
		case d.Type()&fs.ModeSymlink != 0:
			left(name, "is a symbolic link and is not followed")
			return nil
		case d.IsDir() && strings.Count(name, "/") >= maxDepth:
			refuse(name, fmt.Sprintf("is deeper than %d folders", maxDepth))
			closed = append(closed, name+"/")
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			left(name, "is not a regular file and is left out")
			return nil
		case !isMarkdown(name):
			others = append(others, name)
			return nil
		}
		files = append(files, name)
		return nil
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read tree: %w", err)
	}
	return files, others, closed, nil
}

// skip skips a folder with all that is in it, or one file.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// reason returns the cause of a file system error without the path, which the problem has already.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// printable returns a name that can be printed on one line. A name from a foreign tree may have any
// characters, including line ends and control codes of a terminal.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// readFile reads a file of bounded size. It reads one byte more than allowed instead of querying
// the size, which could change in between.
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
