package webhook

import (
	"time"

	"patternhub/content"
)

// Tries is how often a delivery is tried before it is given up.
// The first attempt counts.
const Tries = 9

// waits are the pauses after each attempt but the last, 72 hours in all: soon enough for a
// restart, late enough for a weekend.
func waits() [Tries - 1]time.Duration {
	return [Tries - 1]time.Duration{
		5 * time.Second, time.Minute, 10 * time.Minute, time.Hour,
		5 * time.Hour, 12 * time.Hour, 24 * time.Hour, 30*time.Hour - 11*time.Minute - 5*time.Second,
	}
}

const (
	// spread is how far a pause is stretched at most, so that what failed together does not
	// come back together.
	spread = 0.1
	// maxWait bounds what a receiver can ask for by Retry-After.
	maxWait = 24 * time.Hour
)

// after says what becomes of a delivery after that many tries: when it is tried again, or how
// it ends.
// 410 Gone ends it without more tries, since the receiver has said that it will not come back. A
// longer Retry-After wins over the schedule; a shorter one does not hurry it.
func (d *Dispatcher) after(tries int, o *outcome) (content.WebhookStatus, *time.Time) {
	switch {
	case o.delivered():
		return content.DeliveryDone, nil
	case o.gone(), tries >= Tries:
		return content.DeliveryFailed, nil
	}
	wait := waits()[tries-1]
	wait += time.Duration(d.opts.Jitter() * spread * float64(wait))
	at := d.opts.Now().Add(max(wait, o.wait)).UTC().Truncate(time.Millisecond)
	return content.DeliveryPending, &at
}
