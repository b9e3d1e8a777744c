package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// mark is one line below the ladder: what it is about, a sign, and words.
type mark struct {
	label, sign, text string
	mood              mood
}

// The signs. A certificate that was not reached has none of its own.
const (
	signGood    = "✓"
	signBad     = "✗"
	signDoubt   = "?"
	signNothing = "·"
)

// marks writes lines with aligned labels; a label that repeats stands once.
func (st style) marks(w io.Writer, width int, rows []mark) {
	const column = 9
	last := ""
	for _, r := range rows {
		label := r.label
		if label == last {
			label = ""
		}
		last = r.label
		text := st.mood(r.mood)
		for i, part := range st.wrap(r.text, width-column-5) {
			sign := " "
			if i == 0 && r.sign != "" {
				sign = st.sign(r.sign)
			}
			line(w, "  ", st.faint.Render(left(label, column)), sign, " ", text.Render(part))
			label = ""
		}
	}
}

func (st style) sign(sign string) string {
	switch sign {
	case signGood:
		return st.good.Render(sign)
	case signBad:
		return st.bad.Render(sign)
	case signDoubt:
		return st.doubt.Render(sign)
	}
	return st.faint.Render(sign)
}

// facts are what stands below the ladder.
func (c *Connection) facts() []mark {
	return slices.Concat(c.agreed(), c.surveyed(), c.matched(), c.chain(), c.name(), c.answers())
}

// arrived says how the target's name became a connection.
func (c *Connection) arrived() []mark {
	var rows []mark
	if l := c.Lookup; l != nil {
		for _, r := range l.Records {
			text := clean(strings.Join(strings.Fields(r.Type+" "+r.Name+" "+r.Value), " "))
			for _, extra := range []string{string(r.Outcome), r.Note} {
				if extra != "" {
					text += ", " + clean(extra)
				}
			}
			rows = append(rows, mark{label: "lookup", text: text, mood: faintly})
		}
		if l.Error != "" {
			rows = append(rows, mark{label: "lookup", sign: signBad, text: clean(l.Error), mood: badly})
		}
	}
	if d := c.Dial; d != nil {
		m := mark{label: "TCP", text: fmt.Sprintf("%s after %s", d.Result, milliseconds(d.Duration)), mood: faintly}
		if d.Address.IsValid() {
			m.text = d.Address.String() + " " + m.text
		}
		if d.Result != diagnosis.Connected {
			m.sign, m.mood = signBad, badly
		}
		if d.Error != "" {
			m.text += ": " + clean(d.Error)
		}
		rows = append(rows, m)
	}
	return rows
}

// agreed are the negotiated parameters.
func (c *Connection) agreed() []mark {
	if c.Negotiated == nil {
		return nil
	}
	rows := []mark{{label: "agreed", text: negotiatedWords(c.Negotiated)}}
	if extras := negotiatedExtras(c.Negotiated); extras != "" {
		rows = append(rows, mark{label: "agreed", text: extras, mood: faintly})
	}
	return rows
}

func negotiatedWords(n *handshake.Negotiated) string {
	words := []string{n.Version.String(), n.CipherSuite.String()}
	if short := handset.CipherSuiteByID(uint16(n.CipherSuite)).OpenSSL; short != "" {
		words[1] = short + " (" + words[1] + ")"
	}
	exchange := n.KeyExchange
	if n.Group != 0 {
		exchange += " " + n.Group.String()
	} else if n.KeyBits > 0 {
		exchange += fmt.Sprintf(" %d bits", n.KeyBits)
	}
	if exchange != "" {
		words = append(words, exchange)
	}
	return strings.Join(words, " · ")
}

func negotiatedExtras(n *handshake.Negotiated) string {
	var words []string
	add := func(yes bool, text string) {
		if yes {
			words = append(words, text)
		}
	}
	add(n.Resumed, "resumed session")
	add(n.SignatureScheme != 0, "signed with "+n.SignatureScheme.String())
	add(n.CompressionMethod != 0, "compression "+n.CompressionMethod.String())
	add(n.ApplicationProtocol != "", "ALPN "+clean(n.ApplicationProtocol))
	add(n.ExtendedMasterSecret, "extended master secret")
	add(n.SecureRenegotiation, "secure renegotiation")
	add(n.SessionTicket, "session ticket")
	return strings.Join(words, " · ")
}

// surveyed is what the server would have taken.
func (c *Connection) surveyed() []mark {
	s := c.Survey
	if s == nil {
		return nil
	}
	if len(s.Versions) == 0 {
		return []mark{{label: "takes", sign: signDoubt, text: fmt.Sprintf("nothing that was tried in %s", count(s.Connections, "connection"))}}
	}
	var words []string
	for _, v := range s.Versions {
		words = append(words, v.String())
	}
	text := strings.Join(words, ", ") + " · " + count(len(s.CipherSuites), "suite")
	words = nil
	for i, v := range s.CipherSuites {
		if i == maxSuites {
			words = append(words, "…")
			break
		}
		words = append(words, suite(v))
	}
	if len(words) > 0 {
		text += ": " + strings.Join(words, ", ")
	}
	if !s.Complete {
		text += " (not all was asked)"
	}
	return []mark{{label: "takes", text: text}}
}

// maxSuites is how many suites of a server are named.
const maxSuites = 8

// matched says whose ClientHello a capture has.
func (c *Connection) matched() []mark {
	if len(c.Matches) == 0 {
		return nil
	}
	m := c.Matches[0]
	text := fmt.Sprintf("%s (%s)", clean(m.Handset), m.Likeness)
	for i, d := range m.Differences {
		if i == 3 {
			text += fmt.Sprintf("; and %d more", len(m.Differences)-i)
			break
		}
		text += "; " + clean(d)
	}
	return []mark{{label: "hello of", text: text}}
}
