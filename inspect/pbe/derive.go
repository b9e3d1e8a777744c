package pbe

import (
	"crypto/md5"  // old files, not a protection
	"crypto/sha1" // old files, not a protection
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// hashFunction is a hash, and how long it takes in iterations of MaxWork.
type hashFunction struct {
	name   string
	make   func() hash.Hash
	weight int64
}

func md5Hash() hashFunction  { return hashFunction{"MD5", md5.New, 2} }
func sha1Hash() hashFunction { return hashFunction{"SHA-1", sha1.New, 1} }

// hashByOID knows the digests and their HMAC by number (RFC 8018, appendix B.1).
func hashByOID(oid string) (hashFunction, bool) {
	const hmac, sha2 = "1.2.840.113549.2.", "2.16.840.1.101.3.4.2."
	switch oid {
	case hmac + "5":
		return md5Hash(), true
	case hmac + "7", "1.3.14.3.2.26":
		return sha1Hash(), true
	case hmac + "8", sha2 + "4":
		return hashFunction{"SHA-224", sha256.New224, 1}, true
	case hmac + "9", sha2 + "1":
		return hashFunction{"SHA-256", sha256.New, 1}, true
	case hmac + "10", sha2 + "2":
		return hashFunction{"SHA-384", sha512.New384, 3}, true
	case hmac + "11", sha2 + "3":
		return hashFunction{"SHA-512", sha512.New, 3}, true
	case hmac + "12", sha2 + "5":
		return hashFunction{"SHA-512/224", sha512.New512_224, 3}, true
	case hmac + "13", sha2 + "6":
		return hashFunction{"SHA-512/256", sha512.New512_256, 3}, true
	}
	return hashFunction{name: algorithmName(oid)}, false
}

// blocks is how many hash values make size bytes.
func (h hashFunction) blocks(size int) int64 {
	n := h.make().Size()
	return int64((size + n - 1) / n)
}

// pbkdf1 is RFC 8018, section 5.1; it returns the whole last hash.
func pbkdf1(h hashFunction, password, salt []byte, count int64) []byte {
	d := h.make()
	d.Write(password)
	d.Write(salt)
	sum := d.Sum(nil)
	for ; count > 1; count-- {
		d.Reset()
		d.Write(sum)
		sum = d.Sum(sum[:0])
	}
	return sum
}

// What a key of PKCS#12 is for (RFC 7292, appendix B.3).
const (
	purposeKey = 1
	purposeIV  = 2
	purposeMAC = 3
)

// pkcs12Key is RFC 7292, appendix B.2, for a password in the encoding of
// bmpString.
func pkcs12Key(h hashFunction, purpose byte, bmp, salt []byte, count int64, size int) []byte {
	d := h.make()
	v := d.BlockSize()
	diversifier := make([]byte, v)
	for i := range diversifier {
		diversifier[i] = purpose
	}
	input := append(fill(salt, v), fill(bmp, v)...)
	var out []byte
	for len(out) < size {
		if len(out) > 0 {
			last := fill(out[len(out)-d.Size():], v)
			for at := 0; at < len(input); at += v {
				addPlusOne(input[at:at+v], last)
			}
		}
		d.Reset()
		d.Write(diversifier)
		d.Write(input)
		sum := d.Sum(nil)
		for range count - 1 {
			d.Reset()
			d.Write(sum)
			sum = d.Sum(sum[:0])
		}
		out = append(out, sum...)
	}
	return out[:size]
}

// fill repeats text until it fills blocks of v bytes.
func fill(text []byte, v int) []byte {
	out := make([]byte, (len(text)+v-1)/v*v)
	for i := range out {
		out[i] = text[i%len(text)]
	}
	return out
}

// addPlusOne adds two numbers of equal length and 1, and drops the carry.
func addPlusOne(sum, b []byte) {
	carry := 1
	for i := len(sum) - 1; i >= 0; i-- {
		carry += int(sum[i]) + int(b[i])
		sum[i] = byte(carry)
		carry >>= 8
	}
}
