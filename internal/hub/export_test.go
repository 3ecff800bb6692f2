package hub

import (
	"io"
	"time"
)

// Unexported names for the tests of this package.
var (
	WebOptions  = webOptions
	LineEvery   = lineEvery
	NewExporter = newExporter
)

// BuiltWithGRPC reports whether the tests are built with -tags otlpgrpc.
func BuiltWithGRPC() bool { return newOTLPOverGRPC != nil }

// Progress is progress, exported for tests.
type Progress = progress

// NewProgress returns a progress with the test's own clock.
func NewProgress(out io.Writer, terminal bool, now func() time.Time) *Progress {
	p := newProgress(out)
	p.terminal, p.now, p.shown = terminal, now, now()
	return p
}

func (p *progress) Show(doing string, done, total int) { p.show(doing, done, total) }

func (p *progress) End() { p.end() }
