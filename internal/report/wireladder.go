package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// mood is how a rung is drawn.
type mood uint8

const (
	plainly mood = iota
	// badly: the message ends the handshake.
	badly
	// doubtfully: the message is broken, or it is not known whether it comes.
	doubtfully
	// faintly: the phone would not have seen or sent it.
	faintly
)

// rung is one line of the ladder: an arrow, or a note when it has no label.
type rung struct {
	step   int
	at     time.Duration
	timed  bool
	size   string
	label  string
	client bool // who sent it
	ends   bool // the arrow ends in a cross
	detail string
	mood   mood
}

// Long transcripts show their beginning and their end.
const (
	firstRungs = 36
	lastRungs  = 8
)

// maxProblems is how many faults of a stream are told in the ladder.
const maxProblems = 3

// ladder are the rungs of a connection.
func (c *Connection) ladder() []rung {
	var list []rung
	hangup, numbers := c.hangup(), steps(c.Transcript, c.Negotiated)
	for i := 0; i < len(c.Transcript); {
		if i == hangup {
			list = append(list, c.phoneLeaves()...)
		}
		n := c.run(i, hangup)
		r := newRung(c.Transcript[i:i+n], numbers[i])
		if c.Live && r.client && r.ends {
			r.step, r.detail = 0, r.detail+", from phonecert, not the phone"
		}
		if hangup >= 0 && i >= hangup && c.refuses() {
			r.mood = faintly
		}
		list = append(list, r)
		i += n
	}
	if hangup >= 0 && hangup == len(c.Transcript) {
		list = append(list, c.phoneLeaves()...)
	}
	return append(capped(list), c.endings()...)
}

// run is how many messages from i on share a rung: application data of one
// direction, and unopened records of TLS 1.3, which look the same.
func (c *Connection) run(i, hangup int) int {
	first, n := c.Transcript[i], 1
	for ; i+n < len(c.Transcript) && i+n != hangup; n++ {
		next := c.Transcript[i+n]
		if first.Name != "ApplicationData" || next.Name != first.Name || next.Direction != first.Direction || next.Decrypted != first.Decrypted {
			break
		}
	}
	return n
}

func newRung(run []handshake.Entry, step int) rung {
	first, total := run[0], 0
	for _, e := range run {
		total += e.Length
	}
	r := rung{
		step: step, at: first.TimeOffset, timed: true, size: size(total), label: clean(first.Name),
		client: first.Direction == handshake.ClientToServer, detail: detail(first),
	}
	if len(run) > 1 {
		r.label = fmt.Sprintf("%s ×%d", r.label, len(run))
	}
	if len(first.Problems) > 0 {
		r.mood = doubtfully
	}
	if a, ok := first.Fields.(*handshake.Alert); ok && a.Level == handshake.AlertFatal {
		r.mood, r.ends = badly, true
	}
	return r
}

// capped leaves out the middle of a long ladder.
func capped(list []rung) []rung {
	if len(list) <= firstRungs+lastRungs+1 {
		return list
	}
	omitted := len(list) - firstRungs - lastRungs
	short := append([]rung{}, list[:firstRungs]...)
	short = append(short, rung{detail: fmt.Sprintf("… %d more", omitted), mood: faintly})
	return append(short, list[len(list)-lastRungs:]...)
}

// refuses reports whether the phone would hang up on the certificates, although
// the tool went on.
func (c *Connection) refuses() bool {
	return c.Live && c.Trust != nil && c.Trust.Connects != nil && !*c.Trust.Connects
}

// hangup is the place before which the phone would hang up, or may; -1 when
// there is none. The phone has verified the certificates when it would speak
// again.
func (c *Connection) hangup() int {
	open := c.Live && c.Trust != nil && c.Trust.Connects == nil
	if !open && !c.refuses() {
		return -1
	}
	answered := false
	for i, e := range c.Transcript {
		switch {
		case e.Name == "ServerHello":
			answered = true
		case answered && e.Direction == handshake.ClientToServer && !(e.Name == "ChangeCipherSpec" && !e.Encrypted && c.tls13()):
			return i
		}
	}
	if !answered {
		return -1
	}
	return len(c.Transcript)
}

func (c *Connection) tls13() bool {
	return c.Negotiated != nil && strings.HasPrefix(c.Negotiated.Version.String(), "TLS 1.3")
}

// phoneLeaves is what the phone does, or may do, where the tool goes on.
func (c *Connection) phoneLeaves() []rung {
	alert := c.Trust.Alert
	if !c.refuses() {
		return []rung{{detail: "? the phone may hang up here", mood: doubtfully}}
	}
	r := rung{step: 5, label: "Alert", size: size(2), client: true, ends: true, mood: badly, detail: "fatal " + clean(alert) + ", the phone hangs up here"}
	if alert == "" {
		r.label, r.size, r.detail = "closes", "", "the phone hangs up here"
	}
	if c.tls13() {
		r.step = 0
	}
	if c.Outcome.Ending != diagnosis.Completed {
		return []rung{r}
	}
	return []rung{r, {detail: "from here on: phonecert alone", mood: faintly}}
}

// endings tell what ended the connection or is missing from it, as far as no
// message shows it.
func (c *Connection) endings() []rung {
	var list []rung
	note := func(m mood, text string) { list = append(list, rung{detail: text, mood: m}) }
	if c.Omitted.Messages > 0 {
		note(faintly, fmt.Sprintf("… %d more (%s), beyond what is kept", c.Omitted.Messages, size(c.Omitted.Bytes)))
	}
	for _, f := range c.Foreign {
		who := "server"
		if f.Direction == handshake.ClientToServer {
			who = "client"
		}
		note(badly, fmt.Sprintf("the %s speaks %s: %s", who, clean(f.Protocol), clean(f.FirstLine)))
	}
	for _, p := range c.Problems[:min(len(c.Problems), maxProblems)] {
		note(doubtfully, clean(p.Error()))
	}
	for _, l := range c.Lost {
		note(doubtfully, l.words())
	}
	if text := c.Outcome.words(); text != "" {
		note(badly, text)
	}
	return list
}

// words tell an ending that no message shows.
func (o Outcome) words() string {
	text := ""
	switch o.Ending {
	case diagnosis.Closed:
		text = "the connection was closed here"
		if o.Closer != "" {
			text = "the " + o.Closer + " closed the connection here"
		}
	case diagnosis.Reset:
		text = "the connection was reset here"
	case diagnosis.Silent:
		text = "nothing more came until the time was up"
	case diagnosis.Malformed:
		text = "what came breaks the protocol"
	case diagnosis.TooLarge:
		text = "what came is more than is read"
	case diagnosis.Unsupported:
		text = "phonecert stops here, the phone would not"
	case diagnosis.Unfinished:
		text = "the capture ends before the handshake does"
	default:
		return ""
	}
	if o.Detail != "" {
		text += ": " + clean(o.Detail)
	}
	return text
}

// words tell what a capture lacks.
func (l Lost) words() string {
	from := "the client"
	if l.Direction == handshake.ServerToClient {
		from = "the server"
	}
	much := "bytes of unknown number"
	if l.Bytes > 0 {
		much = size(l.Bytes)
	}
	switch l.Kind {
	case "began-mid-stream":
		return "the capture begins in the middle of what " + from + " sent"
	case "ended-mid-stream":
		return "the capture ends in the middle of what " + from + " sent"
	case "segment-lost":
		return fmt.Sprintf("the capture lacks %s of what %s sent", much, from)
	case "snap-length":
		return fmt.Sprintf("the capture's snap length cut off %s of what %s sent", much, from)
	case "one-direction":
		return "the capture has nothing of what " + from + " sent"
	case "too-large":
		return fmt.Sprintf("%s of what %s sent are more than is kept", much, from)
	}
	return clean(l.Kind)
}
