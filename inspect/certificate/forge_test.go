package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"sync"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// forged is a certificate in its parts, each of them DER that a test may
// replace by what a strict parser refuses. Its signature signs nothing.
type forged struct {
	version, serial, signature, issuer, validity, subject, key []byte
	extensions                                                 [][]byte
	// outer replaces the algorithm beside the signature.
	outer []byte
}

// forge makes a certificate of a CA out of sound parts, after the changes.
func forge(t testing.TB, changes ...func(*forged)) []byte {
	t.Helper()
	name := element(asn1.SEQUENCE, attribute(3, 12, "Example Root"))
	f := forged{
		version:   element(contextual(0), element(asn1.INTEGER, []byte{2})),
		serial:    element(asn1.INTEGER, []byte{1, 2, 3}),
		signature: algorithmOf("1.2.840.113549.1.1.11", element(asn1.NULL)),
		issuer:    name, subject: name,
		validity: element(asn1.SEQUENCE, element(asn1.UTCTime, []byte("200101000000Z")), element(asn1.UTCTime, []byte("400101000000Z"))),
		key:      ecKey(),
		extensions: [][]byte{
			extension("2.5.29.19", true, element(asn1.SEQUENCE, element(asn1.BOOLEAN, []byte{0xff}))),
			extension("2.5.29.15", true, element(asn1.BIT_STRING, []byte{1, 6})),
			extension("2.5.29.14", false, element(asn1.OCTET_STRING, []byte{1, 2, 3, 4})),
		},
	}
	for _, change := range changes {
		change(&f)
	}
	if f.outer == nil {
		f.outer = f.signature
	}
	tbs := [][]byte{f.version, f.serial, f.signature, f.issuer, f.validity, f.subject, f.key}
	if f.extensions != nil {
		tbs = append(tbs, element(contextual(3), element(asn1.SEQUENCE, f.extensions...)))
	}
	return element(asn1.SEQUENCE, element(asn1.SEQUENCE, tbs...), f.outer, element(asn1.BIT_STRING, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8}))
}

// ecKey is one key for all forged certificates.
var ecKey = sync.OnceValue(func() []byte {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		panic(err)
	}
	return der
})

// element is a DER element out of its contents.
func element(tag asn1.Tag, contents ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, c := range contents {
			b.AddBytes(c)
		}
	})
	return b.BytesOrPanic()
}

func contextual(n uint8) asn1.Tag { return asn1.Tag(n).Constructed().ContextSpecific() }

func object(dotted string) []byte {
	oid, err := x509.ParseOID(dotted)
	if err != nil {
		panic(err)
	}
	der, err := oid.MarshalBinary()
	if err != nil {
		panic(err)
	}
	return element(asn1.OBJECT_IDENTIFIER, der)
}

func algorithmOf(dotted string, parameters ...[]byte) []byte {
	return element(asn1.SEQUENCE, append([][]byte{object(dotted)}, parameters...)...)
}

// attribute is a relative distinguished name of one attribute of X.520.
func attribute(number byte, tag asn1.Tag, value string) []byte {
	oid := element(asn1.OBJECT_IDENTIFIER, []byte{0x55, 4, number})
	return element(asn1.SET, element(asn1.SEQUENCE, oid, element(tag, []byte(value))))
}

func extension(dotted string, critical bool, value []byte) []byte {
	parts := [][]byte{object(dotted)}
	if critical {
		parts = append(parts, element(asn1.BOOLEAN, []byte{0xff}))
	}
	return element(asn1.SEQUENCE, append(parts, element(asn1.OCTET_STRING, value))...)
}

const oidRSA = "1.2.840.113549.1.1.1"

// rsaKeyOf is the key of an RSA certificate with two numbers as they are.
func rsaKeyOf(modulus, exponent []byte) []byte {
	bits := append([]byte{0}, rsaNumbers(modulus, exponent)...)
	return element(asn1.SEQUENCE, algorithmOf(oidRSA, element(asn1.NULL)), element(asn1.BIT_STRING, bits))
}

func rsaNumbers(modulus, exponent []byte) []byte {
	return element(asn1.SEQUENCE, element(asn1.INTEGER, modulus), element(asn1.INTEGER, exponent))
}

// bigModulus is a positive number of so many bits.
func bigModulus(bits int) []byte {
	n := make([]byte, bits/8+1)
	n[(8-bits%8)/8], n[len(n)-1] = 1<<((bits+7)%8), 1
	return n
}
