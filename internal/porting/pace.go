package porting

import (
	"cmp"
	"context"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

const (
	// stepGoal is the time that a transaction should take. It is a tenth of the time after which a
	// server may end one, and short enough for authors whose writes wait for it.
	stepGoal = time.Second
	// stepLimit ends an attempt before the server would. It includes the wait for another write.
	stepLimit = 8 * time.Second
	// firstStep is the number of entries of the first transaction, before there is a measurement.
	firstStep = 50
	// longestPause is the longest pause between two attempts.
	longestPause = 5 * time.Second
	// defaultPatience is the time after which an import ends with an error if nothing can be written.
	defaultPatience = 2 * time.Minute
)

// pace is the number of entries that one kind of transaction has: as many as can be written in
// stepGoal, at most the given bound. A slow or busy server gets smaller ones, and larger ones again
// when it is faster. It is safe for concurrent use.
type pace struct {
	mu         sync.Mutex
	size, most int
	// growth is the largest factor from one transaction to the next.
	growth float64
}

const (
	// fastGrowth soon finds the pace of a fast server, slowGrowth approaches a size that has failed.
	fastGrowth, slowGrowth = 2, 1.25
)

// newPace returns a pace that begins with a few items and never takes more than most at once.
func newPace(most int) *pace {
	return &pace{size: min(firstStep, most), most: most, growth: fastGrowth}
}

// now returns the number of entries for the next transaction, at least 1.
func (p *pace) now() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}

// took adjusts the pace after a transaction of n entries, within bounds, since one measurement may be
// an accident. A transaction smaller than the pace can only reduce it.
func (p *pace) took(n int, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fits := int(float64(n) * float64(stepGoal) / float64(max(d, time.Millisecond)))
	if n < p.size {
		fits = min(fits, p.size)
	}
	p.size = min(max(fits, p.size/2, 1), int(p.growth*float64(p.size))+1, p.most)
}

// failed halves the pace after a conflict or a timeout.
func (p *pace) failed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.size, p.growth = max(p.size/2, 1), slowGrowth
}

// passing reports whether an error may be gone at the next attempt, so that no entry is to blame.
func passing(err error) bool {
	return content.CodeOf(err) == content.Unavailable || content.CodeOf(err) == content.Timeout
}

// insist calls step until it reports that nothing is left, or returns an error that is not passing.
// step does one transaction and returns how many entries that were; its context bounds one attempt.
// After a passing error the pace is halved and step is called again, with growing pauses: step must
// find out what the failed attempt has written, since a commit may have succeeded although its answer
// was lost. The error is returned if nothing succeeds for the time of Options.Patience.
func (in *intake) insist(ctx context.Context, p *pace, step func(context.Context) (n int, more bool, err error)) error {
	for more := true; more; {
		trying, stop := context.WithCancel(ctx)
		var final error
		first := time.Now()
		ended := wait.Retry(trying, longestPause, func(ctx context.Context) error {
			begun := time.Now()
			n, again, err := attempt(ctx, step)
			if err != nil && passing(err) && ctx.Err() == nil {
				return err
			}
			if more, final = again, err; err == nil {
				p.took(n, time.Since(begun))
			}
			return nil
		}, func(err error) {
			p.failed()
			if time.Since(first) > in.opts.Patience {
				final = err
				stop()
			}
		})
		stop()
		if err := cmp.Or(final, ended); err != nil {
			return err
		}
	}
	return nil
}

// attempt calls step once, for at most stepLimit.
func attempt(ctx context.Context, step func(context.Context) (int, bool, error)) (int, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	return step(ctx)
}
