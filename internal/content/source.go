package content

import "context"

// Source is the file that an entry was imported from, byte for byte, so that an export can write it
// again. Path is its path within its tree, with slashes. Hash is the SHA-256 of Text in hexadecimal
// digits. Revision is that of the entry after the import; a later edit has a higher one. Tree names
// the tree; it is empty if the tree is not followed. Root is the folder that the tree was imported
// under, a part of Path. Pages reports whether all files of the tree are pages.
type Source struct {
	ID       ID
	Path     string
	Tree     string
	Root     string
	Pages    bool
	Hash     string
	Revision int
	Text     []byte
	// Files are the places in the tree where the text's links to files were looked for; nil if an older
	// release has stored the source, which looked for none.
	Files []Seen
}

// Seen says which bytes an import has found at a path: those with a hash, or none if it is empty.
type Seen struct {
	Path string `bson:"path"`
	Hash string `bson:"hash,omitempty"`
}

// SourceStore stores the files that entries were imported from. They outlive their entries.
type SourceStore interface {
	// PutSources stores sources, at most MaxBatch of them, replacing those of the same entries.
	PutSources(ctx context.Context, sources ...Source) error
	// Sources reads the sources of entries, in the order of ids; a missing one is nil.
	Sources(ctx context.Context, ids ...ID) ([]*Source, error)
	// SourceMarks reads the sources of entries without their text, in any order and without those that are
	// missing; without ids it reads all.
	SourceMarks(ctx context.Context, ids ...ID) ([]Source, error)
}

// Lister lists all entries of one type.
type Lister interface {
	// KeysAfter returns the keys after one ("" for the first) in order, at most limit.
	KeysAfter(ctx context.Context, p Perspective, t EntryType, after string, limit int) ([]string, error)
}
