package offer_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

func load(t *testing.T, id string) *handset.Profile {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func random() []byte { return bytes.Repeat([]byte{0xA5}, 32) }

// TestT28P spells out the whole message: version, random, no session id, the
// 25 suites of the guide, null compression, no extension.
func TestT28P(t *testing.T) {
	hello, _ := offer.ClientHello(load(t, "yealink-t28p"), offer.Options{Random: random(), Host: "pbx.example.com"})
	got, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	want := "01" + "00005b" + "0301" + strings.Repeat("a5", 32) + "00" +
		"0032" + "00390038003500160013000a00330032002f000700660005000400630062001500120009006500640060001400110008" + "0003" + "0100"
	want = strings.Replace(want, "00005b", hex.EncodeToString([]byte{0, 0, byte(len(want)/2 - 4)}), 1)
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
}

// TestGaps: every fact that is not known or only assumed is told, and those
// that decide are marked.
func TestGaps(t *testing.T) {
	tests := []struct{ handset, host, gaps string }{
		{"yealink-t28p", "pbx.example.com", "tls.sni tls.extensions"},
		{"yealink-t28p", "192.0.2.10", "tls.extensions"},
		{"yealink-t28p", "2001:db8::1", "tls.extensions"},
		{"yealink-t4x-v8x", "pbx.example.com", "tls.cipher_suites! tls.sni tls.extensions"},
	}
	for _, test := range tests {
		_, gaps := offer.ClientHello(load(t, test.handset), offer.Options{Random: random(), Host: test.host})
		var got []string
		for _, g := range gaps {
			if g.Because == "" || g.Sent == "" {
				t.Errorf("%s: gap without words: %+v", test.handset, g)
			}
			name := g.Fact
			if g.Decides {
				name += "!"
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != test.gaps {
			t.Errorf("%s at %s: %v, want %s", test.handset, test.host, got, test.gaps)
		}
	}
}

func TestServerName(t *testing.T) {
	hello, _ := offer.ClientHello(load(t, "yealink-t28p"), offer.Options{Random: random(), Host: "192.0.2.10", ServerName: "pbx.example.com"})
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, problems := handshake.ParseClientHello(raw)
	if len(problems) > 0 || read.ServerName() != "pbx.example.com" {
		t.Errorf("name %q, problems %v", read.ServerName(), problems)
	}
}

// TestSNI: what somebody knows goes before what the profile supposes.
func TestSNI(t *testing.T) {
	for _, test := range []struct{ sni, host, sent, gaps string }{
		{"on", "pbx.example.com", "pbx.example.com", "tls.extensions"},
		{"off", "pbx.example.com", "", "tls.extensions"},
		{"on", "192.0.2.10", "", "tls.extensions"},
	} {
		hello, gaps := offer.ClientHello(load(t, "yealink-t28p"), offer.Options{Random: random(), Host: test.host, SNI: test.sni})
		raw, err := hello.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		read, _ := handshake.ParseClientHello(raw)
		if len(gaps) != 1 || gaps[0].Fact != test.gaps || read.ServerName() != test.sent {
			t.Errorf("%s at %s: %q, gaps %v", test.sni, test.host, read.ServerName(), gaps)
		}
	}
}

// profile is a handset of the user's own that knows everything.
func profile(t *testing.T, extensions string) *handset.Profile {
	t.Helper()
	fact := func(value string) string {
		return "{value: " + value + ", basis: observed, source: a recording}"
	}
	text := "id: own\nbase: yealink-t28p\nsummary: a phone\ntls:\n  sni: " + fact("true") +
		"\n  versions: " + fact("[TLS 1.0, TLS 1.1, TLS 1.2]") +
		"\n  cipher_suites: " + fact("[0xC02F, 0x0039, 0x0035]") + "\n  extensions: " + fact(extensions) + "\n"
	p, err := handset.Parse("own.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExtensions(t *testing.T) {
	p := profile(t, "[supported_groups, ec_point_formats, signature_algorithms, session_ticket, renegotiation_info, heartbeat, status_request, extended_master_secret, encrypt_then_mac, supported_versions, no_such_thing]")
	hello, gaps := offer.ClientHello(p, offer.Options{Random: random(), Host: "pbx.example.com."})
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, problems := handshake.ParseClientHello(raw)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i, e := range hello.Extensions {
		if e.Value != nil && !reflect.DeepEqual(e.Value, read.Extensions[i].Value) {
			t.Errorf("%s says %v and sends %v", e.Type, e.Value, read.Extensions[i].Value)
		}
	}
	var got []string
	for _, e := range read.Extensions {
		got = append(got, e.Type.String())
	}
	want := "server_name supported_groups ec_point_formats signature_algorithms session_ticket renegotiation_info heartbeat status_request extended_master_secret encrypt_then_mac supported_versions"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
	if read.ServerName() != "pbx.example.com" || len(gaps) != 1 || gaps[0].Sent != "no no_such_thing" {
		t.Errorf("name %q, gaps %v", read.ServerName(), gaps)
	}
}

func TestFind(t *testing.T) {
	var profiles []*handset.Profile
	for _, id := range []string{"yealink-t4x-v8x", "yealink-t20p", "yealink-t28p"} {
		profiles = append(profiles, load(t, id))
	}
	profiles = append(profiles, profile(t, "[session_ticket]"))
	own := func(change func(*handshake.ClientHello)) *handshake.ClientHello {
		hello, _ := offer.ClientHello(profiles[2], offer.Options{Random: random()})
		change(hello)
		return hello
	}
	tests := []struct {
		name     string
		change   func(*handshake.ClientHello)
		first    string
		likeness offer.Likeness
		says     string
	}{
		{"itself", func(*handshake.ClientHello) {}, "yealink-t20p", offer.Exact, ""},
		{"with the signal of RFC 5746", func(h *handshake.ClientHello) {
			h.CipherSuites = append(h.CipherSuites, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
		}, "yealink-t20p", offer.Exact, ""},
		{"another version", func(h *handshake.ClientHello) { h.Version = iana.TLS12 }, "yealink-t20p", offer.Near, "offers TLS 1.2 at best, the handset TLS 1.0"},
		{"one suite more", func(h *handshake.ClientHello) {
			h.CipherSuites = append(h.CipherSuites, iana.TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5)
		}, "yealink-t20p", offer.Near, "adds TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"},
		{"another order", func(h *handshake.ClientHello) { slices.Reverse(h.CipherSuites) }, "yealink-t20p", offer.Near, "has the same cipher suites in another order"},
		{"half of them", func(h *handshake.ClientHello) { h.CipherSuites = h.CipherSuites[:12] }, "yealink-t20p", offer.Unknown, "lacks TLS_RSA_WITH_RC4_128_MD5"},
		{"another phone", func(h *handshake.ClientHello) {
			h.Version, h.CipherSuites = iana.TLS12, []iana.CipherSuite{0xC02F, 0x0039, 0x0035}
			h.Extensions = handshake.Extensions{offer.ServerName("pbx.example.com"), {Type: iana.ExtensionSessionTicket}}
		}, "own", offer.Exact, ""},
		{"nothing at all", func(h *handshake.ClientHello) { *h = handshake.ClientHello{} }, "yealink-t20p", offer.Unknown, "lacks"},
	}
	for _, test := range tests {
		list := offer.Find(own(test.change), profiles)
		if len(list) != 3 {
			t.Fatalf("%s: %d matches; a profile without suites cannot be compared", test.name, len(list))
		}
		m := list[0]
		if m.Handset != test.first || m.Likeness != test.likeness || !strings.Contains(strings.Join(m.Differences, "; "), test.says) {
			t.Errorf("%s: %+v, want %s %s %q", test.name, m, test.likeness, test.first, test.says)
		}
	}
}

func TestNamed(t *testing.T) {
	profiles := []*handset.Profile{load(t, "matrix-vp710"), load(t, "yealink-t28p"), profile(t, "[session_ticket]")}
	hello, _ := offer.ClientHello(profiles[1], offer.Options{Random: random()})
	if got := offer.Named(offer.Find(hello, profiles), 2); got != "matrix-vp710, yealink-t28p (exact)" {
		t.Errorf("got %q", got)
	}
	if got := offer.Named(offer.Find(hello, profiles), 1); got != "matrix-vp710, 1 more (exact)" {
		t.Errorf("got %q", got)
	}
	hello.CipherSuites = hello.CipherSuites[:3]
	if got := offer.Named(offer.Find(hello, profiles), 2); got != "no handset that is known" {
		t.Errorf("got %q", got)
	}
	if got := offer.Named(nil, 2); got != "" {
		t.Errorf("got %q", got)
	}
}
