// Package inspect looks at a file and tells what it is, whatever it is, from
// its bytes and never from its name, and what is damaged in it. It changes
// nothing and does no I/O.
package inspect

import (
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
)

// Format is what a file is on the whole.
type Format string

// The formats. Key, CSR and CRL name files that hold nothing but that.
const (
	FormatPEM     Format = "pem"
	FormatDER     Format = "der"
	FormatPKCS7   Format = "pkcs7"
	FormatPKCS12  Format = "pkcs12"
	FormatKey     Format = "key"
	FormatCSR     Format = "csr"
	FormatCRL     Format = "crl"
	FormatUnknown Format = "unknown"
)

// Kind is what one object in a file is.
type Kind string

// The kinds of objects.
const (
	KindCertificate Kind = "certificate"
	KindPrivateKey  Kind = "private key"
	KindPublicKey   Kind = "public key"
	KindCSR         Kind = "certificate request"
	KindCRL         Kind = "revocation list"
	KindPKCS7       Kind = "PKCS#7"
	KindOther       Kind = "other"
)

// Object is one thing in a file, in the file's order. What stood in a PKCS#7
// or PKCS#12 container stands here as objects of its own.
type Object struct {
	Kind Kind
	// Label is the PEM label, empty for DER.
	Label string
	// Line is the line of the BEGIN line, from 1; 0 for DER.
	Line int
	// DER is the object's own bytes.
	DER []byte
	// Certificate is set for KindCertificate when it could be parsed.
	Certificate *certificate.Certificate
	// Key is set for KindPrivateKey.
	Key *key.Private
}

// File is what a file turned out to be.
type File struct {
	// Name is the path or URL as the user gave it.
	Name string
	// Size is the size of the whole file in bytes, as far as it is known.
	Size int64
	// Raw is what was read: the whole file, or its start when Truncated.
	Raw []byte
	// Truncated says that the file is larger than ReadLimit.
	Truncated bool
	// Format is the container, PEM says whether it is written as text.
	Format Format
	PEM    bool
	// Objects are the things in it.
	Objects []Object
	// Findings are the damages and oddities, each with a fix for FillFix.
	Findings []finding.Finding
}

// Certificates returns the parsed certificates in the file's order.
func (f *File) Certificates() []*certificate.Certificate {
	var list []*certificate.Certificate
	for _, o := range f.Objects {
		if o.Certificate != nil {
			list = append(list, o.Certificate)
		}
	}
	return list
}

// Keys returns the private keys in the file's order, encrypted ones included.
func (f *File) Keys() []*key.Private {
	var list []*key.Private
	for _, o := range f.Objects {
		if o.Key != nil {
			list = append(list, o.Key)
		}
	}
	return list
}
