package certificate

import (
	"bytes"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/testca"
)

func TestUsageNames(t *testing.T) {
	c := &Certificate{Certificate: &x509.Certificate{KeyUsage: 1<<9 - 1}}
	want := "digitalSignature nonRepudiation keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign encipherOnly decipherOnly"
	if got := strings.Join(c.KeyUsageNames(), " "); got != want {
		t.Errorf("%q", got)
	}
	for usage := x509.ExtKeyUsageAny; usage <= x509.ExtKeyUsageMicrosoftKernelCodeSigning; usage++ {
		c.ExtKeyUsage = append(c.ExtKeyUsage, usage)
	}
	want = "anyExtendedKeyUsage serverAuth clientAuth codeSigning emailProtection ipsecEndSystem ipsecTunnel ipsecUser " +
		"timeStamping OCSPSigning msSGC nsSGC 1.3.6.1.4.1.311.2.1.22 1.3.6.1.4.1.311.61.1.1"
	if got := strings.Join(c.ExtendedKeyUsageNames(), " "); got != want {
		t.Errorf("%q", got)
	}
	empty := &Certificate{Certificate: &x509.Certificate{}}
	if empty.KeyUsageNames() == nil || empty.ExtendedKeyUsageNames() == nil || empty.AlternativeNames() == nil {
		t.Error("an empty list is nil, which JSON shows as null")
	}
}

// A sound certificate is the standard parser's, and the lenient one reads it
// alike.
func TestSound(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	leaf := root.Issue(t, "phone.example.com", testca.TLS, testca.DNS("phone.example.com", "*.example.com"))
	for _, made := range []*testca.Certificate{root, leaf} {
		c, err := Parse(made.Raw)
		if err != nil || c.Strict != nil || !bytes.Equal(c.Raw, made.Raw) {
			t.Fatalf("%v, %+v", err, c)
		}
		lenient, err := parseLenient(made.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if fields := differences(c.Certificate, lenient); len(fields) > 0 {
			t.Errorf("%v differ", fields)
		}
	}
	c, _ := Parse(leaf.Raw)
	if got := strings.Join(c.AlternativeNames(), " "); got != "DNS:phone.example.com DNS:*.example.com" {
		t.Errorf("names: %s", got)
	}
	if parent, _ := Parse(root.Raw); !parent.Issued(c) || c.Issued(parent) || c.SelfIssued() || c.MayIssue() || !parent.MayIssue() {
		t.Error("root and leaf are not what they are")
	}
}
