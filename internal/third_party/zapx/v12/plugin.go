// Package zap stands in for version 12 of the format of bleve's files. The hub has never written it, and the
// package that reads it would be in the binary, since bleve registers every version that it knows. An index
// in this format is refused.
package zap

import (
	"errors"

	"github.com/RoaringBitmap/roaring/v2"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// errFormat says that the format is not supported.
var errFormat = errors.New("search indexes of format 12 are not supported")

// ZapPlugin refuses every index.
type ZapPlugin struct{}

// Type returns the name of the formats.
func (*ZapPlugin) Type() string { return "zap" }

// Version returns the number of this format.
func (*ZapPlugin) Version() uint32 { return 12 }

// New fails.
func (*ZapPlugin) New([]index.Document) (segment.Segment, uint64, error) { return nil, 0, errFormat }

// NewUsing fails.
func (*ZapPlugin) NewUsing([]index.Document, map[string]any) (segment.Segment, uint64, error) {
	return nil, 0, errFormat
}

// Open fails.
func (*ZapPlugin) Open(string) (segment.Segment, error) { return nil, errFormat }

// OpenUsing fails.
func (*ZapPlugin) OpenUsing(string, map[string]any) (segment.Segment, error) { return nil, errFormat }

// Merge fails.
func (*ZapPlugin) Merge([]segment.Segment, []*roaring.Bitmap, string, chan struct{}, segment.StatsReporter) ([][]uint64, uint64, error) {
	return nil, 0, errFormat
}

// MergeUsing fails.
func (*ZapPlugin) MergeUsing([]segment.Segment, []*roaring.Bitmap, string, chan struct{}, segment.StatsReporter, map[string]any) ([][]uint64, uint64, error) {
	return nil, 0, errFormat
}
