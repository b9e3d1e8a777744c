package identity

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
)

const (
	sourceRoles    = "Yealink SIP-T2XP Administrator's Guide, page 225; fact sheet handsets.md, certificate roles"
	sourceBrowsers = "RFC 8996; the browsers' releases of 2020 and later"
)

// ground is the knowledge on which a finding rests.
type ground struct {
	basis  finding.Basis
	source string
}

func (id *Identity) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	id.Findings = append(id.Findings, finding.Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Fix: fix, Basis: g.basis, Source: g.source,
	})
}

// told says what the kind of certificate means.
func (id *Identity) told(c *certificate.Certificate) {
	subject, issuer := certificate.ShortName(c.Subject), certificate.ShortName(c.Issuer)
	const upload = "upload one of your own as server certificate: one PEM file with certificate and key"
	switch id.Kind {
	case Unique:
		id.add("identity.unique", finding.Note, ground{finding.Observed, sourceRoles}, "",
			"the phone presents a certificate of its own with its MAC address, issued by %q", issuer)
	case Generic:
		id.add("identity.generic", finding.Note, ground{finding.Derived, sourceRoles}, upload,
			"the phone presents the vendor's certificate %q without a MAC address: probably the generic one, which many phones share", subject)
	case SelfSigned:
		id.add("identity.self-signed", finding.Warning, ground{finding.Documented, "RFC 5280, section 3.2"}, upload,
			"the certificate %q is signed by itself: no browser can tell whose it is", subject)
	case Custom:
		id.add("identity.custom", finding.Note, ground{finding.Derived, sourceRoles}, "",
			"the certificate %q was issued by %q, which is not the phone's maker: it was uploaded", subject, issuer)
	}
}

func (id *Identity) dates(q Question, c *certificate.Certificate) {
	switch {
	case id.Expired:
		id.add("identity.expired", finding.Warning, ground{finding.Documented, "RFC 5280, section 4.1.2.5"}, "upload a new server certificate",
			"the certificate expired on %s", c.NotAfter.UTC().Format("2006-01-02"))
	case q.Now.Before(c.NotBefore):
		id.add("identity.not-yet-valid", finding.Warning, ground{finding.Documented, "RFC 5280, section 4.1.2.5"}, "look at this machine's clock",
			"the certificate is valid only from %s on", c.NotBefore.UTC().Format("2006-01-02"))
	}
}

// compare holds the address in the certificate against the expected one.
func (id *Identity) compare(q Question, found mac.Address, named bool) {
	switch {
	case q.Expected == "":
	case !named:
		id.add("identity.no-mac", finding.Error, ground{finding.Assumed, sourceRoles}, "compare it with the MAC address on the phone's status page",
			"whether this is the phone %s is not known: its certificate holds no MAC address", q.Expected)
	default:
		same := found == q.Expected
		id.Matches = &same
		if !same {
			id.add("identity.other-phone", finding.Error, ground{finding.Observed, sourceRoles}, "look up the address of the phone that is meant",
				"the certificate is that of the phone %s, not %s", found, q.Expected)
		}
	}
}

// listener says why there is no certificate.
func (id *Identity) listener(q Question) {
	if id.Kind != None {
		return
	}
	switch {
	case len(q.Survey.Versions) > 0:
		id.add("identity.hidden-certificate", finding.Error, ground{finding.Documented, "RFC 8446, section 2"}, "look at it with a browser",
			"the page takes %s, which shows the certificate only inside its encryption: it is not seen here", spelled(q.Survey))
	case !q.Survey.Complete:
		id.add("identity.no-answer", finding.Error, ground{finding.Assumed, "the time was up, or a connection failed"}, "try again with a longer --timeout",
			"whether %s presents a certificate is not known, for it did not answer in time", q.Address)
	default:
		id.add("identity.no-certificate", finding.Error, ground{finding.Documented, "RFC 5246, section 7.4.2"},
			"open http://"+q.Address+" in a browser: HTTPS may be switched off on the phone",
			"%s presents no certificate: nothing there speaks TLS", q.Address)
	}
}

func (id *Identity) toldBrowsers(q Question, can bool) {
	versions := spelled(q.Survey)
	if can {
		id.add("identity.browsers", finding.Note, ground{finding.Documented, sourceBrowsers}, "",
			"the page takes %s: today's browsers can open it", versions)
		return
	}
	id.add("identity.browsers-refuse", finding.Warning, ground{finding.Documented, sourceBrowsers},
		"keep an old browser for it on a machine that does nothing else, or use phonecert for what the page does",
		"the page takes %s only: today's browsers refuse to open it", versions)
}

func spelled(s *diagnosis.Survey) string {
	var names []string
	for _, v := range s.Versions {
		names = append(names, v.String())
	}
	return strings.Join(names, ", ")
}
