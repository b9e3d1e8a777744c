package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
)

// NameString writes a distinguished name in the order of the certificate,
// "C=US, O=Example, CN=Example Root", with the short names of RFC 4514,
// section 3. An empty name is "(empty)".
func NameString(n pkix.Name) string {
	if len(n.Names) == 0 {
		return "(empty)"
	}
	var b strings.Builder
	for i, a := range n.Names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(attributeName(a.Type))
		b.WriteByte('=')
		b.WriteString(printable(a.Value))
	}
	return b.String()
}

// ShortName is the name by which a person knows the certificate: the common
// name, else the last organizational unit, else the organization.
func ShortName(n pkix.Name) string {
	switch {
	case n.CommonName != "":
		return printable(n.CommonName)
	case len(n.OrganizationalUnit) > 0:
		return printable(n.OrganizationalUnit[0])
	case len(n.Organization) > 0:
		return printable(n.Organization[0])
	}
	return NameString(n)
}

func attributeName(oid asn1.ObjectIdentifier) string {
	if len(oid) == 4 && oid[0] == 2 && oid[1] == 5 && oid[2] == 4 {
		switch oid[3] {
		case 3:
			return "CN"
		case 4:
			return "SN"
		case 5:
			return "serialNumber"
		case 6:
			return "C"
		case 7:
			return "L"
		case 8:
			return "ST"
		case 9:
			return "street"
		case 10:
			return "O"
		case 11:
			return "OU"
		case 12:
			return "title"
		case 42:
			return "GN"
		}
	}
	switch text := oid.String(); text {
	case "1.2.840.113549.1.9.1":
		return "E"
	case "0.9.2342.19200300.100.1.25":
		return "DC"
	case "0.9.2342.19200300.100.1.1":
		return "UID"
	default:
		return text
	}
}

// printable keeps a hostile name from steering the terminal: control
// characters and line breaks are written as escapes.
func printable(value any) string {
	text, ok := value.(string)
	if !ok {
		text = fmt.Sprint(value)
	}
	clean := strings.IndexFunc(text, control) < 0
	if clean {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if control(r) {
			fmt.Fprintf(&b, `\x%02x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// control matches what a terminal may obey: C0, C1, DEL and the bidirectional
// overrides that make a name read as another one.
func control(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
