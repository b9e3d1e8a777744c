package offer_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Two ClientHellos in the format of SSL 2.0, of OpenSSL 1.0.0m with the cipher
// lists "ALL" and "SSLv2:AES256-SHA".
const (
	all   = "80c8010301009f0000002000c01400c00a00003900003800c01900003a00c00f00c00500003500c01200c00800001600001300c01700001b00c00d00c00300000a0700c000c01300c00900003300003200c01800003400c00e00c00400002f03008000c01100c00700c01600001800c00c00c00200000500000401008000001500001200001a0000090600400000140000110000190000080000060400800000170000030200800000fff88b403aa0cb600d39a471bbab7cf798c0c63d96381f1d0d7668034f2226e435"
	three = "80410103010018000000200700c00300800100800600400400800200800000350000ff8ddfe943735739491f26e502fd188131f93a3e3a2b8ae624797cff97bcd18ad3"
)

func old(t *testing.T, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// shorter is one with a challenge of 16 bytes, which those have that care for the
// oldest servers.
func shorter(raw []byte) []byte {
	raw = slices.Clone(raw[:len(raw)-16])
	raw[1], raw[10] = raw[1]-16, 16
	return raw
}

// TestReplaySSLv2: what was sent in the format of SSL 2.0 comes out as it went in,
// with another challenge, and without a name, for which it has no place.
func TestReplaySSLv2(t *testing.T) {
	for _, raw := range [][]byte{old(t, all), old(t, three), shorter(old(t, all))} {
		p := learn(t, raw)
		h := p.TLS.ClientHello.Value
		got, gaps := replayed(t, p, "pbx.example.com")
		fixed := len(raw) - h.ChallengeLength
		if want := slices.Concat(raw[:fixed], random()[:h.ChallengeLength]); !bytes.Equal(got, want) || len(gaps) != 1 || gaps[0].Fact != "tls.sni" {
			t.Errorf("%+v\ngot  % x\nwant % x", gaps, got, want)
		}
		m, gaps := offer.ClientHello(p, offer.Options{Random: random(), Host: "pbx.example.com", SNI: "on"})
		if m.ServerName() != "" || len(gaps) != 1 || gaps[0].Sent != "no server_name" || gaps[0].Fact != "tls.client_hello" {
			t.Errorf("%+v", gaps)
		}
		if zeros := 32 - h.ChallengeLength; !bytes.Equal(m.Random, append(make([]byte, zeros), random()[zeros:]...)) {
			t.Errorf("random % x", m.Random)
		}
		if suites, versions := offer.CipherSuites(p), offer.Versions(p); len(suites) != len(h.CipherSuites)-1 || !slices.Equal(versions, []iana.ProtocolVersion{iana.TLS10}) {
			t.Errorf("%v %v", suites, versions)
		}
	}
}

// TestFromHelloSSLv2: at every length, and what has no server of TLS.
func TestFromHelloSSLv2(t *testing.T) {
	whole := old(t, three)
	for i := range whole {
		if _, _, err := offer.FromHello(whole[:i]); err == nil {
			t.Fatalf("the first %d bytes of %d are taken for a ClientHello", i, len(whole))
		}
	}
	if h, _, err := offer.FromHello(append(slices.Clone(whole), "what follows"...)); err != nil || len(h.CipherSpecs) != 8 || len(h.CipherSuites) != 2 {
		t.Errorf("%+v %v", h, err)
	}
	changed := func(at int, b ...byte) []byte {
		raw := slices.Clone(whole)
		copy(raw[at:], b)
		return raw
	}
	for _, test := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"huge", changed(0, 0xFF, 0xFF), "a ClientHello is taken with at most"},
		{"no version of TLS", changed(3, 0, 2), "the version is SSL 2.0"},
		{"no suite of TLS", changed(29, 1, 0, 0x35, 1), "none of the 8 cipher specs"},
		{"list", changed(6, 23), "breaks the format"},
		{"challenge", changed(10, 15), "breaks the format"},
		{"session id", changed(7, 0xFF), "breaks the format"},
		{"cut", []byte{0x80, 0x2E, 1, 3, 1}, "cut short: it has 48 bytes, and 5 are there"},
	} {
		if _, _, err := offer.FromHello(test.raw); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestMatchSSLv2 with one that was learned.
func TestMatchSSLv2(t *testing.T) {
	p := learn(t, old(t, all))
	for _, test := range []struct {
		name     string
		change   func(*handshake.ClientHello)
		likeness offer.Likeness
		says     string
	}{
		{"its own", func(*handshake.ClientHello) {}, offer.Exact, ""},
		{"the other format", func(m *handshake.ClientHello) { *m = *m.InTLSFormat() }, offer.Near, "has the format of TLS, the handset that of SSL 2.0"},
		{"challenge", func(m *handshake.ClientHello) { m.ChallengeLength = 16 }, offer.Near, "has a challenge of 16 bytes, the handset of 32"},
		{"another place of a cipher", func(m *handshake.ClientHello) {
			m.CipherSpecs[18], m.CipherSpecs[17] = m.CipherSpecs[17], m.CipherSpecs[18]
		}, offer.Near, "has other ciphers of SSL 2.0 among the same cipher suites"},
		{"fewer suites", func(m *handshake.ClientHello) { m.CipherSpecs, m.CipherSuites = nil, m.CipherSuites[:1] }, offer.Unknown, "lacks"},
	} {
		m, _ := handshake.ParseClientHello(old(t, all))
		test.change(m)
		got := offer.Find(m, []*handset.Profile{p})[0]
		if got.Likeness != test.likeness || !strings.Contains(strings.Join(got.Differences, "; "), test.says) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}
