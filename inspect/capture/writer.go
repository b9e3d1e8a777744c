package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// Writer writes TCP connections as a pcapng file that Wireshark and tcpdump
// open. The packets are made up around the bytes: Ethernet with addresses for
// documentation, IP, and TCP with handshake, acknowledgments and checksums.
// Nothing need be closed, but Flush ends the file.
type Writer struct {
	w      *bufio.Writer
	packet [maxFrame]byte
	begun  bool
}

const (
	etherHeader  = 14
	tcpHeader    = 20
	tcpOptions   = 8 // in a SYN
	maxTransfer  = 1500
	maxFrame     = etherHeader + maxTransfer
	windowScale  = 7
	ackAfter     = 32 << 10 // bytes in one direction until the other side says something
	initialSeq   = 1000     // readers show differences only
	secondsScale = 9        // timestamps in nanoseconds
)

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Flush writes what is still buffered; without any packet, an empty capture.
// It returns the first error of all writing.
func (w *Writer) Flush() error {
	w.begin()
	return w.w.Flush()
}

// Secrets writes a key log in the format of NSS into the file (a Decryption
// Secrets Block), so that Wireshark shows what follows decrypted.
func (w *Writer) Secrets(keyLog []byte) error {
	w.begin()
	head := binary.LittleEndian.AppendUint32(nil, keyLogSecrets)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(keyLog)))
	return w.block(blockSecrets, head, keyLog)
}

// begin writes the headers of file and interface, once.
func (w *Writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	le := binary.LittleEndian
	section := le.AppendUint32(nil, 0x1A2B3C4D)
	section = le.AppendUint16(section, 1)
	section = le.AppendUint16(section, 0)
	section = le.AppendUint64(section, 1<<64-1) // length not told
	_ = w.block(magicSection, section, nil)     // bufio keeps an error
	device := le.AppendUint32(nil, uint32(LinkEthernet))
	device = le.AppendUint32(device, 0) // no snap length
	device = append(device, 9, 0, 1, 0, secondsScale, 0, 0, 0, 0, 0, 0, 0)
	_ = w.block(blockInterface, device, nil)
}

// block writes a block whose body is head and b.
func (w *Writer) block(kind uint32, head, b []byte) error {
	padding := -len(b) & 3
	length := uint32(12 + len(head) + len(b) + padding)
	var word [8]byte
	binary.LittleEndian.PutUint32(word[:], kind)
	binary.LittleEndian.PutUint32(word[4:], length)
	_, _ = w.w.Write(word[:]) // bufio keeps an error for the last Write
	_, _ = w.w.Write(head)
	_, _ = w.w.Write(b)
	_, _ = w.w.Write([]byte{0, 0, 0}[:padding])
	_, err := w.w.Write(word[4:])
	return err
}

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
	w.begin()
	c := &Conn{w: w, local: client, remote: server}
	c.client.seq, c.server.seq = initialSeq, initialSeq
	_ = c.segment(true, dialed, flagSYN, nil) // bufio keeps an error
	c.client.seq++
	_ = c.segment(false, connected, flagSYN|flagACK, nil)
	c.server.seq++
	return c, c.segment(true, connected, flagACK, nil)
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
		flags := uint8(flagACK)
		if n == len(b) {
			flags |= flagPSH
		}
		if err := c.segment(fromClient, at, flags, b[:n]); err != nil {
			return err
		}
		own.seq += uint32(n)
		b = b[n:]
		if own.seq-peer.acked >= ackAfter && !peer.closed {
			if err := c.segment(!fromClient, at, flagACK, nil); err != nil {
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
	_ = c.segment(fromClient, at, flagFIN|flagACK, nil) // bufio keeps an error
	own.seq++
	own.closed = true
	return c.segment(!fromClient, at, flagACK, nil)
}

// RST writes that one side resets the connection; nothing can follow.
func (c *Conn) RST(fromClient bool, at time.Time) error {
	c.client.closed, c.server.closed = true, true
	return c.segment(fromClient, at, flagRST|flagACK, nil)
}

func (c *Conn) sides(fromClient bool) (own, peer *endpoint) {
	if fromClient {
		return &c.client, &c.server
	}
	return &c.server, &c.client
}
