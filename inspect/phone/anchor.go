package phone

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// anchor tells why the path does not end at a root that the phone trusts.
func (c cause) anchor() {
	f, _, at := c.failed()
	issuer := certificate.ShortName(f.Issuer)
	upload := fmt.Sprintf("upload the self-signed root %q as trusted certificate and set %s to Custom or All", issuer, c.ca().label)
	held := c.heldIntermediate()
	switch {
	case c.change(trust.SendIntermediate) != nil:
		c.add("trust.missing-intermediate", finding.Error, c.ground, c.fix("")+"; with certbot and acme.sh that is the file fullchain, not cert",
			"the server does not send the intermediate %q, and the phone does not hold it", issuer)
	case c.Settings.CA.Certain() && (c.change(trust.SwitchCA) != nil || c.Settings.CA.Value == "default" && c.uploaded(f)):
		c.add("trust.ca-setting", finding.Error, c.ground, c.fix("set "+c.ca().label+" to custom")+" on the phone, and reboot it: phonecert phone set URL --ca all --reboot needed",
			"the phone holds the root of the chain, but %s is %s, and it does not look there", c.ca().label, c.Settings.CA.Value)
	case held != nil:
		c.add("trust.intermediate-only", finding.Error, c.ground, c.fix(fmt.Sprintf("upload the self-signed root %q instead", certificate.ShortName(held.Issuer))),
			"only the intermediate %s was uploaded; the phone's library ends every chain at a self-signed root, and the root above it is missing", quoted(held))
	case at == 0 && f.SelfIssued():
		c.add("trust.self-signed-server", finding.Error, c.ground, c.fix("issue the server's certificate from a CA, and upload that CA's root to the phone"),
			"the server's certificate %s is self-signed, and the phone does not hold it", quoted(f))
	case c.sentAlone(f):
		c.add("trust.missing-intermediate", finding.Error, c.ground,
			"configure the full chain at the server, with certbot and acme.sh the file fullchain and not cert; "+c.fix(upload),
			"the server sends its own certificate alone: %q, which issued it, is neither sent nor held by the phone", issuer)
	case c.tooYoung(f) && !private(c.server.Sent):
		c.add("trust.root-too-young", finding.Error, c.ground, c.fix(upload),
			"the chain ends at the public root %s of %d, and the phone's list of built-in certificates is from %d at the latest",
			quoted(f), f.NotBefore.Year(), c.Profile.GuideYear.Value)
	case f.SelfIssued():
		c.add("trust.unknown-ca", finding.Error, c.ground, c.fix(upload),
			"the phone does not know who issued the server's certificate: the chain ends at the root %s, %s", quoted(f), c.where(f))
	case c.sends(f):
		c.add("trust.circle", finding.Error, c.ground, c.fix("let the server send one path, without certificates that lead back to each other"),
			"the certificates that the server sends lead from %s to no root: %s", quoted(f), c.verdict.Reason)
	default:
		c.add("trust.unknown-ca", finding.Error, c.ground, c.fix(c.wanted(upload)),
			"the phone does not know who issued the server's certificate: the chain ends at %s, whose issuer %q is not sent, %s", quoted(f), issuer, c.where(f))
	}
}

// sends reports whether the server sends an issuer of a certificate at which
// the path ends all the same, as where cross-signs run in a circle.
func (c cause) sends(f *certificate.Certificate) bool {
	return slices.ContainsFunc(c.server.Sent, func(o *certificate.Certificate) bool { return o.Issued(f) })
}

// wanted names the issuer that nobody has, so that it can be found.
func (c cause) wanted(otherwise string) string {
	for _, change := range c.verdict.Changes {
		if change.Kind != trust.AddRoot || change.Tried {
			continue
		}
		key := ""
		if change.KeyID != "" {
			key = " (key identifier " + change.KeyID + ")"
		}
		return fmt.Sprintf("get %q%s from the CA: if it is a root upload it (phonecert upload FILE --as trusted --phone URL), if not let the server send it", change.Subject, key)
	}
	return otherwise
}

// where says where a root was looked for.
func (c cause) where(f *certificate.Certificate) string {
	list := "the list of its built-in certificates"
	if count := c.Profile.Builtin.RootCount; count.Known() {
		list = fmt.Sprintf("the list of its %d built-in certificates", count.Value)
	}
	switch {
	case c.Settings.CA.Is("custom"):
		return fmt.Sprintf("which is not among the %d custom certificates given, and %s is custom", len(c.Custom), c.ca().label)
	case c.listCertain() && len(c.Builtin.Certificates) == 0:
		return "the phone has no built-in certificates, and none given holds it"
	case c.Builtin.Certain():
		return "which is not in the list of built-in certificates given"
	case private(c.server.Sent):
		return "a private CA, which is on no phone's list of built-in certificates"
	case f.SelfIssued() && c.tooYoung(f):
		return fmt.Sprintf("which is of %d, and %s from %d at the latest", f.NotBefore.Year(), list, c.Profile.GuideYear.Value)
	}
	return "which " + list + " as far as it is known lacks"
}

// tooYoung: a root created after the vendor's guide cannot be built in.
func (c cause) tooYoung(root *certificate.Certificate) bool {
	year := c.Profile.GuideYear
	return firm(year) && !c.listCertain() && root.SelfIssued() && root.NotBefore.Year() > year.Value && !c.Settings.CA.Is("custom")
}

// heldIntermediate finds an intermediate of the path among the certificates
// uploaded (row 7 of the fact sheet on field failures).
func (c cause) heldIntermediate() *certificate.Certificate {
	if c.Settings.CA.Is("default") {
		return nil
	}
	for _, step := range c.verdict.Path[1:] {
		for _, custom := range c.Custom {
			if !custom.SelfIssued() && bytes.Equal(custom.RawSubject, step.Certificate.RawSubject) &&
				bytes.Equal(custom.RawSubjectPublicKeyInfo, step.Certificate.RawSubjectPublicKeyInfo) {
				return custom
			}
		}
	}
	return nil
}

// uploaded reports whether the issuer of a certificate, or the root that it is,
// is among the roots uploaded.
func (c cause) uploaded(f *certificate.Certificate) bool {
	for _, custom := range c.Custom {
		if custom.SelfIssued() && (custom.Issued(f) || custom.Equal(f.Certificate)) {
			return true
		}
	}
	return false
}

// sentAlone reports whether the server leaves out an intermediate (row 8): it
// sends nothing above its own certificate, and that was not issued by a root,
// as far as can be told. Public CAs issue from intermediates only (CA/Browser
// Forum Baseline Requirements, section 6.1.7), and whoever has uploaded a root
// has uploaded the one above.
func (c cause) sentAlone(f *certificate.Certificate) bool {
	return len(c.verdict.Path) == 1 && !f.SelfIssued() && (len(c.Custom) > 0 || !private(c.server.Sent))
}
