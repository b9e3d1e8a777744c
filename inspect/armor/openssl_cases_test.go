package armor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// material is what the cases are made of: three public certificates (their
// keys are gone; see testdata/openssl/README.md) and two private keys that
// nobody can mistake for secrets, for they are the numbers 1 and 2.
type material struct {
	a, b, c    []byte // lengths 2, 0 and 1 modulo 3; b fills its last line
	pkcs8      []byte // the number 1
	sec1       []byte // the number 2
	parameters []byte
	encrypted  []byte // PKCS #8, its password is not known to anybody
}

func loadMaterial(t testing.TB) material {
	t.Helper()
	text, err := os.ReadFile("testdata/openssl/certificates.pem")
	if err != nil {
		t.Fatal(err)
	}
	var certificates [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificates = append(certificates, block.Bytes)
	}
	m := material{a: certificates[0], b: certificates[1], c: certificates[2]}
	if m.pkcs8, err = x509.MarshalPKCS8PrivateKey(toyKey(t, 1)); err != nil {
		t.Fatal(err)
	}
	if m.sec1, err = x509.MarshalECPrivateKey(toyKey(t, 2)); err != nil {
		t.Fatal(err)
	}
	m.parameters = []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}
	m.encrypted, err = asn1.Marshal(struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters struct {
				Salt       []byte
				Iterations int
			}
		}
		Data []byte
	}{Algorithm: struct {
		OID        asn1.ObjectIdentifier
		Parameters struct {
			Salt       []byte
			Iterations int
		}
	}{OID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}, Parameters: struct {
		Salt       []byte
		Iterations int
	}{make([]byte, 8), 2048}}, Data: make([]byte, 64)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func toyKey(t testing.TB, number byte) *ecdsa.PrivateKey {
	t.Helper()
	scalar := make([]byte, 32)
	scalar[31] = number
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wrap writes a block whose lines are width characters wide.
func wrap(label string, der []byte, width int) string {
	text := base64.StdEncoding.EncodeToString(der)
	var b strings.Builder
	b.WriteString("-----BEGIN " + label + "-----\n")
	for ; len(text) > width; text = text[width:] {
		b.WriteString(text[:width] + "\n")
	}
	b.WriteString(text + "\n-----END " + label + "-----\n")
	return b.String()
}

// replaceLine replaces the numbered line, counted from 1.
func replaceLine(text string, number int, edit func(string) string) string {
	lines := strings.SplitAfter(text, "\n")
	body := strings.TrimSuffix(lines[number-1], "\n")
	lines[number-1] = edit(body) + strings.TrimPrefix(lines[number-1], body)
	return strings.Join(lines, "")
}

// joinLines joins the numbered line, counted from 1, with the next one.
func joinLines(text string, number int) string {
	lines := strings.SplitAfter(text, "\n")
	lines[number-1] = strings.TrimSuffix(lines[number-1], "\n")
	return strings.Join(lines, "")
}

// eachLine edits every line, or only those between BEGIN and END.
func eachLine(text string, all bool, edit func(string) string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if all || !strings.HasPrefix(line, "-----") {
			lines[i] = edit(line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func before(prefix string) func(string) string { return func(s string) string { return prefix + s } }
func after(suffix string) func(string) string  { return func(s string) string { return s + suffix } }
func replaced(s string) func(string) string    { return func(string) string { return s } }

func inUTF16(text string, big, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	var b strings.Builder
	for _, u := range units {
		if big {
			b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
		} else {
			b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
		}
	}
	return b.String()
}

// testCase is one file, whole or broken.
type testCase struct{ name, text string }

// testCases makes every case. A name never changes its meaning: the recorded
// verdicts go by it, and by the digest of the text.
func testCases(t testing.TB) []testCase {
	m := loadMaterial(t)
	var list []testCase
	list = append(list, fileCases(m)...)
	list = append(list, lineCases(m)...)
	list = append(list, boundaryCases(m)...)
	list = append(list, base64Cases(m)...)
	list = append(list, mixtures(m)...)
	return append(list, keyCases(m)...)
}

func fileCases(m material) []testCase {
	a, b, c := wrap("CERTIFICATE", m.a, 64), wrap("CERTIFICATE", m.b, 64), wrap("CERTIFICATE", m.c, 64)
	dump := "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: 1 (0x1)\n"
	bag := "Bag Attributes\n    friendlyName: example\n    localKeyID: 01\nsubject=CN = example.com\n"
	return []testCase{
		{"clean", a},
		{"clean-full-last-line", b},
		{"clean-two-pads", c},
		{"crlf", strings.ReplaceAll(a, "\n", "\r\n")},
		{"cr-only", strings.ReplaceAll(a, "\n", "\r")},
		{"cr-cr-lf", strings.ReplaceAll(a, "\n", "\r\r\n")},
		{"lf-cr", strings.ReplaceAll(a, "\n", "\n\r")},
		{"no-final-newline", strings.TrimSuffix(a, "\n")},
		{"bom", "\ufeff" + a},
		{"bom-crlf", "\ufeff" + strings.ReplaceAll(a, "\n", "\r\n")},
		{"bom-blank-line", "\ufeff\n" + a},
		{"bom-text", "\ufeffexample\n" + a},
		{"bom-twice", "\ufeff\ufeff" + a},
		{"bom-two-blocks", "\ufeff" + a + b},
		{"bom-second-block", a + "\ufeff" + b},
		{"utf-16-le-bom", inUTF16(a, false, true)},
		{"utf-16-le", inUTF16(a, false, false)},
		{"utf-16-be-bom", inUTF16(a, true, true)},
		{"utf-16-be", inUTF16(a, true, false)},
		{"empty-file", ""},
		{"newline", "\n"},
		{"der", string(m.a)},
		{"der-then-pem", string(m.a) + "\n" + a},
		{"bare-base64", base64.StdEncoding.EncodeToString(m.a) + "\n"},
		{"html-page", "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"},
		{"leading-blank-lines", "\n\n" + a},
		{"trailing-blank-lines", a + "\n\n"},
		{"text-before", dump + a},
		{"text-before-and-after", "example\n" + a + "example\n"},
		{"bag-attributes", bag + a + bag + b},
		{"text-between", a + "example\n" + b},
		{"text-after", a + "example\n"},
		{"text-before-long-line", strings.Repeat("x", 300) + "\n" + a},
		{"text-before-253", strings.Repeat("x", 253) + a},
		{"text-before-254", strings.Repeat("x", 254) + a},
		{"text-before-255", strings.Repeat("x", 255) + a},
		{"text-before-253-two-blocks", strings.Repeat("x", 253) + a + b},
		{"text-before-254-two-blocks", strings.Repeat("x", 254) + a + b},
		{"end-after-253", "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("A", 253) + "-----END CERTIFICATE-----\n"},
		{"end-after-254", "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("A", 254) + "-----END CERTIFICATE-----\n"},
		{"nul-before", "\x00" + a},
		{"nul-line-before", "\x00\n" + a},
		{"nul-in-text-before", "exa\x00mple\n" + a},
		{"nul-after", a + "\x00\x00\x00"},
		{"nul-after-each-line", strings.ReplaceAll(a, "\n", "\x00\n")},
		{"html-tags", "<pre>" + strings.ReplaceAll(a, "\n", "<br>\n") + "</pre>\n"},
		{"json", "{\"certificate\": \"" + strings.ReplaceAll(a, "\n", "\\n") + "\"}\n"},
		{"escaped-newlines", strings.ReplaceAll(a, "\n", "\\n")},
		{"quoted", "\"" + strings.TrimSuffix(a, "\n") + "\"\n"},
		{"mail-quoted", eachLine(a, true, before("> "))},
		{"numbered", eachLine(a, true, before("1 "))},
		{"spaces-for-newlines", strings.ReplaceAll(a, "\n", " ") + "\n"},
	}
}

func lineCases(m material) []testCase {
	a := wrap("CERTIFICATE", m.a, 64)
	list := []testCase{
		{"trailing-spaces", eachLine(a, true, after("  "))},
		{"trailing-tabs", eachLine(a, true, after("\t"))},
		{"trailing-form-feed", eachLine(a, true, after("\f"))},
		{"trailing-no-break-space", eachLine(a, false, after("\u00a0"))},
		{"trailing-no-break-space-end", replaceLine(a, 20, after("\u00a0"))},
		{"trailing-no-break-space-begin", replaceLine(a, 1, after("\u00a0"))},
		{"indented-all", eachLine(a, true, before("  "))},
		{"indented-tab", eachLine(a, true, before("\t"))},
		{"indented-begin", replaceLine(a, 1, before(" "))},
		{"indented-end", replaceLine(a, 20, before(" "))},
		{"indented-data", eachLine(a, false, before(" "))},
		{"indented-first-data", replaceLine(a, 2, before(" "))},
		{"indented-last-data", replaceLine(a, 19, before(" "))},
		{"indented-data-far", eachLine(a, false, before(strings.Repeat(" ", 20)))},
		{"indented-one-after-blank", replaceLine(replaceLine(a, 1, after("\n")), 5, before(" "))},
		{"blank-after-begin", replaceLine(a, 1, after("\n"))},
		{"two-blanks-after-begin", replaceLine(a, 1, after("\n\n"))},
		{"blank-before-end", replaceLine(a, 20, before("\n"))},
		{"blank-in-data", replaceLine(a, 10, after("\n"))},
		{"blank-after-first-data", replaceLine(a, 2, after("\n"))},
		{"blank-before-last-data", replaceLine(a, 19, before("\n"))},
		{"two-blanks-in-data", replaceLine(a, 10, after("\n\n"))},
		{"space-line-in-data", replaceLine(a, 10, after("\n   "))},
		{"blank-after-begin-and-in-data", replaceLine(replaceLine(a, 10, after("\n")), 1, after("\n"))},
		{"blank-after-begin-and-before-end", replaceLine(replaceLine(a, 20, before("\n")), 1, after("\n"))},
		{"double-spaced", strings.ReplaceAll(a, "\n", "\n\n")},
		{"last-two-lines-joined", joinLines(a, 18)},
		{"ragged", replaceLine(replaceLine(a, 3, func(s string) string { return s[:30] + "\n" + s[30:] }), 8, func(s string) string { return s[:5] + "\n" + s[5:] })},
		{"one-short-line-after-blank", replaceLine(replaceLine(a, 5, func(s string) string { return s[:32] + "\n" + s[32:] }), 1, after("\n"))},
		{"one-long-line-after-blank", replaceLine(replaceLine(a, 5, func(s string) string { return s + s }), 1, after("\n"))},
	}
	widths := []int{1, 2, 3, 4, 7, 32, 48, 60, 63, 65, 66, 67, 68, 72, 75, 76, 77, 78, 79, 80, 81, 82, 84, 96, 100, 128, 200, 252, 253, 254, 255, 256, 300, 500, 506, 508, 2000}
	for _, width := range widths {
		text := wrap("CERTIFICATE", m.a, width)
		list = append(list, testCase{fmt.Sprintf("width-%d", width), text})
		if width%4 == 0 {
			list = append(list, testCase{fmt.Sprintf("width-%d-after-blank", width), replaceLine(text, 1, after("\n"))})
			list = append(list, testCase{fmt.Sprintf("width-%d-no-pad", width), wrap("CERTIFICATE", m.b, width)})
		}
	}
	return list
}

func boundaryCases(m material) []testCase {
	a, b := wrap("CERTIFICATE", m.a, 64), wrap("CERTIFICATE", m.b, 64)
	relabel := func(label string) string { return strings.ReplaceAll(a, " CERTIFICATE-", " "+label+"-") }
	dashes := func(begin, end string) string {
		return replaceLine(replaceLine(a, 1, replaced(begin)), 20, replaced(end))
	}
	const begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
	return []testCase{
		{"begin-4-dashes", dashes("----BEGIN CERTIFICATE-----", end)},
		{"begin-6-dashes", dashes("------BEGIN CERTIFICATE-----", end)},
		{"begin-4-dashes-behind", dashes("-----BEGIN CERTIFICATE----", end)},
		{"begin-6-dashes-behind", dashes("-----BEGIN CERTIFICATE------", end)},
		{"end-4-dashes", dashes(begin, "----END CERTIFICATE-----")},
		{"end-6-dashes", dashes(begin, "------END CERTIFICATE-----")},
		{"end-4-dashes-behind", dashes(begin, "-----END CERTIFICATE----")},
		{"end-6-dashes-behind", dashes(begin, "-----END CERTIFICATE------")},
		{"six-dashes-behind-both", dashes(begin+"-", end+"-")},
		{"no-dashes", dashes("BEGIN CERTIFICATE", "END CERTIFICATE")},
		{"en-dashes", dashes("–––––BEGIN CERTIFICATE–––––", "–––––END CERTIFICATE–––––")},
		{"em-dashes", dashes("—–BEGIN CERTIFICATE—–", "—–END CERTIFICATE—–")},
		{"en-dashes-end", dashes(begin, "–––––END CERTIFICATE–––––")},
		{"lower-case", dashes("-----begin certificate-----", "-----end certificate-----")},
		{"lower-case-label", relabel("certificate")},
		{"lower-case-end", dashes(begin, "-----end certificate-----")},
		{"no-label", relabel("")},
		{"no-label-no-space", dashes("-----BEGIN-----", "-----END-----")},
		{"no-label-end", dashes(begin, "-----END -----")},
		{"no-label-end-no-space", dashes(begin, "-----END-----")},
		{"mismatch", dashes(begin, "-----END PRIVATE KEY-----")},
		{"mismatch-longer-end", dashes(begin, "-----END CERTIFICATE REQUEST-----")},
		{"mismatch-shorter-end", dashes("-----BEGIN CERTIFICATE REQUEST-----", end)},
		{"mismatch-x509", dashes("-----BEGIN X509 CERTIFICATE-----", end)},
		{"spaces-in-dashes", dashes("----- BEGIN CERTIFICATE -----", "----- END CERTIFICATE -----")},
		{"space-behind-label", dashes("-----BEGIN CERTIFICATE -----", "-----END CERTIFICATE -----")},
		{"two-spaces", dashes("-----BEGIN  CERTIFICATE-----", "-----END  CERTIFICATE-----")},
		{"no-space", dashes("-----BEGINCERTIFICATE-----", "-----ENDCERTIFICATE-----")},
		{"text-behind-begin", dashes(begin+" example", end)},
		{"text-behind-end", dashes(begin, end+" example")},
		{"letters-behind-end", dashes(begin, end+"example")},
		{"text-ahead-of-begin", dashes("cert = "+begin, end)},
		{"quote-ahead-of-begin", dashes("\""+begin, end+"\"")},
		{"begin-joined", strings.Replace(a, begin+"\n", begin, 1)},
		{"end-joined", strings.Replace(a, "\n"+end, end, 1)},
		{"end-joined-full-line", strings.Replace(b, "\n"+end, end, 1)},
		{"begin-missing", strings.Replace(a, begin+"\n", "", 1)},
		{"begin-missing-then-block", strings.Replace(a, begin+"\n", "", 1) + b},
		{"end-missing", strings.Replace(a, end+"\n", "", 1)},
		{"end-missing-then-block", strings.Replace(a, end+"\n", "", 1) + b},
		{"end-missing-full-line-then-block", strings.Replace(b, end+"\n", "", 1) + a},
		{"begin-twice", begin + "\n" + a},
		{"end-twice", a + end + "\n" + b},
		{"begin-only", begin + "\n"},
		{"begin-word-only", "-----BEGIN "},
		{"end-only", end + "\n"},
		{"empty-block", begin + "\n" + end + "\n"},
		{"empty-block-first", begin + "\n" + end + "\n" + a},
		{"empty-block-second", a + begin + "\n" + end + "\n"},
		{"blank-block", begin + "\n\n" + end + "\n"},
		{"blanks-block", begin + "\n\n\n" + end + "\n"},
		{"blank-block-second", a + begin + "\n\n" + end + "\n"},
		{"x509-certificate", relabel("X509 CERTIFICATE")},
		{"x-509-certificate", relabel("X.509 CERTIFICATE")},
		{"trusted-certificate", relabel("TRUSTED CERTIFICATE")},
		{"certificate-request-label", relabel("CERTIFICATE REQUEST")},
		{"pkcs7-label", relabel("PKCS7")},
		{"certificate-chain-label", relabel("CERTIFICATE CHAIN")},
		{"unknown-label", relabel("EXAMPLE")},
		{"typing-error-in-label", relabel("CERTFICATE")},
		{"long-label", relabel(strings.Repeat("EXAMPLE ", 40) + "CERTIFICATE")},
		{"headers", replaceLine(a, 1, after("\nComment: example\n"))},
		{"headers-no-blank", replaceLine(a, 1, after("\nComment: example"))},
		{"headers-two", replaceLine(a, 1, after("\nComment: example\nVersion: 1\n"))},
		{"header-not-encrypted", replaceLine(a, 1, after("\nProc-Type: 4,MIC-CLEAR\n"))},
		{"header-encrypted", replaceLine(a, 1, after("\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n"))},
		{"header-encrypted-no-info", replaceLine(a, 1, after("\nProc-Type: 4,ENCRYPTED\n"))},
		{"header-encrypted-cipher", replaceLine(a, 1, after("\nProc-Type: 4,ENCRYPTED\nDEK-Info: EXAMPLE,00\n"))},
		{"header-encrypted-short", replaceLine(a, 1, after("\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n"))},
		{"header-in-unwanted-block", replaceLine(strings.ReplaceAll(b, "CERTIFICATE", "EXAMPLE"), 1, after("\nComment: example\n")) + a},
	}
}

func base64Cases(m material) []testCase {
	a, b, c := wrap("CERTIFICATE", m.a, 64), wrap("CERTIFICATE", m.b, 64), wrap("CERTIFICATE", m.c, 64)
	at := func(line, column int, with string) string {
		return replaceLine(a, line, func(s string) string { return s[:column] + with + s[column+1:] })
	}
	insert := func(line, column int, with string) string {
		return replaceLine(a, line, func(s string) string { return s[:column] + with + s[column:] })
	}
	withBytes := func(label string, der []byte, extra string) string {
		return wrap(label, append(bytes.Clone(der), extra...), 64)
	}
	alias := "\x30\x09\x0c\x07example"
	list := []testCase{
		{"star", at(10, 20, "*")},
		{"star-inserted", insert(10, 20, "*")},
		{"star-last-line", at(19, 3, "*")},
		{"hash-line", replaceLine(a, 10, after("\n# example"))},
		{"dash-in-data", at(10, 20, "-")},
		{"dash-inserted", insert(10, 20, "-")},
		{"dash-at-line-start", insert(10, 0, "-")},
		{"dash-at-line-end", replaceLine(a, 10, after("-"))},
		{"dash-after-64", replaceLine(a, 3, after("-"))},
		{"dash-line", replaceLine(a, 10, after("\n-----"))},
		{"dash-before-end", replaceLine(a, 20, before("-\n"))},
		{"underscore", at(10, 20, "_")},
		{"high-byte", insert(10, 20, "\xc3")},
		{"high-byte-replaces", at(10, 20, string([]byte{a[9*65-17+20] | 0x80}))},
		{"no-break-space", insert(10, 20, "\u00a0")},
		{"zero-width-space", insert(10, 20, "\u200b")},
		{"nul-in-data", insert(10, 20, "\x00")},
		{"nul-at-line-start", insert(10, 0, "\x00")},
		{"nul-at-line-end", replaceLine(a, 10, after("\x00"))},
		{"space-in-wide-line", replaceLine(wrap("CERTIFICATE", m.a, 76), 5, func(s string) string { return "    " + s })},
		{"space-in-data", insert(10, 20, " ")},
		{"tab-in-data", insert(10, 20, "\t")},
		{"vertical-tab-in-data", insert(10, 20, "\v")},
		{"cr-in-data", insert(10, 20, "\r")},
		{"char-missing", replaceLine(a, 10, func(s string) string { return s[1:] })},
		{"char-doubled", replaceLine(a, 10, func(s string) string { return s[:1] + s })},
		{"four-chars-missing", replaceLine(a, 10, func(s string) string { return s[4:] })},
		{"last-char-missing", replaceLine(a, 19, func(s string) string { return s[:len(s)-2] + "=" })},
		{"pad-missing", replaceLine(a, 19, func(s string) string { return strings.TrimRight(s, "=") })},
		{"both-pads-missing", replaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return strings.TrimRight(s, "=") })},
		{"one-of-two-pads-missing", replaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return strings.TrimSuffix(s, "=") })},
		{"pad-too-many", replaceLine(a, 19, after("="))},
		{"pads-too-many", replaceLine(a, 19, after("==="))},
		{"pad-after-full-line", replaceLine(b, strings.Count(b, "\n")-1, after("="))},
		{"pads-after-full-line", replaceLine(b, strings.Count(b, "\n")-1, after("===="))},
		{"pad-line", replaceLine(a, 19, func(s string) string { return s[:len(s)-1] + "\n=" })},
		{"pads-line", replaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return s[:len(s)-2] + "\n==" })},
		{"pads-two-lines", replaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return s[:len(s)-2] + "=\n=" })},
		{"pad-in-middle", at(10, 63, "=")},
		{"pad-in-line", at(10, 31, "=")},
		{"pads-in-middle", replaceLine(a, 10, func(s string) string { return s[:62] + "==" })},
		{"data-after-pad", replaceLine(a, 19, after("\nAAAA"))},
		{"data-after-pad-same-line", replaceLine(a, 19, after("AAAA"))},
		{"data-after-full-pads", replaceLine(a, 19, after("\n"+strings.Repeat("A", 64)))},
		{"base64url", strings.NewReplacer("+", "-", "/", "_").Replace(a)},
		{"quoted-printable", strings.ReplaceAll(a, "=", "=3D")},
		{"quoted-printable-breaks", eachLine(wrap("CERTIFICATE", m.a, 75), false, after("="))},
		{"html-entities", strings.NewReplacer("+", "&#43;", "=", "&#61;").Replace(a)},
		{"backslash-continuation", eachLine(a, false, after("\\"))},
		{"comma", eachLine(a, false, after(","))},
		{"cut-in-line-10", a[:600]},
		{"cut-after-line-10", strings.Join(strings.SplitAfter(a, "\n")[:10], "")},
		{"cut-in-end", a[:len(a)-10]},
		{"cut-before-last-dash", a[:len(a)-2]},
		{"cut-with-end", strings.Join(append(strings.SplitAfter(a, "\n")[:10], "-----END CERTIFICATE-----\n"), "")},
		{"line-missing", strings.Join(append(strings.SplitAfter(a, "\n")[:9:9], strings.SplitAfter(a, "\n")[10:]...), "")},
		{"line-doubled", replaceLine(a, 10, func(s string) string { return s + "\n" + s })},
		{"one-trailing-byte", withBytes("CERTIFICATE", m.a, "\x00")},
		{"two-trailing-bytes", withBytes("CERTIFICATE", m.a, "\x00\x00")},
		{"trailing-letters", withBytes("CERTIFICATE", m.a, "example")},
		{"trailing-der", withBytes("CERTIFICATE", m.a, string(m.b))},
		{"trailing-alias", withBytes("CERTIFICATE", m.a, alias)},
		{"trusted-with-alias", withBytes("TRUSTED CERTIFICATE", m.a, alias)},
		{"trusted-with-two-bytes", withBytes("TRUSTED CERTIFICATE", m.a, "\x00\x00")},
		{"trusted-with-letters", withBytes("TRUSTED CERTIFICATE", m.a, "example")},
		{"der-cut", wrap("CERTIFICATE", m.a[:len(m.a)-1], 64)},
		{"der-cut-half", wrap("CERTIFICATE", m.a[:400], 64)},
		{"der-cut-before-signature", wrap("CERTIFICATE", m.b[:500], 64)},
		{"der-not", wrap("CERTIFICATE", []byte("example"), 64)},
		{"der-one-byte", wrap("CERTIFICATE", m.a[:1], 64)},
		{"der-empty-sequence", wrap("CERTIFICATE", []byte{0x30, 0}, 64)},
	}
	return list
}

func mixtures(m material) []testCase {
	a, b, c := wrap("CERTIFICATE", m.a, 64), wrap("CERTIFICATE", m.b, 64), wrap("CERTIFICATE", m.c, 64)
	other := strings.ReplaceAll(b, "CERTIFICATE", "EXAMPLE")
	broken := replaceLine(b, 10, before("*"))
	return []testCase{
		{"two", a + b},
		{"three", a + b + c},
		{"three-blank-lines-between", a + "\n" + b + "\n\n" + c},
		{"three-crlf", strings.ReplaceAll(a+b+c, "\n", "\r\n")},
		{"same-twice", a + a},
		{"first-broken", broken + a},
		{"second-broken", a + broken},
		{"second-indented", a + eachLine(b, true, before(" "))},
		{"second-data-indented", a + eachLine(b, false, before(" "))},
		{"second-blank-line", a + replaceLine(b, 5, after("\n"))},
		{"second-cut", a + b[:500]},
		{"second-der-cut", a + wrap("CERTIFICATE", m.b[:500], 64)},
		{"second-trailing-bytes", a + wrap("CERTIFICATE", append(bytes.Clone(m.b), 0, 0), 64)},
		{"first-wide", wrap("CERTIFICATE", m.b, 100) + a},
		{"unwanted-first", other + a},
		{"unwanted-second", a + other},
		{"unwanted-only", other},
		{"unwanted-broken-first", strings.ReplaceAll(broken, "CERTIFICATE", "EXAMPLE") + a},
		{"unwanted-broken-second", a + strings.ReplaceAll(broken, "CERTIFICATE", "EXAMPLE")},
		{"unwanted-indented-first", eachLine(other, true, before(" ")) + a},
		{"unwanted-no-end-first", strings.Replace(other, "-----END EXAMPLE-----\n", "", 1) + a},
		{"unwanted-no-end-blank-first", strings.Replace(other, "-----END EXAMPLE-----\n", "\n", 1) + a},
		{"unwanted-empty-first", "-----BEGIN EXAMPLE-----\n-----END EXAMPLE-----\n" + a},
		{"unwanted-mismatch-first", strings.Replace(other, "END EXAMPLE", "END OTHER", 1) + a},
		{"unwanted-wide-first", strings.ReplaceAll(wrap("CERTIFICATE", m.b, 100), "CERTIFICATE", "EXAMPLE") + a},
		{"trusted-second", a + strings.ReplaceAll(b, "CERTIFICATE", "TRUSTED CERTIFICATE")},
		{"x509-second", a + strings.ReplaceAll(b, "CERTIFICATE", "X509 CERTIFICATE")},
		{"colon-text-between", a + "subject: example\n\n" + b},
		{"text-with-begin-between", a + "-----BEGIN example\n" + b},
		{"text-with-end-between", a + "-----END example\n" + b},
		{"dashes-between", a + "-----\n" + b},
	}
}

func keyCases(m material) []testCase {
	a := wrap("CERTIFICATE", m.a, 64)
	k, e := wrap("PRIVATE KEY", m.pkcs8, 64), wrap("EC PRIVATE KEY", m.sec1, 64)
	parameters := wrap("EC PARAMETERS", m.parameters, 64)
	const encrypted = "\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n"
	last := strings.Count(k, "\n")
	return []testCase{
		{"key-pkcs8", k},
		{"key-sec1", e},
		{"key-two", k + e},
		{"key-two-other-order", e + k},
		{"key-parameters-first", parameters + e},
		{"key-after-certificate", a + k},
		{"key-before-certificate", k + a},
		{"key-sec1-after-certificate", a + e},
		{"key-parameters-after-certificate", a + parameters + e},
		{"key-encrypted-pkcs8", wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64)},
		{"key-encrypted-pkcs8-after-certificate", a + wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64)},
		{"key-encrypted-pkcs8-first", wrap("ENCRYPTED PRIVATE KEY", m.encrypted, 64) + k},
		{"key-encrypted-sec1", replaceLine(wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, after(encrypted))},
		{"key-encrypted-sec1-after-certificate", a + replaceLine(wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, after(encrypted))},
		{"key-encrypted-sec1-first", replaceLine(wrap("EC PRIVATE KEY", make([]byte, 128), 64), 1, after(encrypted)) + k},
		{"key-text-around", "example\n" + k + "example\n"},
		{"key-bag-attributes", "Bag Attributes\n    friendlyName: example\nKey Attributes: <No Attributes>\n" + k},
		{"key-crlf", strings.ReplaceAll(k, "\n", "\r\n")},
		{"key-cr-only", strings.ReplaceAll(k, "\n", "\r")},
		{"key-bom", "\ufeff" + k},
		{"key-indented", eachLine(k, true, before("  "))},
		{"key-indented-data", eachLine(k, false, before("  "))},
		{"key-blank-after-begin", replaceLine(k, 1, after("\n"))},
		{"key-blank-in-data", replaceLine(k, 3, after("\n"))},
		{"key-blank-before-end", replaceLine(k, last, before("\n"))},
		{"key-width-60", wrap("PRIVATE KEY", m.pkcs8, 60)},
		{"key-width-76", wrap("PRIVATE KEY", m.pkcs8, 76)},
		{"key-width-100", wrap("PRIVATE KEY", m.pkcs8, 100)},
		{"key-one-line", wrap("PRIVATE KEY", m.pkcs8, 1000)},
		{"key-pad-missing", replaceLine(e, strings.Count(e, "\n")-1, func(s string) string { return strings.TrimRight(s, "=") })},
		{"key-star", replaceLine(k, 3, before("*"))},
		{"key-mismatch", strings.Replace(k, "END PRIVATE", "END EC PRIVATE", 1)},
		{"key-end-missing", strings.Replace(k, "-----END PRIVATE KEY-----\n", "", 1)},
		{"key-end-missing-then-key", strings.Replace(k, "-----END PRIVATE KEY-----\n", "", 1) + e},
		{"key-broken-first", replaceLine(k, 3, before("*")) + e},
		{"key-broken-certificate-first", replaceLine(a, 3, before("*")) + e},
		{"key-indented-certificate-first", eachLine(a, true, before(" ")) + e},
		{"key-der-cut", wrap("PRIVATE KEY", m.pkcs8[:len(m.pkcs8)-1], 64)},
		{"key-mismatch-first", strings.Replace(k, "END PRIVATE", "END EC PRIVATE", 1) + e},
		{"key-empty-first", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n" + e},
		{"key-cut-first", wrap("PRIVATE KEY", m.pkcs8[:len(m.pkcs8)-1], 64) + e},
		{"key-cut-encrypted-first", wrap("ENCRYPTED PRIVATE KEY", m.encrypted[:40], 64) + e},
		{"key-headers-first", replaceLine(wrap("EXAMPLE", m.a, 64), 1, after("\nComment: example\n")) + e},
		{"key-openssh-before-certificate", wrap("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00example"), 64) + a},
		{"key-crl-cut-before-certificate", wrap("X509 CRL", m.b[:500], 64) + a},
		{"key-crl-encrypted-before-certificate", replaceLine(wrap("X509 CRL", m.b, 64), 1, after(encrypted)) + a},
		{"key-der", string(m.pkcs8)},
		{"key-empty", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"},
		{"key-any-label", wrap("ANY PRIVATE KEY", m.pkcs8, 64)},
		{"key-unknown-kind", wrap("EXAMPLE PRIVATE KEY", m.pkcs8, 64)},
		{"key-unknown-kind-first", wrap("EXAMPLE PRIVATE KEY", m.pkcs8, 64) + e},
		{"key-openssh-first", wrap("OPENSSH PRIVATE KEY", m.pkcs8, 64) + e},
		{"key-public-first", wrap("PUBLIC KEY", m.a, 64) + e},
		{"key-lower-case", strings.ToLower(k[:28]) + k[28:]},
		{"key-no-final-newline", strings.TrimSuffix(k, "\n")},
		{"key-one-trailing-byte", wrap("PRIVATE KEY", append(bytes.Clone(m.pkcs8), 0), 64)},
		{"key-trailing-spaces", eachLine(k, true, after("  "))},
	}
}
