package listen

import (
	"strconv"

	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// Rows are those of wire.Answer.Rows for the connection, with these before them.
// The second field is the number of the connection:
//
//	call     scheme, user agent, variant of the chain, duration in ms, limit
//	request  method, about, status, text
//	own      unique|generic|uploaded, MAC, trusted|not trusted|not asked,
//	         proved|not proved, subject, issuer, until, SHA-256, reason
//	trial    variant, answer, alert, detail, what the profile expects
func (a *Answer) Rows() [][]string {
	t := wire.Rows{Number: strconv.FormatInt(a.Number, 10)}
	t.Add("call", string(a.Scheme), a.UserAgent, string(a.Chain), strconv.FormatInt(a.DurationMS, 10), a.Limit)
	if o := a.ClientCertificate; o != nil {
		o.row(&t)
	}
	for _, r := range a.Requests {
		t.Add("request", r.Method, r.About, strconv.Itoa(r.Status), r.Text)
	}
	if a.Trial != nil {
		trialRow(&t, a.Trial)
	}
	t.Connection(&a.Connection)
	return t.List
}

func (o *Own) row(t *wire.Rows) {
	trusted, proved := "not asked", "not proved"
	if o.Trusted != nil {
		trusted = "not trusted"
		if *o.Trusted {
			trusted = "trusted"
		}
	}
	if o.Proved {
		proved = "proved"
	}
	leaf := paper.Certificate{}
	until := ""
	if len(o.Certificates) > 0 {
		leaf = o.Certificates[0]
		until = leaf.NotAfter.UTC().Format("2006-01-02")
	}
	t.Add("own", o.Kind, o.MAC, trusted, proved, leaf.Subject, leaf.Issuer, until, leaf.SHA256, o.Reason)
}

func trialRow(t *wire.Rows, trial *measure.Trial) {
	t.Add("trial", string(trial.Variant), string(trial.Answer), trial.Alert, trial.Detail, expected(trial.Expected))
}

// expected is what a profile says of a chain.
func expected(yes *bool) string {
	switch {
	case yes == nil:
		return "not known"
	case *yes:
		return string(measure.Accepted)
	}
	return string(measure.Refused)
}
