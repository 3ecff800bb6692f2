package porting

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"sort"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// document is an entry as it was read, with references by slug. notes are oddities that are no
// reason to refuse it.
type document struct {
	entry content.Entry
	// source is the file's text; nil for a record, whose text is not stored.
	source []byte
	// links are the entries that its text links to.
	links []name
	// seen says what was found where its text refers to files, and missing has the links that lead to none.
	seen    []content.Seen
	missing []string
	notes   []Problem
}

// origin is a source of documents. They are read twice, first to learn what exists and then to
// write it, so that a tree of any size needs little memory.
// list only finds candidates; text may fail for one of them without ending the import. Errors of
// decode are problems of the document.
type origin interface {
	// list returns the candidates.
	list(report *Report) ([]*candidate, error)
	// text returns the bytes of a candidate.
	text(c *candidate) ([]byte, error)
	// decode returns the document in these bytes.
	decode(c *candidate, text []byte) (*document, error)
}

// candidate is a document that may be imported.
// The name of a file follows from its path; the name of a record is known once it is decoded. hash
// is the hash of the bytes as first read.
type candidate struct {
	// place identifies it in messages; file is its path in the tree, and path the same below the
	// folder that the tree is put under. file and path are empty for a record.
	place, file, path string
	name              name
	key               string
	hash              digest
	bytes             int // the size of what was read
	// refs and links are what it refers and links to, until that is checked.
	refs  []ref
	links []int32
	// current is the entry's head in the store; nil for a new one.
	current *head
	// held is the reason not to publish it; empty for none.
	held string
	// offset and size locate a record in its file; line is its line number.
	offset int64
	size   int32
	line   int32
	// done means that nothing is left to do for it: it is unchanged or was refused. changed means that an older
	// revision of it is published.
	done, changed bool
}

// id returns the id of the entry that a candidate becomes.
func (c *candidate) id() content.ID { return content.ID{Type: c.name.Type, Key: c.key} }

// problem returns a problem of the whole candidate.
func (c *candidate) problem(format string, args ...any) Problem {
	p := Problem{Place: c.place, What: fmt.Sprintf(format, args...)}
	if c.line > 0 {
		p.Line, p.Column = int(c.line), 1
	}
	return p
}

// label returns its name in a list.
func (c *candidate) label() string {
	if c.line > 0 {
		return fmt.Sprintf("%s:%d", c.place, c.line)
	}
	return c.place
}

// digest is a SHA-256.
type digest [sha256.Size]byte

// String returns it in hexadecimal digits, as content.Source has it.
func (d digest) String() string { return hex.EncodeToString(d[:]) }

// hash returns the SHA-256 of a text.
func hash(text []byte) digest { return sha256.Sum256(text) }

// folder is a tree of Markdown files.
type folder struct {
	tree fs.FS
	// under is the folder that the tree is put under; pages means that all files are pages.
	under string
	pages bool
	// names holds the names of all files once they are listed; closed the folders that were
	// skipped.
	names  map[name]bool
	closed []string
	// one and all bound the files besides Markdown, which are in the library once they are listed.
	one, all int64
	library  *library
	site     mkdocsSite
}

// list refuses paths that give no slug, and paths that the site needs itself.
func (f *folder) list(report *Report) ([]*candidate, error) {
	files, others, closed, err := scan(f.tree, report)
	if err != nil {
		return nil, err
	}
	f.names, f.closed, f.library = map[name]bool{}, closed, newLibrary(f.tree, others, f.one, f.all)
	// If a folder has an index and a README, the index represents it.
	sort.SliceStable(files, func(i, j int) bool { return !isReadme(files[i]) && isReadme(files[j]) })
	out := make([]*candidate, 0, len(files))
	for _, file := range files {
		under := path.Join(f.under, file)
		n, err := identify(under, f.pages)
		if err == nil && content.Reserved(n.Type, n.Slug) != "" {
			err = fmt.Errorf("the path /%s is reserved for the site itself; rename the file, put it into a folder, or import the tree with --under docs", n.Slug)
		}
		if err != nil {
			report.count(&candidate{place: printable(file)}, Refused)
			report.Problems = append(report.Problems, Problem{Place: printable(file), What: err.Error()})
			continue
		}
		f.names[n] = true
		out = append(out, &candidate{place: printable(file), file: file, path: under, name: n})
	}
	f.readSite(report)
	return out, nil
}

// isReadme reports whether a file is the page of its folder, as GitHub shows it.
func isReadme(file string) bool { return strings.EqualFold(path.Base(bare(file)), "readme") }

func (f *folder) text(c *candidate) ([]byte, error) { return readFile(f.tree, c.file) }

// decode reads a file, rewrites its links for a canonical tree and finds the files that it refers to. Fields of other programs stay
// in the source only; a note lists them, except for pages, where they are expected.
func (f *folder) decode(c *candidate, text []byte) (*document, error) {
	e, unknown, err := decodeFile(c.name, c.path, text)
	if err != nil {
		return nil, err
	}
	d := &document{entry: e, source: text}
	if body := bodyOf(e); body != nil {
		body.Markdown, d.links = adoptLinks(c.name, linker{c.path, f.under, f.pages, func(n name) bool { return f.names[n] }}, body.Markdown)
		f.attach(c, d, body)
		f.attachSite(c, d, body)
	}
	if len(unknown) > 0 && c.name.Type != content.TypePage {
		d.notes = append(d.notes, c.problem("keeps fields that a %s does not have: %s", c.name.Type.Name(), strings.Join(unknown, ", ")))
	}
	if t, slug := content.ParseResourcePath(c.name.resourcePath()); t != c.name.Type || slug != c.name.Slug && !t.Singleton() {
		d.notes = append(d.notes, c.problem("has the path %s of a %s; if there is one, the page can only be found by its slug", c.name.resourcePath(), t.Name()))
	}
	return d, nil
}

// decodeFile reads the file of an entry. It first sets what a page takes from its path.
func decodeFile(n name, file string, text []byte) (e content.Entry, unknown []string, err error) {
	e = content.NewEntry(n.Type)
	e.Head().Slug = n.Slug
	if n.Type == content.TypePage {
		e.Head().Name = fileTitle(file)
	}
	unknown, err = markdown.Decode(text, e)
	return e, unknown, err //nolint:wrapcheck // reported as the file's own problems
}

// bodyOf returns the long text of an entry; nil for types without one. The result points into the
// entry, so that callers can change it.
func bodyOf(e content.Entry) *content.RichText {
	body := reflect.ValueOf(e).Elem().FieldByName("Body")
	if !body.IsValid() {
		return nil
	}
	return body.Addr().Interface().(*content.RichText)
}

// records is an NDJSON file: one entry per line.
type records struct {
	file string
	r    io.ReaderAt
}

// maxLine bounds a record, in bytes. A file of 1 MB is never larger as JSON, unless it is mostly
// escapes.
const maxLine = 4 << 20

// list finds the lines without holding them in memory, so the file may be larger than it.
func (r records) list(report *Report) ([]*candidate, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(r.r, 0, 1<<62), 64<<10)
	var out []*candidate
	var offset int64
	for line := int32(1); ; line++ {
		size, blank, err := skipLine(in)
		if size > 0 && !blank {
			c := &candidate{place: r.file, line: line, offset: offset, size: int32(min(size, maxLine))}
			if size > maxLine {
				report.count(c, Refused)
				report.Problems = append(report.Problems, c.problem("is longer than %d MB", maxLine>>20))
			} else {
				out = append(out, c)
			}
		}
		offset += size
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
	}
}

// skipLine skips a line and returns its size and whether it is blank. A line of any length costs
// one buffer. err is io.EOF with the last line, which may have no line end.
func skipLine(in *bufio.Reader) (size int64, blank bool, err error) {
	blank = true
	for {
		part, err := in.ReadSlice('\n')
		size += int64(len(part))
		blank = blank && len(bytes.TrimSpace(part)) == 0
		if !errors.Is(err, bufio.ErrBufferFull) {
			return size, blank, err //nolint:wrapcheck // wrapped by the only caller
		}
	}
}

func (r records) text(c *candidate) ([]byte, error) {
	text := make([]byte, c.size)
	if _, err := r.r.ReadAt(text, c.offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot be read: %s", reason(err))
	}
	return bytes.TrimSpace(text), nil
}

// decode checks slug and key, since a record may contain any. A slug must be one that a path
// identifies, or an export would have no file for it.
func (r records) decode(c *candidate, text []byte) (*document, error) {
	line := int(c.line)
	e, unknown, err := markdown.DecodeRecord(line, text)
	if err != nil {
		return nil, err //nolint:wrapcheck // reported as the record's own problems
	}
	d := &document{entry: e}
	h := e.Head()
	if slug, err := slugOf(h.Slug); err != nil || slug != h.Slug {
		return nil, &markdown.Problem{Line: line, Column: 1, What: fmt.Sprintf("%q is not a slug", h.Slug)}
	}
	if len(h.Key) > maxSlug || strings.ContainsFunc(h.Key, func(r rune) bool { return r < ' ' }) {
		return nil, &markdown.Problem{Line: line, Column: 1, What: "the key is not valid"}
	}
	if len(unknown) > 0 {
		d.notes = append(d.notes, c.problem("has fields that are not stored: %s", strings.Join(unknown, ", ")))
	}
	return d, nil
}
