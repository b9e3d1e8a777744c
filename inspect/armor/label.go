package armor

import (
	"fmt"
	"slices"
	"strings"
)

// knownLabels are the labels of RFC 7468, of OpenSSL's pem.h and of SSH.
var knownLabels = [...]string{
	"CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE", "TRUSTED CERTIFICATE",
	"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "ATTRIBUTE CERTIFICATE",
	"X509 CRL", "PKCS7", "PKCS #7 SIGNED DATA", "CMS", "CERTIFICATE CHAIN",
	"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "DSA PRIVATE KEY",
	"EC PRIVATE KEY", "PUBLIC KEY", "RSA PUBLIC KEY", "DSA PUBLIC KEY",
	"EC PARAMETERS", "DSA PARAMETERS", "DH PARAMETERS", "X9.42 DH PARAMETERS",
	"OPENSSH PRIVATE KEY", "SSH2 PUBLIC KEY", "SSH2 ENCRYPTED PRIVATE KEY",
}

func isKnown(label string) bool { return slices.Contains(knownLabels[:], label) || isPGP(label) }

// isPGP reports whether a block is OpenPGP's, which has the same frame, other
// headers and a checksum behind the data (RFC 9580, section 6.2).
func isPGP(label string) bool { return strings.HasPrefix(label, "PGP ") }

// isSSH2 reports whether a block is RFC 4716's, whose frame is four dashes and
// a space.
func isSSH2(label string) bool { return strings.HasPrefix(label, "SSH2 ") }

// isOld reports whether a label is one of those that a certificate had before
// RFC 7468 chose CERTIFICATE (section 5.1).
func isOld(label string) bool { return label == "X509 CERTIFICATE" || label == "X.509 CERTIFICATE" }

// isPlain reports whether there is nothing to say of a label.
func isPlain(label string) bool {
	return isKnown(label) && holdsDER(label) && !isOld(label)
}

// holdsDER reports whether what a label promises is DER.
func holdsDER(label string) bool {
	return !isPGP(label) && !isSSH2(label) && label != "OPENSSH PRIVATE KEY"
}

// isFamiliar reports whether a label is about certificates or keys, so that a
// broken line with it is a broken BEGIN or END line and not somebody's prose.
func isFamiliar(label string) bool {
	for _, word := range []string{"CERT", "KEY", "CRL", "PKCS", "PARAMETERS", "CMS"} {
		if strings.Contains(label, word) {
			return true
		}
	}
	return false
}

// canonical returns a label in upper case with single spaces. A known label is
// also found when its spaces are missing.
func canonical(raw string) string {
	label := strings.ToUpper(strings.Join(strings.Fields(raw), " "))
	if isKnown(label) {
		return label
	}
	if !isFamiliar(label) {
		return label
	}
	packed := strings.ReplaceAll(label, " ", "")
	for _, known := range knownLabels {
		if strings.ReplaceAll(known, " ", "") == packed {
			return known
		}
	}
	return label
}

// knownPrefix returns the longest known label, in any case, that a text begins
// with and that a space or the text's end follows.
func knownPrefix(text []byte) (label string) {
	for _, known := range knownLabels {
		n := len(known)
		if n > len(label) && len(text) >= n && strings.EqualFold(string(text[:n]), known) &&
			(len(text) == n || text[n] <= ' ') {
			label = known
		}
	}
	return label
}

// QuoteLabel quotes a label, cut to a length that fits a message.
func QuoteLabel(label string) string {
	const longest = 40
	if len(label) > longest {
		label = label[:longest] + "…"
	}
	return fmt.Sprintf("%q", label)
}
