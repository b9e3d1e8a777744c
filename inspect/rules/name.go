package rules

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// subjectName looks at the names in the certificate that is presented.
func subjectName(s *subject) {
	c := s.leaf()
	if c == nil {
		return
	}
	if s.Role == handset.Server {
		if mac := macIn(c); mac != "" {
			s.add("name.mac", finding.Note, ground{finding.Observed, "the fact sheet on handsets, \"Certificate roles\""},
				"give each phone a certificate of its own",
				"%s names the phone with MAC address %s and fits no other", s.which(c), mac)
		}
	}
	if len(presentedNames(c)) == 0 {
		s.add("name.none", finding.Warning, standard("RFC 9525, section 4"), "issue it with a subjectAltName",
			"%s names neither a host nor an address: a peer that checks names refuses it", s.which(c))
	}
}

// macIn finds the MAC address in the common name or in the serial number
// attribute: vendors use both (the fact sheet on handsets).
func macIn(c *certificate.Certificate) string {
	for _, text := range []string{c.Subject.CommonName, c.Subject.SerialNumber} {
		hex := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(text))
		if len(hex) == 12 && strings.Trim(hex, "0123456789abcdef") == "" {
			return hex
		}
	}
	return ""
}

// presentedNames are the names by which a server's certificate may be known:
// the phones take the common name and the subjectAltName alike (the fact sheet
// on handsets, "Common Name Validation").
func presentedNames(c *certificate.Certificate) []string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if cn := c.Subject.CommonName; cn != "" && !slices.Contains(names, cn) {
		names = append(names, cn)
	}
	return names
}
