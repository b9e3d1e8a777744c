package fleet

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
)

// visit visits a phone and accounts for it. What the journal does not hold was
// not begun, and what it does not hold as done is read first by whoever resumes.
func (r *run) visit(t Task) {
	key := t.Row.Key()
	if r.Journal != nil {
		if err := r.Journal.Start(key, t.Row.Line); err != nil {
			r.halt(journalStop(err), err)
			r.account(r.notReached(t), false)
			return
		}
	}
	r.inHand()
	ctx, cancel := r.Hard, context.CancelFunc(func() {})
	if r.Timeout > 0 {
		ctx, cancel = context.WithTimeout(r.Hard, r.Timeout)
	}
	defer cancel()
	began := r.Now()
	f := Finished{Row: t.Row, Result: r.safely(ctx, key, t)}
	if f.Result.DurationMS == 0 {
		f.Result.DurationMS = r.Now().Sub(began).Milliseconds()
	}
	// A visit that was broken off is no result to rely on.
	f.left = r.Hard.Err() != nil && !wentWell(f.Result.Result)
	if r.Journal != nil && !f.left {
		if err := r.Journal.Done(key, &f.Result); err != nil {
			r.halt(journalStop(err), err)
		}
	}
	r.account(f, true)
}

// safely calls Visit. A bug that one phone among ten thousand brings to light
// must not leave the others half done: a panic becomes the result of its phone,
// with the place where it happened, so that it is found and not hidden.
func (r *run) safely(ctx context.Context, key string, t Task) (result upload.Result) {
	var noted []upload.Event
	t.Note = func(e upload.Event) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.Journal != nil {
			if err := r.Journal.Note(key, e); err != nil {
				r.halt(journalStop(err), err)
				return err
			}
		}
		noted = append(noted, e)
		return nil
	}
	defer func() {
		if what := recover(); what != nil {
			result = upload.Result{Result: upload.Failed, Cause: "upload.internal", Findings: []finding.Finding{internal(what)}}
			if slices.Contains(noted, upload.Posting) {
				result.Result, result.Stage = upload.Unconfirmed, upload.Upload
			}
		}
		own := about(&t.Row)
		result.Phone = own.Phone
		if result.MAC == "" {
			result.MAC = own.MAC
		}
		if result.Handset == "" {
			result.Handset = own.Handset
		}
		result.Findings = slices.Concat(t.Row.Problems, result.Findings)
	}()
	return r.Visit(ctx, t)
}

// maxPanic is how much of a panic's text is told, in bytes.
const maxPanic = 200

// internal tells a bug.
func internal(what any) finding.Finding {
	text := fmt.Sprint(what)
	text = strings.ToValidUTF8(text[:min(len(text), maxPanic)], "\uFFFD")
	return remark("upload.internal", "report it as a bug, with this text", "phonecert made a mistake of its own at %s: %s", culprit(), text)
}

// culprit is the place where the code that panicked stands.
func culprit() string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers[:])])
	panicked := false
	for {
		frame, more := frames.Next()
		ofRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicked && !ofRuntime {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		panicked = panicked || frame.Function == "runtime.gopanic"
		if !more {
			return "a place that is not known"
		}
	}
}

// wentWell reports whether nothing is left to be done about a phone.
func wentWell(o upload.Outcome) bool {
	switch o {
	case upload.Uploaded, upload.Replaced, upload.AlreadyPresent, upload.Planned:
		return true
	}
	return false
}
