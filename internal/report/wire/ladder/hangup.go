package ladder

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Refuses reports whether the phone would hang up on the certificates, although
// the tool went on.
func (c *Connection) Refuses() bool {
	return c.Live && c.Trust != nil && c.Trust.Connects != nil && !*c.Trust.Connects
}

// HangUp is the index of the message before which the phone would hang up, or may; -1 when
// there is none. The phone has verified the certificates when it would speak
// again.
func (c *Connection) HangUp() int {
	open := c.Live && c.Trust != nil && c.Trust.Connects == nil
	if !open && !c.Refuses() {
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
func (c *Connection) phoneLeaves() []Rung {
	alert := c.Trust.Alert
	if !c.Refuses() {
		return []Rung{{Detail: "? the phone may hang up here", Mood: paper.Doubtfully}}
	}
	r := Rung{Step: 5, Label: "Alert", Size: paper.Size(2), Client: true, Ends: true, Mood: paper.Badly, Detail: "fatal " + paper.Clean(alert) + ", the phone hangs up here"}
	if alert == "" {
		r.Label, r.Size, r.Detail = "closes", "", "the phone hangs up here"
	}
	if c.tls13() {
		r.Step = 0
	}
	if c.Outcome.Ending != diagnosis.Completed {
		return []Rung{r}
	}
	return []Rung{r, {Detail: "from here on: phonecert alone", Mood: paper.Faintly}}
}
