// Package synthetic writes TCP connections as a capture file. The packets are
// made up around the bytes that either side said.
package synthetic

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// Writer writes TCP connections as a pcapng file that Wireshark and tcpdump
// open: Ethernet with addresses for documentation, IP, and TCP with handshake,
// acknowledgments and checksums. Nothing need be closed, but Flush ends the
// file.
type Writer struct {
	file  *pcap.Writer
	frame [maxFrame]byte // the one that is being made
}

const (
	etherHeader = 14
	tcpHeader   = 20
	tcpOptions  = 8 // in a SYN
	maxTransfer = 1500
	maxFrame    = etherHeader + maxTransfer
	windowScale = 7
	ackAfter    = 32 << 10 // bytes in one direction until the other side says something
	initialSeq  = 1000     // readers show differences only
)

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{file: pcap.NewWriter(w, packet.LinkEthernet)} }

// Flush writes what is still buffered; without any packet, an empty capture.
// It returns the first error of all writing.
func (w *Writer) Flush() error { return w.file.Flush() }

// Secrets writes a key log in the format of NSS into the file (a Decryption
// Secrets Block), so that Wireshark shows what follows decrypted.
func (w *Writer) Secrets(keyLog []byte) error { return w.file.Secrets(keyLog) }

// Conn is a connection that is being written.
type Conn struct {
	w              *Writer
	client, server endpoint
	local          netip.AddrPort
	remote         netip.AddrPort
}

// endpoint is one side.
type endpoint struct {
	seq     uint32 // of the next byte
	acked   uint32 // what it acknowledged of the other side
	closed  bool
	packets uint16
}

// Open writes the handshake of a connection: the SYN when it was dialed,
// SYN-ACK and ACK when it was connected. Both addresses have to be of one
// family.
func (w *Writer) Open(client, server netip.AddrPort, dialed, connected time.Time) (*Conn, error) {
	client = netip.AddrPortFrom(client.Addr().Unmap().WithZone(""), client.Port())
	server = netip.AddrPortFrom(server.Addr().Unmap().WithZone(""), server.Port())
	if !client.Addr().IsValid() || client.Addr().Is4() != server.Addr().Is4() {
		return nil, fmt.Errorf("the addresses %q and %q cannot talk to each other", client, server)
	}
	c := &Conn{w: w, local: client, remote: server}
	c.client.seq, c.server.seq = initialSeq, initialSeq
	_ = c.segment(true, dialed, packet.SYN, nil) // the file keeps an error
	c.client.seq++
	_ = c.segment(false, connected, packet.SYN|packet.ACK, nil)
	c.server.seq++
	return c, c.segment(true, connected, packet.ACK, nil)
}

// Data writes bytes of one side, in as many segments as it takes.
func (c *Conn) Data(fromClient bool, at time.Time, b []byte) error {
	own, peer := c.sides(fromClient)
	if own.closed {
		return errors.New("no data can follow a FIN or RST")
	}
	most := maxTransfer - c.ipHeader() - tcpHeader
	for len(b) > 0 {
		n := min(len(b), most)
		flags := uint8(packet.ACK)
		if n == len(b) {
			flags |= packet.PSH
		}
		if err := c.segment(fromClient, at, flags, b[:n]); err != nil {
			return err
		}
		own.seq += uint32(n)
		b = b[n:]
		if own.seq-peer.acked >= ackAfter && !peer.closed {
			if err := c.segment(!fromClient, at, packet.ACK, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// FIN writes that one side closes, and that the other side has seen it.
func (c *Conn) FIN(fromClient bool, at time.Time) error {
	own, _ := c.sides(fromClient)
	if own.closed {
		return nil
	}
	_ = c.segment(fromClient, at, packet.FIN|packet.ACK, nil) // the file keeps an error
	own.seq++
	own.closed = true
	return c.segment(!fromClient, at, packet.ACK, nil)
}

// RST writes that one side resets the connection; nothing can follow.
func (c *Conn) RST(fromClient bool, at time.Time) error {
	c.client.closed, c.server.closed = true, true
	return c.segment(fromClient, at, packet.RST|packet.ACK, nil)
}

func (c *Conn) sides(fromClient bool) (own, peer *endpoint) {
	if fromClient {
		return &c.client, &c.server
	}
	return &c.server, &c.client
}
