package rules

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

// validity compares every certificate with the phone's clock; the phone's
// library checks the dates of all certificates of a path, the root's too (the
// fact sheet on handsets, "How such a client builds the chain", 3 and 4).
func validity(s *subject) {
	for _, c := range s.certs {
		switch {
		case c.NotAfter.Before(c.NotBefore):
			s.beside(c).add("validity.reversed", finding.Error, standard("RFC 5280, section 4.1.2.5"), "have it issued anew",
				"%s ends before it begins: from %s to %s", s.which(c), day(c.NotBefore), day(c.NotAfter))
		case s.Clock.After(c.NotAfter):
			s.beside(c, "X509_V_ERR_CERT_HAS_EXPIRED").add("validity.expired", finding.Error, s.dates(), "have it renewed",
				"%s expired on %s, %s", s.which(c), day(c.NotAfter), Distance(s.Clock, c.NotAfter))
		case s.Clock.Before(c.NotBefore):
			s.beside(c, "X509_V_ERR_CERT_NOT_YET_VALID").add("validity.not-yet", finding.Error, s.dates(),
				"wait, or set the clock right: the check used "+s.Clock.UTC().Format(time.RFC3339),
				"%s is valid only from %s, %s", s.which(c), day(c.NotBefore), Distance(s.Clock, c.NotBefore))
		case c.NotAfter.Sub(s.Clock) < soon:
			s.add("validity.ends-soon", finding.Warning, s.dates(), "have it renewed now",
				"%s ends on %s, %s", s.which(c), day(c.NotAfter), Distance(s.Clock, c.NotAfter))
		}
	}
}

// dates is how firmly it is known that the dates are checked: for a phone's
// own certificate it is the peer that checks them.
func (s *subject) dates() ground {
	if s.Role == handset.Server {
		return standard("RFC 5280, section 6.1.3")
	}
	return s.library()
}

// clockRange warns of dates that the phone's clock may never show.
func clockRange(s *subject) {
	last := s.Profile.Crypto.LastDate
	if !last.Known() {
		return
	}
	limit, err := time.Parse(time.RFC3339, last.Value)
	if err != nil {
		return // the loader of profiles refuses such a value
	}
	for _, c := range s.certs {
		if c.NotAfter.After(limit) {
			s.add("validity.after-clock", finding.Warning, on(last), "issue it with an end before "+day(limit),
				"%s ends on %s, after %s: a phone whose clock has 32 bits may read that as long ago",
				s.which(c), day(c.NotAfter), day(limit))
		}
	}
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

// Distance says how far away a moment is: "3 days ago", "in 2 years".
func Distance(now, then time.Time) string {
	d := then.Sub(now)
	text := span(d.Abs())
	if d < 0 {
		return text + " ago"
	}
	return "in " + text
}

func span(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case d < 2*time.Minute:
		return "a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case days < 2:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	case days < 60:
		return fmt.Sprintf("%d days", days)
	case days < 730:
		return fmt.Sprintf("%d months", days*12/365)
	}
	return fmt.Sprintf("%d years", days*100/36525)
}

// anchored lists the certificates whose signature a verifier checks: all but
// self-issued ones, whose own signature is not (the fact sheet, 3).
func anchored(certs []*certificate.Certificate) []*certificate.Certificate {
	var checked []*certificate.Certificate
	for _, c := range certs {
		if !c.SelfIssued() {
			checked = append(checked, c)
		}
	}
	return checked
}
