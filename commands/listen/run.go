package listen

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"runtime/debug"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/disk"
	report "github.com/phonecert/phonecert/internal/report/listen"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// runListen listens until the user, the number of calls or the time ends it.
func runListen(ctx context.Context, o *listenOptions) error {
	// It stays: the limits of a command that soon ends would keep the garbage
	// collector running for nothing.
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
	kept := &calls{listenOptions: o}
	if err := kept.check(); err != nil {
		return err
	}
	if o.learn != "" {
		if err := o.learned.Check(ctx, o.f); err != nil {
			return err
		}
	}
	// The root is there before, or it is made now.
	rootKept := o.out != "" && disk.Exists(o.rootPath())
	plan, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := kept.open(); err != nil {
		return err
	}
	defer kept.close()
	plan.KeyLog = kept
	return (&listening{
		listenOptions: o, kept: kept, rootKept: rootKept, plan: plan, worst: finding.Accepted,
		printer: report.NewPrinter(o.f.Streams, report.Options{
			JSON: o.f.JSON, Quiet: o.f.Quiet, Handset: plan.expected(), Survey: o.survey,
		}),
	}).run(ctx)
}

// expected is the name of the phone that is expected, "" for none.
func (p *listenPlan) expected() string {
	if p.Phone == nil {
		return ""
	}
	return p.Phone.Name
}

// listening is a server and what it saw so far.
type listening struct {
	*listenOptions
	plan    *listenPlan
	server  *listen.Server
	printer *report.Printer
	kept    *calls
	learner *learner
	// rootKept says that the root is that of an earlier run.
	rootKept bool

	// reported counts the calls, worst is the verdict on the worst of them.
	reported int
	worst    finding.Verdict
	// done says that the run has what it was begun for.
	done bool
	// failed is the first error of writing something down.
	failed error
}

// run opens the doors, tells where they are, and then what happens.
func (l *listening) run(ctx context.Context) error {
	// A client may call before the doors have been told.
	reports := make(chan listen.Connection, 64)
	l.plan.Report = func(c listen.Connection) { reports <- c }
	l.learner = newLearner(l.listenOptions)
	var err error
	// It ends by Close, which reports every connection, and not with ctx.
	if l.server, err = listen.Start(context.WithoutCancel(ctx), l.plan.Config); err != nil {
		return l.startError(err)
	}
	l.tellStart()
	l.takeReports(ctx, reports)
	return l.end(ctx)
}

// startError words why nobody can call.
func (l *listening) startError(err error) error {
	if wrong := new(net.OpError); errors.As(err, &wrong) {
		return factory.WithHint(fmt.Errorf("cannot listen: %w", err), "name an address of this machine and a free port, such as :5062", "ports below 1024 need the rights of the administrator")
	}
	return factory.WithHint(err, fmt.Sprintf("run %q", "phonecert listen --help"))
}

// takeReports runs until the doors are closed and everybody is gone.
func (l *listening) takeReports(ctx context.Context, reports chan listen.Connection) {
	interrupted := ctx.Done()
	var late <-chan time.Time
	if l.timeout > 0 {
		timer := time.NewTimer(l.timeout)
		defer timer.Stop()
		late = timer.C
	}
	closing := false
	stop := func() {
		if interrupted, late = nil, nil; !closing {
			closing = true
			go func() { l.server.Close(); close(reports) }()
		}
	}
	for {
		select {
		case c, open := <-reports:
			if !open {
				return
			}
			if !l.done && l.failed == nil {
				l.failed = l.call(ctx, c)
			}
			if l.done || l.failed != nil {
				stop()
			}
		case <-interrupted:
			stop()
		case <-late:
			stop()
		}
	}
}

// call tells of one connection and writes down what is to be kept of it, also
// after Ctrl-C.
func (l *listening) call(ctx context.Context, c listen.Connection) error {
	ctx = context.WithoutCancel(ctx)
	d := diagnosis.Diagnose(c.Evidence)
	l.reported++
	l.worst = finding.Worst(l.worst, factory.VerdictOf(d.Verdict))
	if err := l.printer.Connection(report.NewAnswer(c, d)); err != nil {
		return err
	}
	if err := l.kept.add(c); err != nil {
		return err
	}
	if err := l.learner.add(ctx, c); err != nil {
		return err
	}
	switch {
	case l.once:
		l.done = true
	case l.count > 0:
		l.done = l.reported >= l.count
	case l.survey:
		l.done = l.progress(c)
	}
	return nil
}

// progress tells how far a survey is, and whether its phone is through.
func (l *listening) progress(c listen.Connection) bool {
	if c.Survey == nil || !l.learner.about(c.Client.Addr()) {
		return false
	}
	missing, all := len(c.Survey.Missing()), len(chain.Variants())
	if missing > 0 && !l.f.Quiet {
		paper.Note(l.f.Streams, fmt.Sprintf("%d of %d, waiting for %s to call again", all-missing, all, c.Survey.Phone))
	}
	return missing == 0
}
