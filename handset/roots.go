package handset

import (
	"embed"
	"encoding/csv"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
)

//go:generate go run -tags generate ./roots/gen.go

//go:embed roots/*.pem
var rootFiles embed.FS

//go:embed roots/index.csv
var rootIndex string

// The lists of built-in certificates, as Builtin.RootList names them.
const (
	// RootListNone is the list of a phone that has no built-in certificate.
	RootListNone = "none"
	// RootListT2xPV7x is the list of the T2xP phones with firmware V7x. Its
	// names are assumed (see the fact builtin.root_list).
	RootListT2xPV7x = "t2xp-v7x"
)

// Root is a trusted certificate that phones have built in.
type Root struct {
	// Slug is the certificate's short name and its file's name without ending.
	Slug string
	// Variant is "only", or tells apart two certificates of the same name by
	// their signature algorithm: md2, md5, sha1. Which of the two a phone
	// holds is not known, so the list has both.
	Variant string
	// Subject is the distinguished name, in the certificate's order.
	Subject string
	// SignatureAlgorithm and Key are names such as sha1WithRSA and RSA-2048.
	SignatureAlgorithm, Key string
	// NotBefore and NotAfter are the ends of the validity.
	NotBefore, NotAfter time.Time
	// X509Version is v1 or v3.
	X509Version string
	// SHA256 is the fingerprint of the DER bytes in lower-case hex.
	SHA256 string
}

// RootLists names the lists that Roots knows.
func RootLists() []string { return []string{RootListNone, RootListT2xPV7x} }

// Roots returns the certificates of a list, by name and twins side by side. An
// unknown list is an error.
func Roots(list string) ([]Root, error) {
	switch list {
	case RootListNone:
		return nil, nil
	case RootListT2xPV7x:
		_, rows, _ := strings.Cut(rootIndex, "\n")
		return parseRoots(rows)
	}
	return nil, fmt.Errorf("no list of built-in certificates is named %q", list)
}

// RootBySHA256 finds the certificate of a list that has a fingerprint, in
// lower-case hex. It parses no certificate and may be asked often.
func RootBySHA256(list, fingerprint string) (Root, bool) {
	if list != RootListT2xPV7x || len(fingerprint) != hex.EncodedLen(32) {
		return Root{}, false
	}
	// Half a fingerprint finds the row, for strings.Index is much faster on
	// needles that fit a vector register. The whole one is compared below.
	at := strings.Index(rootIndex, fingerprint[:len(fingerprint)/2])
	if at < 0 {
		return Root{}, false
	}
	row := rootIndex[strings.LastIndexByte(rootIndex[:at], '\n')+1:]
	row, _, _ = strings.Cut(row, "\n")
	roots, err := parseRoots(row)
	if err != nil || len(roots) != 1 || roots[0].SHA256 != fingerprint {
		return Root{}, false
	}
	return roots[0], true
}

// PEM returns the certificate as the PEM file that is part of the tool.
func (r Root) PEM() []byte {
	text, err := rootFiles.ReadFile("roots/" + r.Slug + ".pem")
	if err != nil {
		return nil // not a Root of this package
	}
	return text
}

// DER returns the bytes of the certificate.
func (r Root) DER() []byte {
	block, _ := pem.Decode(r.PEM())
	if block == nil {
		return nil
	}
	return block.Bytes
}

// parseRoots reads rows of the index, which the generator wrote.
func parseRoots(rows string) ([]Root, error) {
	reader := csv.NewReader(strings.NewReader(rows))
	reader.FieldsPerRecord = 9
	records, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	roots := make([]Root, len(records))
	for i, f := range records {
		from, err := time.Parse(time.RFC3339, f[5])
		if err != nil {
			return nil, err
		}
		until, err := time.Parse(time.RFC3339, f[6])
		if err != nil {
			return nil, err
		}
		roots[i] = Root{
			Slug: f[0], Variant: f[1], Subject: f[2], SignatureAlgorithm: f[3], Key: f[4],
			NotBefore: from, NotAfter: until, X509Version: f[7], SHA256: f[8],
		}
	}
	return roots, nil
}
