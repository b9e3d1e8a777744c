// Package pcap reads capture files packet by packet: pcap, pcapng, and gzip
// around either. It also writes pcapng. What is in a packet it does not know.
package pcap

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Handler gets what a file holds, in its order. Bytes are valid during the call
// only.
type Handler interface {
	// Packet gets a packet; missing is how many bytes at its end the snap
	// length cut off. The time is zero where the file tells none.
	Packet(link packet.LinkType, at time.Time, b []byte, missing int)
	// Unread tells of a packet of n bytes that was passed over.
	Unread(reason packet.Skip, at time.Time, n int64)
	// Secrets gets a key log in the format of NSS (a Decryption Secrets Block).
	Secrets(keyLog []byte)
}

// File is what a file says of itself.
type File struct {
	// Format is "pcap" or "pcapng"; Compressed is set for gzip around it.
	Format     string
	Compressed bool
	// LinkTypes are those of the interfaces, each once.
	LinkTypes []packet.LinkType
	// SnapLength is the largest that the file tells, 0 when it tells none.
	SnapLength uint32
	// SecretsDropped counts key logs that were above MaxSecrets.
	SecretsDropped int64
	// Truncated is set when the file ends within a packet.
	Truncated bool
}

// What reading may cost in memory, whatever the file holds.
const (
	// MaxPacket is the longest packet that is handed out, in bytes; tcpdump
	// and Wireshark write none longer.
	MaxPacket = 256 << 10
	// MaxSecrets is the largest Decryption Secrets Block that is handed out,
	// in bytes.
	MaxSecrets = 8 << 20

	maxInterfaces = 4096
	maxLinkTypes  = 64
)

// Read reads a capture to its end and hands what is in it to h. The File tells
// what was read until then, whatever the error: a *FormatError when r is no
// capture or is damaged, the error of ctx, or that of r. A file that ends within
// a packet is no error: see File.Truncated.
func Read(ctx context.Context, r io.Reader, h Handler) (File, error) {
	f := reading{handler: h}
	err := f.read(&source{ctx: ctx, r: r})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.Truncated, err = true, nil
	}
	return f.File, err
}

// reading is a file that is being read.
type reading struct {
	File
	handler Handler
}

func (f *reading) linkType(link packet.LinkType) {
	if link &= 0xFFFF; len(f.LinkTypes) < maxLinkTypes && !slices.Contains(f.LinkTypes, link) {
		f.LinkTypes = append(f.LinkTypes, link)
	}
}

func (f *reading) snapLength(n uint32) { f.SnapLength = max(f.SnapLength, n) }
