package inventory

import (
	"fmt"
	"io"
)

// Secret is a password. However it is printed or encoded, it shows as ***.
type Secret string

// Reveal is the password itself, for whoever logs in with it.
func (s Secret) Reveal() string { return string(s) }

// String hides the password.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// Format hides the password under every verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText hides the password in JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
