package main

import (
	"strings"
	"testing"
)

// TestTrimDropsOnlyWhatTheFileHas drops the program's pages twice, and goes on: what is needed
// comes back.
func TestTrimDropsOnlyWhatTheFileHas(t *testing.T) {
	for range 2 {
		n, err := trim()
		if err != nil || n < 1<<20 {
			t.Fatalf("dropped %d bytes: %v", n, err)
		}
	}
	mappings, err := ownMappings()
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, m := range mappings {
		if m.ours {
			ours++
		}
	}
	if ours == 0 || ours == len(mappings) {
		t.Errorf("%d of %d mappings are the program's", ours, len(mappings))
	}
}

func TestParseMapping(t *testing.T) {
	const file = "/opt/hub/patternhub"
	for name, tt := range map[string]struct {
		line     string
		ok, ours bool
	}{
		"code":          {"00400000-01f26000 r-xp 00000000 fe:00 10629467                           " + file, true, true},
		"constants":     {"01f26000-04122000 r--p 01b26000 fe:00 10629467 " + file, true, true},
		"variables":     {"04122000-04285000 rw-p 03d22000 fe:00 10629467 " + file, true, false},
		"shared":        {"04122000-04285000 r--s 03d22000 fe:00 10629467 " + file, true, false},
		"another file":  {"7f00-8f00 r-xp 00000000 fe:00 1 /lib/libc.so.6", true, false},
		"no file":       {"7f00-8f00 rw-p 00000000 00:00 0", true, false},
		"a figure":      {"Anonymous:             0 kB", false, false},
		"flags":         {"VmFlags: rd ex mr mw me sd", false, false},
		"no addresses":  {"x-y r-xp 00000000 fe:00 1 " + file, false, false},
		"the wrong way": {"8f00-7f00 r-xp 00000000 fe:00 1 " + file, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			m, ok := parseMapping(tt.line, file)
			if ok != tt.ok || m.ours != tt.ours {
				t.Errorf("%s: got %+v, %t", strings.TrimSpace(tt.line), m, ok)
			}
		})
	}
}
