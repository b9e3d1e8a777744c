package handshake

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// hashOf is the hash of a suite's key schedule: SHA-384 where the name says so
// (RFC 5288, section 3), else SHA-256.
func hashOf(suite iana.CipherSuite) func() hash.Hash {
	if strings.HasSuffix(suite.Protection(), "_SHA384") {
		return sha512.New384
	}
	return sha256.New
}

// expandLabel is HKDF-Expand-Label with an empty context (RFC 8446, section
// 7.1).
func expandLabel(h func() hash.Hash, secret []byte, label string, length int) []byte {
	var info cryptobyte.Builder
	info.AddUint16(uint16(length))
	info.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte("tls13 " + label)) })
	info.AddUint8(0)
	out, err := hkdf.Expand(h, secret, string(info.BytesOrPanic()), length)
	if err != nil {
		return nil // only for a length that no caller asks for
	}
	return out
}

// aead makes the AEAD of a suite and returns the length of its key; nil for
// one that is none or not at hand (CCM, Camellia, ARIA).
func aead(suite iana.CipherSuite) (make func(key []byte) (cipher.AEAD, error), keyLength int) {
	gcm := func(key []byte) (cipher.AEAD, error) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(block)
	}
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

// opener13 opens records of TLS 1.3 (RFC 8446, section 5.2).
func opener13(suite iana.CipherSuite, secret []byte) opener {
	create, keyLength := aead(suite)
	if create == nil {
		return nil
	}
	h := hashOf(suite)
	sealed, err := create(expandLabel(h, secret, "key", keyLength))
	if err != nil {
		return nil
	}
	iv := expandLabel(h, secret, "iv", sealed.NonceSize())
	return func(dst []byte, sequence uint64, r record, body []byte) ([]byte, bool) {
		header := [5]byte{byte(r.kind), byte(r.version >> 8), byte(r.version), byte(r.length >> 8), byte(r.length)}
		plain, err := sealed.Open(dst, nonceXOR(iv, sequence), body, header[:])
		return plain, err == nil
	}
}

// nonceXOR is the nonce of RFC 8446, section 5.3, and of RFC 7905, section 2.
func nonceXOR(iv []byte, sequence uint64) []byte {
	nonce := append([]byte(nil), iv...)
	tail := nonce[len(nonce)-8:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^sequence)
	return nonce
}

// pHash is P_hash of RFC 5246, section 5.
func pHash(h func() hash.Hash, secret, seed []byte, length int) []byte {
	mac := hmac.New(h, secret)
	mac.Write(seed)
	a := mac.Sum(nil)
	var out []byte
	for len(out) < length {
		mac.Reset()
		mac.Write(a)
		mac.Write(seed)
		out = mac.Sum(out)
		mac.Reset()
		mac.Write(a)
		a = mac.Sum(nil)
	}
	return out[:length]
}

// keyBlock is that of RFC 5246, section 6.3; before TLS 1.2 two hashes share
// the work (RFC 2246, section 5).
func keyBlock(s *session, master []byte, length int) []byte {
	seed := append(append([]byte("key expansion"), s.serverRandom...), s.clientRandom...)
	if s.version >= iana.TLS12 {
		return pHash(hashOf(s.suite), master, seed, length)
	}
	middle := (len(master) + 1) / 2
	out := pHash(md5.New, master[:middle], seed, length)
	for i, b := range pHash(sha1.New, master[len(master)-middle:], seed, length) {
		out[i] ^= b
	}
	return out
}

// opener12 opens records of TLS 1.0 to 1.2; nil for a suite that is not at
// hand.
func opener12(s *session, master []byte, direction Direction) opener {
	if create, keyLength := aead(s.suite); create != nil {
		return openerAEAD(s, master, direction, create, keyLength)
	}
	newMAC, newCipher, keyLength, blockSize := legacy(s.suite)
	if newMAC == nil {
		return nil
	}
	macLength := newMAC().Size()
	ivLength := blockSize
	part := keyParts(keyBlock(s, master, 2*(macLength+keyLength+ivLength)), direction)
	mac := hmac.New(newMAC, part(macLength))
	key, iv := part(keyLength), part(ivLength)
	if newCipher == nil {
		return openerStream(mac, key, keyLength)
	}
	block, err := newCipher(key)
	if err != nil {
		return nil
	}
	if s.version >= iana.TLS11 {
		iv = nil
	}
	return openerCBC(mac, block, iv, s.encryptThenMAC)
}

// keyParts deals out a key block, in which every part stands for the client
// first and then for the server.
func keyParts(block []byte, direction Direction) func(length int) []byte {
	return func(length int) []byte {
		pair := block[:2*length]
		block = block[2*length:]
		return pair[int(direction)*length:][:length]
	}
}

// legacy returns the parts of a suite that is no AEAD: no cipher for RC4 and
// NULL, no MAC where the suite is not at hand.
func legacy(suite iana.CipherSuite) (newMAC func() hash.Hash, newCipher func([]byte) (cipher.Block, error), keyLength, blockSize int) {
	name := suite.Protection()
	at := strings.LastIndexByte(name, '_')
	if at < 0 {
		return nil, nil, 0, 0
	}
	switch name[at+1:] {
	case "MD5":
		newMAC = md5.New
	case "SHA":
		newMAC = sha1.New
	case "SHA256":
		newMAC = sha256.New
	case "SHA384":
		newMAC = sha512.New384
	}
	switch name[:at] {
	case "AES_128_CBC":
		return newMAC, aes.NewCipher, 16, aes.BlockSize
	case "AES_256_CBC":
		return newMAC, aes.NewCipher, 32, aes.BlockSize
	case "3DES_EDE_CBC":
		return newMAC, des.NewTripleDESCipher, 24, des.BlockSize
	case "DES_CBC":
		return newMAC, des.NewCipher, 8, des.BlockSize
	case "RC4_128":
		return newMAC, nil, 16, 0
	case "NULL":
		return newMAC, nil, 0, 0
	}
	return nil, nil, 0, 0
}

// streamOf is the cipher of RC4 suites; nil for NULL.
func streamOf(key []byte) *rc4.Cipher {
	if len(key) == 0 {
		return nil
	}
	stream, err := rc4.NewCipher(key)
	if err != nil {
		return nil // only for a length that no suite has
	}
	return stream
}
