// Package cipherspec is what ChangeCipherSpec changes to: the keys of a
// connection and how records are protected under them. It opens and seals
// records of SSL 3.0 to TLS 1.3 and derives the secrets from which their keys
// come. It does no I/O.
package cipherspec

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Hash is the hash of a suite's key schedule from TLS 1.2 on: SHA-384 where
// the name says so (RFC 5288, section 3), else SHA-256.
func Hash(suite iana.CipherSuite) func() hash.Hash {
	if strings.HasSuffix(suite.Protection(), "_SHA384") {
		return sha512.New384
	}
	return sha256.New
}

// Supported reports whether records under a suite can be opened and sealed:
// not those of IDEA, RC2, Camellia, ARIA, SEED, CCM.
func Supported(suite iana.CipherSuite) bool {
	create, _ := aead(suite)
	_, old := legacy(suite)
	return create != nil || old
}

// Chained reports whether records under a suite are a CBC chain whose vectors
// an eavesdropper knows: those of block ciphers before TLS 1.1.
func (p Parameters) Chained() bool {
	parts, old := legacy(p.Suite)
	return old && parts.newBlock != nil && p.Version <= iana.TLS10
}

// aead makes the AEAD of a suite and returns the length of its key; nil for
// one that is none or not at hand.
func aead(suite iana.CipherSuite) (create func(key []byte) (cipher.AEAD, error), keyLength int) {
	switch name := suite.Protection(); {
	case strings.HasPrefix(name, "AES_128_GCM"):
		return gcm, 16
	case strings.HasPrefix(name, "AES_256_GCM"):
		return gcm, 32
	case strings.HasPrefix(name, "CHACHA20_POLY1305"):
		return chacha20poly1305.New, chacha20poly1305.KeySize
	}
	return nil, 0
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// parts are those of a suite that is no AEAD.
type parts struct {
	newMAC func() hash.Hash
	// newBlock is nil for RC4 and for NULL.
	newBlock  func(key []byte) (cipher.Block, error)
	keyLength int
	// material is how much of the key block becomes the key: less than
	// keyLength under the export rules of RFC 2246, section 6.3.1.
	material  int
	blockSize int
	export    bool
}

func legacy(suite iana.CipherSuite) (p parts, known bool) {
	name := suite.Protection()
	at := strings.LastIndexByte(name, '_')
	if at < 0 {
		return parts{}, false
	}
	p = cipherOf(name[:at])
	switch name[at+1:] {
	case "MD5":
		p.newMAC = md5.New
	case "SHA":
		p.newMAC = sha1.New
	case "SHA256":
		p.newMAC = sha256.New
	case "SHA384":
		p.newMAC = sha512.New384
	}
	p.export = strings.Contains(suite.KeyExchange(), "EXPORT")
	return p, p.newMAC != nil && p.blockSize >= 0
}

// cipherOf returns a negative blockSize for a cipher that is not at hand.
func cipherOf(name string) parts {
	switch name {
	case "AES_128_CBC":
		return parts{newBlock: aes.NewCipher, keyLength: 16, material: 16, blockSize: aes.BlockSize}
	case "AES_256_CBC":
		return parts{newBlock: aes.NewCipher, keyLength: 32, material: 32, blockSize: aes.BlockSize}
	case "3DES_EDE_CBC":
		return parts{newBlock: des.NewTripleDESCipher, keyLength: 24, material: 24, blockSize: des.BlockSize}
	case "DES_CBC":
		return parts{newBlock: des.NewCipher, keyLength: 8, material: 8, blockSize: des.BlockSize}
	case "DES40_CBC":
		return parts{newBlock: des.NewCipher, keyLength: 8, material: 5, blockSize: des.BlockSize}
	case "RC4_128":
		return parts{keyLength: 16, material: 16}
	case "RC4_56":
		return parts{keyLength: 16, material: 7}
	case "RC4_40":
		return parts{keyLength: 16, material: 5}
	case "NULL":
		return parts{}
	}
	return parts{blockSize: -1}
}

// stream is the cipher of RC4 suites; nil for NULL.
func stream(key []byte) *rc4.Cipher {
	if len(key) == 0 {
		return nil
	}
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil // only for a length that no suite has
	}
	return c
}
