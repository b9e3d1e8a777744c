package testpem

import (
	"bytes"
	"strings"
)

func base64Cases(m Material) []Case {
	a, b, c := Wrap("CERTIFICATE", m.A, 64), Wrap("CERTIFICATE", m.B, 64), Wrap("CERTIFICATE", m.C, 64)
	at := func(line, column int, with string) string {
		return ReplaceLine(a, line, func(s string) string { return s[:column] + with + s[column+1:] })
	}
	insert := func(line, column int, with string) string {
		return ReplaceLine(a, line, func(s string) string { return s[:column] + with + s[column:] })
	}
	withBytes := func(label string, der []byte, extra string) string {
		return Wrap(label, append(bytes.Clone(der), extra...), 64)
	}
	alias := "\x30\x09\x0c\x07example"
	list := []Case{
		{"star", at(10, 20, "*")},
		{"star-inserted", insert(10, 20, "*")},
		{"star-last-line", at(19, 3, "*")},
		{"hash-line", ReplaceLine(a, 10, After("\n# example"))},
		{"dash-in-data", at(10, 20, "-")},
		{"dash-inserted", insert(10, 20, "-")},
		{"dash-at-line-start", insert(10, 0, "-")},
		{"dash-at-line-end", ReplaceLine(a, 10, After("-"))},
		{"dash-after-64", ReplaceLine(a, 3, After("-"))},
		{"dash-line", ReplaceLine(a, 10, After("\n-----"))},
		{"dash-before-end", ReplaceLine(a, 20, Before("-\n"))},
		{"underscore", at(10, 20, "_")},
		{"high-byte", insert(10, 20, "\xc3")},
		{"high-byte-replaces", at(10, 20, string([]byte{a[9*65-17+20] | 0x80}))},
		{"no-break-space", insert(10, 20, "\u00a0")},
		{"zero-width-space", insert(10, 20, "\u200b")},
		{"nul-in-data", insert(10, 20, "\x00")},
		{"nul-at-line-start", insert(10, 0, "\x00")},
		{"nul-at-line-end", ReplaceLine(a, 10, After("\x00"))},
		{"space-in-wide-line", ReplaceLine(Wrap("CERTIFICATE", m.A, 76), 5, func(s string) string { return "    " + s })},
		{"space-in-data", insert(10, 20, " ")},
		{"tab-in-data", insert(10, 20, "\t")},
		{"vertical-tab-in-data", insert(10, 20, "\v")},
		{"cr-in-data", insert(10, 20, "\r")},
		{"char-missing", ReplaceLine(a, 10, func(s string) string { return s[1:] })},
		{"char-doubled", ReplaceLine(a, 10, func(s string) string { return s[:1] + s })},
		{"four-chars-missing", ReplaceLine(a, 10, func(s string) string { return s[4:] })},
		{"last-char-missing", ReplaceLine(a, 19, func(s string) string { return s[:len(s)-2] + "=" })},
		{"pad-missing", ReplaceLine(a, 19, func(s string) string { return strings.TrimRight(s, "=") })},
		{"both-pads-missing", ReplaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return strings.TrimRight(s, "=") })},
		{"one-of-two-pads-missing", ReplaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return strings.TrimSuffix(s, "=") })},
		{"pad-too-many", ReplaceLine(a, 19, After("="))},
		{"pads-too-many", ReplaceLine(a, 19, After("==="))},
		{"pad-after-full-line", ReplaceLine(b, strings.Count(b, "\n")-1, After("="))},
		{"pads-after-full-line", ReplaceLine(b, strings.Count(b, "\n")-1, After("===="))},
		{"pad-line", ReplaceLine(a, 19, func(s string) string { return s[:len(s)-1] + "\n=" })},
		{"pads-line", ReplaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return s[:len(s)-2] + "\n==" })},
		{"pads-two-lines", ReplaceLine(c, strings.Count(c, "\n")-1, func(s string) string { return s[:len(s)-2] + "=\n=" })},
		{"pad-in-middle", at(10, 63, "=")},
		{"pad-in-line", at(10, 31, "=")},
		{"pads-in-middle", ReplaceLine(a, 10, func(s string) string { return s[:62] + "==" })},
		{"data-after-pad", ReplaceLine(a, 19, After("\nAAAA"))},
		{"data-after-pad-same-line", ReplaceLine(a, 19, After("AAAA"))},
		{"data-after-full-pads", ReplaceLine(a, 19, After("\n"+strings.Repeat("A", 64)))},
		{"base64url", strings.NewReplacer("+", "-", "/", "_").Replace(a)},
		{"quoted-printable", strings.ReplaceAll(a, "=", "=3D")},
		{"quoted-printable-breaks", EachLine(Wrap("CERTIFICATE", m.A, 75), false, After("="))},
		{"html-entities", strings.NewReplacer("+", "&#43;", "=", "&#61;").Replace(a)},
		{"backslash-continuation", EachLine(a, false, After("\\"))},
		{"comma", EachLine(a, false, After(","))},
		{"cut-in-line-10", a[:600]},
		{"cut-after-line-10", strings.Join(strings.SplitAfter(a, "\n")[:10], "")},
		{"cut-in-end", a[:len(a)-10]},
		{"cut-before-last-dash", a[:len(a)-2]},
		{"cut-with-end", strings.Join(append(strings.SplitAfter(a, "\n")[:10], "-----END CERTIFICATE-----\n"), "")},
		{"line-missing", strings.Join(append(strings.SplitAfter(a, "\n")[:9:9], strings.SplitAfter(a, "\n")[10:]...), "")},
		{"line-doubled", ReplaceLine(a, 10, func(s string) string { return s + "\n" + s })},
		{"one-trailing-byte", withBytes("CERTIFICATE", m.A, "\x00")},
		{"two-trailing-bytes", withBytes("CERTIFICATE", m.A, "\x00\x00")},
		{"trailing-letters", withBytes("CERTIFICATE", m.A, "example")},
		{"trailing-der", withBytes("CERTIFICATE", m.A, string(m.B))},
		{"trailing-alias", withBytes("CERTIFICATE", m.A, alias)},
		{"trusted-with-alias", withBytes("TRUSTED CERTIFICATE", m.A, alias)},
		{"trusted-with-two-bytes", withBytes("TRUSTED CERTIFICATE", m.A, "\x00\x00")},
		{"trusted-with-letters", withBytes("TRUSTED CERTIFICATE", m.A, "example")},
		{"der-cut", Wrap("CERTIFICATE", m.A[:len(m.A)-1], 64)},
		{"der-cut-half", Wrap("CERTIFICATE", m.A[:400], 64)},
		{"der-cut-before-signature", Wrap("CERTIFICATE", m.B[:500], 64)},
		{"der-not", Wrap("CERTIFICATE", []byte("example"), 64)},
		{"der-one-byte", Wrap("CERTIFICATE", m.A[:1], 64)},
		{"der-empty-sequence", Wrap("CERTIFICATE", []byte{0x30, 0}, 64)},
	}
	return list
}
