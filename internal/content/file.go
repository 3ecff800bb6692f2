package content

import (
	"context"
	"io"
	"net/url"
	"path"
)

// File is a file of an imported tree that a long text refers to, such as a picture.
type File struct {
	// Link is the destination of the text's links to it, without escapes, query and fragment. It is
	// empty for a file that belongs to the text and is not shown, such as mkdocs.yml.
	Link string `bson:"link"`
	// Path is its path in the tree, with slashes.
	Path string `bson:"path"`
	// Hash is the SHA-256 of its bytes in hexadecimal digits.
	Hash string `bson:"hash"`
	Size int    `bson:"size"`
	// MediaType is one of the types that an import accepts.
	MediaType string `bson:"mediaType"`
}

// FilesPath begins the addresses of files.
const FilesPath = "/assets/"

// MaxFiles bounds the files of one text; it is the @listSize of the contract.
const MaxFiles = 100

// URL returns the path at which the hub serves the file. It contains the hash, so what is served there
// never changes.
func (f *File) URL() string {
	return (&url.URL{Path: FilesPath + f.Hash + "/" + f.Name()}).EscapedPath()
}

// Name returns the file's name without its folders.
func (f *File) Name() string { return path.Base(f.Path) }

// Shown returns the files that the text links to.
func (t *RichText) Shown() []*File {
	out := []*File{}
	for i := range t.Files {
		if t.Files[i].Link != "" && len(out) < MaxFiles {
			out = append(out, &t.Files[i])
		}
	}
	return out
}

// RefToFile returns the Ref of a Scope: entries with a text that links to the file with that hash.
func RefToFile(hash string) string { return RefTo("file", hash) }

// FileStore stores the bytes of files by their hash, equal ones once. It never deletes any, since old
// revisions of entries refer to them.
type FileStore interface {
	// PutFile stores the bytes with a hash unless it has them already.
	PutFile(ctx context.Context, hash string, data []byte) error
	// OpenFile returns a reader of the bytes with a hash, or NotFound. It reads them in parts, so that a
	// large file is never whole in memory. ctx ends the reads too.
	OpenFile(ctx context.Context, hash string) (io.ReadSeeker, error)
}
