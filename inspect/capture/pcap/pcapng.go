package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Block types (draft-ietf-opsawg-pcapng, section 11.1).
const (
	blockInterface   = 1
	blockPacket      = 2 // obsolete
	blockSimple      = 3
	blockEnhanced    = 6
	blockSecrets     = 10
	maxBlockOverhead = 64 << 10 // options of a packet, and the like
)

// keyLogSecrets is the type of secrets that is a key log in the format of NSS.
const keyLogSecrets = 0x544C534B

// section is a part of the file with its own byte order and interfaces.
type section struct {
	order      binary.ByteOrder
	interfaces []device
}

func (f *reading) readPcapng(s *source) error {
	f.Format = "pcapng"
	var sec section
	for {
		at := s.offset
		head, err := s.peek(12)
		if err != nil && (len(head) < 8 || !isEnd(err)) {
			return atBoundary(err)
		}
		if binary.BigEndian.Uint32(head) == magicSection {
			if len(head) < 12 {
				return io.ErrUnexpectedEOF
			}
			if sec, err = newSection(head, at); err != nil {
				return err
			}
		}
		kind, length := sec.order.Uint32(head), sec.order.Uint32(head[4:])
		if length < 12 || length%4 != 0 {
			return damagedBlock(at, fmt.Sprintf("a block has the impossible length %d", length))
		}
		if err := f.readBlock(s, &sec, kind, length, at); err != nil {
			return err
		}
	}
}

func newSection(head []byte, at int64) (section, error) {
	switch uint32(0x1A2B3C4D) {
	case binary.LittleEndian.Uint32(head[8:]):
		return section{order: binary.LittleEndian}, nil
	case binary.BigEndian.Uint32(head[8:]):
		return section{order: binary.BigEndian}, nil
	}
	return section{}, damagedBlock(at, "a section does not tell its byte order")
}

// readBlock reads one whole block; those that say nothing here are not even
// held in memory.
func (f *reading) readBlock(s *source, sec *section, kind, length uint32, at int64) error {
	limit := uint32(MaxPacket + maxBlockOverhead)
	switch kind {
	case blockSecrets:
		limit = MaxSecrets
	case blockEnhanced, blockSimple, blockPacket, blockInterface, magicSection:
	default:
		limit = 0
	}
	if length > limit {
		if err := s.skip(int64(length)); err != nil {
			return err
		}
		switch kind {
		case blockSecrets:
			f.SecretsDropped++
		case blockEnhanced, blockSimple, blockPacket:
			f.handler.Unread(packet.Oversize, time.Time{}, int64(length))
		}
		return nil
	}
	b, err := s.next(int(length))
	if err != nil {
		return midway(err)
	}
	if trailer := sec.order.Uint32(b[length-4:]); trailer != length {
		return damagedBlock(at, fmt.Sprintf("a block of %d bytes ends with the length %d", length, trailer))
	}
	if !f.block(sec, kind, b[8:length-4]) {
		return damagedBlock(at, fmt.Sprintf("a block of type %d contradicts its length", kind))
	}
	return nil
}

func damagedBlock(at int64, what string) error {
	return &FormatError{at, "the capture is damaged: " + what, "copy the file again, in binary mode; what stands before it was read"}
}

// block takes the body of a block; false: it is too short for what it says.
func (f *reading) block(sec *section, kind uint32, b []byte) bool {
	switch kind {
	case magicSection:
		return len(b) >= 16
	case blockInterface:
		return f.describe(sec, b)
	case blockSimple:
		return f.simple(sec, b)
	case blockEnhanced, blockPacket:
		if len(b) < 20 {
			return false
		}
		id := sec.order.Uint32(b)
		if kind == blockPacket { // a count of dropped packets shares the field
			id = uint32(sec.order.Uint16(b))
		}
		recorded, length := sec.order.Uint32(b[12:]), sec.order.Uint32(b[16:])
		if uint64(recorded) > uint64(len(b)-20) {
			return false
		}
		if uint64(id) >= uint64(len(sec.interfaces)) {
			f.handler.Unread(packet.NoInterface, time.Time{}, int64(recorded))
			return true
		}
		d := &sec.interfaces[id]
		ticks := uint64(sec.order.Uint32(b[4:]))<<32 | uint64(sec.order.Uint32(b[8:]))
		f.handler.Packet(d.link, d.time(ticks), b[20:20+recorded], missing(recorded, length))
	case blockSecrets:
		if len(b) < 8 {
			return false
		}
		size := sec.order.Uint32(b[4:])
		if uint64(size) > uint64(len(b)-8) {
			return false
		}
		if sec.order.Uint32(b) == keyLogSecrets {
			f.handler.Secrets(b[8 : 8+size])
		}
	}
	return true
}

// simple takes a packet of the first interface that has no time.
func (f *reading) simple(sec *section, b []byte) bool {
	if len(b) < 4 {
		return false
	}
	length := sec.order.Uint32(b)
	recorded := uint32(min(uint64(length), uint64(len(b)-4)))
	if len(sec.interfaces) == 0 {
		f.handler.Unread(packet.NoInterface, time.Time{}, int64(recorded))
		return true
	}
	d := &sec.interfaces[0]
	if d.snap > 0 {
		recorded = min(recorded, d.snap)
	}
	f.handler.Packet(d.link, time.Time{}, b[4:4+recorded], missing(recorded, length))
	return true
}

// atBoundary is the error of a file that ends where a packet would begin.
func atBoundary(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// midway is the error of a file that ends where something has begun.
func midway(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
