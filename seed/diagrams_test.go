package seed_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/internal/markdown"
	"patternhub/seed"
)

// update draws the pictures of the diagrams that have none, and with DRILL=long all.
var update = flag.Bool("update", false, "draw the diagrams that have no picture")

// drawings returns the diagrams of the hub's own content by their hashes.
func drawings(t *testing.T) map[string]*content.Diagram {
	t.Helper()
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	renderer := markdown.NewRenderer()
	out := map[string]*content.Diagram{}
	for _, e := range entries {
		content.RenderTexts(e, renderer.Render)
		for _, text := range content.RichTexts(e) {
			for _, d := range diagram.In(text.HTML) {
				out[d.Hash] = d
			}
		}
	}
	return out
}

// TestDiagramsAreDrawn: each diagram of the hub's own content has its picture, and there are no
// others. A few are drawn to compare them, and all with DRILL=long.
func TestDiagramsAreDrawn(t *testing.T) {
	all := drawings(t)
	if len(all) < 100 {
		t.Errorf("there are only %d diagrams", len(all))
	}
	pictures := maps.Clone(seed.Diagrams())
	if *update {
		write(t, all, pictures)
	}
	hashes := slices.Sorted(maps.Keys(all))
	if diff := cmp.Diff(hashes, slices.Sorted(maps.Keys(pictures))); diff != "" {
		t.Fatalf("the diagrams (-) and their pictures (+) differ; run this test with -update: %s", diff)
	}
	step := 35
	if os.Getenv("DRILL") == "long" {
		step = 1
	}
	for i := 0; i < len(hashes); i += step {
		d := all[hashes[i]]
		if d.Alt == "" || !d.Drawable {
			t.Errorf("%+v cannot be drawn", d)
		}
		if got := draw(t, d); !bytes.Equal(got, pictures[d.Hash]) {
			t.Errorf("the picture of %s is not up to date; run this test with -update and DRILL=long; it is now %s", d.Source, got)
		}
	}
}

// draw draws a diagram.
func draw(t *testing.T, d *content.Diagram) []byte {
	t.Helper()
	svg, err := diagram.Render(d.Source, time.Minute)
	if err != nil {
		t.Fatalf("%v: %s", err, d.Source)
	}
	return svg
}

// write draws what has no picture and writes the file of the pictures.
func write(t *testing.T, all map[string]*content.Diagram, pictures map[string][]byte) {
	t.Helper()
	if os.Getenv("DRILL") == "long" {
		clear(pictures)
	}
	maps.DeleteFunc(pictures, func(hash string, _ []byte) bool { return all[hash] == nil })
	for hash, d := range all {
		if pictures[hash] == nil {
			pictures[hash] = draw(t, d)
		}
	}
	packed, err := diagram.Pack(pictures)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("diagrams.json.gz", packed, 0o600); err != nil {
		t.Fatal(err)
	}
}
