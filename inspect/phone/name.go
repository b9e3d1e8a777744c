package phone

import (
	"net/netip"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// name explains how the name by which the phone calls the server fits the
// certificate, where the phone compares them (rows 9 and 10 of the fact sheet
// on field failures).
func (e *explainer) name() {
	check, n := e.cnValidation(), e.verdict.Name
	names := listed(n.Presented)
	anything := e.Settings.OnlyTrusted.Is("off")
	issue := "issue it with a subjectAltName for " + n.Wanted
	switch {
	case n.Fit == "exact":
	case n.Fit == "none" && check.Is("off"):
		e.add("name.mismatch-not-checked", finding.Note, check.ground(), issue,
			"the certificate is for %s and not for %q; %s is off, so the phone does not mind", names, n.Wanted, check.label)
	case check.Is("off"):
	case n.Fit == "not given":
		e.add("name.server-not-given", finding.Error, ground{finding.Assumed, "no --name"}, "run it again with --name and the server's name as the phone has it",
			"whether the name fits is not known: --name was not given; the certificate is for %s", names)
	case n.Fit == "none" && !check.Certain():
		e.add("name.check-not-known", finding.Error, ground{finding.Assumed, check.Source},
			"look at "+check.label+" on the phone and give its value with --cn-validation",
			"the certificate is for %s and not for %q; whether the phone minds hangs on %s, whose factory value is not certain", names, n.Wanted, check.label)
	case n.Fit == "none" && anything:
		e.add("name.mismatch-accepting-any", finding.Error, ground{finding.Assumed, "no guide says whether the name is compared when any certificate is accepted"},
			"switch "+check.label+" off, or "+issue,
			"the certificate is for %s and not for %q; %s is on, but the phone probably does not mind, because it accepts any certificate", names, n.Wanted, check.label)
	case n.Fit == "none":
		e.add("name.mismatch", finding.Error, e.certainty(check.ground()), e.useName()+issue,
			"%sthe certificate is for %s and not for %s%q, and %s compares them", e.probably(), names, kindOf(n.Wanted), n.Wanted, check.label)
	case n.Fit == "wildcard":
		e.add("name.wildcard", finding.Error, ground{finding.Assumed, check.Source}, "issue it with the exact name, or switch "+check.label+" off",
			"%q fits only by a wildcard; the phone probably takes that, because RFC 2818 does, but phones were seen to refuse it", n.Wanted)
	case n.Fit == "common name":
		e.add("name.common-name", finding.Error, ground{finding.Assumed, check.Source}, issue+" too",
			"%q stands only in the common name, beside a subjectAltName without it; the phone probably takes that, because its guide says that it accepts either, but RFC 2818 wants the subjectAltName used alone", n.Wanted)
	default:
		e.add("name.address-in-cn", finding.Error, ground{finding.Assumed, check.Source}, "issue it with an iPAddress in the subjectAltName",
			"%q stands only in the common name; the phone probably takes that, because it looks there for names, but RFC 2818 wants addresses in the subjectAltName", n.Wanted)
	}
}

// useName is the change that needs no new certificate.
func (e *explainer) useName() string {
	for _, c := range e.verdict.Changes {
		if c.Kind == "use-name" {
			return c.Message + ", or "
		}
	}
	return ""
}

// probably begins a refusal that hangs on Only Accept Trusted Certificates.
func (e *explainer) probably() string {
	if e.Settings.OnlyTrusted.Certain() {
		return ""
	}
	return "the phone probably refuses the server, because "
}

func kindOf(wanted string) string {
	if _, err := netip.ParseAddr(wanted); err == nil {
		return "the address "
	}
	return ""
}

// listed joins names for a sentence, a few of many.
func listed(names []string) string {
	const most = 5
	switch {
	case len(names) == 0:
		return "no name at all"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
