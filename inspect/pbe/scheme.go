package pbe

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Scheme is an encryption with all its parameters but the password.
type Scheme struct {
	name  string
	suite suite
	cost  cost
	// derive makes key and initialization vector out of the password.
	derive func(password []byte) (secret, iv []byte, err error)
}

// Name names the encryption, for instance "PBES2 with AES-256-CBC".
func (s *Scheme) Name() string { return s.name }

// Decrypt opens ciphertext with a password in UTF-8. For the algorithms of
// PKCS#12 a nil password is the absent one and an empty one is the empty
// string, which make two keys (RFC 7292, appendix B.1). The error wraps
// ErrWork, ErrDamaged or ErrPadding; with ErrPadding the decrypted bytes are
// returned as they are.
func (s *Scheme) Decrypt(ciphertext, password []byte, work *Work) ([]byte, error) {
	if s.suite.blockSize > 0 && (len(ciphertext) == 0 || len(ciphertext)%s.suite.blockSize != 0) {
		return nil, fmt.Errorf("%w: %d encrypted bytes are no whole number of %s blocks",
			ErrDamaged, len(ciphertext), s.suite.name)
	}
	if err := work.spend(s.cost); err != nil {
		return nil, err
	}
	secret, iv, err := s.derive(password)
	if err != nil {
		return nil, err
	}
	return s.suite.decrypt(secret, iv, ciphertext)
}

// ReadScheme reads a DER AlgorithmIdentifier. The error wraps ErrUnsupported,
// ErrWork or ErrDamaged; the scheme has its name all the same and must not be
// used for more than that.
func ReadScheme(algorithm []byte) (*Scheme, error) {
	in := cryptobyte.String(algorithm)
	id, ok := readIdentifier(&in)
	if !ok || !in.Empty() {
		return &Scheme{name: "an unreadable algorithm"}, fmt.Errorf("%w: no algorithm", ErrDamaged)
	}
	s, err := readScheme(id)
	if err == nil {
		err = new(Work).spend(s.cost) // refused before anybody is asked for a password
	}
	return &s, err
}

func readScheme(id identifier) (Scheme, error) {
	const pkcs5, pkcs12 = "1.2.840.113549.1.5.", "1.2.840.113549.1.12.1."
	switch id.oid {
	case pkcs5 + "3":
		return readPBES1("pbeWithMD5AndDES-CBC", md5Hash(), desCBC(), id.parameters)
	case pkcs5 + "6":
		return readPBES1("pbeWithMD5AndRC2-CBC", md5Hash(), rc2CBC(64, 8), id.parameters)
	case pkcs5 + "10":
		return readPBES1("pbeWithSHA1AndDES-CBC", sha1Hash(), desCBC(), id.parameters)
	case pkcs5 + "11":
		return readPBES1("pbeWithSHA1AndRC2-CBC", sha1Hash(), rc2CBC(64, 8), id.parameters)
	case pkcs5 + "13":
		return readPBES2(id.parameters)
	case pkcs12 + "1":
		return readPKCS12("pbeWithSHAAnd128BitRC4", rc4Stream(16), id.parameters)
	case pkcs12 + "2":
		return readPKCS12("pbeWithSHAAnd40BitRC4", rc4Stream(5), id.parameters)
	case pkcs12 + "3":
		return readPKCS12("pbeWithSHAAnd3-KeyTripleDES-CBC", tripleDES(24), id.parameters)
	case pkcs12 + "4":
		return readPKCS12("pbeWithSHAAnd2-KeyTripleDES-CBC", tripleDES(16), id.parameters)
	case pkcs12 + "5":
		return readPKCS12("pbeWithSHAAnd128BitRC2-CBC", rc2CBC(128, 16), id.parameters)
	case pkcs12 + "6":
		return readPKCS12("pbeWithSHAAnd40BitRC2-CBC", rc2CBC(40, 5), id.parameters)
	}
	s := Scheme{name: algorithmName(id.oid)}
	return s, fmt.Errorf("%w: %s", ErrUnsupported, s.name)
}

// readSaltAndCount reads the parameters that PBES1 and the encryption of
// PKCS#12 share (RFC 8018, appendix A.3; RFC 7292, appendix C).
func readSaltAndCount(in cryptobyte.String) (salt []byte, count int64, err error) {
	var sequence, octets cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() ||
		!sequence.ReadASN1(&octets, asn1.OCTET_STRING) {
		return nil, 0, fmt.Errorf("%w: no salt", ErrDamaged)
	}
	count, err = readCount(&sequence)
	if err == nil && !sequence.Empty() {
		err = fmt.Errorf("%w: bytes after the iteration count", ErrDamaged)
	}
	return octets, count, err
}

// readPBES1 is RFC 8018, section 6.1: one derived string gives the key and the
// initialization vector.
func readPBES1(name string, h hashFunction, c suite, in cryptobyte.String) (Scheme, error) {
	salt, count, err := readSaltAndCount(in)
	s := Scheme{name: name, suite: c, cost: cost{name, count, h.weight}}
	s.derive = func(password []byte) ([]byte, []byte, error) {
		derived := pbkdf1(h, password, salt, count)
		return derived[:8], derived[8:16], nil
	}
	return s, err
}

// readPKCS12 is RFC 7292, appendix C: key and initialization vector come from
// two derivations.
func readPKCS12(name string, c suite, in cryptobyte.String) (Scheme, error) {
	h := sha1Hash()
	salt, count, err := readSaltAndCount(in)
	weight := h.weight * (h.blocks(c.keySize) + h.blocks(c.blockSize))
	s := Scheme{name: name, suite: c, cost: cost{name, count, weight}}
	s.derive = func(password []byte) ([]byte, []byte, error) {
		bmp := bmpString(password)
		return pkcs12Key(h, purposeKey, bmp, salt, count, c.keySize),
			pkcs12Key(h, purposeIV, bmp, salt, count, c.blockSize), nil
	}
	return s, err
}

// readPBES2 is RFC 8018, section 6.2: any key derivation and any cipher.
func readPBES2(in cryptobyte.String) (Scheme, error) {
	var sequence cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() {
		return Scheme{name: "PBES2"}, fmt.Errorf("%w: no parameters of PBES2", ErrDamaged)
	}
	derivation, ok := readIdentifier(&sequence)
	if !ok {
		return Scheme{name: "PBES2"}, fmt.Errorf("%w: no key derivation in PBES2", ErrDamaged)
	}
	encryption, ok := readIdentifier(&sequence)
	if !ok || !sequence.Empty() {
		return Scheme{name: "PBES2"}, fmt.Errorf("%w: no cipher in PBES2", ErrDamaged)
	}
	c, iv, err := readCipher(encryption)
	s := Scheme{name: "PBES2 with " + c.name, suite: c}
	if err != nil {
		return s, err
	}
	k, err := readDerivation(derivation, c.keySize)
	s.cost = k.cost
	s.derive = func(password []byte) ([]byte, []byte, error) {
		secret, err := k.derive(password)
		return secret, iv, err
	}
	return s, err
}

// readCipher reads the encryption scheme of PBES2 (RFC 8018, appendix B.2).
func readCipher(id identifier) (c suite, iv []byte, err error) {
	const aes = "2.16.840.1.101.3.4.1."
	parameters := id.parameters
	switch id.oid {
	case aes + "2":
		c = aesCBC(16)
	case aes + "22":
		c = aesCBC(24)
	case aes + "42":
		c = aesCBC(32)
	case "1.2.840.113549.3.7":
		c = tripleDES(24)
	case "1.3.14.3.2.7":
		c = desCBC()
	case "1.2.840.113549.3.2":
		if c, parameters, err = readRC2(parameters); err != nil {
			return c, nil, err
		}
	default:
		c.name = algorithmName(id.oid)
		return c, nil, fmt.Errorf("%w: PBES2 with %s", ErrUnsupported, c.name)
	}
	var octets cryptobyte.String
	if !parameters.ReadASN1(&octets, asn1.OCTET_STRING) || !parameters.Empty() || len(octets) != c.blockSize {
		return c, nil, fmt.Errorf("%w: no initialization vector for %s", ErrDamaged, c.name)
	}
	return c, octets, nil
}

// readRC2 reads the effective key length in its old coding (RFC 8018,
// appendix B.2.3) and leaves the initialization vector.
func readRC2(in cryptobyte.String) (suite, cryptobyte.String, error) {
	var sequence cryptobyte.String
	version := int64(0)
	c := suite{name: "RC2-CBC"}
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() ||
		sequence.PeekASN1Tag(asn1.INTEGER) && !sequence.ReadASN1Integer(&version) {
		return c, nil, fmt.Errorf("%w: no parameters of RC2", ErrDamaged)
	}
	switch version {
	case 160:
		return rc2CBC(40, 5), sequence, nil
	case 120:
		return rc2CBC(64, 8), sequence, nil
	case 58:
		return rc2CBC(128, 16), sequence, nil
	}
	return c, nil, fmt.Errorf("%w: PBES2 with RC2-CBC of version %d", ErrUnsupported, version)
}
