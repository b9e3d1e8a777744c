package listen

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxAsked is how many requests of a connection are told to people.
const maxAsked = 12

// PrintHead says who called, when, and at which door.
func (a *Answer) PrintHead(p paper.Sheet) {
	who := fmt.Sprintf("%d  %s ▶ %s", a.Number, paper.Clean(a.Client), paper.Clean(a.Target))
	when := a.seen.Start.Local().Format(time.TimeOnly) + "  " + lasted(a.seen.Duration)
	p.Line("  ", p.Strong.Render(paper.Cut(who, p.Width-3)), apart(p, who, when))
}

// apart puts a text at the end of the line where there is room, else nothing.
func apart(p paper.Sheet, before, text string) string {
	room := p.Width - 3 - lipgloss.Width(before) - lipgloss.Width(text)
	if room < 2 {
		return ""
	}
	return strings.Repeat(" ", room) + p.Faint.Render(text)
}

func lasted(d time.Duration) string {
	switch {
	case d < time.Second:
		return paper.Milliseconds(d)
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// Print writes the answer for people: who called and what it asked for, then
// the connection as a probe shows one.
func (a *Answer) Print(p paper.Sheet) {
	a.PrintHead(p)
	p.Marks(a.caller())
	c := a.Connection
	// The phone is known by its address, whatever port it calls from; what it
	// asked for was told.
	c.Client, c.Server = a.seen.Client.Addr().Unmap().String(), "phonecert"
	c.SIP, c.HTTP, c.Inside = nil, nil, nil
	c.Print(p)
}

// PrintBriefly writes what a survey needs of a connection.
func (a *Answer) PrintBriefly(p paper.Sheet) {
	a.PrintHead(p)
	p.Marks(a.caller())
	p.Line()
}

// caller is what the phone showed of itself, and what it asked for.
func (a *Answer) caller() []paper.Mark {
	var rows []paper.Mark
	if a.UserAgent != "" {
		rows = append(rows, paper.Mark{Label: "phone", Text: a.UserAgent})
	}
	if a.Chain != "" {
		rows = append(rows, a.shown())
	}
	if own := a.ClientCertificate; own != nil {
		rows = append(rows, own.marks(a.Outcome.ClientCertificatesSent)...)
	} else if a.Outcome.ClientCertificateRequested {
		rows = append(rows, paper.Mark{Label: "its own", Sign: paper.SignNothing, Text: "it was asked for a certificate and showed none"})
	}
	rows = append(rows, a.asked()...)
	if a.Limit != "" {
		rows = append(rows, paper.Mark{Label: "limit", Sign: paper.SignBad, Text: "phonecert ended the connection: " + paper.Clean(a.Limit), Mood: paper.Doubtfully})
	}
	return rows
}

// shown is the chain and what the phone made of it.
func (a *Answer) shown() paper.Mark {
	m := paper.Mark{Label: "shown", Sign: paper.SignNothing, Text: "the chain " + string(a.Chain)}
	if a.Trial != nil {
		m.Sign, m.Text = sign(a.Trial.Answer), m.Text+": "+trialWords(a.Trial)
	}
	return m
}

// sign marks what a phone did with a chain.
func sign(a measure.Answer) paper.Sign {
	switch a {
	case measure.Accepted:
		return paper.SignGood
	case measure.Refused:
		return paper.SignBad
	case measure.Unclear:
		return paper.SignDoubt
	}
	return paper.SignNothing
}

func trialWords(t *measure.Trial) string {
	words := []string{string(t.Answer)}
	if t.Detail != "" {
		words = append(words, paper.Clean(t.Detail))
	}
	return strings.Join(words, ", ")
}

// hello is the phone's first message, nil when none came.
func (a *Answer) hello() *handshake.ClientHello {
	for _, e := range a.Transcript {
		if hello, ok := e.Fields.(*handshake.ClientHello); ok && !e.Cut {
			return hello
		}
	}
	return nil
}

// marks tell of the phone's certificate; sent is how many it sent, readable or
// not.
func (o *Own) marks(sent int) []paper.Mark {
	if len(o.Certificates) == 0 {
		return []paper.Mark{{Label: "its own", Sign: paper.SignDoubt, Text: paper.Count(sent, "certificate") + " that cannot be read"}}
	}
	leaf := o.Certificates[0]
	words := []string{paper.Clean(leaf.Subject)}
	if o.Kind != "" {
		words = append(words, paper.Clean(o.Kind))
	}
	if o.MAC != "" {
		words = append(words, "MAC "+paper.Clean(o.MAC))
	}
	words = append(words, "issued by "+paper.Clean(leaf.Issuer), fmt.Sprintf("%s %d", leaf.KeyAlgorithm, leaf.KeyBits),
		leaf.NotBefore.UTC().Format(time.DateOnly)+" to "+leaf.NotAfter.UTC().Format(time.DateOnly))
	m := paper.Mark{Label: "its own", Sign: paper.SignNothing, Text: strings.Join(words, " · ")}
	rows := []paper.Mark{m}
	switch {
	case o.Trusted != nil && *o.Trusted:
		rows[0].Sign = paper.SignGood
		rows = append(rows, paper.Mark{Label: "its own", Text: "--client-ca trusts it", Mood: paper.Faintly})
	case o.Trusted != nil:
		rows[0].Sign = paper.SignBad
		rows = append(rows, paper.Mark{Label: "its own", Text: "--client-ca does not trust it: " + paper.Prose(o.Reason), Mood: paper.Faintly})
	}
	if !o.Proved {
		rows = append(rows, paper.Mark{Label: "its own", Text: "it did not prove that it has the key", Mood: paper.Faintly})
	}
	return rows
}

// asked are the requests inside TLS.
func (a *Answer) asked() []paper.Mark {
	var rows []paper.Mark
	for i, r := range a.Requests {
		if i == maxAsked {
			rows = append(rows, paper.Mark{Label: "asked", Sign: paper.SignNothing, Text: fmt.Sprintf("… %d more", len(a.Requests)-i), Mood: paper.Faintly})
			break
		}
		s := paper.SignGood
		switch {
		case r.Status == 401 || r.Status == 407 || r.Status == 0:
			s = paper.SignNothing
		case r.Status >= 300:
			s = paper.SignBad
		}
		rows = append(rows, paper.Mark{Label: "asked", Sign: s, Text: r.Text})
	}
	return rows
}

// certificateName is the phone's certificate in a word or two, for rows.
func (a *Answer) certificateName() string {
	if o := a.seen.Own; o != nil && len(o.Chain) > 0 {
		return certificate.ShortName(o.Chain[0].Subject)
	}
	return ""
}
