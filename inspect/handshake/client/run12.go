package client

import (
	"crypto/hmac"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// flight is what the server sends between ServerHello and ServerHelloDone.
type flight struct {
	certificate *handshake.Certificate
	exchange    *handshake.ServerKeyExchange
	// signed is what the signature in exchange covers besides the random
	// values: the message without header and signature.
	signed  []byte
	request *handshake.CertificateRequest
}

// run12 goes on from ServerHello up to TLS 1.2 (RFC 5246, section 7.3). What
// the server says is weighed when all of it has been read, so that whoever
// observes has seen it, too.
func (h *handshaker) run12(hello *handshake.ServerHello) error {
	f, err := h.serverFlight()
	if err != nil {
		return err
	}
	if err := h.judged(); err != nil {
		return err
	}
	x := exchangeOf(hello.CipherSuite)
	switch {
	case !x.known || !cipherspec.Supported(hello.CipherSuite):
		return unsupported("it does not have the cipher suite %s", hello.CipherSuite)
	case hello.CompressionMethod != 0:
		return unsupported("it does not have the compression %s", hello.CompressionMethod)
	}
	key, err := h.authenticated(x, f)
	if err != nil {
		return err
	}
	premaster, body, err := h.agree(x, key, f)
	if err != nil {
		return err
	}
	master, err := h.answer(f, premaster, body)
	if err != nil {
		return err
	}
	return h.serverFinished(master)
}

// serverFlight reads up to ServerHelloDone.
func (h *handshaker) serverFlight() (*flight, error) {
	f, place := &flight{}, 0
	order := []uint8{typeCertificate, typeCertificateStatus, typeServerKeyExchange, typeCertificateRequest, typeServerHelloDone}
	awaited := "Certificate"
	for {
		raw, err := h.next(awaited, false)
		if err != nil {
			return nil, err
		}
		for place < len(order) && order[place] != raw[0] {
			place++
		}
		if place == len(order) {
			name, _, _ := handshake.ParseMessage(raw, h.state.Version, h.state.CipherSuite)
			return nil, malformed(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, name)
		}
		place++
		awaited = "ServerHelloDone"
		h.messages = append(h.messages, raw...)
		if raw[0] == typeServerHelloDone {
			_, err := decode[*handshake.Empty](h, awaited, raw)
			return f, err
		}
		if err := h.take(f, raw); err != nil {
			return nil, err
		}
	}
}

func (h *handshaker) take(f *flight, raw []byte) (err error) {
	switch raw[0] {
	case typeCertificate:
		f.certificate, err = decode[*handshake.Certificate](h, "Certificate", raw)
		if err == nil {
			h.noteCertificates(f.certificate)
		}
	case typeServerKeyExchange:
		f.exchange, err = decode[*handshake.ServerKeyExchange](h, "ServerKeyExchange", raw)
		if err == nil && f.exchange.Signature != nil {
			tail := 2 + len(f.exchange.Signature.Bytes)
			if h.state.Version >= iana.TLS12 {
				tail += 2
			}
			f.signed = raw[handshakeHeader : len(raw)-tail]
		}
	case typeCertificateRequest:
		f.request, err = decode[*handshake.CertificateRequest](h, "CertificateRequest", raw)
		if err == nil {
			h.noteRequest(f.request)
		}
	case typeCertificateStatus:
		_, err = decode[*handshake.CertificateStatus](h, "CertificateStatus", raw)
	}
	return err
}

func (h *handshaker) noteCertificates(m *handshake.Certificate) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.state.ServerCertificates = make([][]byte, len(m.Certificates))
	for i, der := range m.Certificates {
		h.state.ServerCertificates[i] = der
	}
}

func (h *handshaker) noteRequest(m *handshake.CertificateRequest) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.state.CertificateRequest = m
}

// answer sends the client's flight: every message in a record of its own, all
// in one write, as OpenSSL 1.0 does.
func (h *handshaker) answer(f *flight, premaster, exchange []byte) (master []byte, err error) {
	out, signer, err := h.certificate12(nil, f.request)
	if err != nil {
		return nil, err
	}
	if out, err = h.add(out, typeClientKeyExchange, exchange); err != nil {
		return nil, err
	}
	if h.extended {
		master = h.parameters.ExtendedMasterSecret(premaster, h.messages)
	} else {
		master = h.parameters.MasterSecret(premaster)
	}
	if err := h.log(keylog.ClientRandom, master); err != nil {
		return nil, err
	}
	if signer != nil {
		if out, err = h.verify12(out, signer, f.request, master); err != nil {
			return nil, err
		}
	}
	if out, err = h.seal(out, handshake.ContentChangeCipherSpec, []byte{1}); err != nil {
		return nil, err
	}
	h.sealer = h.parameters.Sealer(master, true, h.Random)
	if h.nextAsked {
		if out, err = h.add(out, typeNextProtocol, h.nextProtocol()); err != nil {
			return nil, err
		}
	}
	if out, err = h.add(out, typeFinished, h.parameters.Finished(master, true, h.messages)); err != nil {
		return nil, err
	}
	return master, h.flush(out)
}

// serverFinished reads the server's last flight.
func (h *handshaker) serverFinished(master []byte) error {
	for {
		raw, err := h.next("ChangeCipherSpec", true)
		if err != nil {
			return err
		}
		if raw == nil {
			break
		}
		if _, err := decode[*handshake.NewSessionTicket](h, "ChangeCipherSpec", raw); err != nil {
			return err
		}
		h.messages = append(h.messages, raw...)
	}
	h.opener = h.parameters.Opener(master, false)
	want := h.parameters.Finished(master, false, h.messages)
	m, _, err := expect[*handshake.Finished](h, "Finished")
	if err != nil {
		return err
	}
	if !hmac.Equal(m.VerifyData, want) {
		return malformed(iana.AlertDecryptError, "the server's Finished does not fit the messages: one of them was changed on the way, or the server derived another secret")
	}
	return h.boundary("Finished")
}
