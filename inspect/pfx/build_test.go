package pfx_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/asn1"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"
)

// The pieces of which the tests make files that no program at hand writes.

func sequence(parts ...[]byte) []byte { return element(tags.SEQUENCE, parts...) }
func octets(parts ...[]byte) []byte   { return element(tags.OCTET_STRING, parts...) }
func explicit0(parts ...[]byte) []byte {
	return element(tags.Tag(0).Constructed().ContextSpecific(), parts...)
}

func element(tag tags.Tag, parts ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
	return b.BytesOrPanic()
}

func number(n int64) []byte {
	var b cryptobyte.Builder
	b.AddASN1Int64(n)
	return b.BytesOrPanic()
}

func oid(arcs ...int) []byte {
	var b cryptobyte.Builder
	b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier(arcs))
	return b.BytesOrPanic()
}

// Object identifiers by their place in the standard.
func pkcs5(n ...int) []byte   { return oid(append([]int{1, 2, 840, 113549, 1, 5}, n...)...) }
func pkcs7(n ...int) []byte   { return oid(append([]int{1, 2, 840, 113549, 1, 7}, n...)...) }
func pkcs9(n ...int) []byte   { return oid(append([]int{1, 2, 840, 113549, 1, 9}, n...)...) }
func pkcs12(n ...int) []byte  { return oid(append([]int{1, 2, 840, 113549, 1, 12}, n...)...) }
func digests(n ...int) []byte { return oid(append([]int{1, 2, 840, 113549, 2}, n...)...) }

// data is a ContentInfo in clear, encrypted one with an algorithm.
func data(content []byte) []byte {
	return sequence(pkcs7(1), explicit0(octets(content)))
}

func encrypted(algorithm, ciphertext []byte) []byte {
	string0 := element(tags.Tag(0).ContextSpecific(), ciphertext)
	return sequence(pkcs7(6), explicit0(sequence(number(0), sequence(pkcs7(1), algorithm, string0))))
}

func bag(kind int, value []byte, attributes ...[]byte) []byte {
	return sequence(append([][]byte{pkcs12(10, 1, kind), explicit0(value)}, attributes...)...)
}

func certificateBag(der []byte) []byte {
	return bag(3, sequence(pkcs9(22, 1), explicit0(octets(der))))
}

// pfxOf joins ContentInfos to a file, with a MacData if there is one.
func pfxOf(macData []byte, parts ...[]byte) []byte {
	return sequence(number(3), data(sequence(parts...)), macData)
}

func pbkdf2Identifier(salt []byte, count, size int64) []byte {
	hmacWithSHA256 := sequence(digests(9), []byte{5, 0})
	return sequence(pkcs5(12), sequence(octets(salt), number(count), number(size), hmacWithSHA256))
}

// pbmac1 makes the MacData of RFC 9579 for the content of a file.
func pbmac1(t testing.TB, password string, content []byte) []byte {
	t.Helper()
	salt := []byte("salt of PBMAC1")
	secret, err := pbkdf2.Key(sha256.New, password, salt, 2048, 32)
	if err != nil {
		t.Fatal(err)
	}
	code := hmac.New(sha256.New, secret)
	code.Write(content)
	algorithm := sequence(pkcs5(14), sequence(pbkdf2Identifier(salt, 2048, 32), sequence(digests(9), []byte{5, 0})))
	return sequence(sequence(algorithm, octets(code.Sum(nil))), octets([]byte("not used")), number(1))
}

// content returns what the MAC of a DER file covers.
func content(t testing.TB, der []byte) []byte {
	t.Helper()
	var file struct {
		Version int
		Safe    struct {
			Type    asn1.ObjectIdentifier
			Content []byte `asn1:"explicit,tag:0"`
		}
		Mac asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(der, &file); err != nil {
		t.Fatal(err)
	}
	return file.Safe.Content
}

// loosen writes DER as BER: lengths left open and strings in segments.
func loosen(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for len(der) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			t.Fatal(err)
		}
		implicit := v.Class == asn1.ClassContextSpecific && !v.IsCompound
		switch {
		case v.IsCompound:
			out = append(out, der[0], 0x80)
			out = append(out, loosen(t, v.Bytes)...)
			out = append(out, 0, 0)
		case v.Tag == asn1.TagOctetString && v.Class == asn1.ClassUniversal || implicit:
			half := len(v.Bytes) / 2
			out = append(out, der[0]|0x20, 0x80)
			out = append(out, octets(v.Bytes[:half])...)
			out = append(out, octets(v.Bytes[half:])...)
			out = append(out, 0, 0)
		default:
			out = append(out, v.FullBytes...)
		}
		der = rest
	}
	return out
}
