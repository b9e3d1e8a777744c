package wire

import (
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
)

// Rows has one row a fact. The first field is its kind, the second the
// number of the connection, counted from 1, or 0 for what concerns them all:
//
//	setting      name, value, chosen|factory|supposed|measured|unknown
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
func (a *Answer) Rows() [][]string {
	t := Rows{Number: "0"}
	for _, s := range a.Settings {
		origin := "chosen"
		switch {
		case s.Value == "":
			origin = "unknown"
		case s.Factory:
			origin = "factory"
		case s.Supposed:
			origin = "supposed"
		case s.Measured:
			origin = "measured"
		}
		t.Add("setting", s.Name, s.Value, origin)
	}
	for _, g := range a.Gaps {
		t.Add("gap", g.Fact, g.Sent)
	}
	for i := range a.Connections {
		t.Number = strconv.Itoa(i + 1)
		t.Connection(&a.Connections[i])
	}
	return t.List
}

// Rows gathers rows for a pipe.
type Rows struct {
	// Number is the second field of each row.
	Number string
	// List are the rows so far.
	List [][]string
}

// Add adds a row with what is not printable spelled out.
func (t *Rows) Add(kind string, fields ...string) {
	row := append(make([]string, 0, len(fields)+2), kind, t.Number)
	for _, f := range fields {
		row = append(row, paper.Spelled(f))
	}
	t.List = append(t.List, row)
}

// Overview adds the connection in one row.
func (t *Rows) Overview(c *Connection) {
	code, took := "", ""
	if f, found := paper.Deciding(c.Findings); found {
		code = f.Code
	}
	if c.HandshakeUS != nil {
		took = strconv.FormatInt(*c.HandshakeUS, 10)
	}
	version, suite, match, start := "", "", "", ""
	if n := c.Negotiated; n != nil {
		version, suite = n.Version.String(), n.CipherSuite.String()
	}
	match = offer.Named(c.Matches, len(c.Matches))
	if !c.Start.IsZero() {
		start = c.Start.UTC().Format(time.RFC3339Nano)
	}
	t.Add("connection", c.Client, c.Server, string(c.Verdict), code, took, version, suite, match, start)
}

// Connection adds all rows of a connection.
func (t *Rows) Connection(c *Connection) {
	t.Overview(c)
	if c.Lookup != nil {
		for _, r := range c.Lookup.Records {
			t.Add("lookup", r.Type, r.Name, r.Value, string(r.Outcome))
		}
	}
	if c.Dial != nil {
		t.Add("dial", c.Dial.Address.String(), string(c.Dial.Result), strconv.FormatInt(c.Dial.DurationUS, 10), c.Dial.Error)
	}
	t.messages(c)
	t.agreed(c)
	t.certificates(c)
	t.answers(c)
	for _, m := range c.Matches {
		t.Add("match", m.Handset, string(m.Likeness), strings.Join(m.Differences, "; "))
	}
	for _, f := range c.Findings {
		t.Add("finding", string(f.Severity), f.Code, f.Message, f.Fix)
	}
	for _, r := range c.Remedies {
		for _, text := range r.Lines {
			t.Add("remedy", r.Program, r.File, text)
		}
	}
	t.Add("verdict", string(c.Verdict), c.Sentence, c.ServerLog)
}

func (t *Rows) messages(c *Connection) {
	numbers := ladder.Steps(c.Transcript, c.Negotiated)
	for i, e := range c.Transcript {
		step := strings.TrimSpace(ladder.Figure(numbers[i]))
		t.Add("message", strconv.Itoa(e.Index), strconv.FormatInt(time.Duration(e.TimeOffset).Microseconds(), 10), e.Direction.String(), e.Name,
			strconv.Itoa(e.Length), ladder.Detail(e), step)
	}
	if c.HangsUpAt != nil {
		t.Add("hangup", strconv.Itoa(*c.HangsUpAt), c.Trust.Alert)
	}
	for _, l := range c.Lost {
		t.Add("lost", l.Kind, l.Direction.String(), strconv.FormatInt(l.Bytes, 10))
	}
	for _, m := range c.Inside {
		t.Add("inside", strconv.Itoa(m.Index), m.Direction.String(), m.StartLine)
	}
	for _, f := range c.Foreign {
		t.Add("foreign", f.Direction.String(), f.Protocol, f.FirstLine)
	}
	t.Add("outcome", string(c.Outcome.Ending), c.Outcome.Alert, c.Outcome.Detail)
}

func (t *Rows) agreed(c *Connection) {
	if s := c.Survey; s != nil {
		for _, v := range s.Versions {
			t.Add("takes", "version", v.String())
		}
		for _, v := range s.CipherSuites {
			t.Add("takes", "cipher_suite", v.String())
		}
	}
	if n := c.Negotiated; n != nil {
		t.Add("negotiated", "version", n.Version.String())
		t.Add("negotiated", "cipher_suite", n.CipherSuite.String())
		t.Add("negotiated", "key_exchange", n.KeyExchange)
		t.Add("negotiated", "resumed", strconv.FormatBool(n.Resumed))
	}
}

func (t *Rows) certificates(c *Connection) {
	position := 0
	add := func(state, source, subject, until, sha256 string) {
		position++
		t.Add("certificate", strconv.Itoa(position), state, source, subject, until, sha256)
	}
	used := map[string]bool{}
	if c.Trust != nil {
		signs := paper.PathSigns(c.Trust)
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

func state(sign paper.Sign) string {
	switch sign {
	case paper.SignGood:
		return "ok"
	case paper.SignBad:
		return "failed"
	}
	return "unknown"
}

func (t *Rows) trust(v *trust.Verdict) {
	t.Add("trust", v.Code, strconv.Itoa(v.ErrorNumber), v.Alert, v.Reason)
	if v.Name.Wanted != "" {
		t.Add("name", v.Name.Wanted, v.Name.Fit, strings.Join(v.Name.Presented, ", "))
	}
}

func (t *Rows) answers(c *Connection) {
	if s := c.SIP; s != nil {
		t.Add("sip", s.Method, strconv.Itoa(s.Status), s.Reason, s.Server, s.Error)
	}
	if h := c.HTTP; h != nil {
		t.Add("http", h.Path, strconv.Itoa(h.Status), strconv.FormatInt(h.Length, 10), h.Type, h.Error)
	}
}
