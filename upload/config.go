package upload

import (
	"context"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// Config is how phones are spoken to. Any number of visits may share one.
type Config struct {
	// Web is the conversation; its Accept is Judge's.
	Web   web.Config
	Judge known.Judge
	// RequireTLS lets no password out but by HTTPS to a phone whose certificate
	// was verified.
	RequireTLS bool
	// Dialect is the phones' dialect; "" has it read from the pages.
	Dialect dialect.Name
	// Retries is how often a look is repeated after a fault of the network;
	// Backoff is the first wait, and each further one is twice as long. Nothing
	// that changes a phone, and no login, is ever repeated.
	Retries int
	Backoff time.Duration
	// Pause waits; nil waits by the real clock.
	Pause func(context.Context, time.Duration) error
	// Warn is told what must be said before a password goes out or a phone is
	// restarted; nil for nobody.
	Warn func(finding.Finding)
}

// patient repeats what only looks while the fault is a passing one.
func (c *Config) patient(ctx context.Context, look func() error) error {
	for n := 0; ; n++ {
		err := look()
		if err == nil || n >= c.Retries || ctx.Err() != nil || !Explain(err).passing {
			return err
		}
		if c.Wait(ctx, c.Backoff<<n) != nil {
			return err
		}
	}
}

// Wait waits, by Pause.
func (c *Config) Wait(ctx context.Context, d time.Duration) error {
	if c.Pause != nil {
		return c.Pause(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A phone may need a moment until its list shows what it has taken.
const (
	readBacks    = 3
	readBackWait = 400 * time.Millisecond
)

// Again reports whether a list that does not show a change yet is to be read
// once more, and waits before; n counts from 0, the first time.
func (c *Config) Again(ctx context.Context, n int) bool {
	return n == 0 || n < readBacks && c.Wait(ctx, readBackWait<<n) == nil
}
