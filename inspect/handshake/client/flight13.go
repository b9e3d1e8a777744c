package client

import (
	"crypto/hmac"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// serverFlight13 reads up to the server's Finished.
func (h *handshaker) serverFlight13(t traffic) (request *handshake.CertificateRequest, err error) {
	extensions, _, err := expect[*handshake.EncryptedExtensions](h, "EncryptedExtensions")
	if err != nil {
		return nil, err
	}
	h.mutex.Lock()
	h.noteProtocol(extensions.Extensions)
	h.mutex.Unlock()
	if err := h.takeUp(extensions.Extensions); err != nil {
		return nil, err
	}
	raw, err := h.next("Certificate", false)
	if err != nil {
		return nil, err
	}
	h.messages = append(h.messages, raw...)
	if raw[0] == typeCertificateRequest {
		if request, err = decode[*handshake.CertificateRequest](h, "CertificateRequest", raw); err != nil {
			return nil, err
		}
		h.noteRequest(request)
		if raw, err = h.next("Certificate", false); err != nil {
			return nil, err
		}
		h.messages = append(h.messages, raw...)
	}
	if raw[0] == typeCompressedCertificate {
		if raw, err = h.decompressed(raw); err != nil {
			return nil, err
		}
	}
	certificate, err := decode[*handshake.Certificate](h, "Certificate", raw)
	if err != nil {
		return nil, err
	}
	h.noteCertificates(certificate)
	signed := h.signed13("server")
	verify, _, err := expect[*handshake.CertificateVerify](h, "CertificateVerify")
	if err != nil {
		return nil, err
	}
	want := cipherspec.Finished13(h.state.CipherSuite, t.server, h.messages)
	finished, _, err := expect[*handshake.Finished](h, "Finished")
	if err != nil {
		return nil, err
	}
	return request, h.weigh13(certificate, verify, signed, hmac.Equal(finished.VerifyData, want))
}

// weigh13 judges the server's flight when all of it was seen.
func (h *handshaker) weigh13(m *handshake.Certificate, verify *handshake.CertificateVerify, signed []byte, finished bool) error {
	if err := h.judged(); err != nil {
		return err
	}
	key, err := h.serverKey(m)
	if err != nil {
		return err
	}
	if err := h.verified("CertificateVerify", key, verify.Signature, signed); err != nil {
		return err
	}
	if !finished {
		return malformed(iana.AlertDecryptError, "the server's Finished does not fit the messages: one of them was changed on the way, or the server derived another secret")
	}
	return h.boundary("Finished")
}

// signed13 is what CertificateVerify signs (RFC 8446, section 4.4.3).
func (h *handshaker) signed13(side string) []byte {
	hash := cipherspec.Hash(h.state.CipherSuite)()
	hash.Write(h.messages)
	return hash.Sum([]byte(strings.Repeat(" ", 64) + "TLS 1.3, " + side + " CertificateVerify\x00"))
}

// answer13 sends the client's flight.
func (h *handshaker) answer13(request *handshake.CertificateRequest, t traffic, first bool) (err error) {
	var out []byte
	if first {
		if out, err = h.compatible(nil); err != nil {
			return err
		}
	}
	if request != nil {
		if out, err = h.certificate13(out, request); err != nil {
			return err
		}
	}
	if out, err = h.add(out, typeFinished, cipherspec.Finished13(h.state.CipherSuite, t.client, h.messages)); err != nil {
		return err
	}
	return h.flush(out)
}

// certificate13 appends Certificate and CertificateVerify.
func (h *handshaker) certificate13(out []byte, request *handshake.CertificateRequest) ([]byte, error) {
	chosen, s := h.Certificate, iana.SignatureScheme(0)
	if chosen != nil {
		if s = h.schemeFor(chosen.Signer, request); s == 0 {
			chosen = nil
		}
	}
	var b cryptobyte.Builder
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(request.Context) })
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { h.addChain(b, chosen, true) })
	out, signer, err := h.sendChain(out, chosen, &b)
	if err != nil || signer == nil {
		return out, err
	}
	signature, err := h.sign(signer, s, h.signed13("client"))
	if err != nil {
		return nil, fmt.Errorf("the client's key could not sign: %w", err)
	}
	var v cryptobyte.Builder
	v.AddUint16(uint16(s))
	v.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
	return h.add(out, typeCertificateVerify, v.BytesOrPanic())
}
