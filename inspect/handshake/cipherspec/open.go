package cipherspec

import (
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Header is that of a record (RFC 8446, section 5.1).
type Header struct {
	Type    uint8
	Version iana.ProtocolVersion
	// Length is that of the protected content, in bytes.
	Length int
}

// Opener takes the protection off the content of a record, the one with a
// sequence number, and appends what is left to dst. It returns false when the
// record is not authentic; dst is then of no use, and the Opener neither. It
// is called for every record in its order. The content of TLS 1.3 still has
// its type and padding at the end.
type Opener func(dst []byte, sequence uint64, h Header, body []byte) ([]byte, bool)

// Opener returns what opens the records that the client or the server sends;
// nil for a suite that is not supported.
func (p Parameters) Opener(master []byte, client bool) Opener {
	if create, keyLength := aead(p.Suite); create != nil {
		return openAEAD(p.aead(master, client, create, keyLength))
	}
	s, known := legacy(p.Suite)
	if !known {
		return nil
	}
	k := p.legacyKeys(s, master, client)
	mac := p.mac(s, k.mac)
	if s.newBlock == nil {
		return openStream(mac, s, k.key)
	}
	block, err := s.newBlock(k.key)
	if err != nil {
		return nil // only for a length that no suite has
	}
	if p.Version >= iana.TLS11 {
		k.iv = nil
	}
	return openCBC(cbc{mac, s.newMAC().Size(), block, k.iv, p.EncryptThenMAC, p.Version == iana.SSL30})
}

// sealed is an AEAD under keys of TLS 1.2.
type sealed struct {
	cipher.AEAD
	iv       []byte
	explicit int // bytes of the nonce that every record brings
}

func (p Parameters) aead(master []byte, client bool, create func([]byte) (cipher.AEAD, error), keyLength int) sealed {
	fixed, explicit := 4, 8
	if p.Suite.Protection()[0] == 'C' { // ChaCha20 sends no part of the nonce
		fixed, explicit = 12, 0
	}
	k := p.keys(master, client, 0, keyLength, fixed)
	a, err := create(k.key)
	if err != nil {
		return sealed{} // only for a length that no suite has
	}
	return sealed{a, k.iv, explicit}
}

func (a sealed) nonce(sequence uint64, explicit []byte) []byte {
	if a.explicit == 0 {
		return nonceXOR(a.iv, sequence)
	}
	return join(a.iv, explicit)
}

// openAEAD opens records of TLS 1.2 under AES-GCM (RFC 5288) and ChaCha20 with
// Poly1305 (RFC 7905).
func openAEAD(a sealed) Opener {
	return func(dst []byte, sequence uint64, h Header, body []byte) ([]byte, bool) {
		if len(body) < a.explicit+a.Overhead() {
			return dst, false
		}
		nonce := a.nonce(sequence, body[:a.explicit])
		body = body[a.explicit:]
		plain, err := a.Open(dst, nonce, body, additional(sequence, h, len(body)-a.Overhead()))
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

// additional is what a record's authentication covers besides its content
// (RFC 5246, section 6.2.3.3).
func additional(sequence uint64, h Header, length int) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 13), sequence)
	b = append(b, h.Type, byte(h.Version>>8), byte(h.Version))
	return binary.BigEndian.AppendUint16(b, uint16(length))
}

// macFunc computes the MAC of a record.
type macFunc func(sequence uint64, h Header, content []byte) []byte

func (p Parameters) mac(s parts, key []byte) macFunc {
	if p.Version == iana.SSL30 {
		return macSSL30(s.newMAC(), key)
	}
	mac := hmac.New(s.newMAC, key)
	return func(sequence uint64, h Header, content []byte) []byte {
		mac.Reset()
		mac.Write(additional(sequence, h, len(content)))
		mac.Write(content)
		return mac.Sum(nil)
	}
}

func (m macFunc) authentic(sequence uint64, h Header, content, sum []byte) bool {
	return hmac.Equal(m(sequence, h, content), sum)
}

// openStream opens records under RC4 or no cipher (RFC 5246, section 6.2.3.1).
func openStream(mac macFunc, s parts, key []byte) Opener {
	size, rc4 := s.newMAC().Size(), stream(key)
	return func(dst []byte, sequence uint64, h Header, body []byte) ([]byte, bool) {
		n := len(body) - size
		if n < 0 {
			return dst, false
		}
		start := len(dst)
		dst = append(dst, body...)
		plain := dst[start:]
		if rc4 != nil {
			rc4.XORKeyStream(plain, plain)
		}
		return dst[:start+n], mac.authentic(sequence, h, plain[:n], plain[n:])
	}
}

// cbc is a block cipher under keys. In TLS 1.0 the vector is the end of the
// record before, and iv starts the row; later every record brings its own, and
// iv is nil.
type cbc struct {
	mac     macFunc
	macSize int
	block   cipher.Block
	iv      []byte
	// encryptThenMAC (RFC 7366): the MAC stands outside.
	encryptThenMAC bool
	ssl30          bool
}

// openCBC opens records under a block cipher (RFC 5246, section 6.2.3.2). The
// MAC is computed even where the padding is wrong, as that section asks; it
// does not hide all differences in time.
func openCBC(c cbc) Opener {
	size, chained := c.block.BlockSize(), c.iv != nil
	return func(dst []byte, sequence uint64, h Header, body []byte) ([]byte, bool) {
		if c.encryptThenMAC {
			n := len(body) - c.macSize
			if n < 0 || !c.mac.authentic(sequence, h, body[:n], body[n:]) {
				return dst, false
			}
			body = body[:n]
		}
		vector := c.iv
		if !chained && len(body) >= size {
			vector, body = body[:size], body[size:]
		}
		if len(vector) != size || len(body) == 0 || len(body)%size != 0 {
			return dst, false
		}
		if chained {
			c.iv = append([]byte(nil), body[len(body)-size:]...)
		}
		start := len(dst)
		dst = append(dst, body...)
		plain := dst[start:]
		cipher.NewCBCDecrypter(c.block, vector).CryptBlocks(plain, plain)
		n, ok := c.unpad(plain)
		if c.encryptThenMAC {
			return dst[:start+n], ok
		}
		if n -= c.macSize; n < 0 {
			return dst, false
		}
		return dst[:start+n], c.mac.authentic(sequence, h, plain[:n], plain[n:n+c.macSize]) && ok
	}
}

// unpad returns the length without padding, which is taken to be none where it
// is wrong. In SSL 3.0 only its length is set (RFC 6101, section 5.2.3.2).
func (c *cbc) unpad(plain []byte) (n int, ok bool) {
	padding := int(plain[len(plain)-1])
	n = len(plain) - 1 - padding
	if n < 0 {
		return len(plain), false
	}
	if c.ssl30 {
		return n, padding < c.block.BlockSize()
	}
	for _, b := range plain[n:] {
		if int(b) != padding {
			return len(plain), false
		}
	}
	return n, true
}
