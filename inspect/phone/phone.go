// Package phone is a handset as it stands on a desk: its profile, the settings
// in force, the certificates on it and its clock. It says what that phone makes
// of a server's certificates, in findings. Nothing here does I/O.
package phone

import (
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Phone is a handset as it stands on a desk.
type Phone struct {
	Profile *handset.Profile
	// Name is the handset as the user gave it, for commands in fixes.
	Name     string
	Settings Settings
	// Custom are the trusted certificates that were uploaded, in order.
	Custom  []*certificate.Certificate
	Builtin Builtin
	// Clock is what the phone's clock shows.
	Clock time.Time
}

// Builtin is the list of trusted certificates inside a phone.
type Builtin struct {
	// Listed says that the list's content is known, or given by the user.
	Listed       bool
	Certificates []*certificate.Certificate
	Basis        finding.Basis
	Source       string
}

// Certain reports whether the list is known and more than assumed.
func (b Builtin) Certain() bool { return b.Listed && b.Basis != finding.Assumed }

// Find returns the built-in certificate with the same bytes as c, nil if there
// is none.
func (b Builtin) Find(c *certificate.Certificate) *certificate.Certificate {
	for _, root := range b.Certificates {
		if root.Equal(c.Certificate) {
			return root
		}
	}
	return nil
}

// Settings are the four trust settings of the phone's web page.
type Settings struct {
	OnlyTrusted, CA, CNValidation, DeviceCert Choice
}

// Choice is the value of a setting in force and how it came to be so.
type Choice struct {
	// Value is spelled as on the command line; "" when it is not known.
	Value string
	// Factory says that the value is the profile's factory value.
	Factory bool
	// Supposed says that what else was asked implies the value; Source tells
	// by what.
	Supposed bool
	// Measured says that the value was found out on the phone itself.
	Measured bool
	Basis    finding.Basis
	Source   string
}

// Certain reports whether the value is known and more than assumed.
func (c Choice) Certain() bool { return c.Value != "" && c.Basis != finding.Assumed }

// Is reports whether the setting has this value for certain.
func (c Choice) Is(value string) bool { return c.Certain() && c.Value == value }

// certain is the value, or "" where it is not certain.
func (c Choice) certain() string {
	if c.Certain() {
		return c.Value
	}
	return ""
}
