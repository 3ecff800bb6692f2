package search

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"patternhub/internal/content"
)

// generation is a local index that one goroutine writes while searches read. On disk bleve merges what is
// written. In memory it does not, so each batch adds a segment and each replaced entry stays in its old
// one; a generation with too many of them is fragmented and is replaced by a new one.
type generation struct {
	bleveIndex
	path string // empty in memory

	position position // the change up to which the index is complete
	entries  int      // the number of entries
	batches  int      // batches applied so far
	dead     int      // replaced and removed entries
}

const (
	// maxBatches bounds the segments of a generation in memory: each word of a query is looked up in
	// every segment.
	maxBatches = 64
	// maxDead bounds the replaced entries in memory, in addition to the number of living ones.
	maxDead = 1000
)

// Keys of what an index stores beside its entries, in the batch that it belongs to.
var (
	positionKey = []byte("position")
	stateKey    = []byte("state")
)

// position is a change in the log of a database. The index contains it and all earlier ones. It has the
// whole row, so that another history with the same number is noticed.
type position struct {
	Database string              `json:"database"`
	Seq      int64               `json:"seq"`
	Type     content.EntryType   `json:"type"`
	Key      string              `json:"key"`
	Op       content.Op          `json:"op"`
	Graph    content.Perspective `json:"graph"`
	Revision int                 `json:"revision"`
	At       int64               `json:"at"` // milliseconds, as the log has them
}

// positionOf returns the position of a change.
func positionOf(database string, c *content.Change) position {
	return position{Database: database, Seq: c.Seq, Type: c.Type, Key: c.Key, Op: c.Op, Graph: c.Graph, Revision: c.Revision, At: c.At.UnixMilli()}
}

// newGeneration returns an empty generation in a folder that does not exist, or in memory if path is empty.
func newGeneration(path string) (*generation, error) {
	m, err := mappingOf()
	if err != nil {
		return nil, err
	}
	g := &generation{path: path}
	if g.Index, err = bleve.NewUsing(path, m, scorch.Name, scorch.Name, map[string]any{"bolt_timeout": lockWait.String()}); err != nil {
		return nil, fmt.Errorf("make a search index: %w", err)
	}
	return g, nil
}

// lockWait bounds the wait for a lock that another process holds.
const lockWait = 100 * time.Millisecond

// openGeneration opens the index in a folder, and checks that its files are as they were written. Bleve
// panics on some damaged files, which is an error here, and so is a read beyond the end of one, which would
// otherwise end the process.
func openGeneration(path string) (g *generation, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			g, err = nil, fmt.Errorf("open a search index: %v", r)
		}
	}()
	x, err := bleve.OpenUsing(path, map[string]any{"bolt_timeout": lockWait.String()})
	if err != nil {
		return nil, fmt.Errorf("open a search index: %w", err)
	}
	g = &generation{path: path}
	g.Index = x
	if err := g.load(); err != nil {
		_ = x.Close() // the first error says more
		return nil, err
	}
	return g, nil
}

// load reads what the index stores beside its entries. An index without a position is incomplete.
func (g *generation) load() error {
	if err := g.verify(); err != nil {
		return err
	}
	raw, err := g.GetInternal(positionKey)
	if err != nil {
		return fmt.Errorf("read the position of a search index: %w", err)
	}
	if len(raw) == 0 {
		if _, err := os.Stat(g.marker()); err == nil {
			return errors.New("the search index has lost what it contained")
		}
		return nil
	}
	if err := json.Unmarshal(raw, &g.position); err != nil {
		return fmt.Errorf("read the position of a search index: %w", err)
	}
	if raw, err = g.GetInternal(stateKey); err != nil {
		return fmt.Errorf("read the state of a search index: %w", err)
	}
	state, err := strconv.ParseUint(string(raw), 36, 64)
	if err != nil {
		return fmt.Errorf("read the state of a search index: %w", err)
	}
	g.mark.Store(state)
	n, err := g.DocCount()
	if err != nil {
		return fmt.Errorf("count the entries of a search index: %w", err)
	}
	g.entries = int(n) //nolint:gosec // a number of entries
	return nil
}

// marker is the path of a file that exists once the index is complete. Where files are damaged, bleve may go
// back to how the index was before.
func (g *generation) marker() string { return filepath.Join(g.path, "complete") }

// complete reports whether the index contains all entries as of its position.
func (g *generation) complete() bool { return g.position.Database != "" }

// fragmented reports whether the generation should be replaced.
// The bound on dead entries grows with the index, so that a large index is not rebuilt all the
// time.
func (g *generation) fragmented() bool {
	return g.path == "" && (g.batches > maxBatches || g.dead > maxDead+g.entries)
}

// apply adds or updates entries; a nil entry is removed. at is the position after them, nil if it stays. The
// batch holds both, so that after a crash the index is as it was before or after it. Only one
// goroutine may call it, while searches continue.
// Removing an unknown entry costs nothing. After an error, some of the batch may count as dead,
// which at worst replaces the generation early.
func (g *generation) apply(entries map[content.ID]content.Entry, at *position) error {
	batch := g.NewBatch()
	state, added := g.mark.Load(), 0
	for id, e := range entries {
		old, err := g.storedCard(id)
		if err != nil {
			return fmt.Errorf("read a card of the search index: %w", err)
		}
		if old != nil {
			state ^= old.fingerprint()
			g.dead++
			added--
		}
		switch {
		case e != nil:
			d := prepare(e)
			if err := batch.Index(docID(id), d.fields()); err != nil {
				return fmt.Errorf("index %s: %w", id.Type, err)
			}
			state ^= d.card.fingerprint()
			added++
		case old != nil:
			batch.Delete(docID(id))
		}
	}
	if batch.Size() == 0 && at == nil {
		return nil
	}
	batch.SetInternal(stateKey, []byte(strconv.FormatUint(state, 36)))
	if at != nil {
		raw, err := json.Marshal(at)
		if err != nil {
			return fmt.Errorf("write the position of the search index: %w", err)
		}
		batch.SetInternal(positionKey, raw)
	}
	if err := g.Batch(batch); err != nil {
		return fmt.Errorf("write to the search index: %w", err)
	}
	g.mark.Store(state)
	g.batches++
	g.entries += added
	if at == nil {
		return nil
	}
	if !g.complete() && g.path != "" {
		if err := os.WriteFile(g.marker(), nil, 0o600); err != nil {
			return fmt.Errorf("write to the search index: %w", err)
		}
	}
	g.position = *at
	return nil
}

// hashOf returns the first characters of a hash of values.
func hashOf(values ...any) (string, error) {
	raw, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("describe the search index: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:4]), nil
}

// discard closes a generation that no search uses, and removes its files.
func (g *generation) discard() error {
	if err := g.Close(); err != nil {
		return fmt.Errorf("close a search index: %w", err)
	}
	if g.path == "" {
		return nil
	}
	if err := os.RemoveAll(g.path); err != nil {
		return fmt.Errorf("remove a search index: %w", err)
	}
	return nil
}
