package capturetest

import (
	"encoding/binary"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Frame is a packet in a file.
type Frame struct {
	At     time.Time
	Bytes  []byte
	Length int // of the packet; 0: all is recorded
}

// Size is the length of the packet, in bytes.
func (f Frame) Size() uint32 { return uint32(max(f.Length, len(f.Bytes))) }

// Frames are segments as they came, a millisecond apart.
func Frames(segments ...Segment) []Frame {
	var list []Frame
	for i, s := range segments {
		list = append(list, Frame{At: Clock().Add(time.Duration(i) * time.Millisecond), Bytes: s.IP()})
	}
	return list
}

// Pcap is a file of the classic format, with times in nano- or microseconds.
func Pcap(order binary.AppendByteOrder, nano bool, link packet.LinkType, list []Frame) []byte {
	magic, unit := uint32(0xA1B2C3D4), 1000
	if nano {
		magic, unit = 0xA1B23C4D, 1
	}
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, uint32(link))
	for _, f := range list {
		b = order.AppendUint32(b, uint32(f.At.Unix()))
		b = order.AppendUint32(b, uint32(f.At.Nanosecond()/unit))
		b = order.AppendUint32(b, uint32(len(f.Bytes)))
		b = order.AppendUint32(b, f.Size())
		b = append(b, f.Bytes...)
	}
	return b
}

// RawPcap is a file of segments in IP, without a link layer.
func RawPcap(segments ...Segment) []byte {
	return Pcap(binary.LittleEndian, true, packet.LinkRaw, Frames(segments...))
}
