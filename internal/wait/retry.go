package wait

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// Short is the longest pause before a cheap call is repeated, such as a read from a database
	// that is away. It is short because callers wait for the result.
	Short = 500 * time.Millisecond
	// firstPause is too short for a person to notice.
	firstPause = 50 * time.Millisecond
)

// Retry calls f until it succeeds, and then returns nil, or returns ctx's error once ctx has ended.
// The pauses between attempts grow up to most, and each is up to half longer or shorter at random,
// so that replicas do not all retry at the same moment. Retry calls failed with each error except those after
// the end of ctx.
//
// f may also run for long: after a call that took longer than most, the pauses start again from the
// shortest.
func Retry(ctx context.Context, most time.Duration, f func(context.Context) error, failed func(error)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = firstPause, most
	pauses.Reset()
	for ctx.Err() == nil {
		begun := time.Now()
		err := f(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		failed(err)
		if time.Since(begun) > most {
			pauses.Reset()
		}
		Sleep(ctx, pauses.NextBackOff())
	}
	return ctx.Err()
}
