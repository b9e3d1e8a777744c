package pcap

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// A length beyond this is no length: the file is damaged.
const absurd = 64 << 20

// readClassic reads the classic format (pcapng.com, "PCAP Capture File Format"):
// a header of 24 bytes, then packets with headers of 16.
func (f *reading) readClassic(s *source, order binary.ByteOrder, nano bool) error {
	f.Format = "pcap"
	head, err := s.next(24)
	if err != nil {
		return midway(err)
	}
	if major := order.Uint16(head[4:]); major != 2 {
		return &FormatError{4, fmt.Sprintf("this is version %d of the pcap format, not 2", major), "convert it: editcap -F pcapng FILE OUT"}
	}
	f.snapLength(order.Uint32(head[16:]))
	// The upper bits tell the length of a frame check sequence.
	link := packet.LinkType(order.Uint32(head[20:]))
	f.linkType(link)
	unit := int64(1000)
	if nano {
		unit = 1
	}
	for n := int64(1); ; n++ {
		at := s.offset
		head, err := s.next(16)
		if err != nil {
			return atBoundary(err)
		}
		stamp := timestamp(int64(order.Uint32(head)), int64(order.Uint32(head[4:]))*unit)
		recorded, length := order.Uint32(head[8:]), order.Uint32(head[12:])
		if recorded > absurd {
			return &FormatError{at, fmt.Sprintf("the capture is damaged: packet %d would have %d bytes", n, recorded), "copy the file again, in binary mode; what stands before it was read"}
		}
		if recorded > MaxPacket {
			if err := s.skip(int64(recorded)); err != nil {
				return err
			}
			f.handler.Unread(packet.Oversize, stamp, int64(recorded))
			continue
		}
		b, err := s.next(int(recorded))
		if err != nil {
			return midway(err)
		}
		f.handler.Packet(link, stamp, b, missing(recorded, length))
	}
}

// missing is how many bytes of a packet were not recorded. Some writers tell
// a length below that of what they recorded.
func missing(recorded, length uint32) int {
	if length <= recorded {
		return 0
	}
	return int(min(length-recorded, absurd))
}

// timestamp is a time that every format can show, or the zero time.
func timestamp(seconds, nanoseconds int64) time.Time {
	const year10000 = 253402300800
	if seconds < 0 || seconds >= year10000 {
		return time.Time{}
	}
	return time.Unix(seconds, nanoseconds).UTC()
}
