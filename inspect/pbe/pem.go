package pbe

import (
	"crypto/md5" // the format's own key derivation, not a protection
	"fmt"
	"strings"
)

// saltSize is how much of the initialization vector salts the key.
const saltSize = 8

// PEMScheme is the encryption that a DEK-Info header names (RFC 1421, section
// 4.6.1.3): cipher is the header's first part, iv its second. The key comes
// from the password by MD5, as OpenSSL has it. The error wraps ErrUnsupported
// or ErrDamaged; the scheme has its name all the same and must not be used for
// more than that.
func PEMScheme(cipher string, iv []byte) (*Scheme, error) {
	var c suite
	switch cipher {
	case "DES-CBC":
		c = desCBC()
	case "DES-EDE3-CBC":
		c = tripleDES(24)
	case "AES-128-CBC":
		c = aesCBC(16)
	case "AES-192-CBC":
		c = aesCBC(24)
	case "AES-256-CBC":
		c = aesCBC(32)
	default:
		s := &Scheme{name: strings.Trim(fmt.Sprintf("%.40q", cipher), `"`)}
		return s, fmt.Errorf("%w: %s", ErrUnsupported, s.name)
	}
	s := &Scheme{name: c.name, suite: c, cost: cost{"MD5", 1, 3}}
	if len(iv) != c.blockSize {
		return s, fmt.Errorf("%w: an initialization vector of %d bytes for %s", ErrDamaged, len(iv), c.name)
	}
	s.derive = func(password []byte) (secret, _ []byte, _ error) {
		var last []byte
		for len(secret) < c.keySize {
			h := md5.New()
			h.Write(last)
			h.Write(password)
			h.Write(iv[:saltSize])
			last = h.Sum(nil)
			secret = append(secret, last...)
		}
		return secret[:c.keySize], iv, nil
	}
	return s, nil
}
