// Package ladder draws the messages of a connection in their order, as a phone
// and its server exchange them, with the steps of the vendor's own figure
// beside them.
package ladder

import (
	"fmt"
	"slices"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Connection is what a ladder shows.
type Connection struct {
	// Client and Server are the names above the two lines of life.
	Client, Server string
	// Live says that the tool made the connection itself as the phone.
	Live       bool
	Transcript []handshake.Entry
	Foreign    []handshake.Foreign
	Problems   []handshake.Problem
	Omitted    handshake.Omitted
	Lost       []diagnosis.Lost
	Outcome    diagnosis.Outcome
	// Negotiated is nil when nothing was agreed, Trust when nobody judged.
	Negotiated *handshake.Negotiated
	Trust      *trust.Verdict
}

// Rung is one line of the ladder: an arrow, or a note when it has no label.
type Rung struct {
	// Step is that of the figure, 0 for none.
	Step int
	// At is the time since the first message, where it is Timed.
	At    time.Duration
	Timed bool
	Size  string
	Label string
	// Client says who sent it, Ends that the arrow ends in a cross.
	Client, Ends bool
	Detail       string
	Mood         paper.Mood
}

// Time is when the message went, in milliseconds; "" where it is not known.
func (r Rung) Time() string {
	if !r.Timed {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(r.At)/float64(time.Millisecond))
}

// Long transcripts show their beginning and their end.
const (
	firstRungs = 36
	lastRungs  = 8
)

// Rungs are the lines of a connection's ladder, from the top.
func (c *Connection) Rungs() []Rung {
	var list []Rung
	hangup, numbers := c.HangUp(), Steps(c.Transcript, c.Negotiated)
	for i := 0; i < len(c.Transcript); {
		if i == hangup {
			list = append(list, c.phoneLeaves()...)
		}
		n := c.run(i, hangup)
		r := newRung(c.Transcript[i:i+n], numbers[i])
		if c.Live && r.Client && r.Ends {
			r.Step, r.Detail = 0, r.Detail+", from phonecert, not the phone"
		}
		if hangup >= 0 && i >= hangup && c.Refuses() {
			r.Mood = paper.Faintly
		}
		list = append(list, r)
		i += n
	}
	if hangup >= 0 && hangup == len(c.Transcript) {
		list = append(list, c.phoneLeaves()...)
	}
	return append(capped(list), c.endings()...)
}

// Silent reports whether nothing was said: there is something to tell, but no
// arrow to draw.
func (c *Connection) Silent() bool { return silent(c.Rungs()) }

func silent(list []Rung) bool {
	return !slices.ContainsFunc(list, func(r Rung) bool { return r.Label != "" })
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

func newRung(run []handshake.Entry, step int) Rung {
	first, total, detail := run[0], 0, ""
	for _, e := range run {
		total += e.Length
		// The first record may be an empty one, as OpenSSL of the phones' time
		// sends it before others.
		if detail == "" {
			detail = Detail(e)
		}
	}
	r := Rung{
		Step: step, At: time.Duration(first.TimeOffset), Timed: true, Size: paper.Size(total), Label: paper.Clean(first.Name),
		Client: first.Direction == handshake.ClientToServer, Detail: detail,
	}
	if len(run) > 1 {
		r.Label = fmt.Sprintf("%s ×%d", r.Label, len(run))
	}
	if len(first.Problems) > 0 {
		r.Mood = paper.Doubtfully
	}
	if a, ok := first.Fields.(*handshake.Alert); ok && a.Level == handshake.AlertFatal {
		r.Mood, r.Ends = paper.Badly, true
	}
	return r
}

// capped leaves out the middle of a long ladder.
func capped(list []Rung) []Rung {
	if len(list) <= firstRungs+lastRungs+1 {
		return list
	}
	omitted := len(list) - firstRungs - lastRungs
	short := append([]Rung{}, list[:firstRungs]...)
	short = append(short, Rung{Detail: fmt.Sprintf("… %d more", omitted), Mood: paper.Faintly})
	return append(short, list[len(list)-lastRungs:]...)
}

// Names are those of the two sides, in a general way where the names do not fit
// into some columns together.
func (c *Connection) Names(columns int) (client, server string) {
	client, server = paper.Clean(c.Client), paper.Clean(c.Server)
	switch {
	case client != "" && server != "" && lipgloss.Width(client)+lipgloss.Width(server)+2 <= columns:
		return client, server
	case c.Live:
		return "phone", "server"
	}
	return "client", "server"
}
