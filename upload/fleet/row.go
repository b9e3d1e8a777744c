package fleet

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

// settled finds out whether a row needs no visit: it stands for no phone of its
// own, or the phone is done.
func (r *run) settled(row *inventory.Row) (f Finished, settled bool) {
	if why, unusable := unusable(row); unusable {
		result := about(row)
		result.Result, result.Cause, result.Findings = upload.Failed, why.Code, row.Problems
		if row.Duplicate != 0 {
			result.Result = upload.Skipped
		}
		return Finished{Row: *row, Result: result}, true
	}
	if r.Journal == nil {
		return f, false
	}
	result, done, err := r.Journal.Result(row.Key())
	if err != nil {
		r.halt(journalStop(err), err)
		return f, false
	}
	if !done {
		return f, false
	}
	r.known++
	return Finished{Row: *row, Result: result, Earlier: true}, true
}

// unusable is why no phone is visited for a row. A row of which a part cannot
// be used is left out as a whole: with that part it might mean something else.
func unusable(row *inventory.Row) (why finding.Finding, unusable bool) {
	if n := len(row.Problems); row.Duplicate != 0 && n > 0 {
		return row.Problems[n-1], true // the reader says so last
	}
	at := slices.IndexFunc(row.Problems, func(f finding.Finding) bool { return f.Severity == finding.Error })
	switch {
	case at >= 0:
		return row.Problems[at], true
	case !row.Usable():
		return remark("run.no-phone", "give the phone's address", "line %d stands for no phone of its own", row.Line), true
	}
	return why, false
}

// about is a result that tells whose it is and nothing more.
func about(row *inventory.Row) upload.Result {
	result := upload.Result{Phone: row.Name(), Handset: row.Handset}
	if row.MAC != "" {
		result.MAC = row.MAC.String()
	}
	return result
}

// interrupted is what an earlier process was about to do to a phone when it was
// killed.
func (r *run) interrupted(row *inventory.Row) (before []upload.Event, interrupted bool) {
	if r.Journal == nil {
		return nil, false
	}
	return r.Journal.Interrupted(row.Key())
}

// notReached is the result of a phone to which nobody came before the run
// stopped. One to which an earlier process was posting is not merely skipped:
// there may be something new on it.
func (r *run) notReached(t Task) Finished {
	f := Finished{Row: t.Row, Result: about(&t.Row), left: true}
	why, interrupted := r.stopped()
	left := remark("run.stopped", "go on with --resume", "nobody came to this phone: %s", why.Message)
	if interrupted {
		left.Code = "run.interrupted"
	}
	left.Severity, f.Result.Result = finding.Warning, upload.Skipped
	if slices.Contains(t.Before, upload.Posting) {
		f.Result.Result, f.Result.Stage = upload.Unconfirmed, upload.Upload
		left = remark("run.half-done", "go on with --resume: the phone is read first", "an earlier run was killed while it put a certificate on this phone, and nobody has looked since")
	}
	f.Result.Cause, f.Result.Findings = left.Code, []finding.Finding{left}
	return f
}
