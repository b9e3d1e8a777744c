package synthetic

import (
	"encoding/binary"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

func (c *Conn) ipHeader() int {
	if c.local.Addr().Is4() {
		return 20
	}
	return 40
}

// segment writes one packet.
func (c *Conn) segment(fromClient bool, at time.Time, flags uint8, payload []byte) error {
	own, peer := c.sides(fromClient)
	header := tcpHeader
	if flags&packet.SYN != 0 {
		header += tcpOptions
	}
	ip := c.w.frame[etherHeader:]
	tcp := ip[c.ipHeader():]
	size := header + copy(tcp[header:], payload)
	c.ether(fromClient)
	pseudo := c.ip(fromClient, ip, size)
	from, to := c.local.Port(), c.remote.Port()
	if !fromClient {
		from, to = to, from
	}
	be := binary.BigEndian
	be.PutUint16(tcp, from)
	be.PutUint16(tcp[2:], to)
	be.PutUint32(tcp[4:], own.seq)
	be.PutUint32(tcp[8:], 0)
	if flags&packet.ACK != 0 {
		be.PutUint32(tcp[8:], peer.seq)
		own.acked = peer.seq
	}
	tcp[12], tcp[13] = byte(header/4)<<4, flags
	be.PutUint32(tcp[14:], 0xFFFF0000) // window, and the checksum's place
	be.PutUint16(tcp[18:], 0)
	if flags&packet.SYN != 0 { // maximum segment size; window scale (RFC 7323)
		be.PutUint32(tcp[20:], 0x02040000|uint32(maxTransfer-c.ipHeader()-tcpHeader))
		be.PutUint32(tcp[24:], 0x01030300|windowScale)
	}
	be.PutUint16(tcp[16:], checksum(pseudo, tcp[:size]))
	return c.w.file.Packet(at, c.w.frame[:etherHeader+c.ipHeader()+size])
}

// ether puts addresses for documentation (RFC 7042, section 2.1.2).
func (c *Conn) ether(fromClient bool) {
	client, server := [6]byte{0, 0, 0x5E, 0, 0x53, 1}, [6]byte{0, 0, 0x5E, 0, 0x53, 2}
	if !fromClient {
		client, server = server, client
	}
	b := c.w.frame[:etherHeader]
	copy(b, server[:])
	copy(b[6:], client[:])
	kind := uint16(packet.EtherIPv4)
	if c.ipHeader() == 40 {
		kind = packet.EtherIPv6
	}
	binary.BigEndian.PutUint16(b[12:], kind)
}

// ip puts the header before size bytes of TCP and returns the sum over the
// pseudo header (RFC 9293, section 3.1).
func (c *Conn) ip(fromClient bool, b []byte, size int) uint64 {
	own, _ := c.sides(fromClient)
	from, to := c.local.Addr(), c.remote.Addr()
	if !fromClient {
		from, to = to, from
	}
	own.packets++
	be := binary.BigEndian
	if from.Is4() {
		source, destination := from.As4(), to.As4()
		be.PutUint32(b, 0x45000000|uint32(20+size))
		be.PutUint32(b[4:], uint32(own.packets)<<16|0x4000) // do not fragment
		be.PutUint32(b[8:], 64<<24|packet.ProtocolTCP<<16)
		copy(b[12:], source[:])
		copy(b[16:], destination[:])
		be.PutUint16(b[10:], checksum(0, b[:20]))
		return sum(packet.ProtocolTCP+uint64(size), b[12:20])
	}
	source, destination := from.As16(), to.As16()
	be.PutUint32(b, 0x60000000)
	be.PutUint32(b[4:], uint32(size)<<16|packet.ProtocolTCP<<8|64)
	copy(b[8:], source[:])
	copy(b[24:], destination[:])
	return sum(packet.ProtocolTCP+uint64(size), b[8:40])
}

// sum adds up words of 16 bits (RFC 1071), by fours: the carries are folded in
// at the end.
func sum(n uint64, b []byte) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		n += uint64(binary.BigEndian.Uint32(b))
	}
	if len(b) >= 2 {
		n += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		n += uint64(b[0]) << 8
	}
	return n
}

func checksum(n uint64, b []byte) uint16 {
	n = sum(n, b)
	for n > 0xFFFF {
		n = n>>16 + n&0xFFFF
	}
	return ^uint16(n)
}
