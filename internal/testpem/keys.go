package testpem

import (
	"bytes"
	"strings"
)

func keyCases(m Material) []Case {
	a := Wrap("CERTIFICATE", m.A, 64)
	k, e := Wrap("PRIVATE KEY", m.PKCS8, 64), Wrap("EC PRIVATE KEY", m.SEC1, 64)
	parameters := Wrap("EC PARAMETERS", m.parameters, 64)
	const encrypted = "\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n"
	last := strings.Count(k, "\n")
	return []Case{
		{"key-pkcs8", k},
		{"key-sec1", e},
		{"key-two", k + e},
		{"key-two-other-order", e + k},
		{"key-parameters-first", parameters + e},
		{"key-after-certificate", a + k},
		{"key-before-certificate", k + a},
		{"key-sec1-after-certificate", a + e},
		{"key-parameters-after-certificate", a + parameters + e},
		{"key-encrypted-pkcs8", Wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64)},
		{"key-encrypted-pkcs8-after-certificate", a + Wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64)},
		{"key-encrypted-pkcs8-first", Wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64) + k},
		{"key-encrypted-sec1", ReplaceLine(Wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, After(encrypted))},
		{"key-encrypted-sec1-after-certificate", a + ReplaceLine(Wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, After(encrypted))},
		{"key-encrypted-sec1-first", ReplaceLine(Wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, After(encrypted)) + k},
		{"key-text-around", "example\n" + k + "example\n"},
		{"key-bag-attributes", "Bag Attributes\n    friendlyName: example\nKey Attributes: <No Attributes>\n" + k},
		{"key-crlf", strings.ReplaceAll(k, "\n", "\r\n")},
		{"key-cr-only", strings.ReplaceAll(k, "\n", "\r")},
		{"key-bom", "\ufeff" + k},
		{"key-indented", EachLine(k, true, Before("  "))},
		{"key-indented-data", EachLine(k, false, Before("  "))},
		{"key-blank-after-begin", ReplaceLine(k, 1, After("\n"))},
		{"key-blank-in-data", ReplaceLine(k, 3, After("\n"))},
		{"key-blank-before-end", ReplaceLine(k, last, Before("\n"))},
		{"key-width-60", Wrap("PRIVATE KEY", m.PKCS8, 60)},
		{"key-width-76", Wrap("PRIVATE KEY", m.PKCS8, 76)},
		{"key-width-100", Wrap("PRIVATE KEY", m.PKCS8, 100)},
		{"key-one-line", Wrap("PRIVATE KEY", m.PKCS8, 1000)},
		{"key-pad-missing", ReplaceLine(e, strings.Count(e, "\n")-1, func(s string) string { return strings.TrimRight(s, "=") })},
		{"key-star", ReplaceLine(k, 3, Before("*"))},
		{"key-mismatch", strings.Replace(k, "END PRIVATE", "END EC PRIVATE", 1)},
		{"key-end-missing", strings.Replace(k, "-----END PRIVATE KEY-----\n", "", 1)},
		{"key-end-missing-then-key", strings.Replace(k, "-----END PRIVATE KEY-----\n", "", 1) + e},
		{"key-broken-first", ReplaceLine(k, 3, Before("*")) + e},
		{"key-broken-certificate-first", ReplaceLine(a, 3, Before("*")) + e},
		{"key-indented-certificate-first", EachLine(a, true, Before(" ")) + e},
		{"key-der-cut", Wrap("PRIVATE KEY", m.PKCS8[:len(m.PKCS8)-1], 64)},
		{"key-mismatch-first", strings.Replace(k, "END PRIVATE", "END EC PRIVATE", 1) + e},
		{"key-empty-first", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n" + e},
		{"key-cut-first", Wrap("PRIVATE KEY", m.PKCS8[:len(m.PKCS8)-1], 64) + e},
		{"key-cut-encrypted-first", Wrap("ENCRYPTED PRIVATE KEY", m.encrypted[:40], 64) + e},
		{"key-headers-first", ReplaceLine(Wrap("EXAMPLE", m.A, 64), 1, After("\nComment: example\n")) + e},
		{"key-openssh-before-certificate", Wrap("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00example"), 64) + a},
		{"key-crl-cut-before-certificate", Wrap("X509 CRL", m.B[:500], 64) + a},
		{"key-crl-encrypted-before-certificate", ReplaceLine(Wrap("X509 CRL", m.B, 64), 1, After(encrypted)) + a},
		{"key-der", string(m.PKCS8)},
		{"key-empty", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"},
		{"key-any-label", Wrap("ANY PRIVATE KEY", m.PKCS8, 64)},
		{"key-unknown-kind", Wrap("EXAMPLE PRIVATE KEY", m.PKCS8, 64)},
		{"key-unknown-kind-first", Wrap("EXAMPLE PRIVATE KEY", m.PKCS8, 64) + e},
		{"key-openssh-first", Wrap("OPENSSH PRIVATE KEY", m.PKCS8, 64) + e},
		{"key-public-first", Wrap("PUBLIC KEY", m.A, 64) + e},
		{"key-lower-case", strings.ToLower(k[:28]) + k[28:]},
		{"key-no-final-newline", strings.TrimSuffix(k, "\n")},
		{"key-one-trailing-byte", Wrap("PRIVATE KEY", append(bytes.Clone(m.PKCS8), 0), 64)},
		{"key-trailing-spaces", EachLine(k, true, After("  "))},
	}
}
