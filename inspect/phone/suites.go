package phone

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
)

// Suites tells whether the key of a server's certificate fits the phone's
// cipher suites and what its library can compute with (row 4 of the fact sheet
// on field failures). It needs nothing but the certificate.
func (p *Phone) Suites(leaf *certificate.Certificate) []finding.Finding {
	var n notes
	algorithm, suites, keys := leaf.KeyAlgorithm(), p.Profile.TLS.CipherSuites, p.Profile.Crypto.KeyAlgorithms
	known := firm(suites)
	count := len(suites.Value)
	fits := 0
	for _, id := range suites.Value {
		if suite.Fits(iana.CipherSuite(id), algorithm) {
			fits++
		}
	}
	switch {
	case known && fits == 0:
		n.add("suites.key-type", finding.Error, on(suites), rsaKeyFix(),
			"the server's key is %s, and none of the %d cipher suites that the phone offers works with such a key: the handshake ends with the alert handshake_failure, in the server's log %q",
			algorithm, count, "no shared cipher")
	case firm(keys) && !slices.Contains(keys.Value, algorithm):
		n.add("suites.key-algorithm", finding.Error, on(keys), rsaKeyFix(),
			"the server's key is %s, and the phone's library computes only with %s", algorithm, strings.Join(keys.Value, " and "))
	case !known && !firm(keys) && algorithm != "RSA":
		n.add("suites.key-not-known", finding.Error, ground{finding.Assumed, gap(suites.NotKnown, suites.Source)}, rsaKeyFix(),
			"the server's key is %s; whether %s offers cipher suites for such a key is not known", algorithm, p.Profile.ID)
	}
	return n
}

func gap(notKnown, source string) string {
	if notKnown != "" {
		return notKnown
	}
	return source
}

// rsaKeyFix names the option of the ACME clients that asks for an RSA key.
func rsaKeyFix() string {
	const size = 2048
	return fmt.Sprintf("issue it anew with an RSA key of %d bits: certbot --key-type rsa --rsa-key-size %d, lego --key-type rsa%d, acme.sh --keylength %d, dehydrated --algo rsa", size, size, size, size)
}
