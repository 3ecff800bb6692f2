package content

import "context"

// Source is the file that an entry came from, byte for byte, so that an export can give it
// back. Path is where it stood in its tree, with slashes; Hash is the SHA-256 of Text in
// hexadecimal digits; Revision is the entry's when the file was taken in, so that later edits
// can be told.
type Source struct {
	ID       ID
	Path     string
	Hash     string
	Revision int
	Text     []byte
}

// SourceStore keeps the files that entries came from. They outlive their entries.
type SourceStore interface {
	// PutSources keeps sources, at most MaxBatch of them, in place of those of the same entries.
	PutSources(ctx context.Context, sources ...Source) error
	// Sources reads the sources of entries in the order asked for; a missing one is nil.
	Sources(ctx context.Context, ids ...ID) ([]*Source, error)
	// SourceMarks reads all sources without their text.
	SourceMarks(ctx context.Context) ([]Source, error)
}

// Lister walks through all entries of one type.
type Lister interface {
	// KeysAfter gives the keys after one ("" for the first) in order, at most limit.
	KeysAfter(ctx context.Context, p Perspective, t EntryType, after string, limit int) ([]string, error)
}
