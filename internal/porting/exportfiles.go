package porting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// exportFiles writes the files that the text of an entry refers to, each to its path. If another entry refers
// to other bytes at that path, since it was imported earlier, this is a problem.
func (x *exporter) exportFiles(ctx context.Context, root *os.Root, e content.Entry, out *Exported) error {
	body := bodyOf(e)
	if body == nil {
		return nil
	}
	for _, f := range body.Files {
		if before, ok := x.written[f.Path]; ok {
			if before != f.Hash {
				out.Problems = append(out.Problems, Problem{Place: f.Path, What: "entries refer to two versions of this file, and one is exported; import and publish them together"})
			}
			continue
		}
		x.written[f.Path] = f.Hash
		same, err := x.exportFile(ctx, root, f)
		switch {
		case content.CodeOf(err) == content.Unavailable || ctx.Err() != nil:
			return fmt.Errorf("export files: %w", err)
		case err != nil:
			out.Problems = append(out.Problems, Problem{Place: f.Path, What: "cannot be written: " + reason(err)})
		case same:
			out.Unchanged++
		default:
			out.Written++
		}
	}
	return nil
}

// exportFile writes a file unless it already has these bytes, as writeFile does, but without reading it into
// memory.
func (x *exporter) exportFile(ctx context.Context, root *os.Root, f content.File) (same bool, err error) {
	if !fs.ValidPath(f.Path) || isMarkdown(f.Path) {
		return false, errors.New("its path is not that of a file in the folder")
	}
	if old, err := root.Open(f.Path); err == nil {
		hash, err := hashOf(old)
		_ = old.Close() // it was only read
		if err == nil && hash == f.Hash {
			return true, nil
		}
	}
	from, err := x.store.OpenFile(ctx, f.Hash)
	if err != nil {
		return false, err //nolint:wrapcheck // the caller reports the file
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return false, err //nolint:wrapcheck // as above
	}
	part := path.Join(path.Dir(f.Path), ".part-"+path.Base(f.Path))
	if err := fill(root, part, from, f.Hash); err != nil {
		return false, errors.Join(err, root.Remove(part))
	}
	if err := root.Rename(part, f.Path); err != nil {
		return false, errors.Join(err, root.Remove(part))
	}
	return false, nil
}

// fill writes a new file, whose bytes must have a hash.
func fill(root *os.Root, name string, from io.Reader, hash string) error {
	to, err := root.Create(name)
	if err != nil {
		return err //nolint:wrapcheck // the caller reports the file
	}
	got, err := hashOf(io.TeeReader(from, to))
	if err = errors.Join(err, to.Close()); err == nil && got != hash {
		err = errors.New("the database has other bytes than were imported")
	}
	return err
}

// hashOf returns the hash of what a reader has left.
func hashOf(r io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err //nolint:wrapcheck // the caller reports the file
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// relinkFiles returns a text with links to its files that lead there from another file than the one that the
// text came from.
func relinkFiles(file string, body *content.RichText) string {
	paths := map[string]string{}
	for _, f := range body.Shown() {
		paths[f.Link] = f.Path
	}
	if len(paths) == 0 {
		return body.Markdown
	}
	return markdown.MapLinks(body.Markdown, func(target string) string {
		to, ok := paths[target]
		if !ok {
			return ""
		}
		return between(file, to)
	})
}
