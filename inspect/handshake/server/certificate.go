package server

import (
	"crypto"
	_ "crypto/md5" // the hashes of old signatures
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	rsaSign = 1 // ClientCertificateType (RFC 5246, section 7.4.4)
	// maxRSABits bounds what the client's signature may cost, as in crypto/tls.
	maxRSABits = 8192
)

// schemes are those that both sides may sign with in TLS 1.2, the best first.
func schemes() []iana.SignatureScheme {
	return []iana.SignatureScheme{iana.SchemeRSAPKCS1SHA256, iana.SchemeRSAPKCS1SHA384, iana.SchemeRSAPKCS1SHA512, iana.SchemeRSAPKCS1SHA1}
}

func hashOf(s iana.SignatureScheme) crypto.Hash {
	switch s {
	case iana.SchemeRSAPKCS1SHA384:
		return crypto.SHA384
	case iana.SchemeRSAPKCS1SHA512:
		return crypto.SHA512
	case iana.SchemeRSAPKCS1SHA1:
		return crypto.SHA1
	}
	return crypto.SHA256
}

// schemeFor is the one to sign with for a client; 0 where it takes none of them.
// Before TLS 1.2 there is no choice. Who does not say takes SHA-1 (RFC 5246,
// section 7.4.1.4.1).
func schemeFor(hello *handshake.ClientHello, version iana.ProtocolVersion) iana.SignatureScheme {
	e := hello.Extensions.Find(iana.ExtensionSignatureAlgorithms)
	if e == nil || version < iana.TLS12 {
		return iana.SchemeRSAPKCS1SHA1
	}
	taken, _ := e.Value.([]iana.SignatureScheme)
	for _, s := range schemes() {
		if slices.Contains(taken, s) {
			return s
		}
	}
	return 0
}

// serverKeyExchange sends the server's half, signed with both random values.
func (h *handshaker) serverKeyExchange(params []byte) error {
	content := slices.Concat(h.parameters.ClientRandom, h.parameters.ServerRandom, params)
	hash, digest, scheme := crypto.MD5SHA1, oldDigest(content), iana.SignatureScheme(0)
	if h.version >= iana.TLS12 {
		scheme = schemeFor(h.hello, h.version)
		hash = hashOf(scheme)
		digest = sum(hash, content)
	}
	signature, err := h.key.Sign(h.config.Random, digest, hash)
	if err != nil {
		return fmt.Errorf("the server's key could not sign: %w", err)
	}
	return h.add(typeServerKeyExchange, func(b *cryptobyte.Builder) {
		b.AddBytes(params)
		if scheme != 0 {
			b.AddUint16(uint16(scheme))
		}
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
	})
}

// oldDigest is what RSA signs up to TLS 1.1 (RFC 4346, section 7.4.3).
func oldDigest(content []byte) []byte {
	return append(sum(crypto.MD5, content), sum(crypto.SHA1, content)...)
}

func sum(hash crypto.Hash, content []byte) []byte {
	d := hash.New()
	d.Write(content)
	return d.Sum(nil)
}

// certificateRequest asks for an RSA key.
func (h *handshaker) certificateRequest(b *cryptobyte.Builder) {
	b.AddBytes([]byte{1, rsaSign})
	if h.version >= iana.TLS12 {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, s := range schemes() {
				b.AddUint16(uint16(s))
			}
		})
	}
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, name := range h.config.Authorities {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(name) })
		}
	})
}

// clientCertificate reads the client's certificates, and the key that is to sign;
// nil where it has none, which SSL 3.0 says with an alert (RFC 6101, section
// 5.6.6).
func (h *handshaker) clientCertificate() (*rsa.PublicKey, error) {
	raw, kind, err := h.next("Certificate")
	if err != nil {
		return nil, err
	}
	m := &handshake.Certificate{}
	switch {
	case raw != nil:
		if m, err = decode[*handshake.Certificate](h, "Certificate", raw); err != nil {
			return nil, err
		}
	case kind != handshake.ContentAlert:
		return nil, failure(iana.AlertUnexpectedMessage, "Certificate was awaited, and %s came", kind)
	}
	if len(m.Certificates) == 0 {
		if h.config.ClientAuth == tls.RequireAnyClientCert {
			return nil, failure(iana.AlertBadCertificate, "the client shows no certificate")
		}
		return nil, nil
	}
	return h.peer(m.Certificates)
}

// peer reads the chain as strictly as crypto/tls does.
func (h *handshaker) peer(chain []handshake.Hex) (*rsa.PublicKey, error) {
	for _, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, failure(iana.AlertBadCertificate, "failed to parse client certificate: %v", err)
		}
		h.peers = append(h.peers, c)
	}
	public, ok := h.peers[0].PublicKey.(*rsa.PublicKey)
	switch {
	case !ok:
		return nil, failure(iana.AlertUnsupportedCertificate, "the client's certificate has no RSA key, and one was asked for")
	case public.N.BitLen() > maxRSABits:
		return nil, failure(iana.AlertBadCertificate, "the client's RSA key has %d bits, more than %d", public.N.BitLen(), maxRSABits)
	}
	return public, nil
}

// certificateVerify checks that the client has the key of its certificate.
func (h *handshaker) certificateVerify(public *rsa.PublicKey, master []byte) error {
	messages := h.messages
	m, err := expect[*handshake.CertificateVerify](h, "CertificateVerify")
	if err != nil {
		return err
	}
	hash := crypto.MD5SHA1
	var digest []byte
	if h.version >= iana.TLS12 {
		if !slices.Contains(schemes(), m.Signature.Scheme) {
			return failure(iana.AlertIllegalParameter, "the client signs with %s, which was not asked for", m.Signature.Scheme)
		}
		hash = hashOf(m.Signature.Scheme)
		digest = sum(hash, messages)
	} else {
		digest = h.parameters.Digest(master, messages)
	}
	if err := rsa.VerifyPKCS1v15(public, hash, digest, m.Signature.Bytes); err != nil {
		return failure(iana.AlertDecryptError, "the client's signature in CertificateVerify is wrong: its private key is not that of its certificate")
	}
	return nil
}
