package handset

import (
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
)

// learned is a profile with a bit of everything, as if learned from a phone.
func learned() *Profile {
	p := &Profile{ID: "own", Base: "yealink-t28p", Summary: "Acme Phone 7, learned"}
	p.Brand = observed("Acme")
	p.Models = observed([]string{"AP-7", "T4xU", "true", "12", ".inf"})
	p.GuideYear = observed(2015)
	p.TrustedFiles.MaxBytes = observed(int64(1024))
	p.TrustedFiles.Encodings = observed([]Encoding{PEM})
	p.TrustedFiles.MaxFiles = Fact[int]{NotKnown: "not counted", Source: "a phone", Because: "nobody asked", Basis: finding.Assumed}
	p.Settings.CNValidation.InForce = observed("on")
	p.Settings.CA.InForce = observed("custom")
	p.TLS.SNI = Fact[bool]{Value: true, Basis: finding.Derived, Source: "a phone", Because: "it sent one"}
	p.TLS.CipherSuites = observed([]uint16{0x1301, 0x00FF})
	p.TLS.Extensions = observed([]string{})
	p.TLS.ClientHello = observed(aHello())
	p.Crypto.Library = observed(OpenSSL102)
	return p
}

func observed[T any](value T) Fact[T] {
	return Fact[T]{Value: value, Basis: finding.Observed, Source: `seen of a phone that says of itself "Acme Phone: 7.1 #2", on 2026-01-02, and of another`}
}

func aHello() Hello {
	return Hello{
		RecordVersion: 0x0301, Version: 0x0303, SessionIDLength: 32,
		CipherSuites: []uint16{0x2A2A, 0x1301, 0xC02F, 0x00FF}, CompressionMethods: []uint8{1, 0},
		Extensions: []HelloExtension{
			{Type: 0x1A1A}, {Type: 0, Addresses: true}, {Type: 35}, {Type: 11, Data: []byte{3, 0, 1, 2}}, {Type: 21, Data: []byte{0, 0x12, 0xE5}}, {Type: 0xABCD, Data: []byte{0xFF}},
			{Type: 51, Shares: []HelloShare{{0x2A2A, 1}, {29, 32}, {0x11EC, 1216}}},
		},
	}
}

// parseAlone reads a profile without its base, so that the two can be compared.
func parseAlone(t testing.TB, text []byte) *Profile {
	t.Helper()
	d, err := open("own.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	p := new(Profile)
	if err := d.group("", d.root, reflect.ValueOf(p).Elem()); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

func TestMarshal(t *testing.T) {
	p := learned()
	text, err := Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := parseAlone(t, text); !reflect.DeepEqual(got, p) {
		t.Errorf("got %+v\nwant %+v\n%s", got, p, text)
	}
	for _, want := range []string{
		"id: own\nbase: yealink-t28p\nsummary: Acme Phone 7, learned\n\nbrand:\n  value: Acme\n  basis: observed\n  source: >-\n    seen of a phone",
		"      - id: 0x1A1A\n        - name: server_name\n          addresses: true\n",
		"        - name: ec_point_formats\n          data: \"03000102\"\n",
		"            - {group: x25519, length: 32}\n",
		"    value:\n      record_version: TLS 1.0\n      version: TLS 1.2\n      session_id: 32\n      cipher_suites: [0x2A2A, 0x1301, 0xC02F, 0x00FF]\n      compression_methods: [1, 0]\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	whole, err := Parse("own.yaml", text)
	if err != nil || whole.TLS.Encrypts.Value == nil || !reflect.DeepEqual(whole.TLS.ClientHello, p.TLS.ClientHello) {
		t.Errorf("with its base: %v", err)
	}
	if again, err := Marshal(parseAlone(t, text)); err != nil || string(again) != string(text) {
		t.Errorf("it does not come out the same: %v\n%s", err, again)
	}
}

// TestMarshalShipped: the shipped profiles come back as they were, all their facts
// being stated.
func TestMarshalShipped(t *testing.T) {
	for _, p := range shipped(t) {
		text, err := Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseAlone(t, text); !reflect.DeepEqual(got, p) {
			t.Errorf("%s came back otherwise:\n%s", p.ID, text)
		}
		for line := range strings.Lines(string(text)) {
			if len(line) > width+1 && !strings.Contains(line, `"`) {
				t.Errorf("%s: a line of %d columns: %s", p.ID, len(line), line)
			}
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Profile)
		want   string
	}{
		{"no id", func(p *Profile) { p.ID = "" }, "id and summary are needed"},
		{"no summary", func(p *Profile) { p.Summary = "\x00" }, "the text is empty"},
		{"bad id", func(p *Profile) { p.ID = "a b" }, `"a b" is no id`},
		{"no source", func(p *Profile) { p.Brand.Source = "" }, "source is missing"},
		{"no because", func(p *Profile) { p.TLS.SNI.Because = "" }, "because is missing"},
		{"word outside its set", func(p *Profile) { p.Settings.CA.InForce.Value = "none" }, `"none" is none of on, off`},
		{"not permitted", func(p *Profile) { p.Settings.CA.Values = observed([]string{"all"}) }, `the value in force "custom" is not among the permitted values all`},
		{"bad hello", func(p *Profile) { p.TLS.ClientHello.Value.CipherSuites = nil }, "there are 0 cipher suites"},
		{"too large", func(p *Profile) { p.Brand.Value = strings.Repeat("x", MaxProfileBytes) }, "a profile has at most"},
	}
	for _, tt := range tests {
		p := learned()
		tt.change(p)
		if _, err := Marshal(p); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// TestLargestHello: what Check lets pass can be written and read.
func TestLargestHello(t *testing.T) {
	h := aHello()
	h.CipherSuites = make([]uint16, maxHelloSuites)
	h.CompressionMethods = make([]uint8, 255)
	h.Extensions = []HelloExtension{{Type: 51}}
	for i := range maxHelloShares {
		h.Extensions[0].Shares = append(h.Extensions[0].Shares, HelloShare{uint16(i), 32})
	}
	for i := range maxHelloExtensions - 1 {
		h.Extensions = append(h.Extensions, HelloExtension{Type: uint16(1000 + i), Data: make([]byte, 90)})
	}
	h.Extensions[1].Data = make([]byte, 500)
	p := learned()
	p.TLS.ClientHello = observed(h)
	text, err := Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := parseAlone(t, text); !reflect.DeepEqual(got.TLS.ClientHello, p.TLS.ClientHello) {
		t.Error("it came back otherwise")
	}
}

func TestHelloCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Hello)
		want   string
	}{
		{"session id", func(h *Hello) { h.SessionIDLength = 33 }, "33 bytes; it has 0 to 32"},
		{"negative session id", func(h *Hello) { h.SessionIDLength = -1 }, "-1 bytes"},
		{"no suites", func(h *Hello) { h.CipherSuites = nil }, "0 cipher suites"},
		{"suites", func(h *Hello) { h.CipherSuites = make([]uint16, 513) }, "513 cipher suites"},
		{"no compression", func(h *Hello) { h.CompressionMethods = nil }, "0 compression methods"},
		{"compression", func(h *Hello) { h.CompressionMethods = make([]uint8, 256) }, "256 compression methods"},
		{"both", func(h *Hello) { h.NoExtensions = true }, "without extensions"},
		{"extensions", func(h *Hello) { h.Extensions = make([]HelloExtension, 129) }, "129 extensions"},
		{"twice", func(h *Hello) { h.Extensions = append(h.Extensions, HelloExtension{Type: 35}) }, "session_ticket stands there twice"},
		{"data of server_name", func(h *Hello) { h.Extensions[1].Data = []byte{1} }, "server_name has data"},
		{"addresses elsewhere", func(h *Hello) { h.Extensions[2].Addresses = true }, "session_ticket has addresses"},
		{"shares elsewhere", func(h *Hello) { h.Extensions[2].Shares = make([]HelloShare, 1) }, "session_ticket has shares"},
		{"shares", func(h *Hello) { h.Extensions[6].Shares = make([]HelloShare, 33) }, "33 key shares"},
		{"empty share", func(h *Hello) { h.Extensions[6].Shares[0].Length = 0 }, "key share in 0x2A2A has 0 bytes"},
		{"long share", func(h *Hello) { h.Extensions[6].Shares[1].Length = 1 << 20 }, "key share in x25519"},
		{"size", func(h *Hello) { h.Extensions[4].Data = make([]byte, MaxHelloBytes) }, "the message has"},
	}
	for _, tt := range tests {
		h := aHello()
		if err := h.Check(); err != nil {
			t.Fatal(err)
		}
		tt.change(&h)
		if err := h.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestHelloFaults(t *testing.T) {
	const head = "id: own\nsummary: mine\ntls:\n  client_hello:\n    source: s\n    basis: observed\n    value:\n"
	const needed = "      record_version: TLS 1.0\n      version: 0x0305\n      session_id: 0\n      cipher_suites: [0x1301]\n      compression_methods: [0]\n"
	tests := []struct{ text, want string }{
		{needed, ""},
		{needed + "      extensions: []\n", ""},
		{needed + "      extensions:\n        - name: server_name\n        - {id: 0x0A0A, data: \"00\"}\n        - {name: key_share, shares: [{group: 0x0A0A, length: 1}]}\n", ""},
		{strings.Replace(needed, "      session_id: 0\n", "", 1), "own.yaml:8:21: tls.client_hello: session_id is missing"},
		{strings.Replace(needed, "TLS 1.0", "TLS 9", 1), `own.yaml:8:23: tls.client_hello.record_version: no version is named "TLS 9"`},
		{strings.Replace(needed, "0x1301", "0x10000", 1), "own.yaml:11:23: tls.client_hello.cipher_suites: 0x10000 is not between 0 and 65535"},
		{strings.Replace(needed, "session_id: 0", "session_id: 33", 1), "own.yaml:10:19: tls.client_hello.session_id: 33 is not between 0 and 32"},
		{needed + "      colour: red\n", `own.yaml:13:7: tls.client_hello: unknown key "colour"; the keys here are record_version,`},
		{needed + "      extensions: [{name: no_such}]\n", `own.yaml:13:27: tls.client_hello.extensions.name: no extension is named "no_such"`},
		{needed + "      extensions: [{data: \"00\"}]\n", "an extension has either a name or an id"},
		{needed + "      extensions: [{name: padding, id: 21}]\n", "an extension has either a name or an id"},
		{needed + "      extensions: [{name: padding, data: 0012}]\n", "own.yaml:13:42: tls.client_hello.extensions.data: want hexadecimal digits in quotes, have a number"},
		{needed + "      extensions: [{name: padding, data: \"0\"}]\n", "no pairs of hexadecimal digits"},
		{needed + "      extensions: [{name: padding, data: \"\"}]\n", "no pairs of hexadecimal digits"},
		{needed + "      extensions: [{name: server_name, data: \"00\"}]\n", "server_name has data, but it is made afresh"},
		{needed + "      extensions: [{name: key_share, shares: [{group: x25519}]}]\n", "length is missing"},
		{needed + "      extensions: [{name: padding}, {id: 21}]\n", "padding stands there twice"},
	}
	for _, tt := range tests {
		_, err := Parse("own.yaml", []byte(head+tt.text))
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%v\n%s", err, tt.text)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// FuzzMarshal: whatever a phone says of itself and sends comes back from the
// file, less what cannot be seen, or is refused.
func FuzzMarshal(f *testing.F) {
	f.Add("Acme \"7\"\n\\ é: #x", "- [a, b", []byte{3, 1, 3, 3, 32, 0x13, 1, 0, 21, 1, 2})
	f.Fuzz(func(t *testing.T, agent, source string, b []byte) {
		p := learned()
		p.Summary, p.Brand.Value, p.Brand.Source = agent, agent, source
		p.Models.Value = []string{agent, source}
		p.TrustedFiles.MaxFiles.NotKnown = agent + " " + source
		p.TLS.ClientHello.Value = helloOf(b)
		text, err := Marshal(p)
		if err != nil {
			if visible(agent) != "" && visible(source) != "" && len(agent)+len(source) < 1000 && p.TLS.ClientHello.Value.Check() == nil {
				t.Error(err)
			}
			return
		}
		p.Summary, p.Brand.Value, p.Brand.Source = visible(agent), visible(agent), visible(source)
		p.Models.Value = []string{visible(agent), visible(source)}
		p.TrustedFiles.MaxFiles.NotKnown = visible(agent + " " + source)
		if got := parseAlone(t, text); !reflect.DeepEqual(got, p) {
			t.Errorf("got %+v\nwant %+v\n%s", got, p, text)
		}
	})
}

// helloOf makes a ClientHello of bytes, whatever they are.
func helloOf(b []byte) Hello {
	h := Hello{NoExtensions: true}
	next := func() byte {
		if len(b) == 0 {
			return 0
		}
		first := b[0]
		b = b[1:]
		return first
	}
	pair := func() uint16 { return uint16(next())<<8 | uint16(next()) }
	h.RecordVersion, h.Version, h.SessionIDLength = pair(), pair(), int(next())%33
	if h.RecordVersion == 2 { // SSL 2.0
		h.RecordVersion, h.SSLv2, h.ChallengeLength = 0, true, int(next())%33
		for len(b) > 0 {
			h.CipherSpecs = append(h.CipherSpecs, uint32(next())<<16|uint32(pair()))
		}
		h.CipherSuites = suitesOf(h.CipherSpecs)
		return h
	}
	h.CipherSuites, h.CompressionMethods = []uint16{pair()}, []uint8{next()}
	for len(b) > 0 {
		h.NoExtensions = false
		e := HelloExtension{Type: pair()}
		switch n := int(next()) % 40; {
		case e.Type == 51:
			e.Shares = []HelloShare{{pair(), n}}
		case n > 0 && e.Type != 0:
			e.Data = b[:min(n, len(b)):min(n, len(b))]
			b = b[len(e.Data):]
			if len(e.Data) == 0 {
				e.Data = nil
			}
		}
		h.Extensions = append(h.Extensions, e)
	}
	return h
}

func TestFuzzMarshalSeeds(t *testing.T) {
	seeds, err := filepath.Glob("testdata/fuzz/FuzzMarshal/*")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("the seed corpus is empty (%v)", err)
	}
}

// TestNastyTexts puts signs of YAML together, in texts short and long.
func TestNastyTexts(t *testing.T) {
	words := []string{"a", "word", "-", "---", "...", "#", "#x", ":", "x:", "a:b", "'", "''", "\"", "\\", "\\n", "%", "@", "&x", "*y", "!t", "|", ">", ">-", "[", "]", "{", "}", ",", "?", "~", "null", "é", "日本", "", "=", "<<", "`", "0x1", "1e5", "\u00A0", "\t"}
	random := rand.New(rand.NewPCG(5, 5))
	for range 400 {
		var b strings.Builder
		for range 1 + random.IntN(60) {
			b.WriteString(words[random.IntN(len(words))])
			if random.IntN(4) > 0 {
				b.WriteByte(' ')
			}
		}
		s := b.String()
		if visible(s) == "" {
			continue
		}
		p := &Profile{ID: "own", Summary: s, Brand: Fact[string]{Value: s, Basis: finding.Observed, Source: "x " + s}, Models: observed([]string{s, s})}
		text, err := Marshal(p)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		got := parseAlone(t, text)
		want := []string{visible(s), visible(s), visible("x " + s), visible(s)}
		if have := []string{got.Summary, got.Brand.Value, got.Brand.Source, got.Models.Value[1]}; !slices.Equal(have, want) {
			t.Errorf("got %q\nwant %q\n%s", have, want, text)
		}
	}
}
