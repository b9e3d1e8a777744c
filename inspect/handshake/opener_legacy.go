package handshake

import (
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"
	"hash"
)

// additional is what a record's authentication covers besides its content
// (RFC 5246, section 6.2.3.3).
func additional(sequence uint64, r record, length int) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 13), sequence)
	b = append(b, byte(r.kind), byte(r.version>>8), byte(r.version))
	return binary.BigEndian.AppendUint16(b, uint16(length))
}

// openerAEAD opens records of TLS 1.2 under AES-GCM (RFC 5288) and ChaCha20
// with Poly1305 (RFC 7905).
func openerAEAD(s *session, master []byte, direction Direction, create func([]byte) (cipher.AEAD, error), keyLength int) opener {
	fixed, explicit := 4, 8
	if keyLength == 32 && s.suite.Protection()[0] == 'C' { // ChaCha20 sends no part of the nonce
		fixed, explicit = 12, 0
	}
	part := keyParts(keyBlock(s, master, 2*(keyLength+fixed)), direction)
	sealed, err := create(part(keyLength))
	if err != nil {
		return nil
	}
	iv := part(fixed)
	return func(dst []byte, sequence uint64, r record, body []byte) ([]byte, bool) {
		if len(body) < explicit+sealed.Overhead() {
			return dst, false
		}
		nonce := append(append([]byte(nil), iv...), body[:explicit]...)
		if explicit == 0 {
			nonce = nonceXOR(iv, sequence)
		}
		body = body[explicit:]
		plain, err := sealed.Open(dst, nonce, body, additional(sequence, r, len(body)-sealed.Overhead()))
		return plain, err == nil
	}
}

// authentic checks the MAC of a record.
func authentic(mac hash.Hash, sequence uint64, r record, content, sum []byte) bool {
	mac.Reset()
	mac.Write(additional(sequence, r, len(content)))
	mac.Write(content)
	return hmac.Equal(mac.Sum(nil), sum)
}

// openerStream opens records under RC4 or no cipher (RFC 5246, section
// 6.2.3.1).
func openerStream(mac hash.Hash, key []byte, keyLength int) opener {
	stream := streamOf(key)
	return func(dst []byte, sequence uint64, r record, body []byte) ([]byte, bool) {
		n := len(body) - mac.Size()
		if n < 0 || stream == nil && keyLength > 0 {
			return dst, false
		}
		start := len(dst)
		dst = append(dst, body...)
		if plain := dst[start:]; stream != nil {
			stream.XORKeyStream(plain, plain)
		}
		plain := dst[start:]
		return dst[:start+n], authentic(mac, sequence, r, plain[:n], plain[n:])
	}
}

// openerCBC opens records under a block cipher (RFC 5246, section 6.2.3.2).
// In TLS 1.0 the vector is the end of the record before, and iv starts the
// row; later every record brings its own, and iv is nil. With encryptThenMAC
// (RFC 7366) the MAC stands outside.
//
// The content is only looked at, nobody learns how long a check took: it need
// not run in constant time.
func openerCBC(mac hash.Hash, block cipher.Block, iv []byte, encryptThenMAC bool) opener {
	size := block.BlockSize()
	chained := iv != nil
	return func(dst []byte, sequence uint64, r record, body []byte) ([]byte, bool) {
		if encryptThenMAC {
			n := len(body) - mac.Size()
			if n < 0 || !authentic(mac, sequence, r, body[:n], body[n:]) {
				return dst, false
			}
			body = body[:n]
		}
		vector := iv
		if !chained && len(body) >= size {
			vector, body = body[:size], body[size:]
		}
		if len(vector) != size || len(body) == 0 || len(body)%size != 0 {
			return dst, false
		}
		if chained {
			iv = append([]byte(nil), body[len(body)-size:]...)
		}
		start := len(dst)
		dst = append(dst, body...)
		plain := dst[start:]
		cipher.NewCBCDecrypter(block, vector).CryptBlocks(plain, plain)
		n := len(plain) - 1 - int(plain[len(plain)-1])
		if !encryptThenMAC {
			n -= mac.Size()
		}
		if n < 0 {
			return dst, false
		}
		if !encryptThenMAC && !authentic(mac, sequence, r, plain[:n], plain[n:n+mac.Size()]) {
			return dst, false
		}
		return dst[:start+n], true
	}
}
