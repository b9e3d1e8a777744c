package pcap

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FormatError says that a file is no capture, or where it is damaged.
type FormatError struct {
	// Offset is where in the file, in bytes; in a compressed one, where in
	// what it holds.
	Offset int64
	// Problem is a sentence without a full stop; Fix says what to do.
	Problem string
	Fix     string
}

// Error returns the problem and the place.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%s (at byte %d)", e.Problem, e.Offset)
}

// The magic numbers of the formats, read as big-endian.
const (
	magicMicro    = 0xA1B2C3D4
	magicNano     = 0xA1B23C4D
	magicModified = 0xA1B2CD34 // an old Linux patch, with longer packet headers
	magicSection  = 0x0A0D0D0A
)

// read tells the format by its first bytes and reads packets to the end.
func (f *reading) read(s *source) error {
	head, err := s.peek(4)
	if err != nil && !isEnd(err) {
		return err
	}
	if len(head) > 2 && head[0] == 0x1F && head[1] == 0x8B && head[2] == 8 && !f.Compressed {
		return f.readGzip(s)
	}
	if len(head) < 4 {
		return tooShort(s, head)
	}
	little, big := binary.LittleEndian.Uint32(head), binary.BigEndian.Uint32(head)
	switch {
	case big == magicSection:
		return f.readPcapng(s)
	case big == magicMicro || big == magicNano:
		return f.readClassic(s, binary.BigEndian, big == magicNano)
	case little == magicMicro || little == magicNano:
		return f.readClassic(s, binary.LittleEndian, little == magicNano)
	}
	head, err = s.peek(512)
	if err != nil && !isEnd(err) {
		return err
	}
	return foreign(head)
}

// readGzip reads what is compressed. It streams, so a bomb costs time until
// the context ends, but no memory.
func (f *reading) readGzip(s *source) error {
	f.Compressed = true
	z, err := gzip.NewReader(&rest{s})
	if err == nil {
		inner := &source{ctx: s.ctx, r: z}
		if err = f.read(inner); err == nil || isFormat(err) {
			return err
		}
	}
	if damaged := flate.CorruptInputError(0); errors.As(err, &damaged) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return &FormatError{s.offset, "the gzip compression is damaged", "copy the file again, in binary mode"}
	}
	return err
}

// rest reads a source as a stream.
type rest struct{ s *source }

func (r *rest) Read(p []byte) (int, error) {
	if _, err := r.s.peek(1); err != nil {
		return 0, err
	}
	n := copy(p, r.s.buf[r.s.head:r.s.tail])
	return n, r.s.skip(int64(n))
}

func (r *rest) ReadByte() (byte, error) {
	b, err := r.s.next(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func isEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

func isFormat(err error) bool {
	var f *FormatError
	return errors.As(err, &f)
}

func tooShort(s *source, head []byte) error {
	if s.err != nil && !isEnd(s.err) {
		return s.err
	}
	if len(head) == 0 {
		return &FormatError{0, "the capture is empty", "capture again: tcpdump -i any -w FILE tcp port 5061"}
	}
	return &FormatError{0, fmt.Sprintf("%d bytes are too few for a capture", len(head)), "copy the file again, or capture again: tcpdump -i any -w FILE tcp port 5061"}
}

// foreign says what a file is that is no capture in a known format.
func foreign(head []byte) error {
	known := []struct{ magic, is, fix string }{
		{"\x28\xB5\x2F\xFD", "is compressed with zstd", "unpack it first: zstd -d FILE"},
		{"\x04\x22\x4D\x18", "is compressed with lz4", "unpack it first: lz4 -d FILE"},
		{"\xFD7zXZ", "is compressed with xz", "unpack it first: xz -d FILE"},
		{"BZh", "is compressed with bzip2", "unpack it first: bzip2 -d FILE"},
		{"PK\x03\x04", "is a ZIP archive", "unpack it and give the capture in it"},
		{"snoop\x00", "is in the snoop format of Solaris", "convert it: editcap -F pcapng FILE OUT"},
		{"GMBU", "is of Microsoft Network Monitor", "convert it: editcap -F pcapng FILE OUT"},
		{"RTSS", "is of Microsoft Network Monitor", "convert it: editcap -F pcapng FILE OUT"},
		{"\x34\xCD\xB2\xA1", "is a pcap of an old patched Linux", "convert it: editcap -F pcapng FILE OUT"},
		{"\xA1\xB2\xCD\x34", "is a pcap of an old patched Linux", "convert it: editcap -F pcapng FILE OUT"},
		{"\x16\x03", "is a bare TLS stream, not a capture", "give it as a hex dump: xxd FILE | phonecert trace --hex -"},
		{"-----BEGIN ", "is PEM, not a capture", "look into it with: phonecert inspect FILE"},
	}
	for _, k := range known {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return &FormatError{0, "the file " + k.is, k.fix}
		}
	}
	if isText(head) {
		return &FormatError{0, "the file is text, neither pcap nor pcapng", "for a hex dump use: phonecert trace --hex FILE"}
	}
	return &FormatError{0, fmt.Sprintf("the file is neither pcap nor pcapng: it begins with %x", head[:4]), "save it as pcapng in Wireshark, or capture again: tcpdump -i any -w FILE tcp port 5061"}
}

func isText(b []byte) bool {
	for _, c := range b {
		if (c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f') || c == 0x7F {
			return false
		}
	}
	return true
}
