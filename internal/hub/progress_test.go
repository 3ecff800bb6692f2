package hub_test

import (
	"bytes"
	"testing"
	"time"

	"patternhub/internal/hub"
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
			p := hub.NewProgress(&out, tt.terminal, func() time.Time { return at })
			p.Show("reading", 1, 4) // too soon
			at = at.Add(hub.LineEvery)
			p.Show("reading", 2, 4)
			p.Show("reading", 3, 4) // too soon
			p.Show("reading", 4, 4)
			at = at.Add(hub.LineEvery)
			p.Show("exporting", 7, 0)
			p.End()
			if out.String() != tt.want {
				t.Errorf("shown %q", out.String())
			}
		})
	}
}
