package inspect

import "testing"

// The build tells what a thing is, whole or cut off after its first elements.
func TestStructure(t *testing.T) {
	m := forFiles(t)
	p7, p12 := m.openssl(t, toPKCS7), m.openssl(t, toPKCS12)
	p8 := m.openssl(t, "pkcs8 -topk8 -outform DER -in {key} -passout pass:"+filePassword)
	for _, test := range []struct {
		name string
		der  []byte
		want structure
		// from is how many bytes are enough to tell.
		from int
	}{
		{"certificate", m.leaf.Raw, structCertificate, 13},
		{"certificate of version 1", []byte("\x30\x11\x30\x0f\x02\x01\x05\x30\x03\x06\x01\x2a\x30\x00\x30\x00\x30\x01\x05"), structCertificate, 12},
		{"request", m.csr, structRequest, 50},
		{"revocation list", m.crl, structCRL, 80},
		{"PKCS#7", p7, structPKCS7, 5},
		{"PKCS#7 in BER", openLengths(t, p7), structPKCS7, 3},
		{"PKCS#12", p12, structPKCS12, 25},
		{"PKCS#1", m.pkcs1, structPrivateKey, 8},
		{"PKCS#8", m.pkcs8, structPrivateKey, 7},
		{"SEC 1", m.sec1, structPrivateKey, 6},
		{"PKCS#8, encrypted", p8, structPrivateKey, len(p8)},
		{"public key", m.public, structPublicKey, len(m.public)},
		{"PKCS#1 public key", m.rsaPub, structPublicKey, len(m.rsaPub) - 4},
		{"DSA parameters", m.dsaParamters, structParameters, len(m.dsaParamters)},
		{"curve by name", []byte("\x06\x08*\x86H\xce=\x03\x01\x07"), structParameters, 1},
		{"curve by numbers", m.openssl(t, "ecparam -name prime256v1 -param_enc explicit -outform DER"), structParameters, 18},
		{"an attribute certificate", []byte("\x30\x0b\x30\x09\x02\x01\x01\x30\x04\xa0\x02\x30\x00"), structUnknown, 13},
		{"nothing", nil, structUnknown, 0},
		{"a number", []byte{2, 1, 5}, structUnknown, 0},
		{"an empty sequence", []byte{0x30, 0}, structUnknown, 0},
		{"a sequence of texts", []byte("\x30\x06\x0c\x01a\x0c\x01b"), structUnknown, 0},
		{"a number and a text", []byte("\x30\x06\x02\x01\x05\x0c\x01b"), structUnknown, 0},
		{"an algorithm and a text", []byte("\x30\x08\x30\x03\x06\x01\x2a\x0c\x01b"), structUnknown, 0},
		{"a length of five octets", []byte("\x30\x85\x00\x00\x00\x00\x01\x05"), structUnknown, 0},
		{"a length beyond 31 bits", []byte("\x30\x84\xff\xff\xff\xff\x06\x01\x2a"), structPKCS7, 7},
	} {
		for n := range len(test.der) + 1 {
			got := structureOf(test.der[:n])
			if n == len(test.der) && got != test.want || n >= test.from && n < len(test.der) && got != test.want {
				t.Errorf("%s: %d of %d bytes are taken for %s", test.name, n, len(test.der), got)
				break
			}
		}
	}
}

// Every structure has a name and a kind.
func TestStructureNames(t *testing.T) {
	seen := map[string]bool{}
	for s := structUnknown; s <= structParameters; s++ {
		if s.String() == "" || seen[s.String()] || s.kind() == "" {
			t.Errorf("%d is %q of kind %q", s, s, s.kind())
		}
		seen[s.String()] = true
	}
}

// A label may stand over what it names and over nothing else.
func TestLabels(t *testing.T) {
	labels := map[string]structure{
		"CERTIFICATE": structCertificate, "X509 CERTIFICATE": structCertificate, "X.509 CERTIFICATE": structCertificate, "TRUSTED CERTIFICATE": structCertificate,
		"CERTIFICATE REQUEST": structRequest, "NEW CERTIFICATE REQUEST": structRequest, "X509 CRL": structCRL, "PKCS7": structPKCS7, "CMS": structPKCS7,
		"PKCS12": structPKCS12, "PRIVATE KEY": structPrivateKey, "RSA PRIVATE KEY": structPrivateKey, "ENCRYPTED PRIVATE KEY": structPrivateKey,
		"PUBLIC KEY": structPublicKey, "RSA PUBLIC KEY": structPublicKey, "EC PARAMETERS": structParameters, "DH PARAMETERS": structParameters,
	}
	for label, own := range labels {
		for s := structCertificate; s <= structParameters; s++ {
			if got := fits(label, s); got != (s == own) {
				t.Errorf("%q over %s: %v", label, s, got)
			}
		}
		if !fits("", own) {
			t.Errorf("DER without a label does not fit %s", own)
		}
	}
}
