package cipherspec

import (
	"crypto/cipher"
	"encoding/binary"
	"io"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// MaxContent is the most that one record may carry, in bytes (RFC 8446,
// section 5.1).
const MaxContent = 1 << 14

// Sealer protects content of at most MaxContent bytes and appends the whole
// record to dst. It is called for every record in its order, with the sequence
// number. It is an error when no random bytes can be had.
type Sealer func(dst []byte, sequence uint64, kind uint8, content []byte) ([]byte, error)

// Sealer returns what seals the records that the client or the server sends;
// nil for a suite that is not supported. From random come the vectors of TLS
// 1.1 and later.
func (p Parameters) Sealer(master []byte, client bool, random io.Reader) Sealer {
	if create, keyLength := aead(p.Suite); create != nil {
		return sealAEAD(p.Version, p.aead(master, client, create, keyLength))
	}
	s, known := legacy(p.Suite)
	if !known {
		return nil
	}
	k := p.legacyKeys(s, master, client)
	mac := p.mac(s, k.mac)
	if s.newBlock == nil {
		return sealStream(p.Version, mac, k.key)
	}
	block, err := s.newBlock(k.key)
	if err != nil {
		return nil // only for a length that no suite has
	}
	if p.Version >= iana.TLS11 {
		k.iv = nil
	}
	return sealCBC(p.Version, random, cbc{mac, s.newMAC().Size(), block, k.iv, p.EncryptThenMAC, p.Version == iana.SSL30})
}

// begin appends a header whose length end sets.
func begin(dst []byte, h Header) []byte {
	return append(dst, h.Type, byte(h.Version>>8), byte(h.Version), 0, 0)
}

func end(record []byte, start int) []byte {
	binary.BigEndian.PutUint16(record[start+3:], uint16(len(record)-start-5))
	return record
}

// sealAEAD takes the sequence number for the part of the nonce that is sent
// (RFC 5288, section 3).
func sealAEAD(version iana.ProtocolVersion, a sealed) Sealer {
	return func(dst []byte, sequence uint64, kind uint8, content []byte) ([]byte, error) {
		h, start := Header{Type: kind, Version: version}, len(dst)
		explicit := binary.BigEndian.AppendUint64(nil, sequence)[:a.explicit]
		dst = append(begin(dst, h), explicit...)
		dst = a.Seal(dst, a.nonce(sequence, explicit), content, additional(sequence, h, len(content)))
		return end(dst, start), nil
	}
}

func sealStream(version iana.ProtocolVersion, mac macFunc, key []byte) Sealer {
	rc4 := stream(key)
	return func(dst []byte, sequence uint64, kind uint8, content []byte) ([]byte, error) {
		h, start := Header{Type: kind, Version: version}, len(dst)
		dst = append(begin(dst, h), content...)
		dst = append(dst, mac(sequence, h, content)...)
		if body := dst[start+5:]; rc4 != nil {
			rc4.XORKeyStream(body, body)
		}
		return end(dst, start), nil
	}
}

func sealCBC(version iana.ProtocolVersion, random io.Reader, c cbc) Sealer {
	size, chained := c.block.BlockSize(), c.iv != nil
	return func(dst []byte, sequence uint64, kind uint8, content []byte) ([]byte, error) {
		h, start := Header{Type: kind, Version: version}, len(dst)
		dst = begin(dst, h)
		vector := c.iv
		if !chained {
			vector = make([]byte, size)
			if _, err := io.ReadFull(random, vector); err != nil {
				return nil, err
			}
			dst = append(dst, vector...)
		}
		first := len(dst)
		dst = append(dst, content...)
		if !c.encryptThenMAC {
			dst = append(dst, c.mac(sequence, h, content)...)
		}
		padding := size - 1 - (len(dst)-first)%size
		for range padding + 1 {
			dst = append(dst, byte(padding))
		}
		body := dst[first:]
		cipher.NewCBCEncrypter(c.block, vector).CryptBlocks(body, body)
		if chained {
			c.iv = append([]byte(nil), body[len(body)-size:]...)
		}
		if c.encryptThenMAC {
			dst = append(dst, c.mac(sequence, h, dst[start+5:])...)
		}
		return end(dst, start), nil
	}
}
