package server

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// messageHeader is the length of a message's header.
const messageHeader = 4

// The types of messages (RFC 5246, section 7.4).
const (
	typeClientHello        = 1
	typeServerHello        = 2
	typeCertificate        = 11
	typeServerKeyExchange  = 12
	typeCertificateRequest = 13
	typeServerHelloDone    = 14
	typeFinished           = 20
)

// handshaker is a connection until it can carry data.
type handshaker struct {
	*Conn
	key   key
	hello *handshake.ClientHello
	// messages are those that Finished covers, one after the other.
	messages   []byte
	parameters cipherspec.Parameters
	agreement  agreement
	flight     []byte // of the server, not sent yet
	fragment   []byte // what came of the next messages
}

// run goes from ClientHello to the last Finished (RFC 5246, section 7.3).
func (h *handshaker) run() error {
	own, ok := h.config.Certificate.PrivateKey.(key)
	if !ok || !isRSA(own) {
		return errNotRSA
	}
	h.key = own
	if err := h.clientHello(); err != nil {
		return err
	}
	if err := h.serverFlight(); err != nil {
		return err
	}
	master, err := h.clientFlight()
	if err != nil {
		return err
	}
	return h.finish(master)
}

func isRSA(k key) bool {
	_, ok := k.Public().(*rsa.PublicKey)
	return ok
}

// clientHello reads the offer and decides on it.
func (h *handshaker) clientHello() error {
	hello, err := ReadHello(h.in)
	h.received = len(hello.Read)
	switch {
	case err != nil:
		return cut(err, len(hello.Read))
	case hello.ClientHello == nil:
		return failure(iana.AlertDecodeError, "what comes is no ClientHello, or has a fault")
	}
	h.hello, h.messages = hello.ClientHello, hello.Message
	version := agreed(h.hello, h.config.MaxVersion)
	h.suite = choose(h.hello, version)
	info := h.hello.Extensions.Find(iana.ExtensionRenegotiationInfo)
	switch {
	case version < h.config.MinVersion:
		return failure(iana.AlertProtocolVersion, "the client offers %s at best", h.hello.Version)
	case h.suite == 0:
		return failure(iana.AlertHandshakeFailure, "no cipher suite of the client's is among the server's")
	case !uncompressed(h.hello):
		return failure(iana.AlertIllegalParameter, "the client does not offer to send without compression")
	case info != nil && len(info.Data) != 1: // RFC 5746, section 3.6
		return failure(iana.AlertHandshakeFailure, "the first handshake of a connection renews none, but renegotiation_info says so")
	}
	h.version = version
	h.parameters = cipherspec.Parameters{Version: version, Suite: h.suite, ClientRandom: h.hello.Random, ServerRandom: make([]byte, 32)}
	if _, err := io.ReadFull(h.config.Random, h.parameters.ServerRandom); err != nil {
		return err
	}
	h.agreement, err = h.newAgreement()
	return err
}

// add appends a message to the flight, in a record of its own as OpenSSL does it.
func (h *handshaker) add(kind uint8, fill func(b *cryptobyte.Builder)) error {
	var b cryptobyte.Builder
	b.AddUint8(kind)
	b.AddUint24LengthPrefixed(fill)
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("a message of the server is too long: %w", err)
	}
	h.messages = append(h.messages, raw...)
	h.flight, err = h.seal(h.flight, handshake.ContentHandshake, raw)
	return err
}

// flush sends the flight.
func (h *handshaker) flush() error {
	h.writing.Lock()
	defer h.writing.Unlock()
	err := h.send(h.flight)
	h.flight = nil
	return err
}

// serverFlight sends ServerHello to ServerHelloDone.
func (h *handshaker) serverFlight() error {
	err := h.add(typeServerHello, func(b *cryptobyte.Builder) {
		b.AddUint16(uint16(h.version))
		b.AddBytes(h.parameters.ServerRandom)
		b.AddUint8(0) // an empty session_id: nothing will be resumed
		b.AddUint16(uint16(h.suite))
		b.AddUint8(0)
		if h.hello.Extensions.Find(iana.ExtensionRenegotiationInfo) != nil || slices.Contains(h.hello.CipherSuites, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV) {
			b.AddBytes([]byte{0, 5, byte(iana.ExtensionRenegotiationInfo >> 8), byte(iana.ExtensionRenegotiationInfo & 0xFF), 0, 1, 0})
		}
	})
	if err != nil {
		return err
	}
	err = h.add(typeCertificate, func(b *cryptobyte.Builder) {
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, der := range h.config.Certificate.Certificate {
				b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
			}
		})
	})
	if err != nil {
		return err
	}
	if params := h.agreement.params(); params != nil {
		if err := h.serverKeyExchange(params); err != nil {
			return err
		}
	}
	if h.asks() {
		if err := h.add(typeCertificateRequest, h.certificateRequest); err != nil {
			return err
		}
	}
	if err := h.add(typeServerHelloDone, func(*cryptobyte.Builder) {}); err != nil {
		return err
	}
	return h.flush()
}

func (h *handshaker) asks() bool { return h.config.ClientAuth != tls.NoClientCert }

// clientFlight reads all up to the client's Finished.
func (h *handshaker) clientFlight() (master []byte, err error) {
	var peer *rsa.PublicKey
	if h.asks() {
		if peer, err = h.clientCertificate(); err != nil {
			return nil, err
		}
	}
	exchange, err := expect[*handshake.ClientKeyExchange](h, "ClientKeyExchange")
	if err != nil {
		return nil, err
	}
	premaster, err := h.agreement.premaster(exchange)
	if err != nil {
		return nil, err
	}
	master = h.parameters.MasterSecret(premaster)
	if _, err := fmt.Fprintf(h.config.KeyLog, "%s %x %x\n", keylog.ClientRandom, []byte(h.hello.Random), master); err != nil {
		return nil, fmt.Errorf("key log: %w", err)
	}
	if peer != nil {
		if err := h.certificateVerify(peer, master); err != nil {
			return nil, err
		}
	}
	if err := h.changeCipherSpec(); err != nil {
		return nil, err
	}
	h.opener = h.parameters.Opener(master, true)
	want := h.parameters.Finished(master, true, h.messages)
	finished, err := expect[*handshake.Finished](h, "Finished")
	switch {
	case err != nil:
		return nil, err
	case !hmac.Equal(finished.VerifyData, want):
		return nil, failure(iana.AlertDecryptError, "the client's Finished does not fit the messages: one of them was changed on the way, or the client derived another secret")
	case len(h.fragment) > 0:
		return nil, failure(iana.AlertUnexpectedMessage, "more follows the client's Finished")
	}
	return master, nil
}

// finish sends the server's last flight.
func (h *handshaker) finish(master []byte) (err error) {
	if h.flight, err = h.seal(nil, handshake.ContentChangeCipherSpec, []byte{1}); err != nil {
		return err
	}
	h.sealer = h.parameters.Sealer(master, false, h.config.Random)
	h.chained = h.parameters.Chained()
	err = h.add(typeFinished, func(b *cryptobyte.Builder) { b.AddBytes(h.parameters.Finished(master, false, h.messages)) })
	if err != nil {
		return err
	}
	return h.flush()
}
