// Package openssl is a model of the PEM reader in a handset: OpenSSL's, with
// the peculiarities of each generation. It says whether a phone takes a file,
// what it takes of it, and if nothing, why.
//
// The package is pure: bytes in, outcome out.
package openssl

import (
	"bytes"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Want is what a phone's software asks its library for.
type Want uint8

const (
	// Certificate is one certificate, as PEM_read_bio_X509_AUX reads it under
	// SSL_CTX_use_certificate_chain_file.
	Certificate Want = iota
	// Bundle is every certificate of the file, as PEM_X509_INFO_read_bio reads
	// them under X509_load_cert_crl_file and SSL_CTX_load_verify_locations.
	Bundle
	// PrivateKey is one unencrypted private key, as PEM_read_bio_PrivateKey
	// reads it under SSL_CTX_use_PrivateKey_file.
	PrivateKey
)

// Outcome is what a handset's library makes of a file.
type Outcome struct {
	// Taken reports whether the library takes what was asked of it.
	Taken bool
	// Blocks are what it takes: one block, or for a Bundle one or more. Bytes
	// is the DER of the certificate or key alone, never empty.
	Blocks []armor.Block
	// Refusal says why the file is not taken; it is zero when Taken. Its Fix
	// has the gaps {file} and {out}.
	Refusal finding.Finding

	library string // OpenSSL's own reason, for the tests
}

// Read answers whether the PEM reader of a generation of handsets takes a file,
// and what it takes. It judges the text and the outer length of the DER;
// whether a certificate or key stands in the DER is for a parser to say. The
// time is linear in the size of the file; the caller bounds that size.
//
// A generation takes a file when every release of it does: the decoder of
// base64 was rewritten within 1.0.1 (1.0.1e has the old one, 1.0.1u the new)
// and within 1.0.2 (1.0.2d has the old one, 1.0.2o the new), the reader of
// lines between 1.1.0 and 1.1.1. An unknown generation counts as the newest.
// testdata holds the verdicts of the real releases.
func Read(data []byte, gen handset.Library, want Want) Outcome {
	readers := readersOf(gen)
	first := readers[0].read(data, want)
	for _, r := range readers[1:] {
		if !first.Taken {
			break
		}
		next := r.read(data, want)
		if next.Taken && !slices.EqualFunc(first.Blocks, next.Blocks, sameBytes) {
			return refused(refusal{cause: causeAmbiguous, line: first.Blocks[0].Line})
		}
		first = next
	}
	return first
}

func sameBytes(a, b armor.Block) bool { return bytes.Equal(a.Bytes, b.Bytes) }
