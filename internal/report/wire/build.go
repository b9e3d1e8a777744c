package wire

import (
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/inside"
)

// NewConnection puts what was seen of a connection and what it shows into one
// answer. Client and Server are the handset's and the target's names; a command
// that knows addresses sets those.
func NewConnection(e diagnosis.Evidence, d diagnosis.Diagnosis) Connection {
	c := Connection{
		Live: e.Live, Lookup: lookupOf(e.Lookup), Survey: surveyOf(e.Survey), HTTP: e.HTTP, Server: targetOf(e.Target),
		Outcome: outcomeOf(e.Outcome), Trust: trustOf(e.Trust), Certificates: []paper.Certificate{}, Lost: []Lost{},
		Transcript: []handshake.Entry{}, Foreign: []handshake.Foreign{}, Problems: []handshake.Problem{}, Inside: []inside.Message{},
		Matches: matchesOf(e.Matches), Findings: paper.Listed(d.Findings), Remedies: remediesOf(d.Remedies),
		Verdict: d.Verdict, Sentence: d.Sentence, ServerLog: d.ServerLog, https: e.Target.Scheme == "https" || e.HTTP != nil,
	}
	if c.Verdict == "" {
		c.Verdict = diagnosis.Unknown
	}
	if e.Phone != nil {
		c.Client = e.Phone.Name
	}
	if e.Dial != nil {
		c.Dial = &Dial{*e.Dial, e.Dial.Duration.Microseconds()}
		if e.Dial.Address.IsValid() {
			c.Server = e.Dial.Address.String()
		}
	}
	if e.SIP != nil {
		c.SIP = &SIP{*e.SIP, e.SIP.Duration.Microseconds()}
	}
	c.sent = e.Sent
	for _, cert := range e.Sent {
		c.Certificates = append(c.Certificates, paper.NewCertificate(cert))
	}
	for _, l := range e.Lost {
		c.Lost = append(c.Lost, Lost(l))
	}
	for _, g := range e.Gaps {
		c.gaps = append(c.gaps, Gap{Fact: g.Fact, Sent: g.Sent, Because: g.Because, Decides: g.Decides})
	}
	c.take(e.Transcript, e.Outcome.Ending)
	if p := c.picture(); p.Refuses() {
		if at := p.HangUp(); at >= 0 {
			c.HangsUpAt = &at
		}
	}
	return c
}

// take takes what went over the wire.
func (c *Connection) take(t *handshake.Transcript, ending diagnosis.Ending) {
	if t == nil {
		return
	}
	c.Transcript, c.Foreign, c.Problems = paper.Listed(t.Entries), paper.Listed(t.Foreign), paper.Listed(t.Problems)
	c.Negotiated, c.Omitted = t.Negotiated, t.Omitted
	if took, ok := handshakeTime(t.Entries); ok && ending == diagnosis.Completed {
		us := took.Microseconds()
		c.HandshakeUS = &us
	}
	c.Inside = inside.Messages(t.Entries)
}

// handshakeTime is from the first message to the second Finished, which in TLS
// 1.3 may be hidden among what looks like application data; then it is up to the
// client's first encrypted message.
func handshakeTime(list []handshake.Entry) (time.Duration, bool) {
	finished := 0
	for _, e := range list {
		if e.Name == "Finished" {
			finished++
		}
		if finished == 2 || finished == 0 && e.Name == "ApplicationData" && e.Direction == handshake.ClientToServer {
			return time.Duration(e.TimeOffset - list[0].TimeOffset), true
		}
	}
	return 0, false
}

func targetOf(t diagnosis.Target) string {
	if t.Port == 0 {
		return t.Host
	}
	return net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port)))
}

func lookupOf(l *diagnosis.Lookup) *diagnosis.Lookup {
	if l == nil {
		return nil
	}
	full := *l
	full.Records, full.Addresses = paper.Listed(l.Records), paper.Listed(l.Addresses)
	return &full
}

func surveyOf(s *diagnosis.Survey) *diagnosis.Survey {
	if s == nil {
		return nil
	}
	full := *s
	full.Versions, full.CipherSuites = paper.Listed(s.Versions), paper.Listed(s.CipherSuites)
	return &full
}

func trustOf(v *trust.Verdict) *trust.Verdict {
	if v == nil {
		return nil
	}
	full := *v
	full.Path, full.Changes, full.Name.Presented = paper.Listed(v.Path), paper.Listed(v.Changes), paper.Listed(v.Name.Presented)
	return &full
}

func outcomeOf(o diagnosis.Outcome) Outcome {
	out := Outcome{
		Ending: o.Ending, Detail: o.Detail, Closer: o.Closer,
		ClientCertificateRequested: o.ClientCertificateRequested, ClientCertificatesSent: o.ClientCertificatesSent,
	}
	if o.Ending == diagnosis.AlertReceived || o.Ending == diagnosis.AlertSent {
		out.Alert = o.Alert.String()
	}
	return out
}

func matchesOf(list []offer.Match) []offer.Match {
	list = paper.Listed(slices.Clone(list))
	for i := range list {
		list[i].Differences = paper.Listed(list[i].Differences)
	}
	return list
}

func remediesOf(list []diagnosis.Remedy) []diagnosis.Remedy {
	list = paper.Listed(slices.Clone(list))
	for i := range list {
		list[i].Lines = paper.Listed(list[i].Lines)
	}
	return list
}
