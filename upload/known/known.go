// Package known decides whether a phone's certificate is the one that it should
// be: by a fingerprint that was given, by a CA, or by what was seen before and
// stands in a file, as SSH keeps known hosts.
package known

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Fingerprint is the SHA-256 of a certificate's DER.
type Fingerprint [sha256.Size]byte

// Of is the fingerprint of a certificate in DER.
func Of(der []byte) Fingerprint { return sha256.Sum256(der) }

// prefix names the digest, as the file and people write it.
const prefix = "sha256:"

// String writes the fingerprint as the file has it.
func (f Fingerprint) String() string { return prefix + hex.EncodeToString(f[:]) }

// Short is enough of the fingerprint for people to compare: 64 bits.
func (f Fingerprint) Short() string { return prefix + hex.EncodeToString(f[:8]) + "…" }

var errFingerprint = errors.New("a fingerprint is sha256: and 64 hexadecimal digits")

// ParseFingerprint reads a fingerprint as the file, OpenSSL and browsers write
// it: with or without "sha256:", in either case, with or without colons.
func ParseFingerprint(text string) (Fingerprint, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimPrefix(text, prefix)
	text = strings.TrimPrefix(text, "sha256 fingerprint=")
	var f Fingerprint
	raw, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(raw) != len(f) {
		return f, errFingerprint
	}
	copy(f[:], raw)
	return f, nil
}

// Entry is one line of the file that is no comment.
type Entry struct {
	// Line is its number, from 1.
	Line int
	// Address is host and port in lower case.
	Address     string
	Fingerprint Fingerprint
	// Err says that the line could not be read beyond its address.
	Err error
}

// Parse reads the file: a line has an address, a blank and a fingerprint; "#"
// begins a comment, empty lines mean nothing. Several lines for one address mean
// that each of their certificates is accepted. A bad line concerns nobody but
// the address with which it begins.
func Parse(text []byte) []Entry {
	var entries []Entry
	number := 0
	for line := range bytes.Lines(text) {
		number++
		before, _, _ := strings.Cut(string(line), "#")
		fields := strings.Fields(before)
		if len(fields) == 0 {
			continue
		}
		e := Entry{Line: number, Address: strings.ToLower(fields[0])}
		switch {
		case len(fields) != 2 || !strings.HasPrefix(fields[1], prefix):
			e.Err = errFingerprint
		default:
			e.Fingerprint, e.Err = ParseFingerprint(fields[1])
		}
		entries = append(entries, e)
	}
	return entries
}

// line writes an entry.
func line(address string, f Fingerprint) (string, error) {
	address = strings.ToLower(address)
	if address == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '#' || r == 0x7f }) {
		return "", fmt.Errorf("%q is no address of a phone", address)
	}
	return address + " " + f.String() + "\n", nil
}
