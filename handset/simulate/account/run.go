package account

import (
	"context"
	"sync"
	"time"
)

// Run keeps the phone registered until ctx is done: it tries again after every
// failure, refreshes in time, and begins anew after a reboot. At the end it takes
// the registration back, for which it has three seconds.
func (a *Account) Run(ctx context.Context) {
	a.tell(Status{State: Starting, Text: "not registered: the phone has not tried yet"})
	for a.boot(ctx) {
		a.live(ctx)
	}
}

// boot waits until the phone is there; false at the end.
func (a *Account) boot(ctx context.Context) bool {
	for ctx.Err() == nil {
		state := a.Phone.State()
		left := state.BackAt.Sub(a.Clock())
		if left <= 0 {
			a.booted = state.BackAt
			return true
		}
		a.rebooting()
		a.pause(ctx, left)
	}
	return false
}

// pause waits for a time, or less when something changed.
func (a *Account) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.changed:
	case <-ctx.Done():
	}
}

// live tries to be registered until the phone reboots or ctx is done.
func (a *Account) live(ctx context.Context) {
	up, down := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { a.watch(up, down) })
	for up.Err() == nil {
		a.attempt(ctx, up)
		wait(up, a.Retry)
	}
	down()
	watching.Wait()
	if ctx.Err() == nil {
		a.rebooting()
	}
}

func (a *Account) rebooting() {
	a.tell(Status{State: Rebooting, Text: "not registered: the phone is rebooting"})
}

// watch calls down once the phone reboots.
func (a *Account) watch(up context.Context, down func()) {
	for {
		select {
		case <-a.changed:
			if !a.Phone.State().BackAt.Equal(a.booted) {
				down()
				return
			}
		case <-up.Done():
			return
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
