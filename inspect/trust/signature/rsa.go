package signature

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/trust/signature/md2"
)

// OpenSSL's bounds for RSA: a modulus has at most 16384 bits, and one of more
// than 3072 bits an exponent of at most 64.
const (
	maxModulusBits   = 16384
	smallModulusBits = 3072
	maxExponentBits  = 64
)

// open computes signature^e mod n, as long as the modulus; nil when the key or
// the signature is out of bounds. crypto/rsa refuses keys below 1024 bits,
// which phones use.
func (k publicKey) open(signature []byte) []byte {
	size := (k.n.BitLen() + 7) / 8
	s := new(big.Int).SetBytes(signature)
	if k.n.BitLen() > maxModulusBits || k.n.Bit(0) == 0 || k.e.Sign() == 0 || k.n.Cmp(k.e) <= 0 ||
		k.n.BitLen() > smallModulusBits && k.e.BitLen() > maxExponentBits ||
		len(signature) > size || s.Cmp(k.n) >= 0 {
		return nil
	}
	return s.Exp(s, k.e, k.n).FillBytes(make([]byte, size))
}

// verifyPKCS1 is RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.2).
func (k publicKey) verifyPKCS1(h crypto.Hash, sum, signature []byte) bool {
	if k.kind != rsaKey {
		return false
	}
	return k.matches(digestInfo(digestOID(h), sum), signature)
}

// verifyMD2 verifies with MD2, which OpenSSL 0.9.8 still takes.
func (k publicKey) verifyMD2(message, signature []byte) bool {
	const oid = "\x2a\x86\x48\x86\xf7\x0d\x02\x02"
	sum := md2.Sum(message)
	return k.kind == rsaKey && k.matches(digestInfo(oid, sum[:]), signature)
}

func (k publicKey) matches(info, signature []byte) bool {
	opened := k.open(signature)
	const leastPadding = 11
	if opened == nil || len(opened) < len(info)+leastPadding {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, len(opened)-len(info)-3)...)
	return bytes.Equal(opened, append(append(want, 0), info...))
}

func digestInfo(oid string, sum []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(oid)) })
			b.AddASN1NULL()
		})
		b.AddASN1OctetString(sum)
	})
	return b.BytesOrPanic()
}

// digestOID is the content of a digest's object identifier.
func digestOID(h crypto.Hash) string {
	switch h {
	case crypto.MD5:
		return "\x2a\x86\x48\x86\xf7\x0d\x02\x05"
	case crypto.SHA1:
		return "\x2b\x0e\x03\x02\x1a"
	case crypto.SHA224:
		return "\x60\x86\x48\x01\x65\x03\x04\x02\x04"
	case crypto.SHA256:
		return "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
	case crypto.SHA384:
		return "\x60\x86\x48\x01\x65\x03\x04\x02\x02"
	}
	return "\x60\x86\x48\x01\x65\x03\x04\x02\x03"
}

// verifyPSS is RSASSA-PSS with the digest of the parameters for the mask too
// (RFC 4055, section 3.1); what else may be there is left open.
func (k publicKey) verifyPSS(identifier cryptobyte.String, message, signature []byte) Proof {
	h := crypto.SHA1
	for _, candidate := range []crypto.Hash{crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if bytes.Contains(identifier, append([]byte{6, byte(len(digestOID(candidate)))}, digestOID(candidate)...)) {
			h = candidate
		}
	}
	if k.bits() < 1024 || !k.e.IsInt64() || k.bits() > maxModulusBits || k.e.BitLen() > 31 {
		return Uncomputable
	}
	key := &rsa.PublicKey{N: k.n, E: int(k.e.Int64())}
	return holds(rsa.VerifyPSS(key, h, digest(h, message), signature, nil) == nil)
}
