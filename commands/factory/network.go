package factory

import (
	"context"
	"io"
	"net"
	"net/netip"

	"github.com/phonecert/phonecert/inspect/probe/resolve"
	"github.com/phonecert/phonecert/internal/disk"
)

// Network is how commands reach other machines.
type Network struct {
	// Dial opens a connection, as net.Dialer does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// System looks names up as the operating system does.
	System resolve.System
	// Random is a source of secret randomness.
	Random io.Reader
}

// SystemServers are the DNS servers of the system, for NAPTR records, which the
// system's own resolver does not look up. Where the file does not exist, none
// are known, and the report says that NAPTR was not asked.
func SystemServers(ctx context.Context) []netip.AddrPort {
	content, err := disk.Read(ctx, "/etc/resolv.conf")
	if err != nil {
		return nil
	}
	return resolve.ParseResolvConf(content.Data)
}
