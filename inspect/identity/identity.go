// Package identity says what a phone shows of itself as TLS server: which kind
// of certificate its web page presents, and who can still open that page.
// Nothing here does I/O.
package identity

import (
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Kind is a kind of certificate on a phone's web page (the fact sheet on
// handsets, "Certificate roles").
type Kind string

// The kinds.
const (
	// Unique: a MAC address stands in the subject.
	Unique Kind = "unique"
	// Generic: the vendor's, the same on many phones.
	Generic Kind = "generic"
	// Custom: issued by somebody else.
	Custom Kind = "custom"
	// SelfSigned: issued by nobody else.
	SelfSigned Kind = "self-signed"
	// None: no certificate was seen.
	None Kind = "none"
)

// Question is what was seen, and what is expected.
type Question struct {
	// Address is where the phone was asked, for commands in fixes.
	Address string
	// Survey is what the phone takes and which certificate it presents.
	Survey *diagnosis.Survey
	// Expected is the address that the phone should have; "" if none was given.
	Expected mac.Address
	Now      time.Time
}

// Identity is the answer.
type Identity struct {
	Kind Kind `json:"kind"`
	// MAC is the address in the certificate, "" where there is none; Matches
	// compares it with the expected one, nil when there is nothing to compare.
	MAC     string `json:"mac"`
	Matches *bool  `json:"mac_matches"`
	Expired bool   `json:"expired"`
	// Browsers says whether today's browsers can open the page; nil when the
	// survey did not tell.
	Browsers *bool             `json:"browsers"`
	Findings []finding.Finding `json:"findings"`
	Verdict  diagnosis.Verdict `json:"-"`
}

// Identify draws the conclusions.
func Identify(q Question) Identity {
	id := &Identity{Kind: None, Findings: []finding.Finding{}}
	if q.Survey.Leaf != nil {
		id.certificate(q, q.Survey.Leaf)
	}
	id.listener(q)
	id.browsers(q)
	id.Verdict = id.verdict(q)
	return *id
}

// verdict is yes when the phone was seen and is the one that was expected.
func (id *Identity) verdict(q Question) diagnosis.Verdict {
	switch {
	case id.Kind == None && (!q.Survey.Complete || len(q.Survey.Versions) > 0):
		return diagnosis.Unknown
	case id.Kind == None, id.Matches != nil && !*id.Matches:
		return diagnosis.Refuses
	case q.Expected != "" && id.Matches == nil:
		return diagnosis.Unknown
	}
	return diagnosis.Registers
}

// certificate tells the kind of the certificate.
func (id *Identity) certificate(q Question, c *certificate.Certificate) {
	address, named := addressIn(c)
	switch {
	case named && !c.SelfIssued():
		id.Kind = Unique
	case c.SelfIssued():
		id.Kind = SelfSigned
	case vendor(c):
		id.Kind = Generic
	default:
		id.Kind = Custom
	}
	id.told(c)
	id.Expired = q.Now.After(c.NotAfter)
	id.dates(q, c)
	if named {
		id.MAC = address.String()
	}
	id.compare(q, address, named)
}

// addressIn looks at the serialNumber attribute and at the common name: the
// sources differ on which of them holds the MAC address.
func addressIn(c *certificate.Certificate) (mac.Address, bool) {
	if a, ok := mac.Find(c.Subject.SerialNumber); ok {
		return a, true
	}
	return mac.Find(c.Subject.CommonName)
}

// vendor reports whether a phone's maker stands in the issuer's name.
func vendor(c *certificate.Certificate) bool {
	issuer := strings.ToLower(certificate.NameString(c.Issuer))
	for _, name := range []string{"yealink", "matrix"} {
		if strings.Contains(issuer, name) {
			return true
		}
	}
	return false
}

// browsers: the makers of the large browsers switched TLS 1.0 and 1.1 off in
// 2020 and later, when RFC 8996 was on its way.
func (id *Identity) browsers(q Question) {
	if len(q.Survey.Versions) == 0 {
		return
	}
	can := false
	for _, v := range q.Survey.Versions {
		can = can || v >= iana.TLS12
	}
	id.Browsers = &can
	id.toldBrowsers(q, can)
}
