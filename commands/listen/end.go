package listen

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	report "github.com/phonecert/phonecert/internal/report/listen"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// tellStart says where phones can call.
func (l *listening) tellStart() {
	if l.f.Quiet {
		return
	}
	start := report.Start{
		Certificate: l.certificate, Names: l.certificateNames(), Variants: l.plan.Variants,
		Root: l.rootPath(), Kept: l.rootKept, Missing: l.plan.rootMissing(), Handset: l.plan.expected(),
		User: l.user, Answer: l.answer, Folder: l.serve, ClientAuth: l.plan.ClientAuth, Until: l.until(),
	}
	own := ownAddresses()
	for i, address := range l.server.Addrs() {
		at, err := netip.ParseAddrPort(address.String())
		if err != nil {
			continue // a listener of a test
		}
		at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
		asked := l.names
		if name, _ := doorName(l.plan.Doors[i].Address); len(asked) == 0 {
			asked = name
		}
		start.Doors = append(start.Doors, report.Door{Scheme: l.plan.Doors[i].Scheme, Address: at, Reach: reach(at, asked, own)})
	}
	start.Told(l.f.Streams)
}

// until says in words what ends the run.
func (l *listening) until() string {
	text := "Ctrl-C ends it"
	switch {
	case l.once:
		text = "it ends after the first call"
	case l.count > 0:
		text = fmt.Sprintf("it ends after %s", paper.Count(l.count, "call"))
	case l.survey:
		text = "it ends when the first phone has seen every chain"
	}
	if l.timeout > 0 {
		text += fmt.Sprintf(", and after %s at the latest", l.timeout)
	}
	return text
}

// end writes the sums and gives the exit code.
func (l *listening) end(ctx context.Context) error {
	if l.survey {
		// What was measured is told also where a file could not be written: a phone
		// takes minutes to call so often.
		if err := l.printer.Surveys(surveys(l.server.Tables())); err != nil && l.failed == nil {
			return err
		}
	}
	if l.failed != nil {
		return l.failed
	}
	if err := l.printer.Close(); err != nil {
		return err
	}
	if err := l.kept.close(); err != nil {
		return err
	}
	l.learner.end()
	return l.verdict(ctx)
}

// verdict is the answer of the run. Ctrl-C is a good end of one that was to go
// on until then.
func (l *listening) verdict(ctx context.Context) error {
	bounded := l.once || l.count > 0 || l.survey
	switch {
	case !l.done && ctx.Err() != nil && !bounded:
		return nil
	case !l.done && ctx.Err() != nil:
		return factory.Told(ctx.Err())
	case l.reported == 0:
		return factory.WithHint(fmt.Errorf("nobody called within %s", l.timeout),
			"see that the phone's account has this machine's address, the port and TLS as transport, and that no firewall is between the two",
			"restart the account or the phone to make it call at once")
	case l.survey && (l.done || l.count == 0 && !l.once):
		// That it refuses chains which are wrong on purpose is no bad end.
		return factory.Verdict(surveyVerdict(l.server.Tables(), l.count == 0 && !l.once))
	case bounded:
		if !l.done {
			return factory.Verdict(finding.Worst(l.worst, finding.Unknown))
		}
		return factory.Verdict(l.worst)
	}
	return nil
}

// surveyVerdict is whether a phone takes the good chain: one that went through
// all where they are to be complete.
func surveyVerdict(tables []measure.Table, complete bool) finding.Verdict {
	for i := range tables {
		if complete && len(tables[i].Missing()) > 0 {
			continue
		}
		for _, t := range tables[i].Trials {
			switch {
			case t.Variant == chain.Good && t.Answer == measure.Accepted:
				return finding.Accepted
			case t.Variant == chain.Good && t.Answer == measure.Refused:
				return finding.Rejected
			}
		}
	}
	return finding.Unknown
}

// surveys are the tables with what follows from them.
func surveys(tables []measure.Table) []report.Survey {
	var list []report.Survey
	for i := range tables {
		t := &tables[i]
		list = append(list, report.Survey{
			Table: *t, Settings: t.Settings(), Remarks: t.Remarks(), Complete: len(t.Missing()) == 0, Of: len(chain.Variants()),
		})
	}
	return list
}
