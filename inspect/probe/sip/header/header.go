// Package header is the header of a SIP message, for whoever sends requests and
// for whoever answers them. Nothing here does I/O.
package header

import "strings"

// Field is a header field, its name in lower case and in its long form.
type Field struct{ Name, Value string }

// Fields are those of one message, in order.
type Fields []Field

// First is the value of the first field of a name, "" if there is none.
func (f Fields) First(name string) string {
	for _, each := range f {
		if each.Name == name {
			return each.Value
		}
	}
	return ""
}

// All are the values of all fields of a name.
func (f Fields) All(name string) []string {
	var values []string
	for _, each := range f {
		if each.Name == name {
			values = append(values, each.Value)
		}
	}
	return values
}

// Long is a field's name in its long form (RFC 3261, section 7.3.3), without the
// blanks that may stand before the colon.
func Long(name string) string {
	switch name = strings.ToLower(strings.TrimRight(name, " \t")); name {
	case "i":
		return "call-id"
	case "m":
		return "contact"
	case "f":
		return "from"
	case "t":
		return "to"
	case "v":
		return "via"
	case "l":
		return "content-length"
	}
	return name
}
