package ladder

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/inside"
)

// Detail says in a few words what matters in a message.
func Detail(e handshake.Entry) string {
	text := ""
	switch {
	case e.Encrypted && !e.Decrypted:
		text = "encrypted"
	case e.Fields != nil:
		text = content(e)
	}
	if len(e.Problems) > 0 {
		if text != "" {
			text += ", "
		}
		text += "broken: " + e.Problems[0].Reason
	}
	return paper.Clean(text)
}

func content(e handshake.Entry) string {
	switch m := e.Fields.(type) {
	case *handshake.ClientHello:
		return clientHello(m)
	case *handshake.ServerHello:
		return serverHello(m)
	case *handshake.Certificate:
		return paper.Count(len(m.Certificates), "certificate")
	case *handshake.ServerKeyExchange:
		return serverKeyExchange(m)
	case *handshake.CertificateRequest:
		return certificateRequest(m)
	case *handshake.ClientKeyExchange:
		return clientKeyExchange(m)
	case *handshake.CertificateVerify:
		return scheme(m.Signature)
	case *handshake.CertificateStatus:
		return fmt.Sprintf("OCSP response, %s", paper.Size(len(m.Response)))
	case *handshake.EncryptedExtensions:
		return paper.Count(len(m.Extensions), "extension")
	case *handshake.NewSessionTicket:
		if m.LifetimeSeconds > 0 { // 0 leaves it open (RFC 5077, section 3.3)
			return fmt.Sprintf("valid for %d s", m.LifetimeSeconds)
		}
	case *handshake.Alert:
		return m.Level.String() + " " + m.Description.String()
	case *handshake.ApplicationData:
		return inside.StartLine(m.Plaintext)
	}
	return ""
}

func clientHello(m *handshake.ClientHello) string {
	version := m.Version
	for _, v := range m.Versions() {
		if !iana.GREASE(v) {
			version = v
			break
		}
	}
	name := "no SNI"
	if m.ServerName() != "" {
		name = "SNI " + m.ServerName()
	}
	text := fmt.Sprintf("%s, %s, %s", version, paper.Count(suites(m), "suite"), name)
	if m.SSLv2 {
		text += ", in the format of SSL 2.0"
	}
	return text
}

// suites counts what a server could choose: neither the two signals that are
// no suites (RFC 5746, section 3.3; RFC 7507, section 2) nor GREASE.
func suites(m *handshake.ClientHello) (n int) {
	for _, s := range m.CipherSuites {
		if s != iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV && s != iana.TLS_FALLBACK_SCSV && !iana.GREASE(s) {
			n++
		}
	}
	return n
}

func serverHello(m *handshake.ServerHello) string {
	text := m.Selected().String() + ", " + Suite(m.CipherSuite)
	if m.HelloRetryRequest {
		text = "asks for another ClientHello"
		if e := m.Extensions.Find(iana.ExtensionKeyShare); e != nil {
			if shares, ok := e.Value.([]handshake.KeyShare); ok && len(shares) == 1 {
				text += " with " + shares[0].Group.String()
			}
		}
	}
	return text
}

// Suite is the short name, which the guides of phones and servers use, or else
// that of the registry without what stands in all of them.
func Suite(s iana.CipherSuite) string {
	if short := handset.CipherSuiteByID(uint16(s)).OpenSSL; short != "" {
		return short
	}
	return strings.Replace(strings.TrimPrefix(s.String(), "TLS_"), "_WITH_", " ", 1)
}

func serverKeyExchange(m *handshake.ServerKeyExchange) string {
	var kind string
	switch {
	case m.Group != 0:
		kind = "ECDH " + m.Group.String()
	case m.Bits == 0:
	case strings.HasPrefix(m.KeyExchange, "RSA_EXPORT"):
		kind = fmt.Sprintf("RSA %d bits for export", m.Bits)
	case strings.HasPrefix(m.KeyExchange, "EC"):
		kind = fmt.Sprintf("ECDH %d bits", m.Bits)
	default:
		kind = fmt.Sprintf("DH %d bits", m.Bits)
	}
	switch {
	case kind == "":
		return ""
	case m.Signature == nil:
		return kind + ", not signed"
	case m.Signature.Scheme != 0:
		return kind + ", " + scheme(*m.Signature)
	case strings.HasPrefix(m.KeyExchange, "RSA_EXPORT"):
		return kind + ", RSA signature"
	}
	_, key, _ := strings.Cut(m.KeyExchange, "_")
	return kind + ", " + strings.TrimSuffix(key, "_EXPORT") + " signature"
}

func scheme(s handshake.Signature) string {
	if s.Scheme == 0 {
		return ""
	}
	return s.Scheme.String()
}

func certificateRequest(m *handshake.CertificateRequest) string {
	if len(m.Authorities) == 0 {
		return "of any CA"
	}
	return paper.Count(len(m.Authorities), "CA")
}

func clientKeyExchange(m *handshake.ClientKeyExchange) string {
	switch {
	case len(m.EncryptedPreMasterSecret) > 0:
		return "secret under the server's RSA key"
	case strings.HasPrefix(m.KeyExchange, "EC"):
		return "ECDH value"
	case strings.HasPrefix(m.KeyExchange, "DH"):
		return "DH value"
	}
	return ""
}
