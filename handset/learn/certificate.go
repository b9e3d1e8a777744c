package learn

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/identity"
)

// The words of the facts on certificates.
const (
	device   = "device"
	uploaded = "uploaded"
)

// certificate takes what the phone's own certificate tells (the fact sheet on
// handsets, certificate roles).
func (l *learner) certificate() {
	switch {
	case len(l.seen.Own) > 0:
	case l.seen.Requested:
		l.note("the phone was asked for a certificate and sent none")
		return
	case l.seen.Web == nil:
		l.note("no certificate of the phone was seen: the server asked for none, or it went encrypted")
		return
	default:
		return
	}
	switch kind := l.kind(l.seen.Own[0]); kind {
	case identity.Unique, identity.Generic:
		l.holds(kind)
		state(l, &l.profile.TLS.ClientCertificate, device)
		if l.selects() {
			l.selected("default", "it sends a certificate that is built in")
		}
	case identity.Custom:
		if l.selects() {
			// The setting on the web page decides which one is the device's.
			state(l, &l.profile.TLS.ClientCertificate, device)
			l.selected("custom", "it sends a certificate that was uploaded")
			return
		}
		state(l, &l.profile.TLS.ClientCertificate, uploaded)
	default:
		l.note("the phone's certificate %q is signed by itself: whether it was uploaded does not show", clean(certificate.ShortName(l.seen.Own[0].Subject)))
	}
}

// kind is that of a phone's own certificate.
func (l *learner) kind(c *certificate.Certificate) identity.Kind {
	return identity.Identify(identity.Question{Survey: &diagnosis.Survey{Leaf: c}, Now: l.seen.At}).Kind
}

// selects reports whether the base has a setting that says which certificate is
// the device's.
func (l *learner) selects() bool {
	return l.base != nil && l.base.TLS.ClientCertificate.Value == device && slices.Contains(l.base.Settings.DeviceCert.Values.Value, "custom")
}

// selected writes what the setting for the device's certificate must stand at.
func (l *learner) selected(value, because string) {
	in := &l.profile.Settings.DeviceCert.InForce
	state(l, in, value)
	in.Basis, in.Because = finding.Derived, because
}

// holds writes that the phone has a built-in certificate of a kind. A base that
// knows of more is not contradicted by one that was seen.
func (l *learner) holds(kind identity.Kind) {
	if l.base != nil && slices.Contains(l.base.Builtin.DeviceCertificates.Value, string(kind)) {
		return
	}
	state(l, &l.profile.Builtin.DeviceCertificates, []string{string(kind)})
}

// web takes what the web interface shows.
func (l *learner) web() {
	w := l.seen.Web
	if w == nil {
		return
	}
	if w.Dialect != "" {
		state(l, &l.profile.Web.Dialects, []string{w.Dialect})
	} else {
		l.note("the phone's web interface was not recognised")
	}
	if model := clean(w.Model); model != "" && !l.profile.Models.Known() {
		state(l, &l.profile.Models, []string{model})
	}
	if firmware := clean(w.Firmware); firmware != "" && !l.profile.Firmware.Known() {
		state(l, &l.profile.Firmware, firmware)
	}
	if len(w.Chain) == 0 {
		return
	}
	switch kind := l.kind(w.Chain[0]); kind {
	case identity.Unique, identity.Generic:
		l.holds(kind)
	default:
		l.note("the certificate of the web page, %q, is not the maker's: it tells nothing of those that are built in", clean(certificate.ShortName(w.Chain[0].Subject)))
	}
}
