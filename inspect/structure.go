package inspect

import (
	"encoding/asn1"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// structure is what a piece of DER is by its own build, whatever label or file
// name it goes under.
type structure int

const (
	structUnknown     structure = iota
	structCertificate           // RFC 5280, section 4.1
	structRequest               // RFC 2986, section 4
	structCRL                   // RFC 5280, section 5.1
	structPKCS7                 // RFC 2315, section 7
	structPKCS12                // RFC 7292, section 4
	structPrivateKey            // RFC 8017 A.1.2, RFC 5958, RFC 5915, and DSA's
	structPublicKey             // RFC 5280, section 4.1.2.7, RFC 8017 A.1.1
	structParameters            // a bare OID, the curve that openssl ecparam writes, or numbers
)

func (s structure) String() string {
	return [...]string{
		"something unknown", "a certificate", "a certificate request", "a revocation list",
		"PKCS#7", "PKCS#12", "a private key", "a public key", "parameters",
	}[s]
}

// kind is the kind of object that the structure makes.
func (s structure) kind() Kind {
	switch s {
	case structCertificate:
		return KindCertificate
	case structRequest:
		return KindCSR
	case structCRL:
		return KindCRL
	case structPKCS7:
		return KindPKCS7
	case structPrivateKey:
		return KindPrivateKey
	case structPublicKey:
		return KindPublicKey
	}
	return KindOther
}

// structureOf looks at the first few elements only, so that a damaged object is
// still told for what it is. BER's indefinite lengths count as DER's.
func structureOf(der []byte) structure {
	input := cryptobyte.String(der)
	if peek(input) == cbasn1.OBJECT_IDENTIFIER {
		return structParameters
	}
	body, ok := open(input)
	if !ok {
		return structUnknown
	}
	switch peek(body) {
	case cbasn1.OBJECT_IDENTIFIER:
		return structPKCS7
	case cbasn1.INTEGER:
		return afterInteger(body)
	case cbasn1.SEQUENCE:
		return afterSequence(body)
	}
	return structUnknown
}

// afterInteger: keys and PKCS#12 begin with a version number, a bare public key
// and parameters with one of their own numbers.
func afterInteger(body cryptobyte.String) structure {
	var first cryptobyte.String
	if !body.ReadASN1(&first, cbasn1.INTEGER) {
		return structUnknown
	}
	switch peek(body) {
	case cbasn1.SEQUENCE:
		inner, _ := open(body)
		return afterVersion(inner)
	case cbasn1.OCTET_STRING:
		return structPrivateKey // SEC 1
	case cbasn1.INTEGER:
		if len(first) == 1 {
			return structPrivateKey // PKCS#1 or DSA, of version 0 or 1
		}
		if body.SkipASN1(cbasn1.INTEGER) && !body.Empty() {
			return structParameters // DSA's, or Diffie-Hellman's with a length
		}
		return structPublicKey // PKCS#1: modulus and exponent
	}
	return structUnknown
}

// afterVersion tells by the first object identifier what follows a version.
func afterVersion(inner cryptobyte.String) structure {
	var oid asn1.ObjectIdentifier
	if !inner.ReadASN1ObjectIdentifier(&oid) {
		return structPrivateKey // PKCS#8 that is cut off
	}
	switch text := oid.String(); {
	case text == "1.2.840.113549.1.7.1" || text == "1.2.840.113549.1.7.2":
		return structPKCS12
	case strings.HasPrefix(text, "1.2.840.10045.1."):
		return structParameters // a curve by its own numbers, RFC 3279, section 2.3.5
	}
	return structPrivateKey // PKCS#8
}

// afterSequence: signed things, public keys and encrypted PKCS#8.
func afterSequence(body cryptobyte.String) structure {
	first, _ := open(body)
	if peek(first) == cbasn1.OBJECT_IDENTIFIER { // an AlgorithmIdentifier
		if !body.SkipASN1(cbasn1.SEQUENCE) {
			return structUnknown
		}
		switch peek(body) {
		case cbasn1.OCTET_STRING:
			return structPrivateKey // encrypted PKCS#8
		case cbasn1.BIT_STRING:
			return structPublicKey
		}
		return structUnknown
	}
	return toBeSigned(first)
}

// toBeSigned tells certificates, requests and revocation lists apart by what
// follows their version and serial number.
func toBeSigned(tbs cryptobyte.String) structure {
	version := cbasn1.Tag(0).Constructed().ContextSpecific()
	if peek(tbs) == version {
		return structCertificate
	}
	if peek(tbs) == cbasn1.INTEGER {
		tbs.SkipASN1(cbasn1.INTEGER)
	}
	algorithm, ok := open(tbs)
	if !ok {
		return structUnknown
	}
	switch peek(algorithm) {
	case cbasn1.OBJECT_IDENTIFIER:
	case cbasn1.SET, 0:
		return structRequest // a name stands where others have an algorithm
	default:
		return structUnknown // an attribute certificate for instance
	}
	for range 2 { // the algorithm and the issuer
		if !tbs.SkipASN1(cbasn1.SEQUENCE) {
			return structCertificate
		}
	}
	if tag := peek(tbs); tag == cbasn1.UTCTime || tag == cbasn1.GeneralizedTime {
		return structCRL
	}
	return structCertificate
}

// peek returns the tag of the next element, 0 when there is none.
func peek(s cryptobyte.String) cbasn1.Tag {
	if len(s) == 0 {
		return 0
	}
	return cbasn1.Tag(s[0])
}

// open returns what stands inside the next SEQUENCE, as far as it is there:
// the length is not held against the file's end.
func open(s cryptobyte.String) (cryptobyte.String, bool) {
	if len(s) < 2 || s[0] != byte(cbasn1.SEQUENCE) {
		return nil, false
	}
	header := 2
	length := int(s[1])
	switch {
	case length == 0x80: // indefinite
		return s[2:], true
	case length > 0x84:
		return nil, false
	case length > 0x80:
		header += length - 0x80
		if len(s) < header {
			return nil, false
		}
		length = 0
		for _, b := range s[2:header] {
			length = length<<8 | int(b)
		}
	}
	body := s[header:]
	return body[:min(max(length, 0), len(body))], true
}
