package probe

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// keyShares makes those that the phone sends, or else the one without which a
// server of TLS 1.3 asks for another ClientHello.
func (p *probe) keyShares(hello *handshake.ClientHello) ([]*client.Key, error) {
	if !p.request.Phone.Profile.TLS.ClientHello.Known() {
		if !slices.Contains(hello.Versions(), iana.TLS13) {
			return nil, nil
		}
		return client.AddKeyShares(hello, iana.GroupX25519)
	}
	keys, groups, err := client.FillKeyShares(hello, p.world.Random)
	p.attempt.Evidence.Raw = rawParts(hello, groups)
	return keys, err
}

// rawParts names what is sent as the phone sends it, though the client could not
// act on it.
func rawParts(hello *handshake.ClientHello, groups []iana.NamedGroup) []string {
	var parts []string
	for _, t := range client.Raw(hello) {
		parts = append(parts, diagnosis.RawExtension(t))
	}
	for _, g := range groups {
		parts = append(parts, "the key share in "+g.String())
	}
	return parts
}
