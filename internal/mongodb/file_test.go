package mongodb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository/storetest"
)

// openRaw returns a store, and its database as the driver has it.
func openRaw(t *testing.T) (*mongodb.Store, *mongo.Database) {
	t.Helper()
	uri, database := mongotest.Open(t)
	s, err := mongodb.Open(mongodb.Options{URI: uri, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if err := errors.Join(s.Close(ctx), client.Disconnect(ctx)); err != nil {
			t.Error(err)
		}
	})
	return s, client.Database(database)
}

// TestFilesAreStoredOnce stores the same bytes twice, also after an upload that was interrupted.
func TestFilesAreStoredOnce(t *testing.T) {
	s, db := openRaw(t)
	chunks := db.Collection("files.chunks")
	// What an upload leaves that ends before its last step.
	if _, err := chunks.InsertOne(t.Context(), bson.D{{Key: "files_id", Value: bson.NewObjectID()}, {Key: "n", Value: 0}, {Key: "data", Value: []byte("par")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenFile(t.Context(), "h"); content.CodeOf(err) != content.NotFound {
		t.Errorf("a file that is not stored is opened: %v", err)
	}
	for range 2 {
		if err := s.PutFile(t.Context(), "h", []byte("bytes")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.OpenFile(t.Context(), "h")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "bytes" {
		t.Errorf("the file is %q (%v)", got, err)
	}
	for name, want := range map[string]int64{"files.files": 1, "files.chunks": 2} {
		if n, err := db.Collection(name).CountDocuments(t.Context(), bson.D{}); err != nil || n != want {
			t.Errorf("%s has %d documents (%v)", name, n, err)
		}
	}
}

// TestFilesAreReadFromAnywhere reads parts of a file of several chunks.
func TestFilesAreReadFromAnywhere(t *testing.T) {
	s, _ := openRaw(t)
	data := []byte(strings.Repeat("0123456789", 80_000))
	if err := s.PutFile(t.Context(), "h", data); err != nil {
		t.Fatal(err)
	}
	r, err := s.OpenFile(t.Context(), "h")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		offset int64
		whence int
		at     int64
	}{
		"the beginning": {0, io.SeekStart, 0}, "the second chunk": {261_120, io.SeekStart, 261_120}, "before a border": {261_119, io.SeekStart, 261_119},
		"the end": {-7, io.SeekEnd, 799_993}, "behind it": {0, io.SeekEnd, 800_000},
	} {
		if at, err := r.Seek(c.offset, c.whence); err != nil || at != c.at {
			t.Errorf("%s: it is at %d (%v)", name, at, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, data[c.at:]) {
			t.Errorf("%s: %d bytes (%v), want %d", name, len(got), err, len(data[c.at:]))
		}
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("a place before the beginning is accepted")
	}
	if err := s.PutFile(t.Context(), "empty", nil); err != nil {
		t.Fatal(err)
	}
	empty, err := s.OpenFile(t.Context(), "empty")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(empty); err != nil || len(got) != 0 {
		t.Errorf("the empty file is %q (%v)", got, err)
	}
}

// TestFileFindsWhatTextsLinkTo asks both perspectives for the files of texts.
func TestFileFindsWhatTextsLinkTo(t *testing.T) {
	s := storetest.Open(t)
	file := func(link, hash string) content.File {
		return content.File{Link: link, Path: "docs/" + link, Hash: hash, Size: 1, MediaType: "image/png"}
	}
	page := storetest.Tier("a", 1)
	page.Body = content.RichText{Markdown: "![a](a.png) ![b](b.png)\n", Files: []content.File{file("", "hidden"), file("a.png", "a"), file("b.png", "b"), file("c.png", "unused")}}
	storetest.Publish(t, s, page)
	draft := storetest.Tier("b", 2)
	draft.Body = content.RichText{Markdown: "![a](d.png)\n", Files: []content.File{file("d.png", "draft")}}
	storetest.Put(t, s, draft)
	for _, c := range []struct{ hash, published, drafts string }{
		{"a", "docs/a.png", "docs/a.png"}, {"b", "docs/b.png", "docs/b.png"}, {"draft", "", "docs/d.png"}, {"hidden", "", ""}, {"unused", "", ""}, {"", "", ""}, {"x", "", ""},
	} {
		got := map[content.Perspective]string{}
		for _, p := range []content.Perspective{content.Published, content.Drafts} {
			f, err := s.At(p).Tables.File(t.Context(), c.hash)
			if err != nil {
				t.Fatal(err)
			}
			got[p] = ""
			if f != nil {
				got[p] = f.Path
			}
		}
		if d := cmp.Diff(map[content.Perspective]string{content.Published: c.published, content.Drafts: c.drafts}, got); d != "" {
			t.Errorf("%q: %s", c.hash, d)
		}
	}
}
