// Package mac reads MAC addresses in the spellings in which people and phones
// write them.
package mac

import "strings"

// Address is a MAC address of 48 bits: twelve lower-case hexadecimal digits, as
// in the names of provisioning files (the fact sheet on provisioning).
type Address string

// Parse reads an address: bare digits, or pairs parted by colons or dashes, or
// groups of four parted by dots.
func Parse(text string) (Address, bool) {
	text = strings.TrimSpace(text)
	switch {
	case len(text) == 17 && text[2] == ':':
		return grouped(text, 2, ':')
	case len(text) == 17 && text[2] == '-':
		return grouped(text, 2, '-')
	case len(text) == 14:
		return grouped(text, 4, '.')
	case len(text) == 12:
		return grouped(text, 12, 0)
	}
	return "", false
}

// grouped reads digits in groups of one size with one separator between them.
func grouped(text string, size int, separator byte) (Address, bool) {
	digits := make([]byte, 0, 12)
	for i := range len(text) {
		c := text[i]
		switch {
		case i%(size+1) == size:
			if c != separator {
				return "", false
			}
			continue
		case c >= 'A' && c <= 'F':
			c += 'a' - 'A'
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f':
		default:
			return "", false
		}
		digits = append(digits, c)
	}
	return Address(digits), true
}

// Find returns the first address that stands in a text by itself.
func Find(text string) (Address, bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;/=()_@", r) }) {
		if a, ok := Parse(word); ok {
			return a, true
		}
	}
	return "", false
}

// String writes the address with colons.
func (a Address) String() string {
	if len(a) != 12 {
		return string(a)
	}
	var pairs []string
	for i := 0; i < 12; i += 2 {
		pairs = append(pairs, string(a[i:i+2]))
	}
	return strings.Join(pairs, ":")
}
