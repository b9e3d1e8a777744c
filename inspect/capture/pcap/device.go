package pcap

import (
	"math/bits"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// device is an interface packets were captured on.
type device struct {
	link   packet.LinkType
	snap   uint32
	ticks  uint64 // per second; 0: more than can be counted
	offset int64  // seconds to add
}

// describe takes an Interface Description Block.
func (f *reading) describe(sec *section, b []byte) bool {
	if len(b) < 8 {
		return false
	}
	d := device{link: packet.LinkType(sec.order.Uint16(b)), snap: sec.order.Uint32(b[4:]), ticks: 1e6}
	for b = b[8:]; len(b) >= 4; {
		code, size := sec.order.Uint16(b), int(sec.order.Uint16(b[2:]))
		padded := 4 + (size+3)&^3
		if code == 0 || padded > len(b) {
			break
		}
		switch value := b[4 : 4+size]; {
		case code == 9 && size == 1: // if_tsresol
			d.ticks = ticks(value[0])
		case code == 14 && size == 8: // if_tsoffset
			d.offset = int64(sec.order.Uint64(value))
		}
		b = b[padded:]
	}
	f.snapLength(d.snap)
	f.linkType(d.link)
	if len(sec.interfaces) < maxInterfaces {
		sec.interfaces = append(sec.interfaces, d)
	}
	return true
}

// ticks are the units of a second: 10 to a power, or 2 with the upper bit.
func ticks(resolution uint8) uint64 {
	power := resolution & 0x7F
	if resolution&0x80 != 0 {
		return 1 << power // 0 beyond 63
	}
	if power > 19 {
		return 0
	}
	n := uint64(1)
	for range power {
		n *= 10
	}
	return n
}

func (d *device) time(stamp uint64) time.Time {
	if d.ticks == 0 {
		return time.Time{}
	}
	seconds, part := stamp/d.ticks, stamp%d.ticks
	hi, lo := bits.Mul64(part, 1e9)
	nanoseconds, _ := bits.Div64(hi, lo, d.ticks)
	if seconds >= 1<<62 || d.offset >= 1<<62 || d.offset <= -1<<62 {
		return time.Time{}
	}
	return timestamp(int64(seconds)+d.offset, int64(nanoseconds))
}
