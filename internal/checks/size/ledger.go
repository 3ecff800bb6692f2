package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	// least is the size below which a line is left out of the ledger: such a part may double before
	// anybody would want to know.
	least = 50_000
	// A part has grown when it is larger by more than both: small parts vary much in percent, and
	// large ones by many bytes with each version of the compiler.
	growthBytes   = 100_000
	growthPercent = 3
)

// sizes are the bytes of the parts of a binary: "file" is all of it, "section NAME" a part of the
// file, and "code PACKAGE" a part of the section .text.
type sizes struct {
	platform string
	bytes    map[string]int64
}

// text returns the ledger: a line for each part, sorted by name, so that the diff of a commit
// reads well.
func (s sizes) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Bytes of bin/patternhub for %s; make size compares with them, make size LEDGER=write writes them.\n", s.platform)
	for _, name := range slices.Sorted(maps.Keys(s.bytes)) {
		if n := s.bytes[name]; n >= least {
			fmt.Fprintf(&b, "%s %d\n", name, n)
		}
	}
	return b.Bytes()
}

// parse reads a ledger.
func parse(text string) (sizes, error) {
	s := sizes{bytes: map[string]int64{}}
	first, rest, _ := strings.Cut(text, "\n")
	if _, err := fmt.Sscanf(first, "# Bytes of bin/patternhub for %s", &s.platform); err != nil {
		return s, fmt.Errorf("read the platform in %q: %w", first, err)
	}
	s.platform = strings.TrimSuffix(s.platform, ";")
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		at := strings.LastIndexByte(line, ' ')
		n, err := strconv.ParseInt(line[at+1:], 10, 64)
		if at < 0 || err != nil {
			return s, fmt.Errorf("read the line %q: %w", line, err)
		}
		s.bytes[line[:at]] = n
	}
	return s, nil
}

// print writes the parts, the largest first, with what they had before, and returns those that have grown.
func (s sizes) print(out io.Writer, before sizes) (grown []string) {
	names := slices.SortedFunc(maps.Keys(s.bytes), func(a, b string) int {
		if s.bytes[a] != s.bytes[b] {
			return int(s.bytes[b] - s.bytes[a])
		}
		return strings.Compare(a, b)
	})
	fmt.Fprintf(out, "%11s %11s\n", "bytes", "change")
	for _, name := range names {
		was, n := before.bytes[name], s.bytes[name]
		mark := ""
		if grew(was, n) {
			mark = "  has grown"
			grown = append(grown, name)
		}
		if n >= least {
			fmt.Fprintf(out, "%11d %+11d  %s%s\n", n, n-was, name, mark)
		}
	}
	return grown
}

// grew reports whether a part has grown by more than the ledger allows. One that the ledger does not
// name had nothing before.
func grew(before, now int64) bool {
	return now-before > growthBytes && (now-before)*100 > before*growthPercent
}
