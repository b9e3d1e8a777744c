package fleet

import (
	"context"
	"time"
)

// pacer lets visits begin at equal distances. It saves nothing up: after a
// pause there is no burst.
type pacer struct {
	distance time.Duration
	next     time.Time
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
}

// newPacer returns a pacer for a number a second; 0 is no limit.
func newPacer(rate float64, now func() time.Time, sleep func(context.Context, time.Duration) error) *pacer {
	p := &pacer{now: now, sleep: sleep}
	if rate > 0 {
		p.distance = time.Duration(min(float64(time.Second)/rate, float64(24*time.Hour)))
	}
	return p
}

// wait waits for the next turn, and no longer than the context.
func (p *pacer) wait(ctx context.Context) error {
	if p.distance == 0 {
		return nil
	}
	now := p.now()
	if wait := p.next.Sub(now); wait > 0 {
		if err := p.sleep(ctx, wait); err != nil {
			return err
		}
		now = p.next
	}
	p.next = now.Add(p.distance)
	return nil
}

// sleep waits by the real clock.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
