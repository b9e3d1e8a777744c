package inspect

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/internal/testca"
	"golang.org/x/crypto/ssh"
)

// material is what the tests make files of. All of it is DER but for the two
// certificates, which know their keys.
type material struct {
	root, leaf                 *testca.Certificate
	pkcs1, pkcs8, sec1         []byte
	csr, crl, public, rsaPub   []byte
	dhParameters, dsaParamters []byte
	ssh                        []byte // an OpenSSH key, PEM
	rsa                        *rsa.PrivateKey
}

var materialOnce sync.Once
var madeMaterial material

// forFiles returns the material, which is made once per test binary.
func forFiles(t testing.TB) material {
	t.Helper()
	materialOnce.Do(func() { madeMaterial = makeMaterial(t) })
	if madeMaterial.root == nil {
		t.Fatal("there is no material")
	}
	return madeMaterial
}

func makeMaterial(t testing.TB) material {
	m := material{root: testca.ECRoot(t, "Example Root")}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	m.rsa, err = rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	m.leaf = m.root.IssueKey(t, "phone.example.com", private, testca.TLS, testca.DNS("phone.example.com"))
	m.pkcs1 = x509.MarshalPKCS1PrivateKey(m.rsa)
	m.pkcs8, err = x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	m.sec1, err = x509.MarshalECPrivateKey(private)
	must(t, err)
	m.public, err = x509.MarshalPKIXPublicKey(private.Public())
	must(t, err)
	m.rsaPub = x509.MarshalPKCS1PublicKey(&m.rsa.PublicKey)
	m.csr, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "phone.example.com"}}, private)
	must(t, err)
	m.crl, err = x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: testca.Clock(), NextUpdate: testca.Clock().AddDate(1, 0, 0),
	}, m.root.Certificate, m.root.Key)
	must(t, err)
	m.dhParameters = marshal(t, []*big.Int{m.rsa.N, big.NewInt(2)})
	m.dsaParamters = marshal(t, []*big.Int{m.rsa.N, m.rsa.Primes[0], big.NewInt(2)})
	block, err := ssh.MarshalPrivateKey(private, "")
	must(t, err)
	m.ssh = pem.EncodeToMemory(block)
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func marshal(t testing.TB, value any) []byte {
	t.Helper()
	der, err := asn1.Marshal(value)
	must(t, err)
	return der
}

// text of one block or several.
func (m material) chainPEM() []byte { return textOf("CERTIFICATE", m.leaf.Raw, m.root.Raw) }

// files are what openssl is given.
func (m material) files() map[string][]byte {
	return map[string][]byte{
		"chain": m.chainPEM(), "leaf": m.leaf.PEM(), "key": textOf("PRIVATE KEY", m.pkcs8),
		"rsa": textOf("RSA PRIVATE KEY", m.pkcs1), "crl": textOf("X509 CRL", m.crl),
	}
}

// openssl runs the program on the material.
func (m material) openssl(t testing.TB, args string) []byte {
	t.Helper()
	return opensslTool(t, m.files(), strings.Fields(args)...)
}

const (
	toPKCS7  = "crl2pkcs7 -nocrl -certfile {chain} -outform DER"
	toPKCS12 = "pkcs12 -export -inkey {key} -in {chain} -passout pass:" + filePassword
)

const filePassword = "correct-horse-42"

// bare is DER as base64 without BEGIN and END.
func bare(der []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(der) + "\n")
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
