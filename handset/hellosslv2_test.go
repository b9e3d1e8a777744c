package handset

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// oldHello has the format of SSL 2.0, as OpenSSL 1.0.0 sends it.
func oldHello() Hello {
	return Hello{
		Version: 0x0301, NoExtensions: true, SSLv2: true, ChallengeLength: 32,
		CipherSpecs: []uint32{0x000039, 0x0700C0, 0x000035, 0x010080, 0x0000FF}, CipherSuites: []uint16{0x0039, 0x0035, 0x00FF},
	}
}

func TestMarshalSSLv2(t *testing.T) {
	h := oldHello()
	p := &Profile{ID: "own", Summary: "learned", TLS: TLS{ClientHello: observed(h)}}
	text, err := Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := parseAlone(t, text); !reflect.DeepEqual(got, p) {
		t.Errorf("%+v\n%s", got.TLS.ClientHello, text)
	}
	const lines = `
      format: sslv2
      version: TLS 1.0
      session_id: 0
      cipher_specs: [0x000039, 0x0700C0, 0x000035, 0x010080, 0x0000FF]
      challenge: 32
`
	if !strings.Contains(string(text), lines) {
		t.Errorf("%s", text)
	}
	if got := h.String(); got != "TLS 1.0 in the format of SSL 2.0, a session id of 0 bytes, 3 cipher suites and 2 ciphers of SSL 2.0, a challenge of 32 bytes" {
		t.Error(got)
	}
	h.CipherSpecs = make([]uint32, maxHelloSuites)
	h.CipherSuites = make([]uint16, maxHelloSuites)
	p.TLS.ClientHello = observed(h)
	if text, err = Marshal(p); err != nil || !reflect.DeepEqual(parseAlone(t, text), p) {
		t.Error("the largest one: ", err)
	}
}

func TestHelloCheckSSLv2(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Hello)
		want   string
	}{
		{"nothing", func(*Hello) {}, ""},
		{"the shortest challenge", func(h *Hello) { h.ChallengeLength = 16 }, ""},
		{"a session", func(h *Hello) { h.SessionIDLength = 32 }, ""},
		{"short challenge", func(h *Hello) { h.ChallengeLength = 15 }, "15 bytes; it has 16 to 32"},
		{"long challenge", func(h *Hello) { h.ChallengeLength = 33 }, "33 bytes; it has 16 to 32"},
		{"session id", func(h *Hello) { h.SessionIDLength = 33 }, "33 bytes; it has 0 to 32"},
		{"negative session id", func(h *Hello) { h.SessionIDLength = -1 }, "-1 bytes; it has 0 to 32"},
		{"none", func(h *Hello) { h.CipherSpecs, h.CipherSuites = nil, nil }, "there are 0 cipher specs"},
		{"too many", func(h *Hello) { h.CipherSpecs = make([]uint32, 513) }, "there are 513 cipher specs"},
		{"four bytes", func(h *Hello) { h.CipherSpecs = append(h.CipherSpecs, 1<<24) }, "0x1000000 has more than three bytes"},
		{"other suites", func(h *Hello) { slices.Reverse(h.CipherSuites) }, "are not those among the cipher specs"},
		{"SSL 2.0 alone", func(h *Hello) { h.CipherSpecs, h.CipherSuites = []uint32{0x010080}, nil }, "none of the 1 cipher specs is one of TLS"},
		{"version", func(h *Hello) { h.Version = 2 }, "the version is SSL 2.0"},
		{"record", func(h *Hello) { h.RecordVersion = 0x0301 }, "has a record's version"},
		{"compression", func(h *Hello) { h.CompressionMethods = []uint8{0} }, "compression methods"},
		{"extensions", func(h *Hello) { h.Extensions, h.NoExtensions = []HelloExtension{{Type: 35}}, false }, "extensions"},
		{"specs in TLS", func(h *Hello) { h.SSLv2, h.ChallengeLength = false, 0 }, "has cipher specs or a challenge"},
		{"a challenge in TLS", func(h *Hello) { *h = aHello(); h.ChallengeLength = 32 }, "has cipher specs or a challenge"},
	} {
		h := oldHello()
		test.change(&h)
		if err := h.Check(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestHelloFaultsSSLv2(t *testing.T) {
	const whole = "id: own\nsummary: mine\ntls:\n  client_hello:\n    source: s\n    basis: observed\n    value:\n" +
		"      format: sslv2\n      version: TLS 1.0\n      session_id: 0\n      cipher_specs: [0x000039, 0x010080]\n      challenge: 32\n"
	for _, test := range []struct{ old, new, want string }{
		{"", "", ""},
		{"format: sslv2", "format: ssl", `own.yaml:8:15: tls.client_hello.format: "ssl" is no format; write sslv2`},
		{"format: sslv2", "format: 2", "want text, have a number"},
		{"challenge: 32", "challenge: 33", "33 is not between 0 and 32"},
		{"challenge: 32", "challenge: 1", "the challenge has 1 bytes"},
		{"      challenge: 32\n", "", "challenge is missing"},
		{"0x010080", "0x1010080", "0x1010080 is not between 0 and 16777215"},
		{"0x000039, ", "", "none of the 1 cipher specs is one of TLS"},
		{"challenge: 32", "record_version: TLS 1.0", `unknown key "record_version"; the keys here are format,`},
	} {
		_, err := Parse("own.yaml", []byte(strings.Replace(whole, test.old, test.new, 1)))
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.new, err, test.want)
		}
	}
}
