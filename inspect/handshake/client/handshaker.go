package client

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// handshaker is a connection until it can carry data.
type handshaker struct {
	Config
	*Conn
	// offer is Hello with its extensions decoded.
	offer *handshake.ClientHello
	// messages are those that Finished covers, one after the other.
	messages   []byte
	parameters cipherspec.Parameters
	extended   bool // extended_master_secret
	// nextProtocols are the server's for next_protocol_negotiation, and asked
	// says that it wants to know which of them it is to be.
	nextProtocols []string
	nextAsked     bool
	// raw are the extensions that the server took up and the client does not
	// act on.
	raw []iana.ExtensionType
}

// run goes from ClientHello to the last Finished.
func (h *handshaker) run() error {
	if err := h.sendHello(); err != nil {
		return err
	}
	hello, raw, err := h.serverHello()
	if err != nil {
		return err
	}
	if hello.Selected() >= iana.TLS13 {
		err = h.run13(hello, raw)
	} else {
		err = h.run12(hello)
	}
	if err != nil {
		return err
	}
	h.settle()
	h.limit, h.idle = 0, 0
	h.chained = h.parameters.Chained()
	return nil
}

// sendHello sends the first message. In the format of SSL 2.0 it is a record
// by itself, and Finished covers it without its length (RFC 5246, appendix
// E.2).
func (h *handshaker) sendHello() error {
	raw, err := h.Hello.Marshal()
	if err != nil {
		return fmt.Errorf("ClientHello: %w", err)
	}
	h.offer, _ = handshake.ParseClientHello(raw)
	if h.Hello.SSLv2 {
		h.messages = slices.Clone(raw[2:])
		h.see(handshake.ClientToServer, h.now(), raw)
		return h.write(raw)
	}
	h.messages = raw
	return h.send(handshake.AppendRecords(nil, handshake.ContentHandshake, h.RecordVersion, raw))
}

// handshakeHeader is the length of a message's header.
const handshakeHeader = 4

// The types of messages that the client handles (RFC 8446, section B.3).
const (
	typeHelloRequest          = 0
	typeServerHello           = 2
	typeNewSessionTicket      = 4
	typeEncryptedExtensions   = 8
	typeCertificate           = 11
	typeServerKeyExchange     = 12
	typeCertificateRequest    = 13
	typeServerHelloDone       = 14
	typeCertificateVerify     = 15
	typeClientKeyExchange     = 16
	typeFinished              = 20
	typeCertificateStatus     = 22
	typeKeyUpdate             = 24
	typeCompressedCertificate = 25
	typeNextProtocol          = 67
	typeMessageHash           = 254
)

// add appends a message of the client to a flight.
func (h *handshaker) add(flight []byte, kind uint8, body []byte) ([]byte, error) {
	raw := append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
	h.messages = append(h.messages, raw...)
	return h.seal(flight, handshake.ContentHandshake, raw)
}

// flush observes the record at hand and sends a flight after it.
func (h *handshaker) flush(flight []byte) error {
	h.settle()
	return h.send(flight)
}

// log writes a secret to the key log.
func (h *handshaker) log(label string, secret []byte) error {
	if h.KeyLog == nil {
		return nil
	}
	if _, err := fmt.Fprintf(h.KeyLog, "%s %x %x\n", label, []byte(h.offer.Random), secret); err != nil {
		return fmt.Errorf("key log: %w", err)
	}
	return nil
}
