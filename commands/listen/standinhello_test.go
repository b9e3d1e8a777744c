package listen_test

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
)

// keyShare is the number of the extension key_share (RFC 8446, section 4.2).
const keyShare = 51

// freshless is the record of a ClientHello with zeros where each one is fresh:
// random, session id, and the public values of key_share (RFC 8446, sections
// 4.1.2 and 4.2.8). It reads bytes by itself: what it checks was written with
// the decoder's help.
func freshless(t *testing.T, record string) []byte {
	t.Helper()
	b, err := hex.DecodeString(record)
	if err != nil || len(b) < 44 || b[0] != 22 || b[5] != 1 {
		t.Fatalf("no record of a ClientHello: %v: %s", err, record)
	}
	rest := b[11:] // after the headers and the version
	take := func(n int) []byte {
		t.Helper()
		if n > len(rest) {
			t.Fatalf("the ClientHello ends early: %s", record)
		}
		taken := rest[:n]
		rest = rest[n:]
		return taken
	}
	short := func() int { return int(binary.BigEndian.Uint16(take(2))) }
	clear(take(32))
	clear(take(int(take(1)[0])))
	take(short())         // cipher suites
	take(int(take(1)[0])) // compression methods
	if len(rest) == 0 {
		return b
	}
	take(2)
	for len(rest) > 0 {
		kind, length := short(), short()
		if kind != keyShare {
			take(length)
			continue
		}
		end := len(rest) - length
		take(2) // the length of the list
		for len(rest) > end {
			take(2) // group
			clear(take(short()))
		}
	}
	return b
}
