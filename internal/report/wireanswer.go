package report

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// answers are what the server said after the handshake.
func (c *Connection) answers() []mark {
	var rows []mark
	if c.SIP != nil {
		rows = append(rows, c.SIP.mark())
	}
	if c.HTTP != nil {
		rows = append(rows, httpMark(c.HTTP))
	}
	for i := range rows {
		if c.refuses() { // the phone would never have got there
			rows[i].mood, rows[i].sign = faintly, signNothing
		}
	}
	return rows
}

func (s *SIP) mark() mark {
	if s.Status == 0 {
		return mark{label: "SIP", sign: signBad, text: fmt.Sprintf("no answer to %s: %s", clean(s.Method), clean(s.Error))}
	}
	words := []string{fmt.Sprintf("%d %s to %s in %s", s.Status, clean(s.Reason), clean(s.Method), milliseconds(s.Duration))}
	add := func(yes bool, text string) {
		if yes {
			words = append(words, text)
		}
	}
	add(s.Challenged, "asked for the password of "+clean(s.Realm)+" ("+clean(s.Algorithm)+")")
	add(s.Registered, fmt.Sprintf("registered for %d s", s.Expires))
	add(s.Removed, "removed again")
	add(s.Server != "", clean(s.Server))
	add(len(s.Allow) > 0, "allows "+clean(strings.Join(s.Allow, " ")))
	add(s.Location != "", "points to "+clean(s.Location))
	add(s.Error != "", clean(s.Error))
	sign := signNothing // the server speaks SIP, though not with everybody
	switch {
	case s.Registered, s.Method == "OPTIONS" && (s.Status < 300 || s.Challenged):
		sign = signGood
	case s.Method == "REGISTER":
		sign = signBad
	}
	return mark{label: "SIP", sign: sign, text: strings.Join(words, " · ")}
}

func httpMark(h *diagnosis.HTTP) mark {
	if h.Status == 0 {
		return mark{label: "HTTP", sign: signBad, text: fmt.Sprintf("no answer to GET %s: %s", clean(h.Path), clean(h.Error))}
	}
	length := size(h.Length)
	if h.Truncated {
		length = "more than " + length
	}
	words := []string{fmt.Sprintf("%d %s to GET %s", h.Status, clean(h.Reason), clean(h.Path)), length}
	for _, text := range []string{h.Type, h.Looks, h.Server, h.Location, h.Error} {
		if text != "" {
			words = append(words, clean(text))
		}
	}
	sign := signGood
	if h.Status >= 300 || h.Error != "" {
		sign = signBad
	}
	return mark{label: "HTTP", sign: sign, text: strings.Join(words, " · ")}
}
