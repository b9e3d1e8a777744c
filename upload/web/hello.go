package web

import (
	"context"
	"crypto/rand"
	"io"
	"net"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// helloFor offers all from TLS 1.3 to 1.0, the best first.
func helloFor(host string) *handshake.ClientHello {
	hello := &handshake.ClientHello{
		Version:            iana.TLS12,
		CipherSuites:       append(newSuites(), oldSuites()...),
		CompressionMethods: []handshake.CompressionMethod{0},
	}
	if named(host) {
		hello.Extensions = append(hello.Extensions, offer.ServerName(host))
	}
	hello.Extensions = append(hello.Extensions, offer.Modern()...)
	hello.Extensions = append(hello.Extensions, offer.SupportedVersions(iana.TLS10, iana.TLS11, iana.TLS12, iana.TLS13))
	return hello
}

// plainHello is what a client of 2005 would send. It says that it is the second
// attempt (RFC 7507), so that nobody on the way gets a phone that knows better
// down to TLS 1.0.
func plainHello() *handshake.ClientHello {
	return &handshake.ClientHello{
		Version:            iana.TLS10,
		CipherSuites:       append(oldSuites(), iana.TLS_FALLBACK_SCSV),
		CompressionMethods: []handshake.CompressionMethod{0},
		NoExtensions:       true,
	}
}

// newSuites need TLS 1.2 or 1.3.
func newSuites() []iana.CipherSuite {
	return []iana.CipherSuite{
		0x1301, 0x1302, 0x1303, // TLS 1.3
		0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, // ECDHE with GCM, with ChaCha20
		0x009E, 0x009F, // DHE-RSA with GCM
		0xC023, 0xC027, 0x0067, 0x006B, // ECDHE, DHE with CBC and SHA-256
		0x009C, 0x009D, 0x003C, 0x003D, // RSA with GCM, with CBC and SHA-256
	}
}

// oldSuites are those of TLS 1.0: AES, then 3DES and RC4 for phones that have
// nothing else. Nothing below 112 bits, RC4 aside, and nothing anonymous.
func oldSuites() []iana.CipherSuite {
	return []iana.CipherSuite{
		0xC009, 0xC00A, 0xC013, 0xC014, // ECDHE
		0x0033, 0x0039, // DHE-RSA
		0x002F, 0x0035, // RSA
		0xC012, 0x0016, 0x000A, // 3DES
		0xC011, 0x0005, 0x0004, // RC4
	}
}

// secure shakes hands over a connection.
func (c *Client) secure(ctx context.Context, conn net.Conn, hello *handshake.ClientHello) (*client.Conn, error) {
	random := c.config.Random
	if random == nil {
		random = rand.Reader
	}
	hello.Random = make([]byte, 32)
	if _, err := io.ReadFull(random, hello.Random); err != nil {
		return nil, err
	}
	config := client.Config{Hello: hello, Now: c.config.Now, Random: random}
	if !hello.NoExtensions {
		keys, err := client.AddKeyShares(hello, iana.GroupX25519)
		if err != nil {
			return nil, err
		}
		config.Keys, config.MinVersion = keys, iana.TLS10
	}
	return client.Handshake(ctx, conn, config)
}
