// Package key reads private keys in every form in which they come: PKCS#1,
// PKCS#8, SEC 1, DSA, encrypted in both ways, OpenSSH. It never writes a key's
// bytes into an error or a text.
package key

import (
	"bytes"
	"errors"

	"github.com/phonecert/phonecert/inspect/pbe"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The causes for which a key cannot be read or opened; errors wrap them.
var (
	// ErrNotKey: the bytes are no private key in a form that is known.
	ErrNotKey = errors.New("not a private key")
	// ErrTrailing: bytes follow the key.
	ErrTrailing = errors.New("bytes follow the private key")
	// ErrDamaged: the bytes are a private key that is not whole.
	ErrDamaged = errors.New("the private key is damaged")
	// ErrPasswordNeeded: the key is encrypted and there was no password.
	ErrPasswordNeeded = errors.New("a password is needed")
	// ErrWrongPassword: the password does not open the key.
	ErrWrongPassword = errors.New("the password is wrong")
	// ErrUnsupported: the error names an encryption that is not known here.
	ErrUnsupported = pbe.ErrUnsupported
	// ErrWork: the key asks for more key derivation than is done; the error
	// tells how much.
	ErrWork = pbe.ErrWork
)

// The forms in which private keys come.
const (
	PKCS1   = "PKCS#1"  // RFC 8017, appendix A.1.2
	PKCS8   = "PKCS#8"  // RFC 5958
	SEC1    = "SEC 1"   // RFC 5915
	DSA     = "DSA"     // what OpenSSL writes as DSA PRIVATE KEY
	OpenSSH = "OpenSSH" // what ssh-keygen writes
)

// Private is a private key, or an encrypted one that could not be opened.
type Private struct {
	// Form is the encoding: "PKCS#1", "PKCS#8", "SEC 1", "DSA", "OpenSSH"; empty
	// for an encrypted key whose label does not tell.
	Form string
	// Algorithm is "RSA", "EC", "DSA", "Ed25519", …; empty while unknown. An
	// algorithm without a name is named by its number.
	Algorithm string
	// Curve is the name of an EC key's curve, for instance "P-256".
	Curve string
	// Bits is the key's size; 0 while unknown.
	Bits int
	// Encrypted says that the file holds it encrypted.
	Encrypted bool
	// Cipher names the encryption, for instance "PBES2 with AES-256-CBC".
	Cipher string
	// Locked says why an encrypted key could not be opened; nil when it was. It
	// wraps ErrPasswordNeeded, ErrWrongPassword, ErrUnsupported or ErrWork.
	Locked error
	// PublicKeyInfo is the DER SubjectPublicKeyInfo (RFC 5280, section 4.1);
	// nil while the key is locked or of an algorithm that cannot be computed.
	// OpenSSH keys tell it even while they are locked.
	PublicKeyInfo []byte
	// PKCS8 is the unencrypted key as PKCS#8 DER; nil while it is locked, and for
	// an OpenSSH key that has no such form.
	PKCS8 []byte
}

// Matches reports whether the key belongs to the public key of a certificate,
// given as DER SubjectPublicKeyInfo. The same key may be written in two ways
// there: RSASSA-PSS for RSA, DSA without its parameters, EC with a compressed
// point or with the curve's own numbers.
func (p *Private) Matches(publicKeyInfo []byte) bool {
	ours, ok := readPublic(p.PublicKeyInfo)
	theirs, ok2 := readPublic(publicKeyInfo)
	if !ok || !ok2 || ours.family() != theirs.family() {
		return false
	}
	if ours.oid == oidEC {
		return samePoint(ours.key, theirs.key)
	}
	return bytes.Equal(ours.key, theirs.key)
}

// public is a SubjectPublicKeyInfo in its parts.
type public struct {
	oid string
	key []byte
}

func readPublic(info []byte) (public, bool) {
	in := cryptobyte.String(info)
	var sequence cryptobyte.String
	var p public
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) {
		return p, false
	}
	id, ok := readAlgorithm(&sequence)
	p.oid = id.oid
	return p, ok && sequence.ReadASN1BitStringAsBytes(&p.key)
}

// family is the algorithm, the same for all uses of an RSA key.
func (p public) family() string {
	if p.oid == oidPSS {
		return oidRSA
	}
	return p.oid
}

// samePoint compares two points of a curve, either of which may be compressed
// (SEC 1, section 2.3.3).
func samePoint(a, b []byte) bool {
	return bytes.Equal(a, b) || bytes.Equal(compressed(a), compressed(b))
}

func compressed(point []byte) []byte {
	if len(point) < 3 || point[0] != 4 {
		return point
	}
	parity := point[len(point)-1] & 1
	return append([]byte{2 + parity}, point[1:1+len(point)/2]...)
}
