package commands

import (
	"context"
	"sync"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/internal/report"
)

// answer makes one probe and puts it into words.
func (j *probeJob) answer(ctx context.Context, r probe.Request) *report.Wire {
	wire := report.NewWire("probe", r.Phone, r.Target.Text)
	for _, attempt := range probe.Run(ctx, j.world, r) {
		c := report.NewConnection(attempt.Evidence, diagnosis.Diagnose(attempt.Evidence))
		if attempt.Client.IsValid() {
			c.Client = attempt.Client.String()
		}
		c.Start = attempt.Start
		wire.Add(c)
		j.kept.add(attempt)
	}
	return wire
}

// single is one server and one handset: the whole picture.
func (j *probeJob) single(ctx context.Context) error {
	wire := j.answer(ctx, j.requests[0])
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := report.NewWirePrinter(j.f.Streams, j.f.JSON, j.f.Quiet).Print(wire); err != nil {
		return err
	}
	if err := j.kept.finish(ctx, wire); err != nil {
		return err
	}
	return factory.Verdict(found(wire.Verdict))
}

// matrix is servers times handsets.
func (j *probeJob) matrix(ctx context.Context) error {
	printer := report.NewMatrixPrinter(j.f.Streams, j.f.JSON, j.f.Quiet, j.names)
	wires := make(chan *report.Wire)
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
				wires <- j.answer(ctx, r)
			})
		}
		group.Wait()
		close(wires)
	}()
	worst := finding.Accepted
	var failed error
	for wire := range wires {
		if failed == nil {
			failed = printer.Print(wire)
		}
		worst = finding.Worst(worst, found(wire.Verdict))
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
	if err := j.kept.finish(ctx, nil); err != nil {
		return err
	}
	return factory.Verdict(worst)
}

// repeated makes the same probes again and again.
func (j *probeJob) repeated(ctx context.Context) error {
	printer := report.NewRepeatPrinter(j.f.Streams, j.f.JSON, j.f.Quiet)
	worst := finding.Accepted
	for i := range j.repeat {
		if i > 0 {
			select {
			case <-time.After(j.interval):
			case <-ctx.Done():
			}
		}
		for _, r := range j.requests {
			wire := j.answer(ctx, r)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := printer.Print(wire); err != nil {
				return err
			}
			worst = finding.Worst(worst, found(wire.Verdict))
		}
	}
	if err := printer.Close(); err != nil {
		return err
	}
	if err := j.kept.finish(ctx, nil); err != nil {
		return err
	}
	return factory.Verdict(worst)
}

// found is the verdict that decides on the exit code.
func found(v diagnosis.Verdict) finding.Verdict {
	switch v {
	case diagnosis.Registers:
		return finding.Accepted
	case diagnosis.Refuses:
		return finding.Rejected
	}
	return finding.Unknown
}
