package client

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// certificate12 appends the answer to a CertificateRequest. It returns who
// signs, nil when no certificate was sent.
func (h *handshaker) certificate12(out []byte, request *handshake.CertificateRequest) ([]byte, crypto.Signer, error) {
	if request == nil {
		return out, nil, nil
	}
	chosen := h.Certificate
	if chosen != nil && h.state.Version >= iana.TLS12 && h.schemeFor(chosen.Signer, request) == 0 {
		chosen = nil // RFC 5246, section 7.4.6: it would not suit
	}
	if chosen == nil && h.state.Version == iana.SSL30 {
		h.noteAlert(handshake.ClientToServer, handshake.Alert{Level: handshake.AlertWarning, Description: iana.AlertNoCertificate})
		out, err := h.seal(out, handshake.ContentAlert, []byte{byte(handshake.AlertWarning), byte(iana.AlertNoCertificate)})
		return out, nil, err
	}
	var b cryptobyte.Builder
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { h.addChain(b, chosen, false) })
	return h.sendChain(out, chosen, &b)
}

// sendChain appends a Certificate message.
func (h *handshaker) sendChain(out []byte, chosen *Certificate, b *cryptobyte.Builder) ([]byte, crypto.Signer, error) {
	body, err := b.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("the client's certificates do not fit into a message: %w", err)
	}
	out, err = h.add(out, typeCertificate, body)
	if chosen == nil || err != nil {
		return out, nil, err
	}
	h.mutex.Lock()
	h.state.CertificatesSent = len(chosen.Chain)
	h.mutex.Unlock()
	return out, chosen.Signer, nil
}

func (h *handshaker) addChain(b *cryptobyte.Builder, chosen *Certificate, extensions bool) {
	if chosen == nil {
		return
	}
	for _, der := range chosen.Chain {
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
		if extensions {
			b.AddUint16(0)
		}
	}
}

// judged has Verify judge the server's certificates. It comes before the proofs
// of their key: OpenSSL verifies the chain as soon as it has read it.
func (h *handshaker) judged() error {
	if h.Verify == nil {
		return nil
	}
	if alert, refuse := h.Verify(h.State().ServerCertificates); refuse {
		return notOffered(alert, "the server's certificates were refused")
	}
	return nil
}

// kindOf is the kind of a signer's key, "" for another.
func kindOf(signer crypto.Signer) keyKind {
	switch signer.Public().(type) {
	case *rsa.PublicKey:
		return rsaKey
	case *ecdsa.PublicKey:
		return ecKey
	case ed25519.PublicKey:
		return ed25519Key
	}
	return ""
}

// schemeFor returns the first of the server's schemes that the signer can make
// and that the client itself would take, as phones have one list for both; 0
// for none.
func (h *handshaker) schemeFor(signer crypto.Signer, request *handshake.CertificateRequest) iana.SignatureScheme {
	kind := kindOf(signer)
	at := slices.IndexFunc(request.SignatureSchemes, func(s iana.SignatureScheme) bool {
		known := schemeOf(s)
		if known.kind != kind || kind == "" || known.pssKey || h.state.Version >= iana.TLS13 && !known.modern || !h.offersScheme(s) {
			return false
		}
		key, isEC := signer.Public().(*ecdsa.PublicKey)
		if isEC && h.state.Version >= iana.TLS13 { // RFC 8446, section 4.2.3: each has its curve
			return key.Curve.Params().BitSize == map[crypto.Hash]int{crypto.SHA256: 256, crypto.SHA384: 384, crypto.SHA512: 521}[known.hash]
		}
		own, isRSA := signer.Public().(*rsa.PublicKey)
		return !isRSA || !known.pss || own.Size() >= 2*known.hash.Size()+2
	})
	if at < 0 {
		return 0
	}
	return request.SignatureSchemes[at]
}

// verify12 appends CertificateVerify.
func (h *handshaker) verify12(out []byte, signer crypto.Signer, request *handshake.CertificateRequest, master []byte) ([]byte, error) {
	var b cryptobyte.Builder
	var signature []byte
	var err error
	if h.state.Version >= iana.TLS12 {
		s := h.schemeFor(signer, request)
		b.AddUint16(uint16(s))
		signature, err = h.sign(signer, s, h.messages)
	} else if digest := h.parameters.Digest(master, h.messages); kindOf(signer) == rsaKey {
		signature, err = signer.Sign(h.Random, digest, crypto.MD5SHA1)
	} else {
		signature, err = signer.Sign(h.Random, digest[16:], crypto.SHA1)
	}
	if err != nil {
		return nil, fmt.Errorf("the client's key could not sign: %w", err)
	}
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
	return h.add(out, typeCertificateVerify, b.BytesOrPanic())
}

func (h *handshaker) sign(signer crypto.Signer, s iana.SignatureScheme, content []byte) ([]byte, error) {
	known := schemeOf(s)
	if known.hash == 0 {
		return signer.Sign(h.Random, content, crypto.Hash(0))
	}
	if known.pss {
		return signer.Sign(h.Random, digest(known.hash, content), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: known.hash})
	}
	return signer.Sign(h.Random, digest(known.hash, content), known.hash)
}
