package cipherspec

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"hash"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Parameters are the security parameters of a connection up to TLS 1.2 (RFC
// 5246, section 6.1) as far as the two hello messages settle them.
type Parameters struct {
	Version      iana.ProtocolVersion
	Suite        iana.CipherSuite
	ClientRandom []byte
	ServerRandom []byte
	// EncryptThenMAC is set where both sides want it (RFC 7366).
	EncryptThenMAC bool
}

// The labels of Finished (RFC 5246, section 7.4.9).
const (
	clientFinished = "client finished"
	serverFinished = "server finished"
)

// masterLength is that of every master secret (RFC 5246, section 8.1).
const masterLength = 48

// MasterSecret makes the master secret from what the key exchange gave.
func (p Parameters) MasterSecret(premaster []byte) []byte {
	seed := join(p.ClientRandom, p.ServerRandom)
	if p.Version == iana.SSL30 {
		return expandSSL30(premaster, seed, masterLength)
	}
	return p.prf(premaster, "master secret", seed, masterLength)
}

// ExtendedMasterSecret makes it from the messages up to ClientKeyExchange, too
// (RFC 7627, section 4).
func (p Parameters) ExtendedMasterSecret(premaster, messages []byte) []byte {
	return p.prf(premaster, "extended master secret", p.digest(messages), masterLength)
}

// Finished returns the verify_data of the client or the server over the
// messages before it.
func (p Parameters) Finished(master []byte, client bool, messages []byte) []byte {
	label, sender := serverFinished, "SRVR"
	if client {
		label, sender = clientFinished, "CLNT"
	}
	if p.Version == iana.SSL30 {
		return digestSSL30(master, sender, messages)
	}
	return p.prf(master, label, p.digest(messages), 12)
}

// Digest returns what CertificateVerify signs up to TLS 1.1: MD5, 16 bytes,
// and SHA-1 of the messages before it (RFC 4346, section 7.4.8), of which keys
// other than RSA take SHA-1 alone. SSL 3.0 mixes the master secret in.
func (p Parameters) Digest(master, messages []byte) []byte {
	if p.Version == iana.SSL30 {
		return digestSSL30(master, "", messages)
	}
	return p.digest(messages)
}

// digest is the hash over messages that goes into the PRF.
func (p Parameters) digest(messages []byte) []byte {
	if p.Version >= iana.TLS12 {
		h := Hash(p.Suite)()
		h.Write(messages)
		return h.Sum(nil)
	}
	first, second := md5.Sum(messages), sha1.Sum(messages)
	return join(first[:], second[:])
}

// prf is that of RFC 5246, section 5; before TLS 1.2 two hashes share the work
// (RFC 2246, section 5).
func (p Parameters) prf(secret []byte, label string, seed []byte, length int) []byte {
	seed = join([]byte(label), seed)
	if p.Version >= iana.TLS12 {
		return pHash(Hash(p.Suite), secret, seed, length)
	}
	middle := (len(secret) + 1) / 2
	out := pHash(md5.New, secret[:middle], seed, length)
	for i, b := range pHash(sha1.New, secret[len(secret)-middle:], seed, length) {
		out[i] ^= b
	}
	return out
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
		a = mac.Sum(a[:0])
	}
	return out[:length]
}

// keys are those of one direction.
type keys struct{ mac, key, iv []byte }

// keys cuts the key block, in which every part stands for the client first and
// then for the server (RFC 5246, section 6.3).
func (p Parameters) keys(master []byte, client bool, macLength, keyLength, ivLength int) keys {
	seed := join(p.ServerRandom, p.ClientRandom)
	length := 2 * (macLength + keyLength + ivLength)
	var block []byte
	if p.Version == iana.SSL30 {
		block = expandSSL30(master, seed, length)
	} else {
		block = p.prf(master, "key expansion", seed, length)
	}
	part := func(length int) []byte {
		pair := block[:2*length]
		block = block[2*length:]
		if client {
			return pair[:length]
		}
		return pair[length:]
	}
	return keys{part(macLength), part(keyLength), part(ivLength)}
}

// legacyKeys are the keys of a suite that is no AEAD. Those of export suites
// are stretched from few secret bytes (RFC 2246, section 6.3.1).
func (p Parameters) legacyKeys(s parts, master []byte, client bool) keys {
	k := p.keys(master, client, s.newMAC().Size(), s.material, s.blockSize)
	if !s.export {
		return k
	}
	seed := join(p.ClientRandom, p.ServerRandom)
	if p.Version == iana.SSL30 {
		k.key, k.iv = exportSSL30(p, k.key, client, s)
		return k
	}
	label := "server write key"
	if client {
		label = "client write key"
	}
	k.key = p.prf(k.key, label, seed, s.keyLength)
	vectors := p.prf(nil, "IV block", seed, 2*s.blockSize)
	if client {
		k.iv = vectors[:s.blockSize]
	} else {
		k.iv = vectors[s.blockSize:]
	}
	return k
}

func join(a, b []byte) []byte { return append(append(make([]byte, 0, len(a)+len(b)), a...), b...) }
