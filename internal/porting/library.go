package porting

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// The bounds of files, in bytes, if Options has none.
const (
	defaultFile  = 10 << 20
	defaultFiles = 1 << 30
)

// maxSeen bounds the places that a source remembers, so that a text of nothing but links to files fits its
// document in the database.
const maxSeen = 1000

// library is the files of a tree besides its Markdown. A file is read when the first text refers to it, and
// its bytes are not kept. After the survey, which reads all that any text refers to, it does not change.
type library struct {
	tree fs.FS
	// one and all bound the bytes of a file, and of all that are used.
	one, all int64
	// files are all regular files, by their paths; the values are what is known of those that were read.
	files map[string]*shelved
	used  int64
}

// shelved is a file that was read, or the reason why it is left out.
type shelved struct {
	file content.File
	err  error
}

// newLibrary returns the library of some files of a tree.
func newLibrary(tree fs.FS, files []string, one, all int64) *library {
	l := &library{tree: tree, one: one, all: all, files: map[string]*shelved{}}
	if l.one == 0 {
		l.one = defaultFile
	}
	if l.all == 0 {
		l.all = defaultFiles
	}
	for _, f := range files {
		l.files[f] = nil
	}
	return l
}

// has reports whether the tree has a file.
func (l *library) has(file string) bool {
	_, ok := l.files[file]
	return ok
}

// file returns a file of the tree, without its link, or why it is left out.
func (l *library) file(name string) (content.File, error) {
	s := l.files[name]
	if s == nil {
		s = &shelved{}
		s.file, s.err = l.read(name)
		l.files[name] = s
	}
	return s.file, s.err
}

// read reads a file for the first time.
func (l *library) read(name string) (content.File, error) {
	if _, ok := kindOf(name); !ok {
		return content.File{}, errKind
	}
	data, err := l.bytes(name)
	if err != nil {
		return content.File{}, err
	}
	kind, err := mediaType(name, data)
	if err != nil {
		return content.File{}, err
	}
	if l.used += int64(len(data)); l.used > l.all {
		l.used -= int64(len(data))
		return content.File{}, fmt.Errorf("all files together are larger than %d KB; set IMPORT_FILES to more", l.all>>10)
	}
	return content.File{Path: name, Hash: hash(data).String(), Size: len(data), MediaType: kind}, nil
}

// bytes returns what is in a file.
func (l *library) bytes(name string) ([]byte, error) {
	f, err := l.tree.Open(name)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %s", reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, l.one+1))
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %s", reason(err))
	}
	if int64(len(data)) > l.one {
		return nil, fmt.Errorf("it is larger than %d KB; set IMPORT_FILE to more", l.one>>10)
	}
	return data, nil
}

// found returns what an import finds at a path today, for comparison with what it found before.
func (l *library) found(name string) string {
	if !l.has(name) {
		return ""
	}
	f, _ := l.file(name)
	return f.Hash
}

// left counts the files that nothing refers to.
func (l *library) left(report *Report) {
	for name, s := range l.files {
		if s == nil || s.err != nil {
			report.leave(name)
		} else {
			report.Files++
		}
	}
}

// files returns the paths in the tree that a link of a file may mean: from the file's folder and, for HTML
// that was written for the address of its page, from the folder that this address is. A link from the root
// means the root of the tree, or that of the site in it.
func (l linker) files(target, docs string) []string {
	from := []string{path.Dir(l.file), folderOf(l.file)}
	if strings.HasPrefix(target, "/") {
		from = []string{l.root, path.Join(l.root, docs)}
	}
	var out []string
	for _, dir := range from {
		// What is outside of the tree has no such beginning.
		below, ok := strings.CutPrefix(path.Join(dir, target), pathUnder(l.root, ""))
		if ok && fs.ValidPath(below) && !slices.Contains(out, below) {
			out = append(out, below)
		}
	}
	return out
}

// attach sets the files that the text of a document links to, sorted by link, and notes those that are left
// out. Destinations of other kinds, such as pages, are none.
func (f *folder) attach(c *candidate, d *document, body *content.RichText) {
	l := linker{file: c.path, root: f.under}
	targets := markdown.Targets(body.Markdown)
	slices.Sort(targets)
	for _, target := range slices.Compact(targets) {
		if isMarkdown(target) {
			continue
		}
		if len(d.seen) >= maxSeen {
			d.notes = append(d.notes, c.problem("has too many links to files; those from %s on are not looked at", printable(target)))
			break
		}
		paths := l.files(target, f.site.docs)
		at := slices.IndexFunc(paths, f.library.has)
		_, known := kindOf(target)
		if at < 0 {
			if known && !strings.HasPrefix(target, "/") {
				d.missing = append(d.missing, target)
				d.saw(f.under, "", paths...)
				d.notes = append(d.notes, c.problem("refers to the file %s, which is missing; if an earlier import had it, it stays until an import with --prune", printable(target)))
			}
			continue
		}
		d.saw(f.under, "", paths[:at]...)
		file, err := f.library.file(paths[at])
		if err == nil && len(body.Files) == content.MaxFiles {
			err = fmt.Errorf("a text has at most %d files", content.MaxFiles)
		}
		if err != nil {
			d.saw(f.under, "", paths[at])
			d.notes = append(d.notes, c.problem("refers to the file %s, which is left out: %s", printable(paths[at]), err))
			continue
		}
		d.saw(f.under, file.Hash, paths[at])
		file.Link, file.Path = target, pathUnder(f.under, file.Path)
		body.Files = append(body.Files, file)
	}
}

// saw records what was found at paths of the tree.
func (d *document) saw(under, hash string, paths ...string) {
	for _, p := range paths {
		d.seen = append(d.seen, content.Seen{Path: pathUnder(under, p), Hash: hash})
	}
}
