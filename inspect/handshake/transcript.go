// Package handshake reads TLS off the wire: the bytes of the two directions of
// a connection become a Transcript of messages. It only observes. It is
// lenient: a bad field marks one message with a Problem and the rest is still
// decoded. Records after ChangeCipherSpec stay in the transcript as encrypted
// messages; with a key log they are opened.
package handshake

import (
	"fmt"
	"strconv"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Direction says who sent something.
type Direction uint8

// The directions. The client is the side that opened the connection.
const (
	ClientToServer Direction = iota
	ServerToClient
)

// String returns client_to_server or server_to_client.
func (d Direction) String() string {
	if d == ClientToServer {
		return "client_to_server"
	}
	return "server_to_client"
}

// MarshalText writes client_to_server or server_to_client.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// ContentType is what a record carries (RFC 8446, section 5.1).
type ContentType uint8

// The content types of records.
const (
	ContentChangeCipherSpec ContentType = 20
	ContentAlert            ContentType = 21
	ContentHandshake        ContentType = 22
	ContentApplicationData  ContentType = 23
	ContentHeartbeat        ContentType = 24
)

// String returns the name, or the number in hexadecimal digits.
func (c ContentType) String() string {
	switch c {
	case ContentChangeCipherSpec:
		return "change_cipher_spec"
	case ContentAlert:
		return "alert"
	case ContentHandshake:
		return "handshake"
	case ContentApplicationData:
		return "application_data"
	case ContentHeartbeat:
		return "heartbeat"
	}
	return fmt.Sprintf("0x%02X", uint8(c))
}

// MarshalText writes the name.
func (c ContentType) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Transcript is what was seen of one connection.
type Transcript struct {
	// Entries are the messages of both directions in the order in which their
	// last bytes were seen.
	Entries []Entry `json:"transcript"`
	// Negotiated is what ServerHello settled; nil until one was seen.
	Negotiated *Negotiated `json:"negotiated,omitempty"`
	// Foreign names what was spoken where TLS was expected.
	Foreign []Foreign `json:"foreign,omitempty"`
	// Problems are those of records and of the stream. A problem of a message
	// stands with its entry.
	Problems []Problem `json:"problems,omitempty"`
	// Omitted counts what the caps left out.
	Omitted Omitted `json:"omitted,omitzero"`
}

// Omitted counts records that are not in a transcript because it is full.
type Omitted struct {
	Messages int   `json:"messages"`
	Bytes    int64 `json:"bytes"`
}

// Entry is one message. It has no MarshalJSON of its own, for what such a method
// returns is read and copied once more.
type Entry struct {
	// Index counts from 0.
	Index int `json:"index"`
	// TimeOffset is the time from the start of the connection to the
	// message's last byte, as the caller of Feed told it.
	TimeOffset  TimeOffset  `json:"time_offset_us"`
	Direction   Direction   `json:"direction"`
	ContentType ContentType `json:"content_type"`
	// Name is that of the RFC: ClientHello, Alert, ApplicationData. An
	// encrypted handshake message that cannot be opened and is not known to be
	// Finished is called EncryptedHandshakeMessage.
	Name string `json:"name"`
	// RecordVersion is the version in the header of the record in which the
	// message ends.
	RecordVersion iana.ProtocolVersion `json:"-"`
	// Length is the size of the message in bytes with its own header, or, when
	// it was not opened, of what the record carried.
	Length int `json:"length"`
	// Encrypted is set when the record was protected on the wire, Decrypted
	// when it was opened with the key log.
	Encrypted bool `json:"encrypted"`
	Decrypted bool `json:"decrypted,omitempty"`
	// Fields is the decoded message; nil for an unopened one. Cut is set when
	// the stream ends, or lacks bytes, within a handshake message: then Fields
	// hold what comes before.
	Fields Message `json:"fields"`
	Cut    bool    `json:"-"`
	// Raw are the bytes of a handshake message with its header, as they were
	// before protection; nil for every other message.
	Raw []byte `json:"-"`
	// Problems say what does not hold to the format.
	Problems []Problem `json:"problems,omitempty"`
}

// TimeOffset is a time since the start of a connection.
type TimeOffset time.Duration

// MarshalJSON writes it in microseconds.
func (t TimeOffset) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Duration(t).Microseconds(), 10), nil
}

// Problem is one place where the bytes do not hold to the format.
type Problem struct {
	// Message is the name of the message, "record" or "stream".
	Message string `json:"message"`
	// Section is where the format is defined.
	Section string `json:"section"`
	// Offset is in bytes from the start of the message with its header, for a
	// record or a stream from the start of that direction.
	Offset int64 `json:"offset"`
	// Reason is what is wrong.
	Reason string `json:"reason"`
}

// Error puts place, reason and source into one line.
func (p Problem) Error() string {
	return fmt.Sprintf("%s, byte %d: %s (%s)", p.Message, p.Offset, p.Reason, p.Section)
}

// Foreign is another protocol in the place of TLS.
type Foreign struct {
	Direction Direction `json:"direction"`
	// Protocol is SIP, HTTP, SSH and so on, or unknown.
	Protocol string `json:"protocol"`
	// Offset is where in the stream of this direction it begins.
	Offset int64 `json:"offset"`
	// FirstLine is how it begins, quoted where it is not printable.
	FirstLine string `json:"first_line"`
}
