package convert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
)

// identity is a certificate and its private key.
type identity struct {
	cert *certificate.Certificate
	key  crypto.Signer
}

// family is a small public-key infrastructure, made once for all tests.
type family struct {
	root, intermediate, leaf identity
	// cross is the intermediate's issuer, root's name and key, issued by other.
	cross, other identity
	selfSigned   identity
	ec           identity
}

var makeFamily = sync.OnceValue(func() *family {
	root := issue("Example Root", nil, true, newRSA())
	other := issue("Old Root", nil, true, newRSA())
	intermediate := issue("Example Issuing CA", &root, true, newRSA())
	return &family{
		root: root, other: other, intermediate: intermediate,
		leaf:       issue("pbx.example.com", &intermediate, false, newRSA()),
		cross:      issue("Example Root", &other, true, root.key),
		selfSigned: issue("192.0.2.1", nil, false, newRSA()),
		ec:         issue("ec.example.com", &root, false, newEC()),
	}
})

func newRSA() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return k
}

func newEC() crypto.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// issue makes a certificate; without a parent it signs itself.
func issue(name string, parent *identity, ca bool, k crypto.Signer) identity {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{Organization: []string{"Example"}, CommonName: name},
		NotBefore:             time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC),
		BasicConstraintsValid: true,
		IsCA:                  ca,
	}
	issuer, signer := template, k
	if parent != nil {
		issuer, signer = parent.cert.Certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, k.Public(), signer)
	if err != nil {
		panic(err)
	}
	return identity{parsed(der), k}
}

func parsed(der []byte) *certificate.Certificate {
	c, err := certificate.Parse(der)
	if err != nil {
		panic(err)
	}
	return c
}

// file puts objects into a file as inspect.Read would.
func file(name string, objects ...inspect.Object) *inspect.File {
	return &inspect.File{Name: name, Format: inspect.FormatPEM, PEM: true, Objects: objects}
}

func certOf(ids ...identity) []inspect.Object {
	var list []inspect.Object
	for i, id := range ids {
		list = append(list, inspect.Object{
			Kind: inspect.KindCertificate, Label: "CERTIFICATE", Line: 1 + 20*i, DER: id.cert.Raw, Certificate: id.cert,
		})
	}
	return list
}

func keyOf(id identity) inspect.Object {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		panic(err)
	}
	public, err := x509.MarshalPKIXPublicKey(id.key.Public())
	if err != nil {
		panic(err)
	}
	algorithm := "RSA"
	if _, ok := id.key.(*ecdsa.PrivateKey); ok {
		algorithm = "EC"
	}
	return inspect.Object{Kind: inspect.KindPrivateKey, Label: "PRIVATE KEY", Line: 90, DER: pkcs8,
		Key: &key.Private{Form: "PKCS#8", Algorithm: algorithm, PublicKeyInfo: public, PKCS8: pkcs8}}
}

func lockedKey() inspect.Object {
	return inspect.Object{Kind: inspect.KindPrivateKey, Label: "ENCRYPTED PRIVATE KEY", Line: 90, DER: []byte{0x30, 0},
		Key: &key.Private{Form: "PKCS#8", Encrypted: true, Locked: errors.New("no password was given")}}
}

// lockedOpenSSH is encrypted, but the public key beside it is not.
func lockedOpenSSH(id identity) inspect.Object {
	o := keyOf(id)
	o.Key = &key.Private{Form: key.OpenSSH, Encrypted: true, Locked: key.ErrPasswordNeeded, PublicKeyInfo: o.Key.PublicKeyInfo}
	return o
}

func other(kind inspect.Kind, label string) inspect.Object {
	return inspect.Object{Kind: kind, Label: label, Line: 5, DER: []byte{0x30, 3, 2, 1, byte(len(label))}}
}

func objects(lists ...[]inspect.Object) []inspect.Object {
	var all []inspect.Object
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

func damaged(f *inspect.File) *inspect.File {
	f.Findings = append(f.Findings, finding.Finding{Severity: finding.Error, Message: "it was cut off after 10 of 20 bytes", Fix: "copy it again"})
	return f
}

// blocks reads PEM back: labels and contents. Anything between is a failure.
func blocks(t *testing.T, data []byte) (labels []string, ders [][]byte) {
	t.Helper()
	if bytes.ContainsRune(data, '\r') {
		t.Error("the output holds CR")
	}
	for len(data) > 0 {
		if !bytes.HasPrefix(data, []byte("-----BEGIN ")) {
			t.Fatalf("text between the blocks: %.40q", data)
		}
		b, rest := pem.Decode(data)
		if b == nil {
			t.Fatalf("cannot be decoded: %.80q", data)
		}
		labels, ders = append(labels, b.Type), append(ders, b.Bytes)
		data = rest
	}
	return labels, ders
}

// subjects names the certificates among PEM blocks.
func subjects(t *testing.T, data []byte) string {
	t.Helper()
	labels, ders := blocks(t, data)
	var names []string
	for i, der := range ders {
		if labels[i] == "CERTIFICATE" {
			names = append(names, parsed(der).Subject.CommonName)
		} else {
			names = append(names, labels[i])
		}
	}
	return strings.Join(names, ", ")
}

// one converts and expects a single output.
func one(t *testing.T, o Options, in ...*inspect.File) (Output, []string) {
	t.Helper()
	outputs, remarks, err := Convert(in, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(outputs) != 1 {
		t.Fatalf("%d outputs", len(outputs))
	}
	return outputs[0], remarks
}
