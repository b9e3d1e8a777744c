package cipherspec

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"hash"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// expandLabel is HKDF-Expand-Label (RFC 8446, section 7.1).
func expandLabel(h func() hash.Hash, secret []byte, label string, context []byte, length int) []byte {
	var info cryptobyte.Builder
	info.AddUint16(uint16(length))
	info.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte("tls13 " + label)) })
	info.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(context) })
	out, err := hkdf.Expand(h, secret, string(info.BytesOrPanic()), length)
	if err != nil {
		return nil // only for a length that no caller asks for
	}
	return out
}

// Schedule is the key schedule of TLS 1.3 (RFC 8446, section 7.1) without
// pre-shared keys.
type Schedule struct {
	hash   func() hash.Hash
	secret []byte
}

// NewSchedule begins with the early secret.
func NewSchedule(suite iana.CipherSuite) *Schedule {
	s := &Schedule{hash: Hash(suite)}
	s.secret = s.extract(nil, nil)
	return s
}

// Advance goes on to the next stage with its input: the shared secret for the
// handshake, then nil for the master secret.
func (s *Schedule) Advance(input []byte) {
	s.secret = s.extract(s.Secret("derived", nil), input)
}

// Secret is Derive-Secret of the stage over the messages so far.
func (s *Schedule) Secret(label string, messages []byte) []byte {
	return expandLabel(s.hash, s.secret, label, sum(s.hash, messages), s.hash().Size())
}

func (s *Schedule) extract(salt, input []byte) []byte {
	if input == nil {
		input = make([]byte, s.hash().Size())
	}
	out, err := hkdf.Extract(s.hash, input, salt)
	if err != nil {
		return nil // only where the hash is not allowed
	}
	return out
}

// Finished13 returns the verify_data of the side that has a traffic secret,
// over the messages before it (RFC 8446, section 4.4.4).
func Finished13(suite iana.CipherSuite, traffic, messages []byte) []byte {
	h := Hash(suite)
	mac := hmac.New(h, expandLabel(h, traffic, "finished", nil, h().Size()))
	mac.Write(sum(h, messages))
	return mac.Sum(nil)
}

// Update returns the traffic secret that follows KeyUpdate (RFC 8446, section
// 7.2).
func Update(suite iana.CipherSuite, traffic []byte) []byte {
	h := Hash(suite)
	return expandLabel(h, traffic, "traffic upd", nil, h().Size())
}

func sum(h func() hash.Hash, messages []byte) []byte {
	s := h()
	s.Write(messages)
	return s.Sum(nil)
}

func aead13(suite iana.CipherSuite, traffic []byte) (a cipher.AEAD, iv []byte) {
	create, keyLength := aead(suite)
	if create == nil {
		return nil, nil
	}
	h := Hash(suite)
	a, err := create(expandLabel(h, traffic, "key", nil, keyLength))
	if err != nil {
		return nil, nil // only for a length that no suite has
	}
	return a, expandLabel(h, traffic, "iv", nil, a.NonceSize())
}

// Opener13 opens records under a traffic secret (RFC 8446, section 5.2); nil
// for a suite that is not supported.
func Opener13(suite iana.CipherSuite, traffic []byte) Opener {
	a, iv := aead13(suite, traffic)
	if a == nil {
		return nil
	}
	return func(dst []byte, sequence uint64, h Header, body []byte) ([]byte, bool) {
		header := [5]byte{h.Type, byte(h.Version >> 8), byte(h.Version), byte(h.Length >> 8), byte(h.Length)}
		plain, err := a.Open(dst, nonceXOR(iv, sequence), body, header[:])
		return plain, err == nil
	}
}

// Sealer13 seals records under a traffic secret, without padding; nil for a
// suite that is not supported.
func Sealer13(suite iana.CipherSuite, traffic []byte) Sealer {
	a, iv := aead13(suite, traffic)
	if a == nil {
		return nil
	}
	const posed = 23 // application_data, whatever it carries
	return func(dst []byte, sequence uint64, kind uint8, content []byte) ([]byte, error) {
		start, length := len(dst), len(content)+1+a.Overhead()
		dst = append(dst, posed, 3, 3, byte(length>>8), byte(length))
		inner := append(append(make([]byte, 0, len(content)+1), content...), kind)
		return a.Seal(dst, nonceXOR(iv, sequence), inner, dst[start:]), nil
	}
}
