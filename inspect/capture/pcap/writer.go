package pcap

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Writer writes a pcapng file with one interface and times in nanoseconds.
// Nothing need be closed, but Flush ends the file.
type Writer struct {
	w     *bufio.Writer
	link  packet.LinkType
	begun bool
}

// NewWriter returns a Writer of packets of one link type to w.
func NewWriter(w io.Writer, link packet.LinkType) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 64<<10), link: link}
}

// Flush writes what is still buffered; without any packet, an empty capture.
// It returns the first error of all writing.
func (w *Writer) Flush() error {
	w.begin()
	return w.w.Flush()
}

// Packet writes a packet (an Enhanced Packet Block). An error stays: Flush
// returns it, too.
func (w *Writer) Packet(at time.Time, b []byte) error {
	w.begin()
	stamp := uint64(at.UnixNano())
	var head [20]byte
	le := binary.LittleEndian
	le.PutUint32(head[4:], uint32(stamp>>32))
	le.PutUint32(head[8:], uint32(stamp))
	le.PutUint32(head[12:], uint32(len(b)))
	le.PutUint32(head[16:], uint32(len(b)))
	return w.block(blockEnhanced, head[:], b)
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
	const tenToTheMinus9 = 9
	le := binary.LittleEndian
	section := le.AppendUint32(nil, 0x1A2B3C4D)
	section = le.AppendUint16(section, 1)
	section = le.AppendUint16(section, 0)
	section = le.AppendUint64(section, 1<<64-1) // length not told
	_ = w.block(magicSection, section, nil)     // bufio keeps an error
	device := le.AppendUint32(nil, uint32(w.link))
	device = le.AppendUint32(device, 0)                                      // no snap length
	device = append(device, 9, 0, 1, 0, tenToTheMinus9, 0, 0, 0, 0, 0, 0, 0) // if_tsresol
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
