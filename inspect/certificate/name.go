package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
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
// name, else the first organizational unit, else the organization.
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

// printable keeps a hostile name from steering the terminal or reading as
// another one: control characters, line breaks, invisible characters and those
// that turn the direction of writing are written as Go's escapes.
func printable(value any) string {
	text, ok := value.(string)
	if !ok {
		text = fmt.Sprint(value)
	}
	hostile := func(r rune) bool { return !strconv.IsPrint(r) }
	if utf8.ValidString(text) && !strings.ContainsFunc(text, hostile) {
		return text
	}
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}
