package ladder

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxProblems is how many faults of a stream are told in the ladder.
const maxProblems = 3

// endings tell what ended the connection or is missing from it, as far as no
// message shows it.
func (c *Connection) endings() []Rung {
	var list []Rung
	note := func(m paper.Mood, text string) { list = append(list, Rung{Detail: text, Mood: m}) }
	if c.Omitted.Messages > 0 {
		note(paper.Faintly, fmt.Sprintf("… %d more (%s), beyond what is kept", c.Omitted.Messages, paper.Size(c.Omitted.Bytes)))
	}
	for _, f := range c.Foreign {
		who := "server"
		if f.Direction == handshake.ClientToServer {
			who = "client"
		}
		note(paper.Badly, fmt.Sprintf("the %s speaks %s: %s", who, paper.Clean(f.Protocol), paper.Clean(f.FirstLine)))
	}
	for _, p := range c.Problems[:min(len(c.Problems), maxProblems)] {
		note(paper.Doubtfully, paper.Clean(p.Error()))
	}
	for _, l := range c.Lost {
		note(paper.Doubtfully, lack(l))
	}
	if text := ending(c.Outcome); text != "" {
		note(paper.Badly, text)
	}
	return list
}

// ending tells an ending that no message shows.
func ending(o diagnosis.Outcome) string {
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
		text += ": " + paper.Clean(o.Detail)
	}
	return text
}

// lack tells what is missing in a capture.
func lack(l diagnosis.Lost) string {
	from := "the client"
	if l.Direction == handshake.ServerToClient {
		from = "the server"
	}
	much := "bytes of unknown number"
	if l.Bytes > 0 {
		much = paper.Size(l.Bytes)
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
	return paper.Clean(l.Kind)
}
