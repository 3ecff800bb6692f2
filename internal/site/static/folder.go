package static

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	// listFile has a line of JSON for each file that copies have written. A later line about a file replaces
	// an earlier one, so that a copy that is killed has said what it wrote.
	listFile = ".patternhub-site.jsonl"
	// partPrefix begins the names of files that are being written.
	partPrefix = ".patternhub-site.part-"
	// maxLine bounds a line of the list.
	maxLine = 16 << 20
)

// record is what is known of a file of the copy.
type record struct {
	File string `json:"file"`
	// Hash and Size are those of its bytes. Before is the hash of the bytes that are being replaced; they may
	// still be there if the copy was killed.
	Hash   string `json:"hash"`
	Size   int64  `json:"size,omitempty"`
	Before string `json:"before,omitempty"`
	// Address is what the site was asked for, Tag the entity tag of the answer, and Made what it depends on
	// besides its content.
	Address string `json:"address,omitempty"`
	Tag     string `json:"tag,omitempty"`
	Made    string `json:"made,omitempty"`
	// Links are the addresses that the page leads to, without those that every copy begins with, and Lost
	// those that it would lead to if they were there.
	Links []string `json:"links,omitempty"`
	Lost  []string `json:"lost,omitempty"`
	// Article reports whether it is the page of an entry, and Number is its number in the index of the
	// search, 0 for none.
	Article bool `json:"article,omitempty"`
	Number  int  `json:"number,omitempty"`
}

// folder is the folder of a copy. It is safe for concurrent use.
type folder struct {
	root  *os.Root
	made  string
	parts chan string // names for files that are being written

	mu       sync.Mutex
	list     *os.File
	records  map[string]*record
	seen     map[string]bool // files that this copy has
	done     map[string]bool // files that this copy has written
	written  int
	removed  int
	problems []Problem
}

// openFolder opens a folder and reads the list of its files.
func openFolder(dir, made string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	f := &folder{root: root, made: digest([]byte(made)), parts: make(chan string, workers), records: map[string]*record{}, seen: map[string]bool{}, done: map[string]bool{}}
	for i := range workers {
		f.parts <- partPrefix + strconv.Itoa(i)
	}
	if err := f.readList(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	if f.list, err = root.OpenFile(listFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("open the list of the folder: %w", err), root.Close())
	}
	return f, nil
}

// readList reads the list. It leaves out lines that it cannot read, such as the last one of a copy that was
// killed.
func (f *folder) readList() error {
	if err := f.regular(listFile); err != nil {
		return fmt.Errorf("read the list of the folder: %s %w", listFile, err)
	}
	in, err := f.root.Open(listFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the list of the folder: %w", err)
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var r record
		if json.Unmarshal(lines.Bytes(), &r) == nil && nameable(r.File) {
			f.records[r.File] = &r
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the list of the folder: %w", err)
	}
	return nil
}

// note adds a line about a file to the list. The caller holds f.mu.
func (f *folder) note(r *record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the list of the folder: %w", err)
	}
	// The line break comes first, since the last line of a copy that was killed may have no end.
	if _, err := f.list.Write(append([]byte{'\n'}, line...)); err != nil {
		return fmt.Errorf("write the list of the folder: %w", err)
	}
	f.records[r.File] = r
	return nil
}

// last returns what earlier copies knew of a file, with its bytes, or nil if the file is not theirs or has
// other bytes.
func (f *folder) last(file string) (*record, []byte) {
	f.mu.Lock()
	r := f.records[file]
	f.mu.Unlock()
	if r == nil || f.regular(file) != nil {
		return nil, nil
	}
	text, err := f.root.ReadFile(file)
	if err != nil || digest(text) != r.Hash {
		return nil, nil
	}
	return r, text
}

// number returns the number that the entry of a file has in the index, 0 for none.
func (f *folder) number(file string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.records[file]; r != nil {
		return r.Number
	}
	return 0
}

// keep records that the copy has a file with the bytes that it has.
func (f *folder) keep(r *record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[r.File] = true
	if old := f.records[r.File]; old == r || old != nil && same(old, r) {
		return nil
	}
	return f.note(r)
}

// same reports whether two records say the same.
func same(a, b *record) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// errForeign is the error of a file that no copy has written.
var errForeign = errors.New("is in the way and is not of this export; move it, or export to another folder")

// put writes a file unless it has these bytes. What cannot be written is a problem of the copy; an error ends
// it.
func (f *folder) put(r *record, text []byte) error {
	r.Hash, r.Size, r.Made = digest(text), int64(len(text)), f.made
	err := f.regular(r.File)
	var old []byte
	if err == nil {
		old, err = f.root.ReadFile(r.File)
	}
	switch {
	case err == nil && digest(old) == r.Hash:
		return f.keep(r)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		f.object(r.File, err)
		return nil
	}
	f.mu.Lock()
	known := f.records[r.File]
	if known == nil && err == nil {
		f.mu.Unlock()
		f.object(r.File, errForeign)
		return nil
	}
	// From now on the file is one of the copy. Without a tag, a later copy asks for it again.
	intent := &record{File: r.File, Hash: r.Hash}
	if known != nil {
		intent.Before, intent.Number = known.Hash, known.Number
	}
	err = f.note(intent)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	if err := f.replace(r.File, text); err != nil {
		f.object(r.File, err)
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[r.File] = true
	if !f.done[r.File] {
		f.done[r.File] = true
		f.written++
	}
	return f.note(r)
}

// regular returns an error if there is something at a path that is no ordinary file, such as a symbolic link.
func (f *folder) regular(file string) error {
	info, err := f.root.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err //nolint:wrapcheck // the caller says what was read
	case !info.Mode().IsRegular():
		return errors.New("is no ordinary file; remove it, or export to another folder")
	}
	return nil
}

// replace writes a file under another name and renames it, so that readers, and a copy that is killed, see
// either the old file or the new one whole.
func (f *folder) replace(file string, text []byte) error {
	if err := f.root.MkdirAll(path.Dir(file), 0o755); err != nil {
		return err //nolint:wrapcheck // the caller names the file
	}
	part := <-f.parts
	defer func() { f.parts <- part }()
	_ = f.root.Remove(part) // what a copy that was killed has left, or a link
	if err := f.root.WriteFile(part, text, 0o644); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if err := f.root.Rename(part, file); err != nil {
		return errors.Join(err, f.root.Remove(part))
	}
	return nil
}

// object records a file as a problem. The file keeps what it has.
func (f *folder) object(file string, err error) {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[file] = true
	f.problems = append(f.problems, Problem{file, err.Error()})
}

// finish removes the files that this copy does not have, and writes the list anew. It leaves files that
// were changed since.
func (f *folder) finish() error {
	for _, file := range f.stale() {
		if err := f.remove(file); err != nil {
			f.problems = append(f.problems, Problem{file, err.Error()})
		}
		delete(f.records, file)
	}
	var out bytes.Buffer
	for _, r := range f.sorted() {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write the list of the folder: %w", err)
		}
		out.Write(append(line, '\n'))
	}
	if now, err := f.root.ReadFile(listFile); err == nil && bytes.Equal(now, out.Bytes()) {
		return nil
	}
	if err := f.replace(listFile, out.Bytes()); err != nil {
		return fmt.Errorf("write the list of the folder: %w", err)
	}
	return nil
}

// remove removes a file that this copy does not have, if it has the bytes that a copy wrote.
func (f *folder) remove(file string) error {
	err := f.regular(file)
	var text []byte
	if err == nil {
		text, err = f.root.ReadFile(file)
	}
	switch r := f.records[file]; {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && digest(text) != r.Hash && digest(text) != r.Before:
		return errors.New("is no longer of the site, and was changed since it was written; remove it yourself")
	case err == nil:
		err = f.root.Remove(file)
	}
	if err != nil {
		return fmt.Errorf("cannot be removed: %w", err)
	}
	f.removed++
	for dir := path.Dir(file); dir != "." && f.root.Remove(dir) == nil; dir = path.Dir(dir) {
		continue // the folder was empty
	}
	return nil
}

// stale returns the files of earlier copies that this one does not have.
func (f *folder) stale() []string {
	var out []string
	for file := range f.records {
		if !f.seen[file] {
			out = append(out, file)
		}
	}
	slices.Sort(out)
	return out
}

// sorted returns the records by file.
func (f *folder) sorted() []*record {
	out := make([]*record, 0, len(f.records))
	for _, r := range f.records {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *record) int { return strings.Compare(a.File, b.File) })
	return out
}

// close closes the folder.
func (f *folder) close() error { return errors.Join(f.list.Close(), f.root.Close()) }

// digest returns a hash of bytes.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
