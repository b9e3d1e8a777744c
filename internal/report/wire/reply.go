package wire

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// answers are what the server said after the handshake.
func (c *Connection) answers() []paper.Mark {
	var rows []paper.Mark
	if c.SIP != nil {
		rows = append(rows, c.SIP.mark())
	}
	if c.HTTP != nil {
		rows = append(rows, httpMark(c.HTTP))
	}
	refused := c.picture().Refuses()
	for i := range rows {
		if refused { // the phone would never have got there
			rows[i].Mood, rows[i].Sign = paper.Faintly, paper.SignNothing
		}
	}
	return rows
}

func (s *SIP) mark() paper.Mark {
	if s.Status == 0 {
		return paper.Mark{Label: "SIP", Sign: paper.SignBad, Text: fmt.Sprintf("no answer to %s: %s", paper.Clean(s.Method), paper.Clean(s.Error))}
	}
	words := []string{fmt.Sprintf("%d %s to %s in %s", s.Status, paper.Clean(s.Reason), paper.Clean(s.Method), paper.Milliseconds(s.Duration))}
	add := func(yes bool, text string) {
		if yes {
			words = append(words, text)
		}
	}
	add(s.Challenged, "asked for the password of "+paper.Clean(s.Realm)+" ("+paper.Clean(s.Algorithm)+")")
	add(s.Registered, fmt.Sprintf("registered for %d s", s.Expires))
	add(s.Removed, "removed again")
	add(s.Server != "", paper.Clean(s.Server))
	add(len(s.Allow) > 0, "allows "+paper.Clean(strings.Join(s.Allow, " ")))
	add(s.Location != "", "points to "+paper.Clean(s.Location))
	add(s.Error != "", paper.Clean(s.Error))
	sign := paper.SignNothing // the server speaks SIP, though not with everybody
	switch {
	case s.Registered, s.Method == "OPTIONS" && (s.Status < 300 || s.Challenged):
		sign = paper.SignGood
	case s.Method == "REGISTER":
		sign = paper.SignBad
	}
	return paper.Mark{Label: "SIP", Sign: sign, Text: strings.Join(words, " · ")}
}

func httpMark(h *diagnosis.HTTP) paper.Mark {
	if h.Status == 0 {
		return paper.Mark{Label: "HTTP", Sign: paper.SignBad, Text: fmt.Sprintf("no answer to GET %s: %s", paper.Clean(h.Path), paper.Clean(h.Error))}
	}
	length := paper.Size(h.Length)
	if h.Truncated {
		length = "more than " + length
	}
	words := []string{fmt.Sprintf("%d %s to GET %s", h.Status, paper.Clean(h.Reason), paper.Clean(h.Path)), length}
	for _, text := range []string{h.Type, h.Looks, h.Server, h.Location, h.Error} {
		if text != "" {
			words = append(words, paper.Clean(text))
		}
	}
	sign := paper.SignGood
	if h.Status >= 300 || h.Error != "" {
		sign = paper.SignBad
	}
	return paper.Mark{Label: "HTTP", Sign: sign, Text: strings.Join(words, " · ")}
}
