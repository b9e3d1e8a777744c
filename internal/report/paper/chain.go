package paper

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Chain has the path that the phone's library followed, and what was sent
// beside it. The verdict is nil where nobody judged.
func Chain(v *trust.Verdict, sent []*certificate.Certificate) []Mark {
	var rows []Mark
	if v == nil {
		for _, cert := range sent {
			rows = append(rows, Mark{"chain", SignDoubt, certificateWords(cert, "sent"), Plainly})
		}
		return rows
	}
	used := map[string]bool{}
	signs := PathSigns(v)
	for i, s := range v.Path {
		used[s.SHA256] = true
		text := Clean(s.Subject) + " · " + s.Source
		if s.Certificate != nil {
			text = certificateWords(s.Certificate, s.Source)
		}
		rows = append(rows, Mark{"chain", signs[i], text, Plainly})
		if s.Failed && v.Code != "" {
			rows = append(rows, Mark{"chain", NoSign, fmt.Sprintf("%s (%d)", v.Code, v.ErrorNumber), Faintly})
		}
	}
	for _, cert := range sent {
		if !used[cert.SHA256()] {
			rows = append(rows, Mark{"chain", SignNothing, certificateWords(cert, "sent, not in the path"), Faintly})
		}
	}
	reason := Prose(v.Reason)
	if v.Connects != nil && *v.Connects && v.Trusted != nil && !*v.Trusted {
		reason += "; the phone goes on all the same"
	}
	if reason == "" {
		return rows
	}
	return append(rows, Mark{"chain", NoSign, reason, Faintly})
}

// PathSigns marks the certificates of a path, one each. The library builds the
// path from the server's certificate up and verifies it from the root down:
// below one that fails, unless it is the last, nothing was verified.
func PathSigns(v *trust.Verdict) []Sign {
	signs, failed := make([]Sign, len(v.Path)), -1
	for i, s := range v.Path {
		if s.Failed {
			failed = i
		}
	}
	for i := range signs {
		switch {
		case v.Trusted == nil:
			signs[i] = SignDoubt
		case i == failed:
			signs[i] = SignBad
		case i < failed && failed < len(v.Path)-1:
			signs[i] = SignNothing
		default:
			signs[i] = SignGood
		}
	}
	return signs
}

func certificateWords(c *certificate.Certificate, source string) string {
	return fmt.Sprintf("%s · %s · %s %d · until %s", Clean(certificate.ShortName(c.Subject)), source, c.KeyAlgorithm(), c.KeyBits(), c.NotAfter.UTC().Format(time.DateOnly))
}
