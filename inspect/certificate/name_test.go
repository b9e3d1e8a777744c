package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
	"unicode"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func TestNameString(t *testing.T) {
	der := forge(t, func(f *forged) {
		one := attribute(6, cbasn1.PrintableString, "US")
		two := attribute(10, cbasn1.PrintableString, "Example, Inc.")
		both := element(cbasn1.SET, attribute(3, cbasn1.UTF8String, "Müller")[2:], attribute(11, cbasn1.UTF8String, "Lab")[2:])
		f.subject = element(cbasn1.SEQUENCE, one, two, both)
	})
	c, err := Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := NameString(c.Subject), "C=US, O=Example, Inc., CN=Müller, OU=Lab"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := NameString(pkix.Name{}); got != "(empty)" {
		t.Errorf("no name is %q", got)
	}
}

func TestAttributeNames(t *testing.T) {
	for dotted, want := range map[string]string{
		"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
		"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.42": "GN", "2.5.4.99": "2.5.4.99", "2.5.4": "2.5.4",
		"1.2.840.113549.1.9.1": "E", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID", "1.2.3": "1.2.3",
	} {
		var oid asn1.ObjectIdentifier
		der := object(dotted)
		if _, err := asn1.Unmarshal(der, &oid); err != nil {
			t.Fatal(err)
		}
		if got := attributeName(oid); got != want {
			t.Errorf("%s is %q, want %q", dotted, got, want)
		}
	}
}

func TestShortName(t *testing.T) {
	for want, name := range map[string]pkix.Name{
		"phone.example.com": {CommonName: "phone.example.com", OrganizationalUnit: []string{"Lab"}, Organization: []string{"Example"}},
		"Lab":               {OrganizationalUnit: []string{"Lab", "For authorized use only"}, Organization: []string{"Example"}},
		"Example":           {Organization: []string{"Example"}},
		"(empty)":           {},
		"E=a@example.com": {Names: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@example.com"},
		}},
		`a\x1b[2Jb`: {CommonName: "a\x1b[2Jb"},
	} {
		if got := ShortName(name); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// hostile are characters with which a name can steer a terminal, hide a part
// of itself or read as another one.
const hostile = "\x00\x07\b\t\n\r\x1b\x7f\u0080\u009b\u00a0\u00ad\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufff9\U000e0041"

func TestHostileNames(t *testing.T) {
	for _, r := range hostile + "\xff\x9b" {
		name := pkix.Name{Names: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "a" + string(r) + "b"}}}
		if got := NameString(name); !harmless(got) && r != unicode.ReplacementChar {
			t.Errorf("%U comes through: %q", r, got)
		}
	}
	if got := printable("a\xff\x9bb"); got != `a\xff\x9bb` {
		t.Errorf("octets that are no character come through: %q", got)
	}
	if got := printable(7); got != "7" {
		t.Errorf("a number is %q", got)
	}
	const usual = "Müller & Söhne \"GmbH\" \\ Łódź 株式会社 ☎"
	if got := printable(usual); got != usual {
		t.Errorf("%q is changed into %q", usual, got)
	}
}

// harmless reports whether a text can be written to a terminal.
func harmless(text string) bool { return !strings.ContainsAny(text, hostile) }

// A certificate cannot bring hostile characters in, whatever its strings are
// made of.
func TestHostileCertificate(t *testing.T) {
	value := "a" + hostile + "b"
	c, err := Parse(forge(t, subject(cbasn1.UTF8String, value), extended("2.5.29.17", false,
		element(cbasn1.SEQUENCE, name(1, value), name(2, value), name(6, "sip:a%1b@example.com")))))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(c.AlternativeNames(), NameString(c.Subject), ShortName(c.Subject)) {
		if !harmless(text) {
			t.Errorf("%q", text)
		}
	}
	if len(c.AlternativeNames()) != 3 {
		t.Errorf("names: %q", c.AlternativeNames())
	}
}
