package upload

import (
	"crypto/x509/pkix"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/upload/page"
)

// Likeness is how far a line of a phone's list fits a certificate.
type Likeness int

// The likenesses, the least first.
const (
	// Other: another certificate.
	Other Likeness = iota
	// SameName: the same subject, but another issuer or expiry.
	SameName
	// Unclear: subject and issuer fit, and the date was not understood.
	Unclear
	// Same: subject, issuer and expiry fit.
	Same
)

// Compare holds a line against a certificate. The list tells no more than
// subject, issuer and expiry (the fact sheet on the web interface).
func Compare(line page.Certificate, c *certificate.Certificate) Likeness {
	if !named(line.IssuedTo, c.Subject) {
		return Other
	}
	switch {
	case !named(line.IssuedBy, c.Issuer):
		return SameName
	case line.Expires.IsZero():
		return Unclear
	case sameMoment(line, c.NotAfter):
		return Same
	}
	return SameName
}

// sameMoment allows for lists that show the day alone, or a local time without
// its zone, which is up to 12 hours behind UTC and up to 14 before it.
func sameMoment(line page.Certificate, expiry time.Time) bool {
	const behind, before = 12 * time.Hour, 14 * time.Hour
	ahead := line.Expires.Sub(expiry)
	if line.DayOnly {
		// What is shown is the beginning of the day.
		return ahead > -24*time.Hour-behind && ahead <= before
	}
	// Zones lie quarters of an hour apart; a list may leave out the seconds.
	const quarter = 15 * time.Minute
	seconds := (-ahead%quarter + quarter) % quarter
	return ahead > -behind-time.Minute && ahead <= before && seconds < time.Minute
}

// named reports whether a cell of the list stands for a name: by its common
// name, by what stands for that where there is none, or in full, and also where
// the page cut it short.
func named(cell string, name pkix.Name) bool {
	cell = fold(cell)
	if cell == "" {
		return false
	}
	start, isCut := strings.CutSuffix(strings.TrimSuffix(cell, "…"), "...")
	isCut = isCut || strings.HasSuffix(cell, "…")
	for _, candidate := range spellings(name) {
		if candidate = fold(candidate); candidate == "" {
			continue
		}
		if cell == candidate || isCut && len(start) >= shortest && strings.HasPrefix(candidate, strings.TrimSpace(start)) {
			return true
		}
	}
	return false
}

// shortest is how much of a name that was cut short must be there, in bytes.
const shortest = 8

// spellings are the ways in which a page may write a name.
func spellings(name pkix.Name) []string {
	full := certificate.NameString(name)
	list := []string{certificate.ShortName(name), full, name.String(), "/" + strings.ReplaceAll(full, ", ", "/")}
	if name.CommonName == "" {
		list = append(list, append(name.Organization, name.OrganizationalUnit...)...)
	}
	return list
}

// fold takes blanks and case out of a comparison.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
