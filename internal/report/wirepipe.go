package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/trust"
)

// pipeRows has one row a fact. The first field is its kind, the second the
// number of the connection, counted from 1, or 0 for what concerns them all:
//
//	setting      name, value, chosen|factory|supposed|unknown
//	gap          fact, sent instead
//	connection   client, server, verdict, deciding code, handshake in µs,
//	             version, cipher suite, whose ClientHello, start
//	lookup       type, name, value, outcome
//	dial         address, result, µs, error
//	message      index, time offset in µs, direction, name, length, detail, step
//	hangup       index of the first message that the phone would not have
//	             sent, its alert
//	lost         kind, direction, bytes
//	foreign      direction, protocol, first line
//	outcome      ending, alert, detail
//	negotiated   name, value
//	takes        version|cipher_suite, value
//	certificate  position, ok|failed|unknown|unused, source, subject, until, SHA-256
//	trust        code, number, alert, reason
//	name         wanted, fit, presented
//	sip          method, status, reason, server, error
//	http         path, status, length, type, error
//	inside       index, direction, start line
//	match        handset, likeness, differences
//	finding      severity, code, message, fix
//	remedy       program, file, line
//	verdict      verdict, sentence, server's log
func (answer *Wire) pipeRows() [][]string {
	t := tabs{number: "0"}
	for _, s := range answer.Settings {
		origin := "chosen"
		switch {
		case s.Value == "":
			origin = "unknown"
		case s.Factory:
			origin = "factory"
		case s.Supposed:
			origin = "supposed"
		}
		t.add("setting", s.Name, s.Value, origin)
	}
	for _, g := range answer.Gaps {
		t.add("gap", g.Fact, g.Sent)
	}
	for i := range answer.Connections {
		t.number = strconv.Itoa(i + 1)
		t.connection(&answer.Connections[i])
	}
	return t.rows
}

// tabs gathers rows for a pipe.
type tabs struct {
	number string
	rows   [][]string
}

func (t *tabs) add(kind string, fields ...string) {
	row := append(make([]string, 0, len(fields)+2), kind, t.number)
	for _, f := range fields {
		row = append(row, spelled(f))
	}
	t.rows = append(t.rows, row)
}

// overview is the connection in one row.
func (t *tabs) overview(c *Connection) {
	code, took := "", ""
	if f, found := c.deciding(); found {
		code = f.Code
	}
	if c.HandshakeUS != nil {
		took = strconv.FormatInt(*c.HandshakeUS, 10)
	}
	version, suite, match, start := "", "", "", ""
	if n := c.Negotiated; n != nil {
		version, suite = n.Version.String(), n.CipherSuite.String()
	}
	if len(c.Matches) > 0 {
		match = c.Matches[0].Handset + " (" + string(c.Matches[0].Likeness) + ")"
	}
	if !c.Start.IsZero() {
		start = c.Start.UTC().Format(time.RFC3339Nano)
	}
	t.add("connection", c.Client, c.Server, string(c.Verdict), code, took, version, suite, match, start)
}

func (t *tabs) connection(c *Connection) {
	t.overview(c)
	if c.Lookup != nil {
		for _, r := range c.Lookup.Records {
			t.add("lookup", r.Type, r.Name, r.Value, string(r.Outcome))
		}
	}
	if c.Dial != nil {
		t.add("dial", c.Dial.Address.String(), string(c.Dial.Result), strconv.FormatInt(c.Dial.DurationUS, 10), c.Dial.Error)
	}
	t.messages(c)
	t.agreed(c)
	t.certificates(c)
	t.answers(c)
	for _, m := range c.Matches {
		t.add("match", m.Handset, string(m.Likeness), strings.Join(m.Differences, "; "))
	}
	for _, f := range c.Findings {
		t.add("finding", string(f.Severity), f.Code, f.Message, f.Fix)
	}
	for _, r := range c.Remedies {
		for _, text := range r.Lines {
			t.add("remedy", r.Program, r.File, text)
		}
	}
	t.add("verdict", string(c.Verdict), c.Sentence, c.ServerLog)
}

func (t *tabs) messages(c *Connection) {
	numbers := steps(c.Transcript, c.Negotiated)
	for i, e := range c.Transcript {
		step := strings.TrimSpace(figure(numbers[i]))
		t.add("message", strconv.Itoa(e.Index), strconv.FormatInt(e.TimeOffset.Microseconds(), 10), e.Direction.String(), e.Name,
			strconv.Itoa(e.Length), detail(e), step)
	}
	if c.HangsUpAt != nil {
		t.add("hangup", strconv.Itoa(*c.HangsUpAt), c.Trust.Alert)
	}
	for _, l := range c.Lost {
		t.add("lost", l.Kind, l.Direction.String(), strconv.FormatInt(l.Bytes, 10))
	}
	for _, m := range c.Inside {
		t.add("inside", strconv.Itoa(m.Index), m.Direction.String(), m.StartLine)
	}
	for _, f := range c.Foreign {
		t.add("foreign", f.Direction.String(), f.Protocol, f.FirstLine)
	}
	t.add("outcome", string(c.Outcome.Ending), c.Outcome.Alert, c.Outcome.Detail)
}

func (t *tabs) agreed(c *Connection) {
	if s := c.Survey; s != nil {
		for _, v := range s.Versions {
			t.add("takes", "version", v.String())
		}
		for _, v := range s.CipherSuites {
			t.add("takes", "cipher_suite", v.String())
		}
	}
	if n := c.Negotiated; n != nil {
		t.add("negotiated", "version", n.Version.String())
		t.add("negotiated", "cipher_suite", n.CipherSuite.String())
		t.add("negotiated", "key_exchange", n.KeyExchange)
		t.add("negotiated", "resumed", strconv.FormatBool(n.Resumed))
	}
}

func (t *tabs) certificates(c *Connection) {
	position := 0
	add := func(state, source, subject, until, sha256 string) {
		position++
		t.add("certificate", strconv.Itoa(position), state, source, subject, until, sha256)
	}
	used := map[string]bool{}
	if c.Trust != nil {
		signs := pathSigns(c.Trust)
		for i, s := range c.Trust.Path {
			used[s.SHA256] = true
			until := ""
			if s.Certificate != nil {
				until = s.Certificate.NotAfter.UTC().Format(time.DateOnly)
			}
			add(state(signs[i]), s.Source, s.Subject, until, s.SHA256)
		}
	}
	for _, cert := range c.Certificates {
		if !used[cert.SHA256] {
			add("unused", "sent", cert.Subject, cert.NotAfter.UTC().Format(time.DateOnly), cert.SHA256)
		}
	}
	if c.Trust != nil {
		t.trust(c.Trust)
	}
}

func state(sign string) string {
	switch sign {
	case signGood:
		return "ok"
	case signBad:
		return "failed"
	}
	return "unknown"
}

func (t *tabs) trust(v *trust.Verdict) {
	t.add("trust", v.Code, strconv.Itoa(v.ErrorNumber), v.Alert, v.Reason)
	if v.Name.Wanted != "" {
		t.add("name", v.Name.Wanted, v.Name.Fit, strings.Join(v.Name.Presented, ", "))
	}
}

func (t *tabs) answers(c *Connection) {
	if s := c.SIP; s != nil {
		t.add("sip", s.Method, strconv.Itoa(s.Status), s.Reason, s.Server, s.Error)
	}
	if h := c.HTTP; h != nil {
		t.add("http", h.Path, strconv.Itoa(h.Status), strconv.FormatInt(h.Length, 10), h.Type, h.Error)
	}
}
