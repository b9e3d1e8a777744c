package client

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"io"
	"math/big"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// verifyPKCS1 checks a signature of RFC 8017, section 8.2.2, over what stands
// after the padding. crypto/rsa refuses the short keys of old servers.
func (k publicKey) verifyPKCS1(content, signature []byte) bool {
	size := (k.modulus.BitLen() + 7) / 8
	padding := size - len(content) - 3
	if padding < 8 || len(signature) != size {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, padding)...)
	want = append(append(want, 0), content...)
	got := new(big.Int).SetBytes(signature)
	if got.Cmp(k.modulus) >= 0 {
		return false
	}
	return bytes.Equal(got.Exp(got, k.exponent, k.modulus).FillBytes(make([]byte, size)), want)
}

// encryptPKCS1 encrypts as RFC 8017, section 7.2.1.
func encryptPKCS1(random io.Reader, modulus, exponent *big.Int, content []byte) ([]byte, error) {
	size := (modulus.BitLen() + 7) / 8
	if size < len(content)+11 {
		return nil, malformed(iana.AlertIllegalParameter, "the server's RSA key of %d bits is too short for a secret of %d bytes", modulus.BitLen(), len(content))
	}
	b := make([]byte, size)
	b[1] = 2
	padding := b[2 : size-len(content)-1]
	for i := range padding {
		for padding[i] == 0 {
			if _, err := io.ReadFull(random, padding[i:i+1]); err != nil {
				return nil, err
			}
		}
	}
	copy(b[size-len(content):], content)
	m := new(big.Int).SetBytes(b)
	return m.Exp(m, exponent, modulus).FillBytes(b), nil
}

// digestInfo is what stands before a hash in a signature (RFC 8017, section
// 9.2, note 1).
func digestInfo(hash crypto.Hash) []byte {
	prefix := ""
	switch hash {
	case crypto.MD5:
		prefix = "3020300c06082a864886f70d020505000410"
	case crypto.SHA1:
		prefix = "3021300906052b0e03021a05000414"
	case crypto.SHA224:
		prefix = "302d300d06096086480165030402040500041c"
	case crypto.SHA256:
		prefix = "3031300d060960864801650304020105000420"
	case crypto.SHA384:
		prefix = "3041300d060960864801650304020205000430"
	case crypto.SHA512:
		prefix = "3051300d060960864801650304020305000440"
	}
	b, err := hex.DecodeString(prefix)
	if err != nil {
		return nil // only for a prefix that is none
	}
	return b
}
