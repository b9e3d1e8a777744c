package phone

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// setting is a trust setting with its name on the phone's page.
type setting struct {
	label string
	Choice
}

func (s setting) String() string {
	switch {
	case s.Value == "":
		return s.label + " not known"
	case s.Factory:
		return fmt.Sprintf("%s %s (factory value)", s.label, s.Value)
	case s.Measured:
		return fmt.Sprintf("%s %s (measured)", s.label, s.Value)
	case s.Supposed:
		return fmt.Sprintf("%s %s (%s)", s.label, s.Value, s.Source)
	}
	return s.label + " " + s.Value
}

func named(known handset.Fact[string], fallback string, c Choice) setting {
	if known.Value != "" {
		fallback = known.Value
	}
	return setting{fallback, c}
}

func (p *Phone) onlyTrusted() setting {
	return named(p.Profile.Settings.OnlyTrusted.Label, "Only Accept Trusted Certificates", p.Settings.OnlyTrusted)
}

func (p *Phone) ca() setting {
	return named(p.Profile.Settings.CA.Label, "CA Certificates", p.Settings.CA)
}

func (p *Phone) cnValidation() setting {
	return named(p.Profile.Settings.CNValidation.Label, "Common Name Validation", p.Settings.CNValidation)
}

func (p *Phone) deviceCert() setting {
	return named(p.Profile.Settings.DeviceCert.Label, "Device Certificates", p.Settings.DeviceCert)
}

func (p *Phone) settings() []setting {
	return []setting{p.onlyTrusted(), p.ca(), p.cnValidation(), p.deviceCert()}
}

// caValues are the values that CA Certificates may have: the one in force, or
// all that the page permits when that is not certain.
func (p *Phone) caValues() []string {
	if p.Settings.CA.Certain() {
		return []string{p.Settings.CA.Value}
	}
	if values := p.Profile.Settings.CA.Values; values.Known() && len(values.Value) > 0 {
		return values.Value
	}
	return []string{"default", "custom", "all"}
}

// Supposes lists the settings that an answer supposes, with how each came to
// be so, in one line.
func (p *Phone) Supposes() string {
	var used []string
	for _, s := range p.settings() {
		used = append(used, s.String())
	}
	return strings.Join(used, ", ")
}

// SettingsNotes says which trust settings an answer supposes, and what follows
// from those that decide nothing by themselves. All are notes.
func (p *Phone) SettingsNotes() []finding.Finding {
	var n notes
	n.add("pbx.settings", finding.Note, p.onlyTrusted().ground(), "set them as on the phone with --only-trusted, --ca, --cn-validation, --device-cert",
		"the answer supposes %s", p.Supposes())
	for _, s := range p.settings() {
		if reboot := p.Profile.Settings.NeedReboot; s.Value != "" && !s.Factory && !s.Measured && reboot.Known() && reboot.Value {
			n.add("pbx.reboot", finding.Note, on(reboot), "reboot the phone after the change",
				"settings other than the factory's take effect when the phone restarts")
			break
		}
	}
	return append(n, p.ClientCertificate()...)
}

// ClientCertificate says what the phone shows to a server that asks (row 14 of
// the fact sheet on field failures). It is a note, or nothing.
func (p *Phone) ClientCertificate() []finding.Finding {
	var n notes
	own := p.Profile.Builtin.DeviceCertificates
	switch {
	case !own.Known():
	case p.Settings.DeviceCert.Value == "custom":
		n.add("pbx.client-certificate-custom", finding.Note, on(own), "give the server the CA of the uploaded certificate",
			"a server that asks for a client certificate gets the one uploaded to the phone")
	case len(own.Value) > 0:
		n.add("pbx.client-certificate", finding.Note, on(own), "give the server the vendor's CA, or upload a certificate and set Device Certificates to Custom",
			"a server that asks for a client certificate gets the phone's built-in one (%s)", strings.Join(own.Value, ", "))
	}
	return n
}
