package handset

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// CipherSuite is one way to protect a TLS connection.
type CipherSuite struct {
	// ID is the number on the wire.
	ID uint16
	// IANA is the name in the registry of TLS parameters, OpenSSL the one in
	// that library's lists, which the guides use; OpenSSL is empty for a suite
	// that no shipped profile offers, and IANA for a number without a name.
	IANA, OpenSSL string
}

// String writes number and names: "0x0039 DHE-RSA-AES256-SHA (TLS_DHE_…)".
func (s CipherSuite) String() string {
	switch {
	case s.IANA == "":
		return fmt.Sprintf("0x%04X", s.ID)
	case s.OpenSSL == "":
		return fmt.Sprintf("0x%04X %s", s.ID, s.IANA)
	}
	return fmt.Sprintf("0x%04X %s (%s)", s.ID, s.OpenSSL, s.IANA)
}

// CipherSuiteByID names a cipher suite.
func CipherSuiteByID(id uint16) CipherSuite {
	for _, s := range cipherSuites() {
		if s.ID == id {
			return s
		}
	}
	unnamed := CipherSuite{ID: id}
	if name := iana.CipherSuite(id).String(); strings.HasPrefix(name, "TLS_") {
		unnamed.IANA = name
	}
	return unnamed
}

// cipherSuites are the suites of the shipped profiles, by number. 0x0060 to
// 0x0066 were never registered: the registry keeps them reserved because they
// are in use, and their names are those of draft-ietf-tls-56-bit-ciphersuites.
func cipherSuites() []CipherSuite {
	return []CipherSuite{
		{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-RC4-MD5"},
		{0x0004, "TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5"},
		{0x0005, "TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA"},
		{0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", "IDEA-CBC-SHA"},
		{0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-DES-CBC-SHA"},
		{0x0009, "TLS_RSA_WITH_DES_CBC_SHA", "DES-CBC-SHA"},
		{0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"},
		{0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", "EXP-EDH-DSS-DES-CBC-SHA"},
		{0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA", "EDH-DSS-DES-CBC-SHA"},
		{0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", "EDH-DSS-DES-CBC3-SHA"},
		{0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-EDH-RSA-DES-CBC-SHA"},
		{0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA", "EDH-RSA-DES-CBC-SHA"},
		{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "EDH-RSA-DES-CBC3-SHA"},
		{0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"},
		{0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "DHE-DSS-AES128-SHA"},
		{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA"},
		{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"},
		{0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", "DHE-DSS-AES256-SHA"},
		{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA"},
		{0x0060, "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5", "EXP1024-RC4-MD5"},
		{0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DES-CBC-SHA"},
		{0x0063, "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DHE-DSS-DES-CBC-SHA"},
		{0x0064, "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", "EXP1024-RC4-SHA"},
		{0x0065, "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA", "EXP1024-DHE-DSS-RC4-SHA"},
		{0x0066, "TLS_DHE_DSS_WITH_RC4_128_SHA", "DHE-DSS-RC4-SHA"},
	}
}
