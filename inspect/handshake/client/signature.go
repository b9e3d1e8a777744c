package client

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"errors"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// authenticated reads the server's key and checks what it signed.
func (h *handshaker) authenticated(x exchange, f *flight) (publicKey, error) {
	if f.certificate == nil {
		return publicKey{}, malformed(iana.AlertUnexpectedMessage, "ServerHelloDone came without a Certificate, which %s asks for", h.state.CipherSuite)
	}
	key, err := h.serverKey(f.certificate)
	if err != nil {
		return publicKey{}, err
	}
	if key.kind != x.signer && !(key.kind == ed25519Key && x.signer == ecKey) {
		return publicKey{}, malformed(iana.AlertHandshakeFailure, "%s asks for a certificate with an %s key, and the server's has an %s key", h.state.CipherSuite, x.signer, key.kind)
	}
	switch {
	case x.method == "RSA" && f.exchange == nil:
		return key, nil
	case x.method == "RSA" && !x.export:
		return publicKey{}, malformed(iana.AlertUnexpectedMessage, "ServerKeyExchange came, which %s does not have", h.state.CipherSuite)
	case f.exchange == nil:
		return publicKey{}, malformed(iana.AlertUnexpectedMessage, "ServerHelloDone came without a ServerKeyExchange, which %s asks for", h.state.CipherSuite)
	}
	signed := append(append(slices.Clone(h.parameters.ClientRandom), h.parameters.ServerRandom...), f.signed...)
	return key, h.verified("ServerKeyExchange", key, *f.exchange.Signature, signed)
}

// serverKey takes the key out of the first certificate.
func (h *handshaker) serverKey(m *handshake.Certificate) (publicKey, error) {
	if len(m.Certificates) == 0 {
		return publicKey{}, malformed(iana.AlertDecodeError, "the server's Certificate message is empty")
	}
	key, err := keyOf(m.Certificates[0])
	if errors.Is(err, errUnknownKey) {
		return publicKey{}, unsupported("the server's certificate has %v", err)
	}
	if err != nil {
		return publicKey{}, malformed(iana.AlertBadCertificate, "the server's certificate: %v", err)
	}
	return key, nil
}

// verified checks a signature of the server.
func (h *handshaker) verified(message string, key publicKey, s handshake.Signature, signed []byte) error {
	scheme, ok := schemeOf(s.Scheme), false
	if h.state.Version < iana.TLS12 {
		ok = key.verifyOld(signed, s.Bytes)
	} else {
		switch {
		case !h.offersScheme(s.Scheme):
			return notOffered(iana.AlertIllegalParameter, "the server signed %s with %s, which was not offered", message, s.Scheme)
		case scheme.kind == "":
			return unsupported("it does not have the signature %s", s.Scheme)
		case scheme.kind != key.kind || h.state.Version >= iana.TLS13 && !scheme.modern:
			return malformed(iana.AlertIllegalParameter, "the server signed %s with %s, which does not suit its %s key in %s", message, s.Scheme, key.kind, h.state.Version)
		}
		ok = key.verify(scheme, signed, s.Bytes)
	}
	if !ok {
		return malformed(iana.AlertDecryptError, "the server's signature in %s is wrong: its private key is not that of its certificate, or the message was changed on the way", message)
	}
	return nil
}

// offersScheme reports whether the client said that it takes a scheme, or did
// not say which.
func (h *handshaker) offersScheme(s iana.SignatureScheme) bool {
	e := h.offer.Extensions.Find(iana.ExtensionSignatureAlgorithms)
	if e == nil {
		return true
	}
	offered, _ := e.Value.([]iana.SignatureScheme)
	return slices.Contains(offered, s)
}

// scheme is how a signature is made from TLS 1.2 on.
type scheme struct {
	kind   keyKind
	hash   crypto.Hash // 0 where the signature hashes by itself
	pss    bool
	modern bool // TLS 1.3 has it
	pssKey bool // for keys that are marked as PSS only
}

// schemeOf returns no kind for a scheme that is not at hand. TLS 1.2 has pairs
// of hash and signature (RFC 5246, section 7.4.1.4.1).
func schemeOf(s iana.SignatureScheme) scheme {
	switch s {
	case iana.SchemeRSAPSSRsaeSHA256, iana.SchemeRSAPSSPSSSHA256:
		return scheme{rsaKey, crypto.SHA256, true, true, s == iana.SchemeRSAPSSPSSSHA256}
	case iana.SchemeRSAPSSRsaeSHA384, iana.SchemeRSAPSSPSSSHA384:
		return scheme{rsaKey, crypto.SHA384, true, true, s == iana.SchemeRSAPSSPSSSHA384}
	case iana.SchemeRSAPSSRsaeSHA512, iana.SchemeRSAPSSPSSSHA512:
		return scheme{rsaKey, crypto.SHA512, true, true, s == iana.SchemeRSAPSSPSSSHA512}
	case iana.SchemeEd25519:
		return scheme{ed25519Key, 0, false, true, false}
	}
	hashes := []crypto.Hash{1: crypto.MD5, 2: crypto.SHA1, 3: crypto.SHA224, 4: crypto.SHA256, 5: crypto.SHA384, 6: crypto.SHA512}
	kinds := []keyKind{1: rsaKey, 2: dsaKey, 3: ecKey}
	hash, kind := int(s>>8), int(s&0xFF)
	if hash == 0 || hash >= len(hashes) || kind == 0 || kind >= len(kinds) {
		return scheme{}
	}
	return scheme{kinds[kind], hashes[hash], false, kind == 3 && hash >= 4, false}
}

func digest(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}

// verifyOld checks a signature as they were up to TLS 1.1: RSA signs MD5 and
// SHA-1, the others SHA-1 (RFC 4346, section 7.4.3).
func (k publicKey) verifyOld(signed, signature []byte) bool {
	first, second := md5.Sum(signed), sha1.Sum(signed)
	if k.kind == rsaKey {
		return k.verifyPKCS1(append(first[:], second[:]...), signature)
	}
	return k.verifyDigest(second[:], signature)
}

func (k publicKey) verify(s scheme, signed, signature []byte) bool {
	switch {
	case s.kind == ed25519Key:
		return ed25519.Verify(k.ed25519, signed, signature)
	case s.pss:
		// The library looks at the size of the key again and takes only
		// exponents below 2^31.
		if k.exponent.BitLen() > 31 {
			return false
		}
		public := &rsa.PublicKey{N: k.modulus, E: int(k.exponent.Int64())}
		return rsa.VerifyPSS(public, s.hash, digest(s.hash, signed), signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	case s.kind == rsaKey:
		return k.verifyPKCS1(append(digestInfo(s.hash), digest(s.hash, signed)...), signature)
	}
	return k.verifyDigest(digest(s.hash, signed), signature)
}

func (k publicKey) verifyDigest(digest, signature []byte) bool {
	if k.kind == ecKey {
		return ecdsa.VerifyASN1(k.ec, digest, signature)
	}
	r, s, in := new(big.Int), new(big.Int), cryptobyte.String(signature)
	if k.kind != dsaKey || !in.ReadASN1(&in, asn1.SEQUENCE) || !in.ReadASN1Integer(r) || !in.ReadASN1Integer(s) {
		return false
	}
	return k.dsa.verify(digest, r, s)
}
