package mongodb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// filesName is the GridFS bucket of the files that texts refer to. The name of each is its hash.
const filesName = "files"

// bucket returns the bucket of the files. It is made for each use and opens no connection.
func (s *Store) bucket() *mongo.GridFSBucket {
	return s.db.GridFSBucket(options.GridFSBucket().SetName(filesName))
}

// fileRow is what GridFS states of a file.
type fileRow struct {
	ID        any   `bson:"_id"`
	Length    int64 `bson:"length"`
	ChunkSize int64 `bson:"chunkSize"`
}

// findFile returns the row of a file, nil if there is none. GridFS writes it after all parts of a file, so
// an upload that was interrupted leaves none. Two uploads at the same time may both write one.
func (s *Store) findFile(ctx context.Context, hash string) (*fileRow, error) {
	row := new(fileRow)
	err := s.bucket().GetFilesCollection().FindOne(ctx, bson.D{{Key: "filename", Value: hash}}).Decode(row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // no file is no error
	}
	return row, translate("find a file", err)
}

// PutFile stores the bytes with a hash; see content.FileStore.
func (s *Store) PutFile(ctx context.Context, hash string, data []byte) error {
	row, err := s.findFile(ctx, hash)
	if err != nil || row != nil {
		return err
	}
	_, err = s.bucket().UploadFromStream(ctx, hash, bytes.NewReader(data))
	return translate("store a file", err)
}

// OpenFile returns a reader of the bytes with a hash; see content.FileStore.
func (s *Store) OpenFile(ctx context.Context, hash string) (io.ReadSeeker, error) {
	row, err := s.findFile(ctx, hash)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, content.Fault(content.NotFound, "There is no such file.")
	}
	return &fileReader{ctx: ctx, chunks: s.bucket().GetChunksCollection(), row: *row}, nil
}

// fileReader reads a file of GridFS, one part at a time from where it is asked to: the driver's reader
// cannot go back, which ranges of a file need.
type fileReader struct {
	ctx    context.Context //nolint:containedctx // Read has none
	chunks *mongo.Collection
	row    fileRow
	at     int64
	// part has the bytes of the part with number n, if it is not empty.
	part []byte
	n    int64
}

// Read reads up to the end of a part.
func (f *fileReader) Read(to []byte) (int, error) {
	if f.at >= f.row.Length {
		return 0, io.EOF
	}
	n := f.at / f.row.ChunkSize
	if len(f.part) == 0 || f.n != n {
		var chunk struct {
			Data []byte `bson:"data"`
		}
		err := f.chunks.FindOne(f.ctx, bson.D{{Key: "files_id", Value: f.row.ID}, {Key: "n", Value: n}}).Decode(&chunk)
		if err != nil {
			return 0, translate("read a file", err)
		}
		f.part, f.n = chunk.Data, n
	}
	from := f.at - n*f.row.ChunkSize
	if from >= int64(len(f.part)) {
		return 0, io.ErrUnexpectedEOF
	}
	read := copy(to, f.part[from:])
	f.at += int64(read)
	return read, nil
}

// Seek sets where the next Read begins.
func (f *fileReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.row.Length
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in a file: %d is before its beginning", offset)
	}
	f.at = offset
	return offset, nil
}

// File returns a file that a text of the perspective links to; see content.Tables. It is one command over
// the index of references of all collections, which ends with the first entry that it finds.
func (t tables) File(ctx context.Context, hash string) (found *content.File, err error) {
	stages := bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "refs", Value: content.RefToFile(hash)}}}},
		bson.D{{Key: "$limit", Value: 1}},
	}
	// Pages first: most trees have no other entries.
	types := slices.Clone(content.Types())
	slices.Reverse(types)
	pipeline := slices.Clone(stages)
	for _, et := range types[1:] {
		pipeline = append(pipeline, bson.D{{Key: "$unionWith", Value: bson.D{{Key: "coll", Value: t.graph.raw(et).Name()}, {Key: "pipeline", Value: stages}}}})
	}
	pipeline = append(pipeline, bson.D{{Key: "$limit", Value: 1}})
	ctx, done := asOf(ctx, t.graph.db)
	defer done(&err)
	cur, err := t.graph.raw(types[0]).Aggregate(ctx, pipeline)
	if err != nil {
		return nil, translate("find a file", err)
	}
	for cur.Next(ctx) {
		if found, err = t.fileOf(cur.Current, hash); err != nil {
			return nil, err
		}
	}
	return found, translate("find a file", closed(ctx, cur))
}

// fileOf returns a file of an entry by its hash.
func (t tables) fileOf(raw bson.Raw, hash string) (*content.File, error) {
	var head struct {
		Type content.EntryType `bson:"type"`
	}
	if err := bson.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("decode an entry: %w", err)
	}
	k := t.graph.collections[head.Type]
	if k == nil {
		return nil, fmt.Errorf("decode an entry: unknown type %q", head.Type)
	}
	e, err := k.decode(raw)
	if err != nil {
		return nil, err
	}
	return content.FileOf(e, hash), nil
}

var _ content.FileStore = (*Store)(nil)
