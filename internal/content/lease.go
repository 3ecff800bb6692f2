package content

import (
	"context"
	"time"
)

// Lease lets one of several processes do a piece of work for some time. Its epoch grows whenever another
// one takes it over. What the work has reached is stored with it, and only the holder of the newest epoch can
// change that: a process that was stopped and wakes up after its lease cannot.
type Lease struct {
	Name   string
	Holder string
	Epoch  int64
	State  []byte
}

// LeaseStore stores leases. The clock is the store's, so that those of the processes need not agree.
type LeaseStore interface {
	// TakeLease takes a lease that is free, or that the holder has already, for a time. It returns nil if
	// another process has it.
	TakeLease(ctx context.Context, name, holder string, length time.Duration) (*Lease, error)
	// SaveLease stores the state of a lease, and reports whether the epoch is still its newest one.
	SaveLease(ctx context.Context, l *Lease) (bool, error)
	// LeaseByName reads a lease; nil if it was never taken.
	LeaseByName(ctx context.Context, name string) (*Lease, error)
	// EndLease lets others take a lease at once. It does nothing if the epoch is not its newest one.
	EndLease(ctx context.Context, l *Lease) error
}
