package armor

import "testing"

func TestIsAux(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		aux         bool
	}{
		{"empty", "\x30\x00", true},
		{"alias", "\x30\x09\x0c\x07example", true},
		{"trusted use", "\x30\x06\x30\x04\x06\x02\x2a\x03", true},
		{"no uses", "\x30\x02\x30\x00", true},
		{"uses that are no identifiers", "\x30\x04\x30\x02\x02\x00", false},
		{"a tag without a length", "\x30\x01\x30", false},
		{"a number", "\x30\x03\x02\x01\x01", false},
		{"cut off", "\x30\x09\x0c\x07exam", false},
		{"nothing", "", false},
		{"letters", "example", false},
	} {
		if got := IsAux([]byte(c.bytes)); got != c.aux {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
