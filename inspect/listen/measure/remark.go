package measure

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Remarks are what else stands out: what is no fact of a profile, and why nothing
// can be concluded where nothing can. Each is a sentence.
func (t Table) Remarks() []string {
	list := []string{}
	if several := t.callers(); len(several) > 1 {
		// What the rules say of it would be of none.
		return append(list, "nothing follows for any phone's settings, for several call from this address and share the table: "+strings.Join(several, ", "))
	}
	for _, rule := range []func(Table) string{Table.good, Table.odd, Table.ca, Table.wrongName, Table.anything, Table.dates, Table.intermediate, Table.crossSign, Table.fallen, Table.open, Table.incomplete} {
		if sentence := rule(t); sentence != "" {
			list = append(list, sentence)
		}
	}
	return list
}

// good says why nothing follows from the rest.
func (t Table) good() string {
	good := t.of(chain.Good)
	const nothing = "nothing follows for the phone's settings"
	switch {
	case good == nil:
		return nothing + ", for it was not shown the good chain"
	case good.NoSuite:
		return nothing + ", for it offers no cipher suite for the good chain's key"
	case good.refuses():
		return nothing + ", for it refuses even the good chain: " + whyRefused(good)
	case !good.takes():
		return nothing + ", for what it thinks of the good chain does not show: " + good.Detail
	}
	return ""
}

// whyRefused says what to do about a phone that refuses the good chain.
func whyRefused(good *Trial) string {
	switch good.AlertNumber {
	case iana.AlertUnknownCA:
		return "the root is not on the phone, or CA Certificates leaves uploaded ones out; upload root.pem (--out DIR writes it) and set CA Certificates to Custom or All"
	case iana.AlertBadCertificate:
		return "see that its clock is right, that it calls the server by a name in the certificate, and that root.pem is on it"
	case iana.AlertCertificateExpired:
		return "see that its clock is right, and that root.pem is on it"
	case iana.AlertCertificateUnknown:
		return "see that it calls the server by a name in the certificate, and that root.pem is on it"
	case iana.AlertDecryptError:
		return "it may not know SHA-256: try --sign sha1"
	}
	return "see that root.pem is on the phone, that CA Certificates is Custom or All, and that its clock is right"
}

// odd tells of answers that do not go together.
func (t Table) odd() string {
	switch {
	case !t.takes(chain.Good):
	case t.refuses(chain.UnknownRoot) && t.takes(chain.SelfSigned):
		return "it refuses a chain below a root that it does not hold, and takes a certificate that signed itself: whether Only Accept Trusted Certificates is on does not show"
	case t.takes(chain.UnknownRoot) && t.refuses(chain.SelfSigned):
		return "it takes a chain below a root that it does not hold, and refuses a certificate that signed itself: whether Only Accept Trusted Certificates is on does not show"
	}
	return ""
}

// ca tells what follows for CA Certificates.
func (t Table) ca() string {
	if strict, _ := t.onlyTrusted(); strict {
		return "it uses the root that was uploaded, so CA Certificates is Custom or All"
	}
	return ""
}

func (t Table) wrongName() string {
	if strict, _ := t.onlyTrusted(); t.takes(chain.Good) && t.takes(chain.WrongName) && !strict {
		return "whether Common Name Validation is on does not show: it takes wrong-name, but does not insist on a trusted certificate either"
	}
	return ""
}

func (t Table) anything() string {
	if _, lax := t.onlyTrusted(); lax {
		return "what it takes of expired, not-yet-valid, no-intermediate, sha512 and cross-signed-expired says little, for it takes any certificate"
	}
	return ""
}

// dates tells of the phone's clock. The good chain is valid from a day ago on, and
// the others are a week out of their dates.
func (t Table) dates() string {
	if strict, _ := t.onlyTrusted(); !strict {
		return ""
	}
	switch {
	case t.takes(chain.Expired) && t.takes(chain.NotYetValid):
		return "it does not look at the dates of certificates"
	case t.takes(chain.Expired) && t.refuses(chain.NotYetValid):
		return "it takes a certificate that expired a week ago: it does not look at that date, for its clock is not behind, or it would refuse the good chain"
	case t.refuses(chain.Expired) && t.takes(chain.NotYetValid):
		return "it takes a certificate that is valid only in a week: its clock is ahead, or it does not look at that date"
	case t.takes(chain.Expired):
		return "it takes a certificate that expired a week ago: it does not look at that date, or its clock is wrong"
	case t.refuses(chain.Expired) && t.refuses(chain.NotYetValid):
		return "it looks at the dates of certificates, and its clock is right to within a week"
	}
	return ""
}

func (t Table) intermediate() string {
	if strict, _ := t.onlyTrusted(); strict && t.takes(chain.NoIntermediate) {
		return "it takes a chain without its intermediate: it holds that, or keeps what it was shown before"
	}
	return ""
}

// crossSign tells of the library (the fact sheet on handsets, building of chains,
// number 1).
func (t Table) crossSign() string {
	strict, _ := t.onlyTrusted()
	switch {
	case !t.takes(chain.Good):
	case t.refuses(chain.CrossSignedExpired):
		return "it looks for no other way when a server sends a cross-sign by a root that it does not hold: so do OpenSSL 0.9.8, 1.0.0, 1.0.1 before 1.0.1n and 1.0.2 before 1.0.2b"
	case t.takes(chain.CrossSignedExpired) && strict:
		return "it finds its own root though the server sends a cross-sign by another: so does OpenSSL from 1.0.1n and 1.0.2b on, and none of 0.9.8 and 1.0.0"
	}
	return ""
}

// fallen names the trials that count as refusals by what the phone did otherwise.
func (t Table) fallen() string {
	names := t.named(func(v chain.Variant) bool { return t.falls(v) })
	if names == "" {
		return ""
	}
	return "it finished the handshake with " + names + " and hung up without a word, where it goes on with the good chain: that counts as a refusal"
}

// open names the trials that show nothing.
func (t Table) open() string {
	names := t.named(func(v chain.Variant) bool { return v != chain.Good && !t.takes(v) && !t.refuses(v) })
	if names == "" {
		return ""
	}
	return "what it thinks of " + names + " does not show"
}

// named lists the variants of some trials.
func (t Table) named(which func(chain.Variant) bool) string {
	var names []string
	for _, trial := range t.Trials {
		if which(trial.Variant) {
			names = append(names, string(trial.Variant))
		}
	}
	return strings.Join(names, ", ")
}

func (t Table) incomplete() string {
	var names []string
	for _, v := range t.Missing() {
		names = append(names, string(v))
	}
	if len(names) == 0 || len(t.Trials) == 0 {
		return ""
	}
	return "it was not shown " + strings.Join(names, ", ")
}
