package device

// Registration is what the pages show of the phone's account at its SIP server.
// It is of the moment and no part of the State.
type Registration struct {
	// Account is the account's address, "sips:1001@example.com"; "" while the
	// phone has none.
	Account string
	// Lock says that the phone shows its lock icon, and on which screen; "" when
	// it shows none, or no source tells of one.
	Lock string
	// Text says how the registration stands, in words.
	Text string
}

// Register notes how the account stands.
func (d *Device) Register(r Registration) { d.registration = r }

// Registration is how the account stands.
func (d *Device) Registration() Registration { return d.registration }
