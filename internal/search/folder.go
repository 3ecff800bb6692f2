package search

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"patternhub/internal/content"
)

// folder is where one process keeps its indexes on disk. Processes that are given the same place have a
// numbered folder each, so that replicas of one machine, and the next release beside the last one, do not
// wait for each other. A process takes the first one that is free, so a restarted one finds its own again.
//
// An index has a folder of its own: its graph, its format and a number. Two of a graph exist while one is
// built beside the other; the one with the higher number is newer.
type folder struct {
	path string
	lock *bbolt.DB // a small database, because bbolt locks its file on every system
}

// maxFolders bounds the processes of one place.
const maxFolders = 16

// claim returns the first free folder of a place, and creates it if it is missing. The caller must close it.
func claim(place string) (*folder, error) {
	for n := range maxFolders {
		path := filepath.Join(place, strconv.Itoa(n+1))
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, fmt.Errorf("make a folder for search indexes: %w", err)
		}
		lock, err := bbolt.Open(filepath.Join(path, "lock"), 0o600, &bbolt.Options{Timeout: lockWait})
		switch {
		case err == nil:
			return &folder{path: path, lock: lock}, nil
		case !errors.Is(err, bbolterrors.ErrTimeout):
			return nil, fmt.Errorf("lock a folder for search indexes: %w", err)
		}
	}
	return nil, fmt.Errorf("other processes use all %d folders of %s; give this one a SEARCH_DIR of its own", maxFolders, place)
}

// close lets another process take the folder.
func (f *folder) close() error {
	if err := f.lock.Close(); err != nil {
		return fmt.Errorf("unlock the folder of the search indexes: %w", err)
	}
	return nil
}

// indexName matches the folder of an index: graph, format and number.
var indexName = regexp.MustCompile(`^([a-z]+)-([0-9a-f]{8})-([0-9]+)$`)

// damaged begins the name of the folder of a damaged index, one for each graph.
const damaged = "damaged-"

// stored is the folder of an index.
type stored struct {
	path   string
	format string
	number int
}

// list returns the indexes of a graph, those of the format of this program first, and newer ones first.
func (f *folder) list(p content.Perspective) ([]stored, error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, fmt.Errorf("list search indexes: %w", err)
	}
	own, err := format()
	if err != nil {
		return nil, err
	}
	var out []stored
	for _, e := range entries {
		m := indexName.FindStringSubmatch(e.Name())
		if m == nil || m[1] != strings.ToLower(string(p)) {
			continue
		}
		n, err := strconv.Atoi(m[3])
		if err != nil {
			continue // not a number of this program's
		}
		out = append(out, stored{filepath.Join(f.path, e.Name()), m[2], n})
	}
	slices.SortFunc(out, func(a, b stored) int {
		if by := first(b.format == own) - first(a.format == own); by != 0 {
			return by
		}
		return b.number - a.number
	})
	return out, nil
}

// next returns the path for a new index of a graph.
func (f *folder) next(p content.Perspective) (string, error) {
	list, err := f.list(p)
	if err != nil {
		return "", err
	}
	own, err := format()
	if err != nil {
		return "", err
	}
	// The number is above those of other formats too, so a name is never used for two indexes at a time.
	n := 0
	for _, s := range list {
		n = max(n, s.number)
	}
	return filepath.Join(f.path, fmt.Sprintf("%s-%s-%d", strings.ToLower(string(p)), own, n+1)), nil
}

// setAside renames a damaged index, so that an operator can look at it, and removes the one before. It returns
// the new path.
func (f *folder) setAside(p content.Perspective, path string) (string, error) {
	to := filepath.Join(f.path, damaged+strings.ToLower(string(p)))
	if err := os.RemoveAll(to); err != nil {
		return "", fmt.Errorf("remove an older damaged search index: %w", err)
	}
	if err := os.Rename(path, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("set a damaged search index aside: %w", err)
	}
	return to, nil
}

// verify checks the files of an index against the checksums at their ends. Bleve itself notices a file that
// is too short, but not one with other bytes inside.
func (g *generation) verify() error {
	advanced, err := g.Advanced()
	if err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	reader, err := advanced.Reader()
	if err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	defer reader.Close()
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return fmt.Errorf("the search index is a %T", reader)
	}
	for _, s := range snapshot.Segments() {
		if file, ok := s.Segment().(interface{ Path() string }); ok {
			if err := verifyFile(file.Path()); err != nil {
				return err
			}
		}
	}
	return nil
}

// checksumBytes is the length of a checksum at the end of a file.
const checksumBytes = 4

// verifyFile compares a file with its checksum.
func verifyFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	if info.Size() < checksumBytes {
		return fmt.Errorf("the file %s of the search index is too short", filepath.Base(path))
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.LimitReader(bufio.NewReaderSize(f, 1<<20), info.Size()-checksumBytes)); err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	var want uint32
	if _, err := f.Seek(-checksumBytes, io.SeekEnd); err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	if err := binary.Read(f, binary.BigEndian, &want); err != nil {
		return fmt.Errorf("read a search index: %w", err)
	}
	if sum.Sum32() != want {
		return fmt.Errorf("the file %s of the search index has other bytes than were written", filepath.Base(path))
	}
	return nil
}
