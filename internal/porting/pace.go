package porting

import (
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
	// defaultPatience is the time after which an import gives up if nothing can be written.
	defaultPatience = 2 * time.Minute
)

// pace is the number of entries that one kind of transaction has: as many as can be written in
// stepGoal, at most the given bound. A slow or busy server gets smaller ones, and larger ones again
// when it is faster. It is safe for concurrent use.
type pace struct {
	mu         sync.Mutex
	size, most int
}

func newPace(most int) *pace { return &pace{size: min(firstStep, most), most: most} }

// now returns the number of entries for the next transaction, at least 1.
func (p *pace) now() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}

// took adjusts the pace after a transaction of n entries, by half or to double at most: one
// measurement may be an accident. A transaction smaller than the pace can only reduce it.
func (p *pace) took(n int, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fits := int(float64(n) * float64(stepGoal) / float64(max(d, time.Millisecond)))
	if n < p.size {
		fits = min(fits, p.size)
	}
	p.size = min(max(fits, p.size/2, 1), 2*p.size, p.most)
}

// failed halves the pace after a conflict or a timeout.
func (p *pace) failed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.size = max(p.size/2, 1)
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
	trying, stop := context.WithCancel(ctx)
	defer stop()
	var final error
	progressed := time.Now()
	ended := wait.Retry(trying, longestPause, func(ctx context.Context) error {
		for more := true; more; {
			begun := time.Now()
			n, again, err := attempt(ctx, step)
			switch {
			case err != nil && passing(err) && ctx.Err() == nil:
				return err
			case err != nil:
				final = err
				return nil
			}
			progressed, more = time.Now(), again
			p.took(n, progressed.Sub(begun))
		}
		return nil
	}, func(err error) {
		p.failed()
		if time.Since(progressed) > in.opts.Patience {
			final = err
			stop()
		}
	})
	if final == nil {
		final = ended
	}
	return final
}

// attempt calls step once, for at most stepLimit.
func attempt(ctx context.Context, step func(context.Context) (int, bool, error)) (int, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	return step(ctx)
}
