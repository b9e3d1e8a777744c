package account

import (
	"slices"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// desk is the phone as package phone judges with it: the settings since the last
// boot, and the certificates that are on it now (invented: no source tells when
// an uploaded one counts).
func desk(p *handset.Profile, builtin phone.Builtin, s device.State, clock time.Time) *phone.Phone {
	on := func(name handset.Setting, value int, words ...string) phone.Choice {
		return phone.Choice{
			Value: words[value], Factory: name.Factory.Known() && name.Factory.Value == words[value],
			Basis: finding.Observed, Source: "set on the simulated phone",
		}
	}
	set, in := p.Settings, s.InForce
	onDesk := &phone.Phone{
		Profile: p, Name: p.ID, Builtin: builtin, Clock: clock,
		Settings: phone.Settings{
			OnlyTrusted:  on(set.OnlyTrusted, in.OnlyTrusted, "off", "on"),
			CA:           on(set.CA, in.CA, "default", "custom", "all"),
			CNValidation: on(set.CNValidation, in.CNValidation, "off", "on"),
			DeviceCert:   on(set.DeviceCert, in.DeviceCert, "default", "custom"),
		},
	}
	for _, held := range s.Trusted {
		if c, err := certificate.Parse(held.DER); err == nil {
			onDesk.Custom = append(onDesk.Custom, c)
		}
	}
	return onDesk
}

// decision is what the phone does about a server.
type decision struct {
	// connects says that it goes on; alert is what it sends where it does not, ""
	// where it finds out only after the handshake.
	connects bool
	alert    string
	// verdict is what is known for certain, supposed says that it leaves the
	// answer open and the likeliest was taken.
	verdict  trust.Verdict
	supposed bool
}

// decide judges a server. A simulated phone cannot leave the answer open: where
// it hangs on what is only assumed, that is taken to be so.
func decide(p *phone.Phone, s phone.Server) decision {
	d := decision{verdict: p.Judge(s)}
	v := d.verdict
	if d.supposed = v.Connects == nil; d.supposed {
		v = likely(p).Judge(s)
	}
	switch {
	case v.Connects != nil:
		d.connects = *v.Connects
	case p.Settings.OnlyTrusted.Value == "off":
		// Only the name does not fit, and a phone that accepts any certificate
		// most likely compares none of its names.
		d.connects = true
	default:
		d.connects = v.Trusted != nil && *v.Trusted && v.Name.Fit != "none"
	}
	if !d.connects {
		d.alert = v.Alert
	}
	return d
}

// likely is the phone with what is assumed of it taken for a fact, and the
// library that most likely goes with its versions of TLS.
func likely(p *phone.Phone) *phone.Phone {
	other, profile := *p, *p.Profile
	if library := &profile.Crypto.Library; !library.Known() {
		*library = handset.Fact[handset.Library]{Value: handset.OpenSSL100}
		if slices.Contains(profile.TLS.Versions.Value, "TLS 1.2") {
			library.Value = handset.OpenSSL102
		}
	}
	profile.Crypto.Library.Basis = finding.Derived
	other.Profile = &profile
	other.Builtin.Listed, other.Builtin.Basis = true, finding.Derived
	return &other
}

// cause is the first thing that stands between the phone and the server.
func (d decision) cause(p *phone.Phone, s phone.Server) finding.Finding {
	for _, f := range p.Explain(s, d.verdict) {
		if f.Severity == finding.Error {
			return f
		}
	}
	return finding.Finding{Severity: finding.Error, Message: "the phone refuses the server's certificates: " + d.verdict.Reason, Basis: finding.Assumed}
}
