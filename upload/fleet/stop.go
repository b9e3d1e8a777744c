package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// stop is why a run stops of itself.
type stop struct{ finding.Finding }

func (s *stop) Error() string { return s.Message }

// halt lets no new visit begin. The first reason counts; err is what the run
// returns, nil when it did as it was told.
func (r *run) halt(why finding.Finding, err error) {
	if err != nil {
		r.err.CompareAndSwap(nil, &err)
	}
	r.stop(&stop{why})
}

// stopped is why no new visit begins, once that is so. What the run did not
// stop itself was interrupted.
func (r *run) stopped() (why *finding.Finding, interrupted bool) {
	if own := new(stop); errors.As(context.Cause(r.ctx), &own) {
		return &own.Finding, false
	}
	f := remark("run.interrupted", "go on with --resume", "the run was interrupted")
	return &f, true
}

// judge stops the run when the phones that were visited bear that out. Phones
// that could not be read back count with those that failed: a run that is not
// known to do good is stopped too.
func (r *run) judge(last *Finished) {
	n, bad := r.counts.Visited, r.tally.bad
	switch {
	case last.Result.LoginRefused:
		r.refused++
	case last.Result.Stage != upload.Connect:
		r.refused = 0
	}
	if r.MaxRefused > 0 && r.refused >= r.MaxRefused {
		r.halt(remark("run.logins-refused", "look at the password; phones that refused it a few times lock the account for minutes",
			"%d phones in a row refused the login", r.refused), nil)
	}
	if bad == 0 {
		return
	}
	if n <= r.Canary {
		r.halt(remark("run.canary", "look at that phone, then go on with --resume",
			"%s, one of the first %d phones, came out as %s", last.Result.Phone, r.Canary, last.Result.Result), nil)
	}
	if r.MaxFailures.reached(bad, n) {
		r.halt(remark("run.max-failures", "look at the causes, then go on with --resume",
			"%d of %d phones failed or could not be confirmed, and the run was to stop at %s", bad, n, r.MaxFailures), nil)
	}
}

// journalStop is the reason when what is done cannot be noted any more.
func journalStop(err error) finding.Finding {
	fix := "make room on the disk, then go on with --resume"
	if e := new(journal.Error); errors.As(err, &e) {
		fix = e.Hint
	}
	return remark("run.journal", fix, "%v", err)
}

func remark(code, fix, format string, args ...any) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Message: fmt.Sprintf(format, args...), Fix: fix, Basis: finding.Observed, Source: "the run itself"}
}
