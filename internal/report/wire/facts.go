package wire

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
)

// facts are what stands below the ladder.
func (c *Connection) facts() []paper.Mark {
	return slices.Concat(c.agreed(), c.surveyed(), c.matched(), paper.Chain(c.Trust, c.sent), c.name(), c.answers())
}

// arrived says how the target's name became a connection.
func (c *Connection) arrived() []paper.Mark {
	var rows []paper.Mark
	if l := c.Lookup; l != nil {
		for _, r := range l.Records {
			text := paper.Clean(strings.Join(strings.Fields(r.Type+" "+r.Name+" "+r.Value), " "))
			for _, extra := range []string{string(r.Outcome), r.Note} {
				if extra != "" {
					text += ", " + paper.Clean(extra)
				}
			}
			rows = append(rows, paper.Mark{Label: "lookup", Text: text, Mood: paper.Faintly})
		}
		if l.Error != "" {
			rows = append(rows, paper.Mark{Label: "lookup", Sign: paper.SignBad, Text: paper.Clean(l.Error), Mood: paper.Badly})
		}
	}
	if d := c.Dial; d != nil {
		m := paper.Mark{Label: "TCP", Text: fmt.Sprintf("%s after %s", d.Result, paper.Milliseconds(d.Duration)), Mood: paper.Faintly}
		if d.Address.IsValid() {
			m.Text = d.Address.String() + " " + m.Text
		}
		if d.Result != diagnosis.Connected {
			m.Sign, m.Mood = paper.SignBad, paper.Badly
		}
		if d.Error != "" {
			m.Text += ": " + paper.Clean(d.Error)
		}
		rows = append(rows, m)
	}
	return rows
}

// agreed are the negotiated parameters.
func (c *Connection) agreed() []paper.Mark {
	if c.Negotiated == nil {
		return nil
	}
	rows := []paper.Mark{{Label: "agreed", Text: negotiatedWords(c.Negotiated)}}
	if extras := negotiatedExtras(c.Negotiated); extras != "" {
		rows = append(rows, paper.Mark{Label: "agreed", Text: extras, Mood: paper.Faintly})
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
	add(n.ApplicationProtocol != "", "ALPN "+paper.Clean(n.ApplicationProtocol))
	add(n.ExtendedMasterSecret, "extended master secret")
	add(n.SecureRenegotiation, "secure renegotiation")
	add(n.SessionTicket, "session ticket")
	return strings.Join(words, " · ")
}

// surveyed is what the server would have taken.
func (c *Connection) surveyed() []paper.Mark {
	s := c.Survey
	if s == nil {
		return nil
	}
	if len(s.Versions) == 0 {
		return []paper.Mark{{Label: "takes", Sign: paper.SignDoubt, Text: fmt.Sprintf("nothing that was tried in %s", paper.Count(s.Connections, "connection"))}}
	}
	var words []string
	for _, v := range s.Versions {
		words = append(words, v.String())
	}
	text := strings.Join(words, ", ") + " · " + paper.Count(len(s.CipherSuites), "suite")
	words = nil
	for i, v := range s.CipherSuites {
		if i == maxSuites {
			words = append(words, "…")
			break
		}
		words = append(words, ladder.Suite(v))
	}
	if len(words) > 0 {
		text += ": " + strings.Join(words, ", ")
	}
	if !s.Complete {
		text += " (not all was asked)"
	}
	return []paper.Mark{{Label: "takes", Text: text}}
}

// maxSuites is how many suites of a server are named.
const maxSuites = 8

// matched says whose ClientHello a capture has.
func (c *Connection) matched() []paper.Mark {
	if len(c.Matches) == 0 {
		return nil
	}
	m := c.Matches[0]
	text := paper.Clean(offer.Named(c.Matches, len(c.Matches)))
	if m.Likeness == offer.Unknown {
		text += ", the nearest is " + paper.Clean(m.Handset)
	}
	for i, d := range m.Differences {
		if i == 3 {
			text += fmt.Sprintf("; and %d more", len(m.Differences)-i)
			break
		}
		text += "; " + paper.Clean(d)
	}
	return []paper.Mark{{Label: "hello of", Text: text}}
}

// name says how the server's name fits its certificate.
func (c *Connection) name() []paper.Mark {
	if c.Trust == nil || c.Trust.Name.Wanted == "" {
		return nil
	}
	n := c.Trust.Name
	m := paper.Mark{Label: "name", Sign: paper.SignDoubt, Text: paper.Clean(n.Wanted) + " fits in a doubtful way: " + paper.Clean(n.Fit)}
	switch {
	case n.Matches != nil && *n.Matches:
		m.Sign, m.Text = paper.SignGood, paper.Clean(n.Wanted)+" is in the certificate"
	case n.Matches != nil:
		m.Sign, m.Text = paper.SignBad, paper.Clean(n.Wanted)+" is not in the certificate"
	}
	if m.Sign != paper.SignGood && len(n.Presented) > 0 {
		m.Text += ", which is for " + paper.Prose(strings.Join(n.Presented, ", "))
	}
	return []paper.Mark{m}
}
