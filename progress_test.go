package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressIsABarOrLines(t *testing.T) {
	tests := map[string]struct {
		terminal bool
		want     string
	}{
		"a log":      {false, "  reading: 2 of 4\n  reading: 4 of 4\n  exporting: 7\n"},
		"a terminal": {true, "\r\x1b[Kreading    [====================                    ] 2 of 4\r\x1b[Kreading    [========================================] 4 of 4\r\x1b[Kexporting  7\r\x1b[K"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			at := time.Unix(0, 0)
			p := newProgress(&out)
			p.terminal, p.now, p.shown = tt.terminal, func() time.Time { return at }, at
			p.tell("reading", 1, 4) // too soon
			at = at.Add(lineEvery)
			p.tell("reading", 2, 4)
			p.tell("reading", 3, 4) // too soon
			p.tell("reading", 4, 4)
			at = at.Add(lineEvery)
			p.tell("exporting", 7, 0)
			p.end()
			if out.String() != tt.want {
				t.Errorf("shown %q", out.String())
			}
		})
	}
}
