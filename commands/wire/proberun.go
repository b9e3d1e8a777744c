package wire

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/report/wire/tally"
)

// answer makes one probe and puts it into words.
func (j *probeJob) answer(ctx context.Context, r probe.Request) *wire.Answer {
	answer := wire.New("probe", r.Phone, r.Target.Text)
	for _, attempt := range probe.Run(ctx, j.world, r) {
		c := wire.NewConnection(attempt.Evidence, diagnosis.Diagnose(attempt.Evidence))
		if attempt.Client.IsValid() {
			c.Client = attempt.Client.String()
		}
		c.Start = attempt.Start
		answer.Add(c)
		if s := attempt.Evidence.SIP; s != nil && r.Register != nil && s.Method != "REGISTER" {
			j.withheld.Add(1)
		}
		j.kept.add(attempt)
	}
	return answer
}

// single is one server and one handset: the whole picture.
func (j *probeJob) single(ctx context.Context) error {
	answer := j.answer(ctx, j.requests[0])
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := wire.NewPrinter(j.f.Streams, j.f.JSON, j.f.Quiet).Print(answer); err != nil {
		return err
	}
	return j.done(ctx, answer, factory.VerdictOf(answer.Verdict))
}

// done tells what was left out, writes the files and gives the exit code. answer
// is nil where there were several probes.
func (j *probeJob) done(ctx context.Context, answer *wire.Answer, verdict finding.Verdict) error {
	if n := j.withheld.Load(); n > 0 {
		paper.Note(j.f.Streams, fmt.Sprintf("no password was sent and OPTIONS asked in place of REGISTER, where the phone hangs up on the server: %d of %d probes", n, j.repeat*len(j.requests)))
	}
	if err := j.kept.finish(ctx, answer); err != nil {
		return err
	}
	return factory.Verdict(verdict)
}

// matrix is servers times handsets.
func (j *probeJob) matrix(ctx context.Context) error {
	printer := tally.NewMatrixPrinter(j.f.Streams, j.f.JSON, j.f.Quiet, j.names)
	answers := make(chan *wire.Answer)
	places := make(chan struct{}, j.concurrency)
	var group sync.WaitGroup
	go func() {
		for _, r := range j.requests {
			places <- struct{}{}
			if ctx.Err() != nil {
				break
			}
			group.Go(func() {
				defer func() { <-places }()
				answers <- j.answer(ctx, r)
			})
		}
		group.Wait()
		close(answers)
	}()
	worst := finding.Accepted
	var failed error
	for answer := range answers {
		if failed == nil {
			failed = printer.Print(answer)
		}
		worst = finding.Worst(worst, factory.VerdictOf(answer.Verdict))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed != nil {
		return failed
	}
	if err := printer.Close(); err != nil {
		return err
	}
	return j.done(ctx, nil, worst)
}

// repeated makes the same probes again and again.
func (j *probeJob) repeated(ctx context.Context) error {
	printer := tally.NewRepeatPrinter(j.f.Streams, j.f.JSON, j.f.Quiet)
	worst := finding.Accepted
	for i := range j.repeat {
		if i > 0 {
			select {
			case <-time.After(j.interval):
			case <-ctx.Done():
			}
		}
		for _, r := range j.requests {
			answer := j.answer(ctx, r)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := printer.Print(answer); err != nil {
				return err
			}
			worst = finding.Worst(worst, factory.VerdictOf(answer.Verdict))
		}
	}
	if err := printer.Close(); err != nil {
		return err
	}
	return j.done(ctx, nil, worst)
}
