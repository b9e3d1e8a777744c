// Package fleet visits many phones: some at a time, no faster than asked, and
// no further than the first ones bear out. Every row of the list is accounted
// for once, also when the run is stopped, killed and resumed.
package fleet

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// DefaultConcurrency is how many phones are visited at once unless told otherwise.
const DefaultConcurrency = 16

// Config says how a run goes.
type Config struct {
	// Visit does what is to be done to one phone. Its context ends with the
	// timeout and with Hard.
	Visit func(ctx context.Context, t Task) upload.Result
	// Concurrency is how many visits take place at once; 0 is DefaultConcurrency.
	Concurrency int
	// Rate is how many visits begin in a second; 0 is no limit.
	Rate float64
	// Timeout is the longest that a visit may take; 0 is no limit.
	Timeout time.Duration
	// Canary is how many phones are visited before all others. Unless each of
	// them comes out well, the run stops.
	Canary int
	// MaxFailures stops the run when it is reached.
	MaxFailures Limit
	// MaxRefused stops the run when so many phones in a row have refused the
	// login, which says that the password is wrong for all; 0 is no limit.
	MaxRefused int
	// Journal makes a run that is resumed exact; nil is none.
	Journal *journal.Journal
	// Total is how many rows the list has, for Progress; 0 is not known.
	Total int
	// Hard breaks visits off when it is done; nil is never.
	Hard context.Context
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Sleep waits, and no longer than the context; nil is the real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Each is told what became of a row, as phones finish and never twice at
	// once. Its error stops the run, but it is told of every row all the same.
	Each func(Finished) error
	// Progress is told the counts after each change, never twice at once.
	Progress func(Counts)
}

// Task is one phone to visit.
type Task struct {
	Row inventory.Row
	// Before is what an interrupted run was about to do to the phone. It is to
	// be read first: nobody knows whether that was done.
	Before []upload.Event
	// Note is called before a thing is done to the phone. After an error it must
	// not be done.
	Note func(upload.Event) error
}

// Finished is what became of a row of the list.
type Finished struct {
	Row    inventory.Row
	Result upload.Result
	// Earlier: an earlier process did it, and its journal tells.
	Earlier bool

	// left: nobody came to the phone, or not to the end.
	left bool
}

// NotReached reports whether nobody came to the phone before the run stopped.
func (f *Finished) NotReached() bool { return f.left && f.Result.Result == upload.Skipped }

// Run visits the phones of a list. When ctx is done no new visit begins, and
// those under way come to their end. The summary is whole also beside an error,
// which is that of the list, the journal or Each.
func Run(ctx context.Context, rows iter.Seq2[inventory.Row, error], c Config) (Summary, error) {
	r := begin(ctx, c)
	for row, err := range rows {
		if err != nil {
			r.halt(remark("run.inventory", "mend the list, then go on with --resume", "the list of phones cannot be read further: %v", err), err)
			break
		}
		r.row(row)
	}
	for _, t := range r.interrupts {
		r.turn(t)
	}
	r.visits.Wait()
	return r.end()
}

// run is a run under way.
type run struct {
	Config
	// ctx ends when no new visit may begin; its cause is a *stop when that is
	// not the caller's doing.
	ctx  context.Context
	stop context.CancelCauseFunc
	// err is the first error for which the run stopped.
	err atomic.Pointer[error]
	// slots holds one for each visit under way.
	slots  chan struct{}
	visits sync.WaitGroup
	pace   *pacer
	began  time.Time
	// begun counts visits, known the phones of which the journal tells; both
	// belong to the goroutine that reads the list.
	begun, known int
	// interrupts are the phones at which an earlier process was killed. They
	// come last: the session that it left open on them must end before anybody
	// can log in.
	interrupts []Task

	// mu guards what follows, and Each and Progress.
	mu     sync.Mutex
	counts Counts
	tally  tally
	// refused counts the logins that were refused in a row.
	refused int
}

func begin(ctx context.Context, c Config) *run {
	if c.Concurrency <= 0 {
		c.Concurrency = DefaultConcurrency
	}
	if c.Hard == nil {
		c.Hard = context.WithoutCancel(ctx)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Each == nil {
		c.Each = func(Finished) error { return nil }
	}
	if c.Progress == nil {
		c.Progress = func(Counts) {}
	}
	r := &run{Config: c, slots: make(chan struct{}, c.Concurrency), began: c.Now(), counts: Counts{Total: c.Total}, tally: newTally()}
	r.pace = newPacer(c.Rate, c.Now, c.Sleep)
	r.ctx, r.stop = context.WithCancelCause(ctx)
	context.AfterFunc(c.Hard, func() { r.stop(context.Canceled) })
	return r
}

// row does what is to be done about a row: nothing, or a visit.
func (r *run) row(row inventory.Row) {
	if f, settled := r.settled(&row); settled {
		r.account(f, false)
		return
	}
	before, interrupted := r.interrupted(&row)
	t := Task{Row: row, Before: before}
	if interrupted {
		r.known++
		r.interrupts = append(r.interrupts, t)
		return
	}
	r.turn(t)
}

// turn begins a visit unless the run stops.
func (r *run) turn(t Task) {
	if !r.mayBegin() {
		r.account(r.notReached(t), false)
		return
	}
	r.begun++
	r.visits.Go(func() {
		defer func() { <-r.slots }()
		r.visit(t)
	})
}

// mayBegin waits for a place and for the pace, and for the canaries before all
// others. It reports whether a visit may begin, and has a place taken then.
func (r *run) mayBegin() bool {
	if r.Canary > 0 && r.begun == r.Canary {
		r.visits.Wait()
	}
	select {
	case r.slots <- struct{}{}:
	case <-r.ctx.Done():
		return false
	}
	if r.pace.wait(r.ctx) == nil && r.ctx.Err() == nil {
		return true
	}
	<-r.slots
	return false
}

// end tells what the run came to. It is complete when every row had its turn,
// whatever happened meanwhile.
func (r *run) end() (Summary, error) {
	s := r.tally.summary()
	s.DurationMS = r.Now().Sub(r.began).Milliseconds()
	if r.Journal != nil {
		earlier := r.Journal.Earlier()
		s.Unlisted = earlier.Done + earlier.Interrupted - r.known
	}
	if r.tally.left == 0 && r.err.Load() == nil && r.Journal != nil {
		if err := r.Journal.End(r.Now()); err != nil {
			r.halt(journalStop(err), err)
		}
	}
	err := r.err.Load()
	if r.tally.left > 0 || err != nil {
		s.Stopped, s.Interrupted = r.stopped()
	}
	r.stop(nil) // frees what waits for it
	if err != nil {
		return s, *err
	}
	return s, nil
}
