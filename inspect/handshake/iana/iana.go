// Package iana names the numbers of TLS: cipher suites, groups, signature
// schemes, alerts and extensions as the IANA registries of TLS parameters and
// of TLS extensions do. A number without a name is written 0x0A0A.
package iana

import (
	"fmt"
	"strings"
)

//go:generate go run -tags generate generate.go

// CipherSuite is a number of the registry "TLS Cipher Suites".
type CipherSuite uint16

// NamedGroup is a number of the registry "TLS Supported Groups".
type NamedGroup uint16

// SignatureScheme is a number of the registry "TLS SignatureScheme". In TLS
// 1.2 it is a pair of hash and signature (RFC 5246, section 7.4.1.4.1).
type SignatureScheme uint16

// AlertDescription is a number of the registry "TLS Alerts".
type AlertDescription uint8

// ExtensionType is a number of the registry "TLS ExtensionType Values".
type ExtensionType uint16

// ProtocolVersion is the version of the protocol as it stands on the wire.
type ProtocolVersion uint16

// The versions of the protocol.
const (
	SSL20 ProtocolVersion = 0x0002
	SSL30 ProtocolVersion = 0x0300
	TLS10 ProtocolVersion = 0x0301
	TLS11 ProtocolVersion = 0x0302
	TLS12 ProtocolVersion = 0x0303
	TLS13 ProtocolVersion = 0x0304
)

// String returns the name, or the number in hexadecimal digits.
func (v CipherSuite) String() string { return named(v.name(), uint16(v)) }

// String returns the name, or the number in hexadecimal digits.
func (v NamedGroup) String() string { return named(v.name(), uint16(v)) }

// String returns the name, or the number in hexadecimal digits.
func (v SignatureScheme) String() string { return named(v.name(), uint16(v)) }

// String returns the name, or the number in hexadecimal digits.
func (v ExtensionType) String() string { return named(v.name(), uint16(v)) }

// String returns the name, or the number in hexadecimal digits.
func (v AlertDescription) String() string { return named(v.name(), uint16(v)) }

// String returns the name, or the number in hexadecimal digits.
func (v ProtocolVersion) String() string {
	switch v {
	case SSL20:
		return "SSL 2.0"
	case SSL30:
		return "SSL 3.0"
	case TLS10:
		return "TLS 1.0"
	case TLS11:
		return "TLS 1.1"
	case TLS12:
		return "TLS 1.2"
	case TLS13:
		return "TLS 1.3"
	}
	return named("", uint16(v))
}

// MarshalText writes the name.
func (v CipherSuite) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the name.
func (v NamedGroup) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the name.
func (v SignatureScheme) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the name.
func (v ExtensionType) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the name.
func (v AlertDescription) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the name, for instance "TLS 1.0".
func (v ProtocolVersion) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

func named(name string, number uint16) string {
	if name == "" {
		return fmt.Sprintf("0x%04X", number)
	}
	return name
}

// GREASE reports whether a number is one of those that a client offers only
// to see that servers ignore what they do not know (RFC 8701, section 2).
func GREASE[T ~uint16](v T) bool { return v&0x0F0F == 0x0A0A && v>>8 == v&0xFF }

// KeyExchange returns the part of the name that says how the keys are agreed
// and the server is authenticated: "DHE_RSA", "RSA_EXPORT". A suite of TLS 1.3
// leaves that to extensions, an unknown one does not say; both have none.
func (v CipherSuite) KeyExchange() string {
	kx, _, found := strings.Cut(strings.TrimPrefix(v.name(), "TLS_"), "_WITH_")
	if !found {
		return ""
	}
	return kx
}

// Protection returns the part of the name that says how records are
// protected: "AES_256_CBC_SHA".
func (v CipherSuite) Protection() string {
	name := strings.TrimPrefix(v.name(), "TLS_")
	if _, protection, found := strings.Cut(name, "_WITH_"); found {
		return protection
	}
	return name
}

// Bits returns the size of the group in bits, as a measure beside the sizes
// of plain Diffie-Hellman: of the prime of ffdhe2048, of the field of
// secp256r1. It is 0 where the name does not tell.
func (v NamedGroup) Bits() int {
	switch v {
	case GroupX25519:
		return 255
	case GroupX448:
		return 448
	case GroupCurveSM2:
		return 256
	}
	bits := 0
	for _, prefix := range []string{"ffdhe", "secp", "sect", "brainpoolP"} {
		if rest, found := strings.CutPrefix(v.name(), prefix); found {
			fmt.Sscanf(rest, "%d", &bits) // what follows the digits names the curve's form
		}
	}
	return bits
}
