package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust"
)

// chain has the path that the phone's library followed, and what was sent
// beside it.
func (c *Connection) chain() []mark {
	var rows []mark
	if c.Trust == nil {
		for _, cert := range c.sent {
			rows = append(rows, mark{"chain", signDoubt, certificateWords(cert, "sent"), plainly})
		}
		return rows
	}
	used := map[string]bool{}
	signs := pathSigns(c.Trust)
	for i, s := range c.Trust.Path {
		used[s.SHA256] = true
		text := clean(s.Subject) + " · " + s.Source
		if s.Certificate != nil {
			text = certificateWords(s.Certificate, s.Source)
		}
		rows = append(rows, mark{"chain", signs[i], text, plainly})
		if s.Failed && c.Trust.Code != "" {
			rows = append(rows, mark{"chain", "", fmt.Sprintf("%s (%d)", c.Trust.Code, c.Trust.ErrorNumber), faintly})
		}
	}
	for _, cert := range c.sent {
		if !used[cert.SHA256()] {
			rows = append(rows, mark{"chain", signNothing, certificateWords(cert, "sent, not in the path"), faintly})
		}
	}
	reason := prose(c.Trust.Reason)
	if c.Trust.Connects != nil && *c.Trust.Connects && c.Trust.Trusted != nil && !*c.Trust.Trusted {
		reason += "; the phone goes on all the same"
	}
	if reason == "" {
		return rows
	}
	return append(rows, mark{"chain", "", reason, faintly})
}

// pathSigns marks the certificates of a path. The library builds the path from
// the server's certificate up and verifies it from the root down: below one
// that fails, unless it is the last, nothing was verified.
func pathSigns(v *trust.Verdict) []string {
	signs, failed := make([]string, len(v.Path)), -1
	for i, s := range v.Path {
		if s.Failed {
			failed = i
		}
	}
	for i := range signs {
		switch {
		case v.Trusted == nil:
			signs[i] = signDoubt
		case i == failed:
			signs[i] = signBad
		case i < failed && failed < len(v.Path)-1:
			signs[i] = signNothing
		default:
			signs[i] = signGood
		}
	}
	return signs
}

func certificateWords(c *certificate.Certificate, source string) string {
	return fmt.Sprintf("%s · %s · %s %d · until %s", clean(certificate.ShortName(c.Subject)), source, c.KeyAlgorithm(), c.KeyBits(), c.NotAfter.UTC().Format(time.DateOnly))
}

// name says how the server's name fits its certificate.
func (c *Connection) name() []mark {
	if c.Trust == nil || c.Trust.Name.Wanted == "" {
		return nil
	}
	n := c.Trust.Name
	m := mark{label: "name", sign: signDoubt, text: clean(n.Wanted) + " fits in a doubtful way: " + clean(n.Fit)}
	switch {
	case n.Matches != nil && *n.Matches:
		m.sign, m.text = signGood, clean(n.Wanted)+" is in the certificate"
	case n.Matches != nil:
		m.sign, m.text = signBad, clean(n.Wanted)+" is not in the certificate"
	}
	if m.sign != signGood && len(n.Presented) > 0 {
		m.text += ", which is for " + prose(strings.Join(n.Presented, ", "))
	}
	return []mark{m}
}
