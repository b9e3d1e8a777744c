package diagnosis

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
)

// serverChoice looks at a ServerHello that does not answer the ClientHello.
func serverChoice(s *subject) {
	if s.hello == nil || s.serverHello == nil {
		return
	}
	chosen := s.serverHello.Selected()
	newest := s.hello.Version
	for _, v := range s.hello.Versions() {
		newest = max(newest, v)
	}
	if chosen > newest {
		s.end("version.not-offered", witnessed("RFC 5246, section 7.4.1.3"), "mend the server, or what stands between",
			"the server chooses %s, and %s offers nothing later than %s", chosen, s.client(), newest)
	} else if s.Live && !slices.Contains(s.versions(), chosen) {
		s.need.Version = newest
		g := s.versionGround()
		s.end("version.too-old", g, "let the server take a later version",
			"%s", probably(g, "the phone hangs up because the server chooses "+chosen.String()+", and the phone speaks "+series(s.versions())))
	}
	if !s.hello.SSLv2 && !slices.Contains(s.hello.CipherSuites, s.serverHello.CipherSuite) {
		s.end("cipher.not-offered", witnessed("RFC 5246, section 7.4.1.3"), "mend the server, or what stands between",
			"the server chooses %s, which %s does not offer", s.serverHello.CipherSuite, s.client())
	}
}

// leastEphemeralBits is what later clients began to demand of Diffie-Hellman
// (OpenSSL 1.0.2f). What the phones' own libraries demand is not documented, so
// it decides nothing.
const leastEphemeralBits = 1024

// weakChoice tells how weak the agreed protection is.
func weakChoice(s *subject) {
	if s.serverHello == nil || s.listening() {
		return
	}
	g := witnessed("RFC 9325, sections 3.1 and 4.1")
	if why := suite.Weakness(s.serverHello.CipherSuite); why != "" {
		s.add("strength.suite", finding.Warning, g, "enable an AES suite on the server and put it first",
			"the server chooses %s, and %s", s.serverHello.CipherSuite, why)
	}
	if v := s.serverHello.Selected(); v <= iana.SSL30 {
		s.add("strength.version", finding.Warning, g, "let the server take TLS 1.0 or later and nothing below", "the server chooses %s, which is broken (RFC 7568)", v)
	}
	if k := s.keyExchange; k != nil && len(k.Prime) > 0 && k.Bits > 0 && k.Bits < leastEphemeralBits {
		s.add("strength.dh", finding.Note, g, "give the server Diffie-Hellman parameters of 2048 bits",
			"the server's Diffie-Hellman prime has %d bits; whether the phone takes so few is not documented, and later clients do not", k.Bits)
	}
	if k := s.keyExchange; k != nil && len(k.Modulus) > 0 {
		s.add("strength.export", finding.Warning, g, "enable an AES suite on the server", "the server agrees the keys with an export RSA key of %d bits", k.Bits)
	}
}

// oldFeatures tells of what later TLS has done away with.
func oldFeatures(s *subject) {
	if s.serverHello != nil && s.serverHello.CompressionMethod != 0 {
		s.add("strength.compression", finding.Warning, witnessed("RFC 9325, section 3.3"), "switch TLS compression off at the server",
			"the server compresses what it encrypts (%s), which lets an eavesdropper guess it", s.serverHello.CompressionMethod)
	}
	if s.helloRequests > 0 {
		s.add("renegotiation.asked", finding.Warning, witnessed("RFC 5246, section 7.4.1.1"), "switch renegotiation off at the server, or let it ask for the client certificate in the first handshake",
			"the server asks for a new handshake (HelloRequest, %s); whether the phone begins one is not documented", count(s.helloRequests, "time"))
	}
}

// maxCertificateList is how long a Certificate message OpenSSL takes by default:
// SSL_MAX_CERT_LIST_DEFAULT, 100 kB (SSL_CTX_set_max_cert_list(3)).
const maxCertificateList = 100 << 10

// chainSize tells of chains too long for the phone's library.
func chainSize(s *subject) {
	if s.serverChain == nil {
		return
	}
	if len(s.serverChain.Certificates) == 0 {
		s.end("certificate.none", witnessed("RFC 5246, section 7.4.2"), "configure certificate and key at the server",
			"the server's Certificate message is empty")
		return
	}
	if n := len(s.serverChain.Certificates); len(s.Sent) < n && len(s.Sent) > 0 {
		s.add("certificate.unreadable", finding.Warning, witnessed("RFC 5280, section 4.1"), "take what is no certificate out of the server's file",
			"of the %s that the server sends, %d can be read", count(n, "certificate"), len(s.Sent))
	}
	if s.chainLength <= maxCertificateList || s.Phone == nil {
		return
	}
	library := s.Phone.Profile.Crypto.Library
	g := weakest(on(library), standard("SSL_CTX_set_max_cert_list(3): 100 kB"))
	s.end("certificate.too-long", g, "send no more than the server's certificate and its intermediates",
		"%s", probably(g, "the phone hangs up, because the server's certificates take "+count(s.chainLength, "byte")+" and "+libraryName(library)+" takes no more than 102400"))
}

func libraryName(f handset.Fact[handset.Library]) string {
	if !f.Known() {
		return "OpenSSL"
	}
	return string(f.Value)
}
