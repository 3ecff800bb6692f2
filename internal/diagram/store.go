package diagram

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Store keeps clean pictures by the hash of their source. It must be safe for concurrent use.
type Store interface {
	// Get returns a picture, or nil if there is none.
	Get(hash string) []byte
	// Put keeps a picture.
	Put(hash string, svg []byte) error
}

// maxFiles is the number of pictures that a folder keeps.
const maxFiles = 5000

// folder is a Store in a folder of the disk.
type folder struct {
	path string
	most int

	mu    sync.Mutex
	files int // how many there are; -1 if unknown
}

// Folder returns a store in a folder, which is created when it is needed. It holds at most 5,000
// pictures; older ones make room.
func Folder(path string) Store { return &folder{path: path, most: maxFiles, files: -1} }

// file returns the name of the file of a diagram.
func (f *folder) file(hash string) string { return filepath.Join(f.path, hash+".svg") }

// Get returns a picture. A file that another program put into the folder passes as little as what an author
// wrote.
func (f *folder) Get(hash string) []byte {
	if !hashed.MatchString(hash) {
		return nil
	}
	raw, err := os.ReadFile(f.file(hash))
	if err != nil || len(raw) > 2*maxPicture {
		return nil
	}
	svg, err := clean(raw)
	if err != nil {
		return nil
	}
	return svg
}

// Put writes a picture under another name first, so that a reader never sees a part of it.
func (f *folder) Put(hash string, svg []byte) error {
	if !hashed.MatchString(hash) {
		return ErrUnknown
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := os.MkdirAll(f.path, 0o750); err != nil {
		return fmt.Errorf("keep a diagram: %w", err)
	}
	if err := f.makeRoom(); err != nil {
		return fmt.Errorf("make room for a diagram: %w", err)
	}
	temporary, err := os.CreateTemp(f.path, "new-*")
	if err != nil {
		return fmt.Errorf("keep a diagram: %w", err)
	}
	_, err = temporary.Write(svg)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), f.file(hash))
	}
	if err != nil {
		return fmt.Errorf("keep a diagram: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	f.files++
	return nil
}

// makeRoom removes the oldest quarter of the files when there are too many.
func (f *folder) makeRoom() error {
	if f.files >= 0 && f.files < f.most {
		return nil
	}
	list, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	var infos []fs.FileInfo
	for _, e := range list {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			infos = append(infos, info)
		}
	}
	f.files = len(infos)
	if f.files < f.most {
		return nil
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, info := range infos[:max(f.most/4, 1)] {
		if err := os.Remove(filepath.Join(f.path, info.Name())); err != nil {
			return err
		}
		f.files--
	}
	return nil
}

// Pack returns pictures by their hashes as one compressed file. Equal pictures make equal files.
func Pack(pictures map[string][]byte) ([]byte, error) {
	texts := make(map[string]string, len(pictures))
	for hash, svg := range pictures {
		texts[hash] = string(svg)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := errors.Join(e.Encode(texts), w.Close()); err != nil {
		return nil, fmt.Errorf("pack diagrams: %w", err)
	}
	return out.Bytes(), nil
}

// Unpack returns the pictures of a file that Pack made.
func Unpack(packed []byte) (map[string][]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack diagrams: %w", err)
	}
	var texts map[string]string
	if err := json.NewDecoder(r).Decode(&texts); err != nil {
		return nil, fmt.Errorf("unpack diagrams: %w", err)
	}
	out := make(map[string][]byte, len(texts))
	for hash, svg := range texts {
		out[hash] = []byte(svg)
	}
	return out, nil
}
