package cipherspec

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"encoding/binary"
	"hash"
)

// expandSSL30 makes the master secret and the key block of SSL 3.0 (RFC 6101,
// sections 6.1 and 6.2.2).
func expandSSL30(secret, seed []byte, length int) []byte {
	var out []byte
	for i := 1; len(out) < length; i++ {
		inner := sha1.New()
		inner.Write(bytes.Repeat([]byte{byte('A' + i - 1)}, i))
		inner.Write(secret)
		inner.Write(seed)
		outer := md5.New()
		outer.Write(secret)
		outer.Write(inner.Sum(nil))
		out = outer.Sum(out)
	}
	return out[:length]
}

// exportSSL30 makes the last key and vector of export suites (RFC 6101,
// section 6.2.2.1).
func exportSSL30(p Parameters, key []byte, client bool, s parts) (final, iv []byte) {
	first, second := p.ServerRandom, p.ClientRandom
	if client {
		first, second = second, first
	}
	vector := md5.Sum(join(first, second))
	stretched := md5.Sum(append(append([]byte(nil), key...), join(first, second)...))
	return stretched[:s.keyLength], vector[:s.blockSize]
}

// pads are pad_1 and pad_2 of a hash (RFC 6101, section 5.2.3.1).
func pads(h hash.Hash) (first, second []byte) {
	n := 48
	if h.Size() == sha1.Size {
		n = 40
	}
	return bytes.Repeat([]byte{0x36}, n), bytes.Repeat([]byte{0x5C}, n)
}

// digestSSL30 is MD5 and SHA-1 over messages, sender and master secret, as in
// Finished (RFC 6101, section 5.6.9) and, without a sender, CertificateVerify.
func digestSSL30(master []byte, sender string, messages []byte) []byte {
	var out []byte
	for _, h := range []hash.Hash{md5.New(), sha1.New()} {
		first, second := pads(h)
		h.Write(messages)
		h.Write([]byte(sender))
		h.Write(master)
		h.Write(first)
		inner := h.Sum(nil)
		h.Reset()
		h.Write(master)
		h.Write(second)
		h.Write(inner)
		out = h.Sum(out)
	}
	return out
}

// macSSL30 is the forerunner of HMAC (RFC 6101, section 5.2.3.1). It does not
// cover the version.
func macSSL30(h hash.Hash, key []byte) macFunc {
	first, second := pads(h)
	return func(sequence uint64, r Header, content []byte) []byte {
		b := append(binary.BigEndian.AppendUint64(nil, sequence), r.Type)
		b = binary.BigEndian.AppendUint16(b, uint16(len(content)))
		h.Reset()
		h.Write(key)
		h.Write(first)
		h.Write(b)
		h.Write(content)
		inner := h.Sum(nil)
		h.Reset()
		h.Write(key)
		h.Write(second)
		h.Write(inner)
		return h.Sum(nil)
	}
}
