package learn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

// library keeps what the base says of the phone's TLS library from standing
// beside a ClientHello that no such library sends: what trust in a server hangs
// on would be wrong with it.
func (l *learner) library(hello *handshake.ClientHello) {
	if l.base == nil {
		return
	}
	crypto := &l.profile.Crypto
	best := iana.ProtocolVersion(0)
	for _, v := range hello.Versions() {
		if v <= iana.TLS13 {
			best = max(best, v)
		}
	}
	if own := l.base.Crypto.Library; own.Known() && best > newest(own.Value) {
		why := fmt.Sprintf("the ClientHello offers %s, which no %s speaks, and that is the generation of %s", best, own.Value, l.base.ID)
		gap(l, &crypto.Library, why)
		l.note("the generation of the TLS library is not known: %s", why)
	}
	schemes := schemesOf(hello)
	own := l.base.Crypto.RSAPSS
	if slices.ContainsFunc(schemes, isPSS) && own.Known() && !own.Value {
		state(l, &crypto.RSAPSS, true)
		crypto.RSAPSS.Basis, crypto.RSAPSS.Because = finding.Derived, "its ClientHello names schemes of RSASSA-PSS in signature_algorithms"
	}
	// In TLS 1.3 the suites leave the kind of key to signature_algorithms.
	offers := slices.ContainsFunc(hello.CipherSuites, isECDSA) || best == iana.TLS13 && slices.ContainsFunc(schemes, signsECDSA)
	if offers && l.base.Crypto.KeyAlgorithms.Known() {
		l.item(measure.Setting{Path: "crypto.key_algorithms", Value: "EC", Because: "its ClientHello offers ECDSA"}, &crypto.KeyAlgorithms)
	}
}

// newest is the best version that a generation of OpenSSL speaks: TLS 1.1 and 1.2
// came with 1.0.1, TLS 1.3 with 1.1.1.
func newest(l handset.Library) iana.ProtocolVersion {
	switch l {
	case handset.OpenSSL098, handset.OpenSSL100:
		return iana.TLS10
	case handset.OpenSSL101, handset.OpenSSL102:
		return iana.TLS12
	}
	return iana.TLS13
}

func schemesOf(hello *handshake.ClientHello) []iana.SignatureScheme {
	if e := hello.Extensions.Find(iana.ExtensionSignatureAlgorithms); e != nil {
		schemes, _ := e.Value.([]iana.SignatureScheme)
		return schemes
	}
	return nil
}

func isPSS(s iana.SignatureScheme) bool { return strings.HasPrefix(s.String(), "rsa_pss_") }

func signsECDSA(s iana.SignatureScheme) bool { return strings.HasPrefix(s.String(), "ecdsa_") }

func isECDSA(s iana.CipherSuite) bool { return suite.Authentication(s) == "EC" }
