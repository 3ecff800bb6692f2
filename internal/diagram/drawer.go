package diagram

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"patternhub/internal/bounded"
)

const (
	maxWaiting  = 64   // diagrams that wait to be drawn
	maxRemember = 4096 // failures that are remembered
)

// Options are the parts of a Drawer.
type Options struct {
	Shipped func() map[string][]byte // pictures that are there from the start, by hash; may be nil
	Store   Store                    // keeps what is drawn; may be nil
	Command []string                 // runs Serve; if empty, this program with Command as its argument
	Report  func(error)              // gets what a caller of Draw need not know; may be nil
}

// Drawer draws diagrams, one at a time, and keeps the pictures.
type Drawer struct {
	options Options
	failed  bounded.Cache[string, error]
	jobs    chan *job
	stop    context.CancelFunc
	done    chan struct{}

	mu      sync.Mutex
	waiting map[string]*job
}

// job is a diagram that waits, or is being drawn.
type job struct {
	hash, source string
	done         chan struct{}
	err          error // once done is closed
}

// New returns a drawer, which works until it is closed.
func New(o Options) *Drawer {
	ctx, stop := context.WithCancel(context.Background())
	if o.Shipped == nil {
		o.Shipped = func() map[string][]byte { return nil }
	}
	if o.Report == nil {
		o.Report = func(error) {}
	}
	if o.Store == nil {
		o.Store = memory{bounded.Items[string, []byte](maxRemember / 8)}
	}
	d := &Drawer{
		options: o, failed: bounded.Items[string, error](maxRemember),
		jobs: make(chan *job, maxWaiting), stop: stop, done: make(chan struct{}), waiting: map[string]*job{},
	}
	go d.work(ctx)
	return d
}

// Close ends what is being drawn and waits for its end.
func (d *Drawer) Close() {
	d.stop()
	<-d.done
}

// SVG returns the kept picture of a hash in the colours of a theme; ErrUnknown if there is none.
func (d *Drawer) SVG(_ context.Context, hash string, theme Theme) ([]byte, error) {
	if svg := d.find(hash); svg != nil {
		return dress(svg, theme), nil
	}
	return nil, ErrUnknown
}

// find returns a kept picture, or nil.
func (d *Drawer) find(hash string) []byte {
	if svg := d.options.Shipped()[hash]; svg != nil {
		return svg
	}
	return d.options.Store.Get(hash)
}

// Draw returns the hash of a diagram once its picture is kept. It waits no longer than ctx; the
// diagram is drawn nevertheless. A diagram that failed fails again at once.
func (d *Drawer) Draw(ctx context.Context, source string) (hash string, err error) {
	described := Describe(source)
	hash = described.Hash
	if d.find(hash) != nil {
		return hash, nil
	}
	_, lines := split(described.Source)
	if err := check(described, outlineOf(described.Kind, lines)); err != nil {
		return hash, err
	}
	if failed := d.failed.Get(hash); failed != nil {
		return hash, *failed
	}
	j, err := d.enqueue(hash, described.Source)
	if err != nil {
		return hash, err
	}
	select {
	case <-j.done:
		return hash, j.err
	case <-ctx.Done():
		return hash, ctx.Err()
	case <-d.done: // with jobs that came too late
		return hash, context.Canceled
	}
}

// enqueue returns the job of a diagram, a new one unless it waits already.
func (d *Drawer) enqueue(hash, source string) (*job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if j, ok := d.waiting[hash]; ok {
		return j, nil
	}
	j := &job{hash: hash, source: source, done: make(chan struct{})}
	select {
	case d.jobs <- j:
		d.waiting[hash] = j
		return j, nil
	default:
		return nil, ErrBusy
	}
}

// work draws what waits until ctx ends, and fails the rest.
func (d *Drawer) work(ctx context.Context) {
	defer close(d.done)
	for {
		select {
		case <-ctx.Done():
			d.abandon(ctx.Err())
			return
		case j := <-d.jobs:
			d.finish(j, d.draw(ctx, j))
		}
	}
}

// draw draws a diagram and keeps its picture. A failure for which the diagram is to blame is
// remembered; callers get no more of it than that it failed.
func (d *Drawer) draw(ctx context.Context, j *job) error {
	svg, err := child(ctx, d.options.Command, j.source)
	if err == nil {
		err = d.options.Store.Put(j.hash, svg)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	d.options.Report(fmt.Errorf("draw the diagram %s: %w", j.hash, err))
	if errors.Is(err, ErrFailed) {
		failed := ErrFailed
		d.failed.Set(j.hash, &failed)
	}
	return ErrFailed
}

// finish hands the result of a job to those who wait.
func (d *Drawer) finish(j *job, err error) {
	d.mu.Lock()
	delete(d.waiting, j.hash)
	d.mu.Unlock()
	j.err = err
	close(j.done)
}

// abandon fails all that waits.
func (d *Drawer) abandon(err error) {
	for {
		select {
		case j := <-d.jobs:
			d.finish(j, err)
		default:
			return
		}
	}
}

// memory is a Store that forgets.
type memory struct{ pictures bounded.Cache[string, []byte] }

// Get returns a picture.
func (m memory) Get(hash string) []byte {
	if svg := m.pictures.Get(hash); svg != nil {
		return *svg
	}
	return nil
}

// Put keeps a picture.
func (m memory) Put(hash string, svg []byte) error {
	m.pictures.Set(hash, &svg)
	return nil
}
