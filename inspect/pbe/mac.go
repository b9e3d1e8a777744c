package pbe

import (
	"crypto/hmac"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// MAC is the password-based authentication of a PKCS#12 file (RFC 7292,
// section 4, MacData).
type MAC struct {
	name   string
	cost   cost
	hash   hashFunction
	digest []byte
	// derive makes the key of the HMAC out of the password.
	derive func(password []byte) ([]byte, error)
}

// Name names the MAC's algorithm, for instance "HMAC-SHA-1".
func (m *MAC) Name() string { return m.name }

// Verify reports whether the MAC of content was made with password: nil is the
// absent one, as for Decrypt. The error wraps ErrWork.
func (m *MAC) Verify(content, password []byte, work *Work) (bool, error) {
	if err := work.spend(m.cost); err != nil {
		return false, err
	}
	secret, err := m.derive(password)
	if err != nil {
		return false, err
	}
	code := hmac.New(m.hash.make, secret)
	code.Write(content)
	return hmac.Equal(code.Sum(nil), m.digest), nil
}

// ReadMAC reads a DER MacData. The error wraps ErrUnsupported, ErrWork or
// ErrDamaged; the MAC has its name all the same and must not be used for more
// than that.
func ReadMAC(macData []byte) (*MAC, error) {
	m, err := readMAC(macData)
	if err == nil {
		err = new(Work).spend(m.cost)
	}
	return m, err
}

func readMAC(macData []byte) (*MAC, error) {
	var sequence, digestInfo, digest, salt cryptobyte.String
	in := cryptobyte.String(macData)
	m := &MAC{name: "an unreadable MAC"}
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() || !sequence.ReadASN1(&digestInfo, asn1.SEQUENCE) {
		return m, fmt.Errorf("%w: no MAC", ErrDamaged)
	}
	id, ok := readIdentifier(&digestInfo)
	if !ok || !digestInfo.ReadASN1(&digest, asn1.OCTET_STRING) || !sequence.ReadASN1(&salt, asn1.OCTET_STRING) {
		return m, fmt.Errorf("%w: no MAC", ErrDamaged)
	}
	m.digest = digest
	if id.oid == "1.2.840.113549.1.5.14" {
		return m, m.readPBMAC1(id.parameters) // which has a salt and a count of its own
	}
	count, err := int64(1), error(nil)
	if !sequence.Empty() {
		count, err = readCount(&sequence)
	}
	h, known := hashByOID(id.oid)
	m.name, m.hash = "HMAC-"+h.name, h
	if !known {
		return m, fmt.Errorf("%w: a MAC with %s", ErrUnsupported, h.name)
	}
	size := h.make().Size()
	m.cost = cost{m.name, count, h.weight}
	m.derive = func(password []byte) ([]byte, error) {
		return pkcs12Key(h, purposeMAC, bmpString(password), salt, count, size), nil
	}
	return m, err
}

// readPBMAC1 is RFC 9579, with the password in UTF-8.
func (m *MAC) readPBMAC1(in cryptobyte.String) error {
	var sequence cryptobyte.String
	m.name = "PBMAC1"
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !in.Empty() {
		return fmt.Errorf("%w: no parameters of PBMAC1", ErrDamaged)
	}
	derivation, ok := readIdentifier(&sequence)
	if !ok {
		return fmt.Errorf("%w: no key derivation in PBMAC1", ErrDamaged)
	}
	function, ok := readIdentifier(&sequence)
	if !ok {
		return fmt.Errorf("%w: no function in PBMAC1", ErrDamaged)
	}
	h, known := hashByOID(function.oid)
	m.name, m.hash = "PBMAC1 with HMAC-"+h.name, h
	if !known {
		return fmt.Errorf("%w: %s", ErrUnsupported, m.name)
	}
	k, err := readDerivation(derivation, anySize)
	m.cost, m.derive = k.cost, k.derive
	return err
}
