package accept_test

import (
	"slices"
	"strings"
	"testing"

	"patternhub/internal/accept"
)

// TestEncoding shows that the greatest weight wins and then the first offer, that a broken weight
// refuses, and that a long header is not read to its end.
func TestEncoding(t *testing.T) {
	both := []string{"br", "gzip"}
	for name, c := range map[string]struct {
		headers []string
		offers  []string
		want    string
	}{
		"no header":             {nil, both, ""},
		"of a browser":          {[]string{"gzip, deflate, br, zstd"}, both, "br"},
		"the only offer":        {[]string{"gzip, deflate, br"}, both[1:], "gzip"},
		"in several headers":    {[]string{"deflate", "GZip"}, both, "gzip"},
		"the heavier one":       {[]string{"br;q=0.5, gzip ; q=0.8"}, both, "gzip"},
		"refused":               {[]string{"br;q=0, gzip;q=0.0"}, both, ""},
		"a broken weight":       {[]string{"br;q=high, gzip;q=2"}, both, ""},
		"other parameters":      {[]string{"br;level=1;Q=0.2"}, both, "br"},
		"a wildcard":            {[]string{"*"}, both, ""},
		"neither":               {[]string{"identity, zstd"}, both, ""},
		"an empty list":         {[]string{", ,;q=1"}, both, ""},
		"behind too many parts": {[]string{strings.Repeat("x,", 1000) + "br"}, both, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := accept.Encoding(c.headers, c.offers...); got != c.want {
				t.Errorf("the encoding is %q, want %q", got, c.want)
			}
		})
	}
}

// TestTag shows that tags are compared weakly, as If-None-Match asks, and that comparing them allocates
// nothing, since it happens for each request.
func TestTag(t *testing.T) {
	tags := []string{`"a"`, `W/"b"`}
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"no header":             {nil, -1},
		"the first":             {[]string{`"a"`}, 0},
		"weakened":              {[]string{`W/"a"`}, 0},
		"weak itself":           {[]string{`"x", W/"b"`}, 1},
		"compared weakly":       {[]string{`"b"`}, 1},
		"in another header":     {[]string{`"x"`, `"b"`}, 1},
		"any":                   {[]string{" * "}, 0},
		"without its quotes":    {[]string{"a"}, -1},
		"empty":                 {[]string{"", "W/", ","}, -1},
		"behind too many parts": {[]string{strings.Repeat(`"x",`, 1000) + `"a"`}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := accept.Tag(c.headers, tags...); got != c.want {
				t.Errorf("it is tag %d, want %d", got, c.want)
			}
		})
	}
	if got := accept.Tag([]string{`"b"`}, []byte(`"a"`), []byte(`"b"`)); got != 1 {
		t.Errorf("of bytes it is %d", got)
	}
	if n := testing.AllocsPerRun(100, func() { accept.Tag([]string{`"x", "a"`}, tags...) }); n > 0 {
		t.Errorf("a comparison makes %v allocations", n)
	}
}

// FuzzAccept checks what holds for all headers: an encoding is one of those offered and named, and a tag is
// listed.
func FuzzAccept(f *testing.F) {
	f.Add("gzip, br;q=0.5", `W/"a", "b"`)
	f.Add(";q=1,gzip;;q=", "*")
	f.Add("br;q=1e309,BR;q=NaN", `"a`)
	f.Fuzz(func(t *testing.T, encodings, tags string) {
		got := accept.Encoding([]string{encodings}, "br", "gzip")
		if got != "" && (!slices.Contains([]string{"br", "gzip"}, got) || !strings.Contains(strings.ToLower(encodings), got)) {
			t.Errorf("%q accepts %q", encodings, got)
		}
		if alone := accept.Encoding([]string{encodings}, "gzip"); got == "gzip" && alone != "gzip" {
			t.Errorf("%q accepts gzip beside br only", encodings)
		}
		if at := accept.Tag([]string{tags}, `"a"`); at >= 0 && !strings.Contains(tags, `"a"`) && !strings.Contains(tags, "*") {
			t.Errorf("%q lists the tag", tags)
		}
		if q := accept.Weight(encodings); q < 0 || q > 1 || q != q {
			t.Errorf("the weight of %q is %v", encodings, q)
		}
	})
}
