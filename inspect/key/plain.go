package key

import (
	encoding "encoding/asn1"
	"fmt"

	"github.com/phonecert/phonecert/inspect/ber"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// algorithm is an AlgorithmIdentifier (RFC 5280, section 4.1.1.2).
type algorithm struct {
	oid        string
	parameters cryptobyte.String
	whole      cryptobyte.String
}

func readAlgorithm(in *cryptobyte.String) (algorithm, bool) {
	var a algorithm
	var oid encoding.ObjectIdentifier
	if !in.ReadASN1Element(&a.whole, asn1.SEQUENCE) {
		return a, false
	}
	sequence := a.whole
	ok := sequence.ReadASN1(&sequence, asn1.SEQUENCE) && sequence.ReadASN1ObjectIdentifier(&oid)
	a.oid, a.parameters = oid.String(), sequence
	return a, ok
}

// whole normalises a DER or BER element with nothing after it.
func whole(in []byte) ([]byte, error) {
	if len(in) == 0 || in[0] != byte(asn1.SEQUENCE) {
		return nil, ErrNotKey
	}
	der, rest, err := ber.ToDER(in)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	case len(rest) > 0:
		return nil, fmt.Errorf("%w: %d", ErrTrailing, len(rest))
	}
	return der, nil
}

// parsePlain reads an unencrypted key; its structure tells the form.
func parsePlain(der []byte) (*Private, error) {
	in := cryptobyte.String(der)
	var sequence, second cryptobyte.String
	var version int64
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1Integer(&version) || version < 0 || version > 1 {
		return nil, ErrNotKey
	}
	var tag asn1.Tag
	if !sequence.ReadAnyASN1(&second, &tag) {
		return nil, ErrNotKey
	}
	switch {
	case tag == asn1.SEQUENCE && sequence.PeekASN1Tag(asn1.OCTET_STRING):
		return parsePKCS8(der)
	case tag == asn1.OCTET_STRING && version == 1:
		return parseSEC1(der)
	}
	switch numbers := 2 + countIntegers(sequence); {
	case tag != asn1.INTEGER:
	case numbers >= 9:
		return parsePKCS1(der)
	case numbers == 6:
		return parseDSA(der)
	}
	return nil, ErrNotKey
}

func countIntegers(in cryptobyte.String) (n int) {
	for in.SkipASN1(asn1.INTEGER) {
		n++
	}
	return n
}

// parsePKCS8 is RFC 5958, section 2.
func parsePKCS8(der []byte) (*Private, error) {
	in := cryptobyte.String(der)
	var sequence, inner cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.SkipASN1(asn1.INTEGER) {
		return nil, ErrNotKey
	}
	id, ok := readAlgorithm(&sequence)
	if !ok || !sequence.ReadASN1(&inner, asn1.OCTET_STRING) {
		return nil, ErrNotKey
	}
	p := &Private{Form: PKCS8, PKCS8: der}
	switch id.oid {
	case oidRSA, oidPSS:
		return p, p.fillRSA(id, inner)
	case oidEC:
		return p, p.fillEC(id.parameters, inner)
	case oidDSA:
		return p, p.fillDSA(id, inner)
	}
	return p, p.fillEdwards(id, inner)
}

// wrap makes PKCS#8 of a key in its own form.
func wrap(algorithm, inner []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddBytes(algorithm)
		b.AddASN1OctetString(inner)
	})
}

// publicKeyInfo makes a SubjectPublicKeyInfo.
func publicKeyInfo(algorithm, public []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddBytes(algorithm)
		b.AddASN1BitString(public)
	})
}

// identify makes an AlgorithmIdentifier with parameters that are DER already.
func identify(oid encoding.ObjectIdentifier, parameters []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddBytes(parameters)
	})
}

// build makes a SEQUENCE. The builder fails on nothing that is put in here.
func build(content func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { content(b) })
	return b.BytesOrPanic()
}
