// Package suite says of cipher suites what decides whether a phone and a server
// find one in common: which key a server needs for it, from which version on it
// exists, how weak it is, and which one to enable where none is. Nothing here
// does I/O.
package suite

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Authentication names the key that a server needs for a suite, as a
// certificate names it: "RSA", "DSA" or "EC". It is empty for a suite of TLS
// 1.3, which leaves that to extensions, and for one without certificates.
func Authentication(s iana.CipherSuite) string {
	kx := s.KeyExchange()
	kx, _, _ = strings.Cut(kx, "_EXPORT")
	switch last := kx[strings.LastIndexByte(kx, '_')+1:]; last {
	case "RSA":
		return "RSA"
	case "DSS":
		return "DSA"
	case "ECDSA":
		return "EC"
	}
	return ""
}

// Fits reports whether a suite proves the server by a key of this kind, named
// as in certificates (RFC 5246, section 7.4.2; RFC 8422, sections 5.3 and 5.10
// for Ed25519 and Ed448). A suite of TLS 1.3 leaves that open and goes with any.
func Fits(s iana.CipherSuite, key string) bool {
	exchange := s.KeyExchange()
	if IsTLS13(s) {
		return true
	}
	ephemeral := strings.HasPrefix(exchange, "DHE_") || strings.HasPrefix(exchange, "ECDHE_")
	switch {
	case strings.Contains(exchange, "PSK"), strings.Contains(exchange, "anon"), strings.HasPrefix(exchange, "KRB5"):
		return false
	case strings.Contains(exchange, "DSS"):
		return key == "DSA" && ephemeral
	case strings.Contains(exchange, "ECDSA"):
		return key == "EC" || ephemeral && (key == "Ed25519" || key == "Ed448")
	case strings.HasPrefix(exchange, "RSA"):
		return key == "RSA"
	case strings.Contains(exchange, "_RSA"):
		// One that is restricted to RSASSA-PSS signs and does not decrypt
		// (RFC 8446, section 4.2.3).
		return key == "RSA" || ephemeral && key == "RSASSA-PSS"
	}
	return false
}

// IsTLS13 reports whether a suite exists in TLS 1.3 only.
func IsTLS13(s iana.CipherSuite) bool {
	return s>>8 == 0x13 || s>>8 == 0xC0 && s&0xFF >= 0xB4 && s&0xFF <= 0xB5
}

// Signals reports whether a number in a ClientHello is no suite: the two
// signals (RFC 5746, section 3.3; RFC 7507, section 2) and GREASE (RFC 8701).
func Signals(s iana.CipherSuite) bool {
	return s == iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV || s == iana.TLS_FALLBACK_SCSV || iana.GREASE(s)
}

// Suites returns a list without the signals.
func Suites(list []iana.CipherSuite) []iana.CipherSuite {
	return slices.DeleteFunc(slices.Clone(list), Signals)
}

// Common returns the suites of the first list that the second has, too.
func Common(a, b []iana.CipherSuite) []iana.CipherSuite {
	return slices.DeleteFunc(Suites(a), func(s iana.CipherSuite) bool { return !slices.Contains(b, s) })
}

// Weakness says why nobody should use a suite; "" for one without such a
// reason.
func Weakness(s iana.CipherSuite) string {
	protection := s.Protection()
	switch {
	case strings.Contains(s.KeyExchange(), "EXPORT"):
		return "its keys were made weak for export"
	case strings.Contains(s.KeyExchange(), "anon"):
		return "it does not authenticate the server"
	case strings.HasPrefix(protection, "NULL"):
		return "it does not encrypt"
	case strings.HasPrefix(protection, "RC4"):
		return "RC4 is forbidden by RFC 7465"
	case strings.HasPrefix(protection, "DES_"):
		return "a key of single DES is found by trying"
	case strings.HasPrefix(protection, "RC2"):
		return "RC2 is long abandoned"
	}
	return ""
}

// Family tells what all suites of a list have in common: "ECDHE", "ECDHE and
// GCM", "GCM"; "" for nothing that explains a refusal. Suites of TLS 1.3 are
// left out.
func Family(list []iana.CipherSuite) string {
	ecdhe, aead, any := true, true, false
	for _, s := range Suites(list) {
		if IsTLS13(s) {
			continue
		}
		any = true
		ecdhe = ecdhe && strings.HasPrefix(s.KeyExchange(), "ECDHE")
		aead = aead && strings.Contains(s.Protection(), "GCM")
	}
	switch {
	case any && ecdhe && aead:
		return "ECDHE and GCM"
	case any && ecdhe:
		return "ECDHE"
	case any && aead:
		return "GCM"
	}
	return ""
}
