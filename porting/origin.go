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

	"patternhub/content"
	"patternhub/markdown"
)

// document is an entry as it was read, its references by slug.
// notes are what is strange but no reason to refuse.
type document struct {
	entry content.Entry
	// source is the file's text; nil for a record, which has none to keep.
	source []byte
	// links are the entries that its text links to.
	links []name
	notes []Problem
}

// origin is where documents come from. They are read twice, first to learn what there is and
// then to write it, so that a tree of any size needs little memory.
// list only finds what there is; text may fail for one candidate without ending the import. Errors
// of decode are the document's own problems.
type origin interface {
	// list tells what there is.
	list(report *Report) ([]*candidate, error)
	// text reads the bytes of a candidate.
	text(c *candidate) ([]byte, error)
	// decode makes a document of them.
	decode(c *candidate, text []byte) (*document, error)
}

// candidate is a document that may be taken in.
// For a file the name follows from its path; for a record it is known only once it was decoded.
// hash is of the bytes as first read.
type candidate struct {
	// place names it for people; path is its path in the tree, empty for a record.
	place, path string
	name        name
	key, hash   string
	refs        []content.Reference
	links       []name
	// current is the entry's head in the store; nil for a new one.
	current *content.Meta
	// settled tells that nothing is to be done, or that it was refused.
	settled bool
	// offset and size tell where a record is; line is its number.
	offset, size int64
	line         int
}

func (c *candidate) id() content.ID { return content.ID{Type: c.name.Type, Key: c.key} }

// problem says something about the whole candidate.
func (c *candidate) problem(format string, args ...any) Problem {
	p := Problem{Place: c.place, What: fmt.Sprintf(format, args...)}
	if c.line > 0 {
		p.Line, p.Column = c.line, 1
	}
	return p
}

// label names it in a list.
func (c *candidate) label() string {
	if c.line > 0 {
		return fmt.Sprintf("%s:%d", c.place, c.line)
	}
	return c.place
}

// hash is the SHA-256 in hexadecimal digits, as content.Source has it.
func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// folder is a tree of Markdown files.
type folder struct{ tree fs.FS }

// list names the files. A path of which no slug can be made is refused at once.
func (f folder) list(report *Report) ([]*candidate, error) {
	files, err := scan(f.tree, report)
	if err != nil {
		return nil, err
	}
	// Where a folder has an index and a README, the index stands for it.
	sort.SliceStable(files, func(i, j int) bool { return !isReadme(files[i]) && isReadme(files[j]) })
	out := make([]*candidate, 0, len(files))
	for _, file := range files {
		n, err := identify(file)
		if err != nil {
			report.count(printable(file), Refused)
			report.Problems = append(report.Problems, Problem{Place: printable(file), What: err.Error()})
			continue
		}
		out = append(out, &candidate{place: printable(file), path: file, name: n})
	}
	return out, nil
}

func isReadme(file string) bool { return strings.EqualFold(path.Base(file), "readme.md") }

func (f folder) text(c *candidate) ([]byte, error) { return readFile(f.tree, c.path) }

// decode reads a file, and turns its links into those of a canonical tree. Fields of other programs
// are kept in the source; a note tells of them, save for pages, where they are to be expected.
func (f folder) decode(c *candidate, text []byte) (*document, error) {
	e, unknown, err := decodeFile(c.name, text)
	if err != nil {
		return nil, err
	}
	d := &document{entry: e, source: text}
	if body := bodyOf(e); body != nil {
		body.Markdown, d.links = adopt(c.name, c.path, body.Markdown)
	}
	if len(unknown) > 0 && c.name.Type != content.TypePage {
		d.notes = append(d.notes, c.problem("keeps fields that a %s does not have: %s", c.name.Type.Name(), strings.Join(unknown, ", ")))
	}
	if t, slug := content.ParseResourcePath(c.name.resourcePath()); t != c.name.Type || slug != c.name.Slug {
		d.notes = append(d.notes, c.problem("has the path %s of a %s; where there is one, the page is found by its slug only", c.name.resourcePath(), t.Name()))
	}
	return d, nil
}

// decodeFile reads a file that stands for that entry.
// Slug has to be set before: what a page derives from its path depends on it.
func decodeFile(n name, text []byte) (e content.Entry, unknown []string, err error) {
	e = content.NewEntry(n.Type)
	e.Head().Slug = n.Slug
	unknown, err = markdown.Decode(text, e)
	return e, unknown, err //nolint:wrapcheck // told as the file's own problems
}

// bodyOf gives the long text of an entry; nil for types without one.
// The result points into the entry, so that it can be changed.
func bodyOf(e content.Entry) *content.RichText {
	body := reflect.ValueOf(e).Elem().FieldByName("Body")
	if !body.IsValid() {
		return nil
	}
	return body.Addr().Interface().(*content.RichText)
}

// records is an NDJSON file: one entry a line.
type records struct {
	file string
	r    io.ReaderAt
}

// maxLine bounds a record; a file of 1 MB is never larger as JSON, unless it is mostly escapes.
const maxLine = 4 << 20

// list finds where the lines are without keeping them, so the file may be larger than the memory.
func (r records) list(report *Report) ([]*candidate, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(r.r, 0, 1<<62), 64<<10)
	var out []*candidate
	var offset int64
	for line := 1; ; line++ {
		size, blank, err := skipLine(in)
		if size > 0 && !blank {
			c := &candidate{place: r.file, line: line, offset: offset, size: size}
			if size > maxLine {
				report.count(c.label(), Refused)
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

// skipLine passes over a line and tells its size and whether it is blank.
// A line of any length costs one buffer. err is io.EOF with the last line, which may have no end.
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

// decode checks slug and key, since a record states them freely: a slug must be one that a path
// gives, or an export would have no file for it.
func (r records) decode(c *candidate, text []byte) (*document, error) {
	e, unknown, err := markdown.DecodeRecord(c.line, text)
	if err != nil {
		return nil, err //nolint:wrapcheck // told as the record's own problems
	}
	d := &document{entry: e}
	h := e.Head()
	c.name, c.key = name{h.Type, h.Slug}, h.Key
	if slug, err := slugOf(h.Slug); err != nil || slug != h.Slug {
		return nil, &markdown.Problem{Line: c.line, Column: 1, What: fmt.Sprintf("%q is no slug", h.Slug)}
	}
	if len(h.Key) > maxSlug || strings.ContainsFunc(h.Key, func(r rune) bool { return r < ' ' }) {
		return nil, &markdown.Problem{Line: c.line, Column: 1, What: "the key is no key"}
	}
	if len(unknown) > 0 {
		d.notes = append(d.notes, c.problem("has fields that are not kept: %s", strings.Join(unknown, ", ")))
	}
	return d, nil
}
