package testpem

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// Case is one file, whole or broken.
type Case struct{ Name, Text string }

// Cases makes every case. A name never changes its meaning: the recorded
// verdicts go by it, and by the digest of the text.
func Cases(t testing.TB) []Case {
	m := Load(t)
	var list []Case
	list = append(list, fileCases(m)...)
	list = append(list, lineCases(m)...)
	list = append(list, boundaryCases(m)...)
	list = append(list, base64Cases(m)...)
	list = append(list, mixtures(m)...)
	return append(list, keyCases(m)...)
}

func fileCases(m Material) []Case {
	a, b, c := Wrap("CERTIFICATE", m.A, 64), Wrap("CERTIFICATE", m.B, 64), Wrap("CERTIFICATE", m.C, 64)
	dump := "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: 1 (0x1)\n"
	bag := "Bag Attributes\n    friendlyName: example\n    localKeyID: 01\nsubject=CN = example.com\n"
	return []Case{
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
		{"utf-16-le-bom", UTF16(a, false, true)},
		{"utf-16-le", UTF16(a, false, false)},
		{"utf-16-be-bom", UTF16(a, true, true)},
		{"utf-16-be", UTF16(a, true, false)},
		{"empty-file", ""},
		{"newline", "\n"},
		{"der", string(m.A)},
		{"der-then-pem", string(m.A) + "\n" + a},
		{"bare-base64", base64.StdEncoding.EncodeToString(m.A) + "\n"},
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
		{"mail-quoted", EachLine(a, true, Before("> "))},
		{"numbered", EachLine(a, true, Before("1 "))},
		{"spaces-for-newlines", strings.ReplaceAll(a, "\n", " ") + "\n"},
	}
}

func mixtures(m Material) []Case {
	a, b, c := Wrap("CERTIFICATE", m.A, 64), Wrap("CERTIFICATE", m.B, 64), Wrap("CERTIFICATE", m.C, 64)
	other := strings.ReplaceAll(b, "CERTIFICATE", "EXAMPLE")
	broken := ReplaceLine(b, 10, Before("*"))
	return []Case{
		{"two", a + b},
		{"three", a + b + c},
		{"three-blank-lines-between", a + "\n" + b + "\n\n" + c},
		{"three-crlf", strings.ReplaceAll(a+b+c, "\n", "\r\n")},
		{"same-twice", a + a},
		{"first-broken", broken + a},
		{"second-broken", a + broken},
		{"second-indented", a + EachLine(b, true, Before(" "))},
		{"second-data-indented", a + EachLine(b, false, Before(" "))},
		{"second-blank-line", a + ReplaceLine(b, 5, After("\n"))},
		{"second-cut", a + b[:500]},
		{"second-der-cut", a + Wrap("CERTIFICATE", m.B[:500], 64)},
		{"second-trailing-bytes", a + Wrap("CERTIFICATE", append(bytes.Clone(m.B), 0, 0), 64)},
		{"first-wide", Wrap("CERTIFICATE", m.B, 100) + a},
		{"unwanted-first", other + a},
		{"unwanted-second", a + other},
		{"unwanted-only", other},
		{"unwanted-broken-first", strings.ReplaceAll(broken, "CERTIFICATE", "EXAMPLE") + a},
		{"unwanted-broken-second", a + strings.ReplaceAll(broken, "CERTIFICATE", "EXAMPLE")},
		{"unwanted-indented-first", EachLine(other, true, Before(" ")) + a},
		{"unwanted-no-end-first", strings.Replace(other, "-----END EXAMPLE-----\n", "", 1) + a},
		{"unwanted-no-end-blank-first", strings.Replace(other, "-----END EXAMPLE-----\n", "\n", 1) + a},
		{"unwanted-empty-first", "-----BEGIN EXAMPLE-----\n-----END EXAMPLE-----\n" + a},
		{"unwanted-mismatch-first", strings.Replace(other, "END EXAMPLE", "END OTHER", 1) + a},
		{"unwanted-wide-first", strings.ReplaceAll(Wrap("CERTIFICATE", m.B, 100), "CERTIFICATE", "EXAMPLE") + a},
		{"trusted-second", a + strings.ReplaceAll(b, "CERTIFICATE", "TRUSTED CERTIFICATE")},
		{"x509-second", a + strings.ReplaceAll(b, "CERTIFICATE", "X509 CERTIFICATE")},
		{"colon-text-between", a + "subject: example\n\n" + b},
		{"text-with-begin-between", a + "-----BEGIN example\n" + b},
		{"text-with-end-between", a + "-----END example\n" + b},
		{"dashes-between", a + "-----\n" + b},
	}
}
