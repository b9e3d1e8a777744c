// Package pbe opens what is encrypted or authenticated with a password:
// PKCS#5 v1.5 and v2 (RFC 8018), PKCS#12 (RFC 7292, appendices B and C, and
// RFC 9579) and the older encryption within PEM (RFC 1421). It says by name
// what it cannot open, and it bounds the work that a file may ask for.
package pbe

import (
	encoding "encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The causes for which nothing can be opened; errors wrap them.
var (
	// ErrUnsupported: the algorithm, which the error names, is not known here.
	ErrUnsupported = errors.New("the encryption is not supported")
	// ErrWork: the file asks for more key derivation than MaxWork.
	ErrWork = errors.New("too many iterations of key derivation")
	// ErrDamaged: the parameters or the encrypted bytes are not whole.
	ErrDamaged = errors.New("the encrypted data is damaged")
	// ErrPadding: the decrypted bytes do not end as they should. The password
	// is wrong, or the encrypted bytes are damaged.
	ErrPadding = errors.New("the decrypted bytes are not padded as they should be")
)

// MaxWork is how much key derivation one file may cost, in iterations of PBKDF2
// with HMAC-SHA-1, of which a million took 0.18 s where it was measured: about
// two seconds in all. Files in use ask for a tenth of that at most.
const MaxWork = 12_000_000

// Work counts the key derivation that is spent on one file. The zero value is
// ready for use; it must not be used by two goroutines at once.
type Work struct{ spent int64 }

// Spend takes count iterations of what derivation names, which weigh as in
// MaxWork. The error wraps ErrWork and tells the count; then nothing is spent.
func (w *Work) Spend(derivation string, count, weight int64) error {
	return w.spend(cost{derivation, count, weight})
}

// cost is what a key derivation asks for: so many iterations of such a weight.
type cost struct {
	derivation    string
	count, weight int64
}

func (w *Work) spend(c cost) error {
	if most := MaxWork / c.weight; c.count > most {
		return fmt.Errorf("%w: %d of %s, where at most %d are done", ErrWork, c.count, c.derivation, most)
	}
	if w.spent+c.count*c.weight > MaxWork {
		return fmt.Errorf("%w: %d of %s, on top of what the same file has cost already",
			ErrWork, c.count, c.derivation)
	}
	w.spent += c.count * c.weight
	return nil
}

// identifier is an AlgorithmIdentifier (RFC 5280, section 4.1.1.2).
type identifier struct {
	oid        string
	parameters cryptobyte.String
}

func readIdentifier(in *cryptobyte.String) (identifier, bool) {
	var sequence cryptobyte.String
	var oid encoding.ObjectIdentifier
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1ObjectIdentifier(&oid) {
		return identifier{}, false
	}
	return identifier{oid.String(), sequence}, true
}

// readCount reads an iteration count or another cost parameter. What passes 63
// bits is refused by its size, for no such count can be meant.
func readCount(in *cryptobyte.String) (int64, error) {
	n := new(big.Int)
	switch {
	case !in.ReadASN1Integer(n) || n.Sign() < 1:
		return 0, fmt.Errorf("%w: no iteration count", ErrDamaged)
	case !n.IsInt64():
		return 0, fmt.Errorf("%w: a number of %d bits", ErrWork, n.BitLen())
	}
	return n.Int64(), nil
}

// bmpString encodes a password as PKCS#12 has it (RFC 7292, appendix B.1):
// UTF-16 with two zero bytes at the end, nothing at all for the absent
// password. Bytes that are no UTF-8 stand for themselves.
func bmpString(password []byte) []byte {
	if password == nil {
		return nil
	}
	var units []uint16
	if utf8.Valid(password) {
		units = utf16.Encode([]rune(string(password)))
	} else {
		for _, b := range password {
			units = append(units, uint16(b))
		}
	}
	out := make([]byte, 0, 2*len(units)+2)
	for _, unit := range append(units, 0) {
		out = append(out, byte(unit>>8), byte(unit))
	}
	return out
}
