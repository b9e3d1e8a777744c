package handset

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	// formatSSLv2 is the word for the format of SSL 2.0 in a profile.
	formatSSLv2 = "sslv2"
	// minChallenge and maxChallenge are RFC 5246, appendix E.2.
	minChallenge, maxChallenge = 16, 32
	// maxCipherSpec is the largest number of three bytes.
	maxCipherSpec = 1<<24 - 1
)

// checkSSLv2 is Check for the format of SSL 2.0. A phone that offers no version or
// cipher suite of TLS speaks SSL 2.0 alone, which nothing here does.
func (h Hello) checkSSLv2() error {
	specs := len(h.CipherSpecs)
	switch version := iana.ProtocolVersion(h.Version); {
	case !h.SSLv2:
		return errors.New("a message that has not the format of SSL 2.0 has cipher specs or a challenge")
	case h.RecordVersion != 0 || len(h.CompressionMethods) > 0 || len(h.Extensions) > 0 || !h.NoExtensions:
		return errors.New("a message in the format of SSL 2.0 has a record's version, compression methods or extensions")
	case version < iana.SSL30:
		return fmt.Errorf("the version is %s, and a server of TLS has nothing to choose", version)
	case h.SessionIDLength < 0 || h.SessionIDLength > maxSessionID:
		return fmt.Errorf("the session id has %d bytes; it has 0 to %d", h.SessionIDLength, maxSessionID)
	case h.ChallengeLength < minChallenge || h.ChallengeLength > maxChallenge:
		return fmt.Errorf("the challenge has %d bytes; it has %d to %d (RFC 5246, appendix E.2)", h.ChallengeLength, minChallenge, maxChallenge)
	case specs == 0 || specs > maxHelloSuites:
		return fmt.Errorf("there are %d cipher specs; a ClientHello has 1 to %d", specs, maxHelloSuites)
	case slices.Max(h.CipherSpecs) > maxCipherSpec:
		return fmt.Errorf("the cipher spec 0x%X has more than three bytes", slices.Max(h.CipherSpecs))
	case !slices.Equal(h.CipherSuites, suitesOf(h.CipherSpecs)):
		return errors.New("the cipher suites are not those among the cipher specs")
	case len(h.CipherSuites) == 0:
		return fmt.Errorf("none of the %d cipher specs is one of TLS, and a server of TLS has nothing to choose", specs)
	}
	return nil
}

// suitesOf are the cipher suites of TLS among cipher specs.
func suitesOf(specs []uint32) []uint16 {
	var suites []uint16
	for _, c := range specs {
		if c <= 0xFFFF {
			suites = append(suites, uint16(c))
		}
	}
	return suites
}

func (h Hello) stringSSLv2() string {
	return fmt.Sprintf("%s in the format of SSL 2.0, a session id of %d bytes, %d cipher suites and %d ciphers of SSL 2.0, a challenge of %d bytes",
		iana.ProtocolVersion(h.Version), h.SessionIDLength, len(h.CipherSuites), len(h.CipherSpecs)-len(h.CipherSuites), h.ChallengeLength)
}

// hasFormat reports whether a mapping tells its format.
func hasFormat(n ast.Node) bool {
	m, ok := n.(*ast.MappingNode)
	return ok && slices.ContainsFunc(m.Values, func(pair *ast.MappingValueNode) bool { return pair.Key.GetToken().Value == "format" })
}

// helloSSLv2 reads a ClientHello in the format of SSL 2.0.
func (d *document) helloSSLv2(path string, n ast.Node) (Hello, error) {
	h := Hello{SSLv2: true, NoExtensions: true}
	err := d.keys(path, n, []string{"format", "version", "session_id", "cipher_specs", "challenge"}, nil, func(key, at string, n ast.Node) (err error) {
		switch key {
		case "format":
			var word string
			if word, err = text[string](d, at, n, ""); err == nil && word != formatSSLv2 {
				err = d.fault(n.GetToken(), at, "%q is no format; write %s, or leave out the key for the format of TLS", word, formatSSLv2)
			}
		case "version":
			h.Version, err = d.version(at, n)
		case "session_id":
			h.SessionIDLength, err = number[int](d, at, n, maxSessionID)
		case "cipher_specs":
			h.CipherSpecs, err = list(d, at, n, func(n ast.Node) (uint32, error) {
				c, err := number[int](d, at, n, maxCipherSpec)
				return uint32(c), err
			})
		case "challenge":
			h.ChallengeLength, err = number[int](d, at, n, maxChallenge)
		}
		return err
	})
	h.CipherSuites = suitesOf(h.CipherSpecs)
	return h, err
}

// helloSSLv2 writes what document.helloSSLv2 reads.
func (w *writer) helloSSLv2(indent string, h Hello) {
	w.line(indent, "format: %s", formatSSLv2)
	w.line(indent, "version: %v", iana.ProtocolVersion(h.Version))
	w.line(indent, "session_id: %d", h.SessionIDLength)
	w.list(indent, "cipher_specs", each(h.CipherSpecs, func(c uint32) string { return fmt.Sprintf("0x%06X", c) }))
	w.line(indent, "challenge: %d", h.ChallengeLength)
}
