package upload

import (
	"context"
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// Problem is why a visit to a phone came to its end.
type Problem struct {
	finding.Finding
	// LoginRefused says that the phone did not let in.
	LoginRefused bool
	// passing is a fault of the network or a phone that is busy with itself:
	// what only looks may be tried again.
	passing bool
	// OfFile is what concerns one file alone.
	OfFile bool
	err    error
}

func (p *Problem) Error() string { return p.Message }

// Unwrap gives the error beneath, if there is one.
func (p *Problem) Unwrap() error { return p.err }

// Seen is the source of what happened in front of us.
const Seen = "the visit itself"

// NewProblem makes one; the arguments are in the order of remarks elsewhere.
func NewProblem(code string, err error, fix, format string, args ...any) *Problem {
	return &Problem{
		Finding: finding.Finding{
			Code: code, Severity: finding.Error, Message: fmt.Sprintf(format, args...), Fix: fix,
			Basis: finding.Observed, Source: Seen,
		},
		err: err,
	}
}

// Explain puts an error of the conversation into words. What is a Problem
// already stays as it is.
func Explain(err error) *Problem {
	var known *Problem
	var network *web.Error
	var login *dialect.LoginError
	var strange *dialect.UnknownError
	var status *dialect.StatusError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &login):
		return explainLogin(login)
	case errors.As(err, &strange):
		return NewProblem("upload.not-a-phone", err, "look at the address in a browser; --dialect NAME names the dialect where it is known",
			"the page there is none that phonecert knows of these phones: %s", strange.Error())
	case errors.As(err, &status):
		p := NewProblem("upload.status", err, "look at the page in a browser, and try again", "the phone answered with status %d", status.Status)
		p.passing = status.Status >= 500
		return p
	case errors.Is(err, dialect.ErrLoggedOut):
		return NewProblem("upload.logged-out", err, "see that nobody else logs in meanwhile, and run it again",
			"the phone ended the session before everything was done")
	case errors.Is(err, dialect.ErrNoSetting), errors.Is(err, dialect.ErrNoChoice):
		return NewProblem("upload.no-setting", err, "phonecert phone show tells what the page has; set the others where the phones are provisioned", "%v", err)
	case errors.Is(err, dialect.ErrListChanged):
		return NewProblem("upload.list-changed", err, "run it again", "%v; nothing was deleted", err)
	case errors.Is(err, dialect.ErrNoForm):
		return NewProblem("upload.no-form", err, "do it on the phone's web page in a browser", "%v", err)
	case errors.As(err, &network):
		return explainNetwork(network)
	case errors.Is(err, context.Canceled):
		return NewProblem("upload.interrupted", err, "run it again", "the visit was interrupted")
	case errors.Is(err, context.DeadlineExceeded):
		return NewProblem("upload.out-of-time", err, "give it more time with --timeout", "the time for this phone was up")
	}
	return NewProblem("upload.not-understood", err, "look at the conversation with --trace-http FILE", "what the phone answered was not understood: %v", err)
}

func explainLogin(e *dialect.LoginError) *Problem {
	var p *Problem
	switch e.Outcome {
	case dialect.LoginRefused:
		p = NewProblem("upload.login-refused", e, "give the right user and password; it is not tried again, for a few wrong ones lock the account",
			"the phone refused the user name or the password")
	case dialect.Locked:
		p = NewProblem("upload.login-locked", e, "wait until the lock ends, without trying in between: each try starts it anew",
			"the phone has locked the account%s", lockTime(e))
	case dialect.Busy:
		p = NewProblem("upload.login-busy", e, "log out there, or wait until that session ends", "somebody else is logged in, and the phone allows one at a time")
		return p
	default:
		p = NewProblem("upload.login-strange", e, "look at the conversation with --trace-http FILE", "the phone's answer to the login was not understood: %q", e.Text)
	}
	p.LoginRefused = e.Outcome == dialect.LoginRefused || e.Outcome == dialect.Locked
	return p
}

func lockTime(e *dialect.LoginError) string {
	if e.LockTime <= 0 {
		return " for a while"
	}
	return fmt.Sprintf(" for %s", e.LockTime)
}

func explainNetwork(e *web.Error) *Problem {
	var changed *known.ChangedError
	passing := func(p *Problem) *Problem { p.passing = true; return p }
	switch e.Kind {
	case web.Refused:
		return passing(NewProblem("upload.connection-refused", e, "look whether the address and port are right and the web page is enabled on the phone", "nothing listens there: %s", e.Detail))
	case web.Unreachable:
		return passing(NewProblem("upload.unreachable", e, "look whether the phone is on and reachable from here", "the phone cannot be reached: %s", e.Detail))
	case web.Timeout:
		return passing(NewProblem("upload.timeout", e, "look whether the phone is on and reachable from here", "the phone did not answer in time: %s", e.Detail))
	case web.Dropped:
		return passing(NewProblem("upload.dropped", e, "run it again", "the phone ended the connection without an answer: %s", e.Detail))
	case web.NotHTTP:
		return NewProblem("upload.not-http", e, "look whether the port is that of the phone's web page", "what answers there does not speak HTTP: %s", e.Detail)
	case web.TLSFailed:
		p := NewProblem("upload.tls-failed", e, "look at it with phonecert phone identify, or try http://", "no TLS connection came about: %s", e.Detail)
		p.passing = hungUp(e)
		return p
	case web.Elsewhere:
		return NewProblem("upload.sent-elsewhere", e, "give the address where the phone's page really is", "the phone sends on to another host, and no password goes there: %s", e.Detail)
	case web.TooLarge:
		return NewProblem("upload.page-too-large", e, "look whether the address is that of a phone", "the page is larger than that of any phone: %s", e.Detail)
	case web.Canceled:
		return Explain(context.Canceled)
	case web.Distrusted:
		if errors.As(e, &changed) {
			return NewProblem("upload.certificate-changed", e,
				fmt.Sprintf("find out why; if the change is right, %sgive the new one with --pin %s", forget(changed), changed.Is),
				"the phone shows another certificate than before: %s", changed.Error())
		}
		return NewProblem("upload.certificate-distrusted", e, "look at it with phonecert phone identify; --pin SHA256 or --ca FILE says what to trust", "the phone's certificate was not accepted: %s", e.Detail)
	}
	return NewProblem("upload.network", e, "run it again", "the conversation with the phone failed: %s", e.Detail)
}

// hungUp reports whether a handshake ended without a word, as it does with a
// phone that restarts.
func hungUp(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && (e.Kind == client.Closed || e.Kind == client.Reset)
}

// forget says how the old certificate of a phone is forgotten, where a file
// remembers it.
func forget(e *known.ChangedError) string {
	switch {
	case e.File == "":
		return ""
	case e.Line == 0:
		return fmt.Sprintf("take the line of %s out of %s, or ", e.Address, e.File)
	}
	return fmt.Sprintf("take the phone out of line %d of %s, or ", e.Line, e.File)
}

// ForFile marks a problem that concerns one file and lets the others have their
// turn.
func (p *Problem) ForFile() *Problem {
	p.OfFile = true
	return p
}
