package inspect

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
)

// damages are ways in which the file of one certificate is spoiled, each alone.
func damages(t testing.TB) map[string][]byte {
	m := forFiles(t)
	whole, der := string(m.root.PEM()), m.root.Raw
	lines := strings.SplitAfter(whole, "\n")
	replaced := func(old, new string) []byte {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %q in the certificate", old)
		}
		return []byte(strings.ReplaceAll(whole, old, new))
	}
	const begin, end = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
	body := strings.TrimSuffix(strings.TrimPrefix(whole, begin), end)
	return map[string][]byte{
		"byte order mark":         []byte("\xef\xbb\xbf" + whole),
		"UTF-16":                  utf16([]byte(whole)),
		"CR alone":                replaced("\n", "\r"),
		"text before":             []byte("This is the certificate:\n" + whole),
		"text after":              []byte(whole + "Yours, Alice\n"),
		"four dashes":             replaced("-----BEGIN CERTIFICATE-----", "----BEGIN CERTIFICATE----"),
		"typographic dashes":      replaced("-----BEGIN CERTIFICATE-----", "—BEGIN CERTIFICATE—"),
		"no label":                replaced("END CERTIFICATE", "END"),
		"labels differ":           replaced("END CERTIFICATE", "END PRIVATE KEY"),
		"label of something else": replaced("CERTIFICATE", "PRIVATE KEY"),
		"no BEGIN":                []byte(body + end),
		"no END":                  []byte(begin + body),
		"broken base64":           []byte(strings.Replace(whole, lines[2], "*"+lines[2][1:], 1)),
		"cut off":                 []byte(strings.Join(lines[:3], "") + end),
		"DER cut off":             der[:len(der)-7],
		"bytes after the DER":     append(bytes.Clone(der), 0, 0),
		"bytes in the PEM":        textOf("CERTIFICATE", append(bytes.Clone(der), 0, 0)),
		"indented":                replaced("\n", "\n  "),
		"one long line":           []byte(begin + strings.ReplaceAll(body, "\n", "") + "\n" + end),
		"blank line inside":       []byte(strings.Replace(whole, lines[2], lines[2]+"\n", 1)),
		"inside damaged":          textOf("CERTIFICATE", bytes.Replace(der, []byte{0x17, 0x0d}, []byte{0x0c, 0x0d}, 1)), // a time as text
		"negative serial number":  textOf("CERTIFICATE", negative(t, der)),
	}
}

// negative turns the first octet of the serial number over.
func negative(t testing.TB, der []byte) []byte {
	t.Helper()
	out := bytes.Clone(der)
	at := bytes.Index(out, []byte{2, 1, 2, 2}) // the version, the serial number's tag
	if at < 0 {
		t.Fatal("no serial number")
	}
	out[at+5] |= 0x80
	return out
}

var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\d+`)

// Each damage has one code, one sentence and one way to mend it, and shares
// none of them with another damage.
func TestDamages(t *testing.T) {
	files := map[string][]byte{}
	for name, data := range damages(t) {
		files[name] = data
	}
	for name, file := range foreign(t) {
		files[name] = file.data
	}
	found := map[string]finding.Finding{}
	for name, data := range files {
		f := Read("file", data, Options{})
		if len(f.Findings) != 1 {
			t.Errorf("%s: findings %q", name, codes(f.Findings))
			continue
		}
		wellFormed(t, name, f)
		found[name] = f.Findings[0]
	}
	for name, f := range found {
		for other, g := range found {
			if name >= other || f.Code == g.Code {
				continue
			}
			if words(f.Message) == words(g.Message) {
				t.Errorf("%s and %s share %q", name, other, f.Message)
			}
			if f.Fix == g.Fix && !strings.HasPrefix(f.Fix, "phonecert convert") {
				t.Errorf("%s and %s share the fix %q", name, other, f.Fix)
			}
		}
	}
	for name := range damages(t) {
		for other := range damages(t) {
			if name < other && found[name].Code == found[other].Code {
				t.Errorf("%s and %s share the code %s", name, other, found[name].Code)
			}
		}
	}
}

// words is a sentence without names and numbers.
func words(message string) string { return quoted.ReplaceAllString(message, "…") }

// The place of a damage is told in lines of the file or in bytes.
func TestPlaces(t *testing.T) {
	all := damages(t)
	for name, want := range map[string]string{
		"broken base64":       "line 3, column 1",
		"cut off":             "holds 96 of ",
		"DER cut off":         "was cut off after ",
		"bytes after the DER": "2 bytes follow the DER, from offset ",
		"text after":          "from line ",
		"blank line inside":   "line 4 ",
	} {
		f := Read("file", all[name], Options{}).Findings[0]
		if !strings.Contains(f.Message, want) {
			t.Errorf("%s: %q does not hold %q", name, f.Message, want)
		}
	}
}
