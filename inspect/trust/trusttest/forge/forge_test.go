package forge

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	encoding "encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/trust/signature/md2"
)

// forger makes certificates field by field, sound and unsound ones. Its keys
// live as long as it does.
type forger struct {
	t    testing.TB
	keys map[string]any
	made map[string][]byte
	spec map[string]*spec
}

// spec is a certificate to be made.
type spec struct {
	id, subject, issuer string
	issuerName          string // instead of the issuer's subject
	key, signer         string // names of keys; the kind is the part before "-"
	version             int
	serial              int64
	from, until         time.Time
	algorithm, inner    string
	extensions          []extension
	broken              bool
}

type extension struct {
	oid      string
	critical bool
	value    []byte
}

type option func(*spec)

func element(tag asn1.Tag, content ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(content, nil)) })
	return b.BytesOrPanic()
}

func contextual(n int, constructed bool, content ...[]byte) []byte {
	tag := asn1.Tag(n).ContextSpecific()
	if constructed {
		tag = tag.Constructed()
	}
	return element(tag, content...)
}

func object(oid string) []byte {
	var id encoding.ObjectIdentifier
	for _, part := range strings.Split(oid, ".") {
		n := 0
		for _, c := range part {
			n = n*10 + int(c-'0')
		}
		id = append(id, n)
	}
	out, err := encoding.Marshal(id)
	if err != nil {
		panic(err)
	}
	return out
}

func number(n *big.Int) []byte {
	var b cryptobyte.Builder
	b.AddASN1BigInt(n)
	return b.BytesOrPanic()
}

func small(n int64) []byte { return number(big.NewInt(n)) }

// distinguishedName writes "CN=a/O=b"; a value may begin with its string type, as in
// "CN=printable:a".
func distinguishedName(text string) []byte {
	if text == "" {
		return element(asn1.SEQUENCE)
	}
	var rdns [][]byte
	for _, part := range strings.Split(text, "/") {
		kind, value, _ := strings.Cut(part, "=")
		oid := map[string]string{"CN": "2.5.4.3", "O": "2.5.4.10", "C": "2.5.4.6", "E": "1.2.840.113549.1.9.1"}[kind]
		tag := asn1.UTF8String
		switch prefix, rest, found := strings.Cut(value, ":"); {
		case found && prefix == "printable":
			tag, value = asn1.PrintableString, rest
		case found && prefix == "t61":
			tag, value = asn1.T61String, rest
		case kind == "E":
			tag = asn1.IA5String
		}
		rdns = append(rdns, element(asn1.SET, element(asn1.SEQUENCE, object(oid), element(tag, []byte(value)))))
	}
	return element(asn1.SEQUENCE, rdns...)
}

func bitString(content []byte) []byte { return element(asn1.BIT_STRING, []byte{0}, content) }

// info is the SubjectPublicKeyInfo of a key.
func (f *forger) info(name string) []byte {
	null := element(asn1.NULL)
	switch k := f.keyOf(name).(type) {
	case *rsa.PrivateKey:
		return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.2.840.113549.1.1.1"), null),
			bitString(element(asn1.SEQUENCE, number(k.N), small(int64(k.E)))))
	case *ecdsa.PrivateKey:
		point, err := k.PublicKey.Bytes()
		if err != nil {
			f.t.Fatal(err)
		}
		return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.2.840.10045.2.1"), object("1.2.840.10045.3.1.7")), bitString(point))
	case ed25519.PrivateKey:
		return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.3.101.112")), bitString(k.Public().(ed25519.PublicKey)))
	case *dsaPrivate:
		return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.2.840.10040.4.1"), element(asn1.SEQUENCE, number(k.p), number(k.q), number(k.g))),
			bitString(number(k.y)))
	}
	panic(name)
}

// signatureOf signs and returns the algorithm's identifier and the signature.
func (f *forger) signatureOf(algorithm, key string, message []byte) (identifier, signature []byte) {
	null := element(asn1.NULL)
	hashes := map[string]crypto.Hash{"md5": crypto.MD5, "sha1": crypto.SHA1, "sha224": crypto.SHA224, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512, "pss": crypto.SHA256}
	h := hashes[algorithm]
	switch k := f.keyOf(key).(type) {
	case *rsa.PrivateKey:
		switch algorithm {
		case "md2":
			sum := md2.Sum(message)
			return element(asn1.SEQUENCE, object("1.2.840.113549.1.1.2"), null), rawPKCS1(k, digestInfo(0, sum[:]))
		case "unknown":
			return element(asn1.SEQUENCE, object("1.3.6.1.4.1.32473.1"), null), rawPKCS1(k, digestInfo(crypto.SHA1, digest(crypto.SHA1, message)))
		case "pss":
			sig, err := rsa.SignPSS(rand.Reader, k, h, digest(h, message), &rsa.PSSOptions{SaltLength: 32})
			if err != nil {
				f.t.Fatal(err)
			}
			hash := element(asn1.SEQUENCE, object("2.16.840.1.101.3.4.2.1"), null)
			return element(asn1.SEQUENCE, object("1.2.840.113549.1.1.10"), element(asn1.SEQUENCE, contextual(0, true, hash),
				contextual(1, true, element(asn1.SEQUENCE, object("1.2.840.113549.1.1.8"), hash)), contextual(2, true, small(32)))), sig
		}
		oid := map[string]string{"md5": "4", "sha1": "5", "sha224": "14", "sha256": "11", "sha384": "12", "sha512": "13"}[algorithm]
		return element(asn1.SEQUENCE, object("1.2.840.113549.1.1."+oid), null), rawPKCS1(k, digestInfo(h, digest(h, message)))
	case *ecdsa.PrivateKey:
		sig, err := ecdsa.SignASN1(rand.Reader, k, digest(h, message))
		if err != nil {
			f.t.Fatal(err)
		}
		oid := map[string]string{"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2"}[algorithm]
		return element(asn1.SEQUENCE, object(oid)), sig
	case ed25519.PrivateKey:
		return element(asn1.SEQUENCE, object("1.3.101.112")), ed25519.Sign(k, message)
	case *dsaPrivate:
		oid := map[string]string{"sha1": "1.2.840.10040.4.3", "sha256": "2.16.840.1.101.3.4.3.2"}[algorithm]
		return element(asn1.SEQUENCE, object(oid)), k.sign(digest(h, message))
	}
	panic(key)
}

func rawPKCS1(k *rsa.PrivateKey, info []byte) []byte {
	size := (k.N.BitLen() + 7) / 8
	padded := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, size-len(info)-3)...)
	m := new(big.Int).SetBytes(append(append(padded, 0), info...))
	return m.Exp(m, k.D, k.N).FillBytes(make([]byte, size))
}

// add makes a certificate and keeps it under its id.
func (f *forger) add(id string, options ...option) {
	s := &spec{id: id, subject: "CN=" + id, issuer: id, version: 3, algorithm: "sha256",
		from: date(2000), until: date(2040), serial: int64(len(f.made) + 1), key: "rsa-" + id}
	f.spec[id] = s
	for _, change := range options {
		change(s)
	}
	issuer := f.spec[s.issuer]
	if s.signer == "" {
		s.signer = issuer.key
	}
	issuerName := distinguishedName(issuer.subject)
	if s.issuerName != "" {
		issuerName = distinguishedName(s.issuerName)
	}
	var tbs [][]byte
	if s.version > 1 {
		tbs = append(tbs, contextual(0, true, small(int64(s.version-1))))
	}
	inner := s.inner
	if inner == "" {
		inner = s.algorithm
	}
	identifier, _ := f.signatureOf(inner, s.signer, nil)
	tbs = append(tbs, small(s.serial), identifier, issuerName,
		element(asn1.SEQUENCE, moment(s.from), moment(s.until)), distinguishedName(s.subject), f.info(s.key))
	if len(s.extensions) > 0 && s.version == 3 {
		var list [][]byte
		for _, e := range s.extensions {
			parts := [][]byte{object(e.oid)}
			if e.critical {
				parts = append(parts, element(asn1.BOOLEAN, []byte{0xff}))
			}
			list = append(list, element(asn1.SEQUENCE, append(parts, element(asn1.OCTET_STRING, e.value))...))
		}
		tbs = append(tbs, contextual(3, true, element(asn1.SEQUENCE, list...)))
	}
	message := element(asn1.SEQUENCE, tbs...)
	outer, signature := f.signatureOf(s.algorithm, s.signer, message)
	if s.broken {
		signature[len(signature)-1] ^= 1
	}
	f.made[id] = element(asn1.SEQUENCE, message, outer, bitString(signature))
}

func date(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }

func moment(t time.Time) []byte {
	if t.Year() < 2050 {
		return element(asn1.UTCTime, []byte(t.Format("060102150405Z")))
	}
	return element(asn1.GeneralizedTime, []byte(t.Format("20060102150405Z")))
}
