package seal

import (
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// The keys that are taken: old phones have 512 bits, and nothing on a phone
// has more than 4,096.
const (
	minBits = 512
	maxBits = 4096
	// maxHex is the most digits that are looked at, leading zeros included.
	maxHex = maxBits / 2
	// maxExponent is the largest exponent that an int holds everywhere.
	maxExponent = math.MaxInt32
)

// Key reads an RSA public key as the pages write it, in hex. The errors say
// which part is no number, or out of 512 to 4,096 bits and 3 to 2³¹.
func Key(modulus, exponent string) (*rsa.PublicKey, error) {
	n, err := fromHex(modulus)
	if err != nil {
		return nil, fmt.Errorf("the modulus of the phone's RSA key %w", err)
	}
	if bits := n.BitLen(); bits < minBits || bits > maxBits {
		return nil, fmt.Errorf("the phone's RSA key has %d bits instead of %d to %d", bits, minBits, maxBits)
	}
	if n.Bit(0) == 0 {
		return nil, errors.New("the modulus of the phone's RSA key is even")
	}
	e, err := fromHex(exponent)
	if err != nil {
		return nil, fmt.Errorf("the exponent of the phone's RSA key %w", err)
	}
	if !e.IsInt64() || e.Int64() > maxExponent || e.Int64() < 3 || e.Bit(0) == 0 {
		return nil, errors.New("the exponent of the phone's RSA key is no odd number from 3 to 2³¹")
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func fromHex(text string) (*big.Int, error) {
	text = strings.TrimSpace(text)
	n, ok := new(big.Int), len(text) <= maxHex && strings.Trim(text, "0123456789abcdefABCDEF") == ""
	if ok {
		_, ok = n.SetString(text, 16)
	}
	if !ok {
		return nil, errors.New("is no hexadecimal number")
	}
	return n, nil
}

// RSA encrypts with PKCS #1 v1.5 (RFC 8017, section 7.2.1) and writes hex of
// the modulus' length, which is even. Keys down to 512 bits are taken, which
// crypto/rsa refuses by default: the key is the phone's, and nobody can give it
// a better one. The errors say that the text is longer than the key less eleven
// bytes, or that random failed.
func RSA(random io.Reader, key *rsa.PublicKey, text string) (string, error) {
	size := key.Size()
	if len(text) > size-11 {
		return "", errors.New("the text is too long for the phone's RSA key")
	}
	block := make([]byte, size)
	block[1] = 2
	filling := block[2 : size-len(text)-1]
	if err := nonZero(random, filling); err != nil {
		return "", err
	}
	copy(block[size-len(text):], text)
	m := new(big.Int).SetBytes(block)
	m.Exp(m, big.NewInt(int64(key.E)), key.N)
	return fmt.Sprintf("%x", m.FillBytes(block)), nil
}

// nonZero draws bytes of which none is zero. A source that gives a zero a
// hundred times in a row gives nothing else.
func nonZero(random io.Reader, to []byte) error {
	if _, err := io.ReadFull(random, to); err != nil {
		return fmt.Errorf("drawing random numbers: %w", err)
	}
	for i := range to {
		for tries := 0; to[i] == 0; tries++ {
			if tries == 100 {
				return errors.New("drawing random numbers: the source gives zeros")
			}
			if _, err := io.ReadFull(random, to[i:i+1]); err != nil {
				return fmt.Errorf("drawing random numbers: %w", err)
			}
		}
	}
	return nil
}

// Random is a number from 0 to 1 as Math.random() prints it, for random=R and
// Rajax=R.
func Random(random io.Reader) (string, error) {
	var drawn [8]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return "", fmt.Errorf("drawing random numbers: %w", err)
	}
	// A double holds 53 bits.
	number := float64(binary.BigEndian.Uint64(drawn[:])>>11) / (1 << 53)
	return strconv.FormatFloat(number, 'f', -1, 64), nil
}
