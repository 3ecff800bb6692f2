package hub

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far something is: a moving bar on a terminal, a line every few seconds
// elsewhere. It is not safe for concurrent use. shown is when it last wrote something.
type progress struct {
	out      io.Writer
	terminal bool
	every    time.Duration
	now      func() time.Time
	shown    time.Time
	doing    string
}

const (
	// barWidth leaves room for the words on a terminal of 80 columns.
	barWidth = 40
	// frame is the interval of a bar's moves, lineEvery the interval of lines in a log.
	frame, lineEvery = 100 * time.Millisecond, 5 * time.Second
)

// newProgress returns a progress that writes to out.
func newProgress(out io.Writer) *progress {
	p := &progress{out: out, every: lineEvery, now: time.Now}
	if isTerminal(out) {
		p.terminal, p.every = true, frame
	}
	p.shown = p.now()
	return p
}

// isTerminal reports whether what is written to out appears on a terminal.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || f.Name() == os.DevNull {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show shows how much is done; a total of 0 is unknown. It skips updates that come faster than a
// person can read, except the end of a step, and shows nothing of a step that takes less than the
// first interval.
func (p *progress) show(doing string, done, total int) {
	last := total > 0 && done == total
	now := p.now()
	if now.Sub(p.shown) < p.every && (!last || p.doing != doing) {
		return
	}
	p.shown, p.doing = now, doing
	switch {
	case !p.terminal && total == 0:
		fmt.Fprintf(p.out, "  %s: %d\n", doing, done)
	case !p.terminal:
		fmt.Fprintf(p.out, "  %s: %d of %d\n", doing, done, total)
	case total == 0:
		fmt.Fprintf(p.out, "\r\x1b[K%-10s %d", doing, done)
	default:
		full := barWidth * done / total
		fmt.Fprintf(p.out, "\r\x1b[K%-10s [%s%s] %d of %d", doing, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, total)
	}
}

// end removes the bar. Lines of a log stay.
func (p *progress) end() {
	if p.terminal && p.doing != "" {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
