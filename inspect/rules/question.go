// Package rules answers whether a handset takes a file in a role. The rules
// stand in groups, one file per group; table.go lists them all. Nothing here
// does I/O.
package rules

import (
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Question is what the user asks about a file.
type Question struct {
	// Profile is the handset; Handset is its name as the user gave it, for
	// commands in hints.
	Profile *handset.Profile
	Handset string
	Role    handset.Role
	// Now is the phone's clock.
	Now time.Time
	// Installed are the custom certificates that the phone already holds;
	// InstalledCount counts them where only their number is known.
	Installed      []*certificate.Certificate
	InstalledCount int
	// Builtin are the phone's own trusted certificates.
	Builtin Builtin
	// Trust are the settings in force, for the role pbx.
	Trust Trust
	// Server is the name or address by which the phone calls the server, for
	// the role pbx; "" when it was not given.
	Server string
	// Exists reports whether a file stands at a path, so that a hint never
	// names an output that is taken; nil means that nothing does.
	Exists func(path string) bool
}

// Builtin is the list of trusted certificates inside a phone.
type Builtin struct {
	// Listed says that the list's content is known, or given by the user.
	Listed       bool
	Certificates []*certificate.Certificate
	Basis        finding.Basis
	Source       string
}

// find returns the built-in certificate with the same bytes as c.
func (b Builtin) find(c *certificate.Certificate) *certificate.Certificate {
	for _, root := range b.Certificates {
		if root.Equal(c.Certificate) {
			return root
		}
	}
	return nil
}

// Trust are the four trust settings of the phone's web page, as far as they
// decide on a server. Custom are the certificates behind the value "custom".
type Trust struct {
	OnlyTrusted  Choice
	CA           Choice
	CNValidation Choice
	DeviceCert   Choice
	Custom       []*certificate.Certificate
}

// Choice is the value of a setting in force and how it came to be so.
type Choice struct {
	// Value is spelled as on the command line; "" when it is not known.
	Value string
	// Factory says that the value is the profile's factory value.
	Factory bool
	Basis   finding.Basis
	Source  string
}

// certain reports whether the value is known and more than assumed.
func (c Choice) certain() bool { return c.Value != "" && c.Basis != finding.Assumed }

// is reports whether the setting has this value for certain.
func (c Choice) is(value string) bool { return c.certain() && c.Value == value }
