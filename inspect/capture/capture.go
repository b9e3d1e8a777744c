// Package capture reads what tcpdump, Wireshark or a phone recorded: a capture
// file becomes TCP connections, each an ordered stream of bytes in either
// direction. What the capture lacks is told, never passed over. It knows no
// TLS. It also reads pasted hex dumps.
package capture

import (
	"context"
	"io"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// Flow is one TCP connection.
type Flow struct {
	Client, Server netip.AddrPort
	// Start is the time of its first packet.
	Start time.Time
	// ClientGuessed is set when neither SYN nor SYN-ACK was seen: the capture
	// began in the middle, and port numbers say who the client is.
	ClientGuessed bool
	// Answered is set once a packet of the server was seen, Established with
	// the time of the SYN-ACK. Both are final when the Sink is closed.
	Answered    bool
	Established time.Time
}

// Handler gets the connections of a capture.
type Handler interface {
	// Open is called with the first packet of a connection, which may be all
	// there is. It returns where the bytes go; nil: the connection is of no
	// interest and is passed over.
	Open(*Flow) Sink
	// Secrets gets a key log in the format of NSS that the file itself holds
	// (a Decryption Secrets Block), before the packets that follow it. The
	// bytes are valid during the call only.
	Secrets(keyLog []byte)
}

// Sink gets one connection. Within a direction all calls are in the order of
// the stream; the two directions come as they followed each other.
type Sink interface {
	// Data gets bytes that are valid during the call only.
	Data(fromClient bool, at time.Time, b []byte)
	// Gap tells that n bytes are missing here; 0: nobody knows how many.
	Gap(fromClient bool, at time.Time, n int64, why Why)
	// Close is the last call.
	Close(at time.Time, how Ending)
}

// Read reads a capture to its end and hands every TCP connection that passes
// the filter to h. Formats are pcap, pcapng, and gzip around either. What was
// read until then is in the Summary, and every Sink is closed, whatever the
// error: a *pcap.FormatError when r is no capture or is damaged, the error of ctx,
// or that of r. A file that ends within a packet is no error: see
// Summary.Truncated.
func Read(ctx context.Context, r io.Reader, filter Filter, h Handler) (Summary, error) {
	c := newCollector(filter, h)
	file, err := pcap.Read(ctx, r, c)
	summary := c.finish()
	summary.describe(file)
	return summary, err
}
