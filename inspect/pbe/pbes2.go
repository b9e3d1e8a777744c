package pbe

import (
	"crypto/pbkdf2"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/scrypt"
)

// derivation is a key derivation of PKCS#5 v2 with its parameters.
type derivation struct {
	cost   cost
	derive func(password []byte) ([]byte, error)
}

// anySize leaves it to the file how long the key is.
const anySize = 0

// The sizes in bytes of a key for which the file decides: a shorter one can be
// guessed, a longer one has no use (RFC 9579, section 5).
const minKeySize, maxKeySize = 20, 64

// readDerivation reads a key derivation that makes keys of size bytes.
func readDerivation(id identifier, size int) (derivation, error) {
	switch id.oid {
	case "1.2.840.113549.1.5.12":
		return readPBKDF2(id.parameters, size)
	case "1.3.6.1.4.1.11591.4.11":
		return readScrypt(id.parameters, size)
	}
	return derivation{}, fmt.Errorf("%w: key derivation with %s", ErrUnsupported, algorithmName(id.oid))
}

// keySize compares the size that the file gives, 0 for none, with the one that
// is needed.
func keySize(given int64, needed int) (int, error) {
	switch {
	case needed == anySize && (given < minKeySize || given > maxKeySize),
		needed != anySize && given != 0 && given != int64(needed):
		return 0, fmt.Errorf("%w: a key of %d bytes", ErrDamaged, given)
	case needed == anySize:
		return int(given), nil
	}
	return needed, nil
}

// readPBKDF2 is RFC 8018, appendix A.2.
func readPBKDF2(in cryptobyte.String, size int) (derivation, error) {
	var none derivation
	var sequence, salt cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() {
		return none, fmt.Errorf("%w: no parameters of PBKDF2", ErrDamaged)
	}
	if sequence.PeekASN1Tag(asn1.SEQUENCE) {
		return none, fmt.Errorf("%w: PBKDF2 with a salt from elsewhere", ErrUnsupported)
	}
	if !sequence.ReadASN1(&salt, asn1.OCTET_STRING) {
		return none, fmt.Errorf("%w: no salt", ErrDamaged)
	}
	count, err := readCount(&sequence)
	given := int64(0)
	if err == nil && sequence.PeekASN1Tag(asn1.INTEGER) {
		given, err = readCount(&sequence)
	}
	if err != nil {
		return none, err
	}
	if size, err = keySize(given, size); err != nil {
		return none, err
	}
	h, err := readPRF(sequence)
	if err != nil {
		return none, err
	}
	return derivation{
		cost: cost{"PBKDF2 with HMAC-" + h.name, count, h.weight * h.blocks(size)},
		derive: func(password []byte) ([]byte, error) {
			return pbkdf2.Key(h.make, string(password), salt, int(count), size)
		},
	}, nil
}

// readPRF reads the pseudorandom function at the end of PBKDF2's parameters.
func readPRF(in cryptobyte.String) (hashFunction, error) {
	if in.Empty() {
		return sha1Hash(), nil
	}
	id, ok := readIdentifier(&in)
	if !ok || !in.Empty() {
		return hashFunction{}, fmt.Errorf("%w: no pseudorandom function in PBKDF2", ErrDamaged)
	}
	h, known := hashByOID(id.oid)
	if !known {
		return h, fmt.Errorf("%w: PBKDF2 with HMAC-%s", ErrUnsupported, h.name)
	}
	return h, nil
}

// maxScryptMemory bounds 128·N·r bytes; a usual key takes a quarter of it.
const maxScryptMemory = 64 << 20

// readScrypt is RFC 7914, section 7.
func readScrypt(in cryptobyte.String, size int) (derivation, error) {
	var none derivation
	var sequence, salt cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() || !sequence.ReadASN1(&salt, asn1.OCTET_STRING) {
		return none, fmt.Errorf("%w: no parameters of scrypt", ErrDamaged)
	}
	var numbers [4]int64 // N, r, p and the optional size of the key
	for i := range numbers {
		if i == 3 && sequence.Empty() {
			break
		}
		var err error
		if numbers[i], err = readCount(&sequence); err != nil {
			return none, err
		}
	}
	n, r, p := numbers[0], numbers[1], numbers[2]
	size, err := keySize(numbers[3], size)
	if err != nil {
		return none, err
	}
	const most = maxScryptMemory / 128
	switch {
	case n > most || r > most || n*r > most:
		return none, fmt.Errorf("%w: scrypt with N = %d and r = %d needs more than %d MiB of memory",
			ErrWork, n, r, maxScryptMemory>>20)
	case n < 2 || n&(n-1) != 0:
		return none, fmt.Errorf("%w: scrypt with N = %d, which is no power of two", ErrDamaged, n)
	}
	return derivation{
		// A block of scrypt was measured to take as long as two iterations.
		cost: cost{fmt.Sprintf("scrypt with N = %d and r = %d", n, r), p, 2 * n * r},
		derive: func(password []byte) ([]byte, error) {
			return scrypt.Key(password, salt, int(n), int(r), int(p), size)
		},
	}, nil
}
