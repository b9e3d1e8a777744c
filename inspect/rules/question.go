// Package rules answers whether a handset takes a file in a role. The rules
// stand in groups, one file per group; table.go lists them all. Nothing here
// does I/O.
package rules

import (
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/phone"
)

// Question is what the user asks about a file.
type Question struct {
	// Phone is the handset. Where the role is server only its profile, name
	// and clock count.
	*phone.Phone
	Role handset.Role
	// Installed are the custom certificates that the phone already holds;
	// InstalledCount counts them where only their number is known.
	Installed      []*certificate.Certificate
	InstalledCount int
	// Server is the name or address by which the phone calls the server, for
	// the role pbx; "" when it was not given.
	Server string
	// Given are certificates at hand that may mend a failure, for the role pbx.
	Given []*certificate.Certificate
	// Exists reports whether a file stands at a path, so that a hint never
	// names an output that is taken; nil means that nothing does.
	Exists func(path string) bool
}
