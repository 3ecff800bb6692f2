package webhook

import (
	"time"

	"patternhub/internal/content"
)

// Tries is the number of attempts before a delivery fails, including the first.
const Tries = 9

// waits returns the pauses after each attempt but the last. They add up to 72 hours: the first are
// short enough for a restart, the last long enough for a weekend.
func waits() [Tries - 1]time.Duration {
	return [Tries - 1]time.Duration{
		5 * time.Second, time.Minute, 10 * time.Minute, time.Hour,
		5 * time.Hour, 12 * time.Hour, 24 * time.Hour, 30*time.Hour - 11*time.Minute - 5*time.Second,
	}
}

const (
	// spread is the largest part by which a pause is lengthened, so that deliveries that failed
	// together are not retried together.
	spread = 0.1
	// maxWait bounds the pause that a receiver can request by Retry-After.
	maxWait = 24 * time.Hour
)

// after returns the status of a delivery after a number of tries, and the time of the next one if
// it is pending. 410 Gone ends a delivery immediately, since the receiver says that it will not return.
// Retry-After can lengthen a pause of the schedule but not shorten it.
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
