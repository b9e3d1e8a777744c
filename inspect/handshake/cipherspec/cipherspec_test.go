package cipherspec

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// counter is randomness that can be told before.
type counter struct{ next byte }

func (c *counter) Read(b []byte) (int, error) {
	for i := range b {
		c.next++
		b[i] = c.next
	}
	return len(b), nil
}

func parameters(version iana.ProtocolVersion, suite iana.CipherSuite, encryptThenMAC bool) Parameters {
	return Parameters{Version: version, Suite: suite, ClientRandom: bytes.Repeat([]byte{1}, 32), ServerRandom: bytes.Repeat([]byte{2}, 32), EncryptThenMAC: encryptThenMAC}
}

// pair is a sealer with the opener on the other side.
type pair struct {
	name   string
	seal   func() Sealer
	opener func() Opener
}

// pairs are those of every suite.
var pairs = sync.OnceValue(func() (list []pair) {
	master := bytes.Repeat([]byte{3}, 48)
	for number := range 0x10000 {
		suite := iana.CipherSuite(number)
		if !Supported(suite) {
			continue
		}
		if suite>>8 == 0x13 {
			list = append(list, pair{suite.String(), func() Sealer { return Sealer13(suite, master) }, func() Opener { return Opener13(suite, master) }})
			continue
		}
		for version := iana.SSL30; version <= iana.TLS12; version++ {
			for _, after := range []bool{false, true} {
				p, client := parameters(version, suite, after), number%2 == 0
				list = append(list, pair{fmt.Sprintf("%s %s %v", version, suite, after),
					func() Sealer { return p.Sealer(master, client, &counter{}) }, func() Opener { return p.Opener(master, client) }})
			}
		}
	}
	return list
})

func open(o Opener, sequence uint64, record []byte) ([]byte, bool) {
	h := Header{Type: record[0], Version: iana.ProtocolVersion(binary.BigEndian.Uint16(record[1:])), Length: int(binary.BigEndian.Uint16(record[3:]))}
	return o(nil, sequence, h, record[5:])
}

// TestRoundTrip: what is sealed is opened, and nothing else.
func TestRoundTrip(t *testing.T) {
	if len(pairs()) < 100 {
		t.Errorf("only %d pairs", len(pairs()))
	}
	for i, p := range pairs() {
		seal, opener := p.seal(), p.opener()
		for i, content := range []string{"", "hello", string(make([]byte, 300)), "a content of 16 b"} {
			record, err := seal(nil, uint64(i), 23, []byte(content))
			if err != nil || int(binary.BigEndian.Uint16(record[3:])) != len(record)-5 {
				t.Fatalf("%s: %v % X", p.name, err, record)
			}
			plain, ok := open(opener, uint64(i), record)
			if !ok || string(bytes.TrimSuffix(plain, []byte{23})) != content {
				t.Errorf("%s: %q %v", p.name, plain, ok)
			}
		}
		record, err := p.seal()(nil, 0, 23, nil)
		if err != nil {
			t.Fatal(p.name, err)
		}
		for n := 5 + i%11; n < len(record); n += 11 {
			if _, ok := open(p.opener(), 0, record[:n]); ok {
				t.Errorf("%s: %d of %d bytes were taken", p.name, n, len(record))
			}
			changed := bytes.Clone(record)
			changed[n] ^= 0x80
			if _, ok := open(p.opener(), 0, changed); ok {
				t.Errorf("%s: byte %d was changed", p.name, n)
			}
		}
		if _, ok := open(p.opener(), 1, record); ok {
			t.Errorf("%s: a record was taken in another's place", p.name)
		}
	}
}

// TestUnsupported: what is not at hand opens and seals nothing.
func TestUnsupported(t *testing.T) {
	for _, suite := range []iana.CipherSuite{0, iana.TLS_RSA_WITH_IDEA_CBC_SHA, iana.TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5, iana.TLS_RSA_WITH_CAMELLIA_128_CBC_SHA, iana.TLS_AES_128_CCM_SHA256, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV, 0xFFFF} {
		p := parameters(iana.TLS12, suite, false)
		if Supported(suite) || p.Chained() {
			t.Errorf("%s is supported", suite)
		}
		if p.Opener(nil, true) != nil || p.Sealer(nil, true, nil) != nil || Opener13(suite, nil) != nil || Sealer13(suite, nil) != nil {
			t.Errorf("%s has keys", suite)
		}
	}
}

// TestChained: which connections want an empty record before data.
func TestChained(t *testing.T) {
	for _, test := range []struct {
		version iana.ProtocolVersion
		suite   iana.CipherSuite
		want    bool
	}{
		{iana.SSL30, iana.TLS_RSA_WITH_DES_CBC_SHA, true}, {iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, true}, {iana.TLS11, iana.TLS_RSA_WITH_AES_128_CBC_SHA, false},
		{iana.TLS10, iana.TLS_RSA_WITH_RC4_128_SHA, false}, {iana.TLS10, iana.TLS_RSA_WITH_NULL_SHA, false}, {iana.TLS12, iana.TLS_RSA_WITH_AES_128_GCM_SHA256, false},
	} {
		if got := parameters(test.version, test.suite, false).Chained(); got != test.want {
			t.Errorf("%s %s: %v", test.version, test.suite, got)
		}
	}
}

// TestSchedule: the values of RFC 8448, section 3.
func TestSchedule(t *testing.T) {
	s := NewSchedule(iana.TLS_AES_128_GCM_SHA256)
	if got := hex.EncodeToString(s.secret); got != "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a" {
		t.Errorf("early secret %s", got)
	}
	shared, err := hex.DecodeString("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d")
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(shared)
	if got := hex.EncodeToString(s.secret); got != "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac" {
		t.Errorf("handshake secret %s", got)
	}
	s.Advance(nil)
	if got := hex.EncodeToString(s.secret); got != "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919" {
		t.Errorf("master secret %s", got)
	}
}

// FuzzOpen: no record makes an opener fail otherwise than by saying no.
func FuzzOpen(f *testing.F) {
	for i := 0; i < len(pairs()); i += 20 {
		record, err := pairs()[i].seal()(nil, 0, 23, []byte("data"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(record, uint16(i))
	}
	f.Fuzz(func(t *testing.T, record []byte, which uint16) {
		if len(record) < 5 {
			return
		}
		p := pairs()[int(which)%len(pairs())]
		if plain, ok := open(p.opener(), 0, record); ok && len(plain) > len(record) {
			t.Errorf("%s: %d bytes out of %d", p.name, len(plain), len(record))
		}
	})
}
