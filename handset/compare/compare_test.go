package compare_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/compare"
	"github.com/phonecert/phonecert/inspect/finding"
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

func seen[T any](value T) handset.Fact[T] {
	return handset.Fact[T]{Value: value, Basis: finding.Observed, Source: "a recording"}
}

// told are the differences of one kind, path and details.
func told(list []compare.Difference, kind compare.Kind) string {
	var parts []string
	for _, d := range list {
		if d.Kind == kind {
			parts = append(parts, d.Path+" "+strings.Join(d.Details, "; "))
		}
	}
	return strings.Join(parts, "\n")
}

func TestProfiles(t *testing.T) {
	tests := []struct {
		name   string
		change func(*handset.Profile)
		want   string
	}{
		{"itself", func(*handset.Profile) {}, ""},
		{"another basis", func(p *handset.Profile) { p.TLS.SNI = seen(false) }, ""},
		{"a firmware in the range", func(p *handset.Profile) { p.Firmware = seen("2.73.0.50") }, ""},
		{"a firmware out of it", func(p *handset.Profile) { p.Firmware = seen("2.61.0.80") }, "firmware "},
		{"the model in other letters", func(p *handset.Profile) { p.Models = seen([]string{"T28P"}) }, ""},
		{"another model", func(p *handset.Profile) { p.Models = seen([]string{"SIP-T99"}) }, "models adds 1: SIP-T99; lacks 1: SIP-T28P"},
		{"a setting", func(p *handset.Profile) { p.Settings.OnlyTrusted.Factory = seen("off") }, "settings.only_trusted.factory "},
		{"a list in another order", func(p *handset.Profile) { slices.Reverse(p.Settings.CA.Values.Value) }, ""},
		{"suites in another order", func(p *handset.Profile) {
			p.TLS.CipherSuites = seen(slices.Clone(p.TLS.CipherSuites.Value))
			slices.Reverse(p.TLS.CipherSuites.Value)
		}, "tls.cipher_suites has them in another order"},
		{"a suite more, one less", func(p *handset.Profile) {
			p.TLS.CipherSuites = seen(append([]uint16{0xC02F}, p.TLS.CipherSuites.Value[1:]...))
		}, "tls.cipher_suites adds 1: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; lacks 1: TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
		{"an encoding less", func(p *handset.Profile) { p.TrustedFiles.Encodings = seen([]handset.Encoding{handset.PEM}) }, "trusted_files.encodings lacks 1: DER"},
		{"a larger file", func(p *handset.Profile) { p.TrustedFiles.MaxBytes = seen(int64(1)) }, "trusted_files.max_bytes "},
		{"a ClientHello that fits", func(p *handset.Profile) { p.TLS.ClientHello = seen(hello(p.TLS.CipherSuites.Value, iana.TLS10)) }, ""},
		{"a ClientHello that does not, told by no other fact", func(p *handset.Profile) {
			p.TLS.ClientHello = seen(hello([]uint16{0xC02F, 0xC030, 0x0039}, iana.TLS12))
			p.TLS.CipherSuites, p.TLS.Versions = handset.Fact[[]uint16]{}, handset.Fact[[]string]{}
		}, "tls.client_hello that of yealink-t28p offers TLS 1.2 at best, yealink-t28p TLS 1.0; " +
			"that of yealink-t28p offers 2 suites that yealink-t28p does not list: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384; " +
			"that of yealink-t28p lacks 24 suites that yealink-t28p lists: "},
	}
	for _, test := range tests {
		b := load(t, "yealink-t28p")
		test.change(b)
		got := told(compare.Profiles(load(t, "yealink-t28p"), b), compare.Contradicts)
		if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) || strings.Count(got, "\n") > 0 {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestGaps(t *testing.T) {
	a, b := load(t, "yealink-t28p"), load(t, "yealink-t28p")
	b.TLS.Extensions = seen([]string{"session_ticket"})
	b.GuideYear = handset.Fact[int]{NotKnown: "nobody says", Source: "nothing"}
	list := compare.Profiles(a, b)
	if told(list, compare.OnlyA) != "guide_year " || told(list, compare.OnlyB) != "tls.extensions " || told(list, compare.Contradicts) != "" {
		t.Errorf("%+v", list)
	}
	if _, err := json.Marshal(list); err != nil {
		t.Error(err)
	}
}

func hello(suites []uint16, version iana.ProtocolVersion, extensions ...handset.HelloExtension) handset.Hello {
	return handset.Hello{
		RecordVersion: uint16(iana.TLS10), Version: uint16(min(version, iana.TLS12)), CipherSuites: suites, CompressionMethods: []uint8{0},
		Extensions: extensions, NoExtensions: len(extensions) == 0,
	}
}

func TestTwoMessages(t *testing.T) {
	ticket := handset.HelloExtension{Type: uint16(iana.ExtensionSessionTicket)}
	groups := handset.HelloExtension{Type: uint16(iana.ExtensionSupportedGroups), Data: []byte{0, 2, 0, 23}}
	own := func() handset.Hello { return hello([]uint16{0x0A0A, 0x0039, 0x00FF}, iana.TLS12, ticket, groups) }
	old := handset.Hello{Version: 0x0303, CipherSuites: []uint16{0x0039, 0x00FF}, NoExtensions: true, SSLv2: true, CipherSpecs: []uint32{0x0039, 0x010080, 0x00FF}, ChallengeLength: 32}
	tests := []struct {
		name   string
		change func(*handset.Hello)
		want   string
	}{
		{"the same", func(*handset.Hello) {}, ""},
		{"another format", func(h *handset.Hello) { *h = old }, "has the format of SSL 2.0, not that of TLS; lacks 1: GREASE; lacks 2: session_ticket, supported_groups"},
		{"another GREASE", func(h *handset.Hello) { h.CipherSuites[0] = 0x2A2A }, ""},
		{"no signal", func(h *handset.Hello) { h.CipherSuites = h.CipherSuites[:2] }, "lacks 1: TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
		{"a session id", func(h *handset.Hello) { h.SessionIDLength = 32 }, "has a session id of 32 bytes, not 0"},
		{"another record", func(h *handset.Hello) { h.RecordVersion = uint16(iana.SSL30) }, "has SSL 3.0 in the record's header, not TLS 1.0"},
		{"compression", func(h *handset.Hello) { h.CompressionMethods = []uint8{1, 0} }, "has the compression methods 0100, not 00"},
		{"an older version", func(h *handset.Hello) { h.Version = uint16(iana.TLS10) }, "has TLS 1.0 in its version field, not TLS 1.2"},
		{"other groups", func(h *handset.Hello) { h.Extensions[1].Data = []byte{0, 2, 0, 24} }, "has other content in supported_groups"},
		{"other order", func(h *handset.Hello) { slices.Reverse(h.Extensions) }, "has them in another order"},
		{"fewer extensions", func(h *handset.Hello) { h.Extensions = h.Extensions[:1] }, "lacks 1: supported_groups"},
	}
	for _, test := range tests {
		a, b := load(t, "yealink-t28p"), load(t, "yealink-t28p")
		changed := own()
		changed.Extensions = slices.Clone(changed.Extensions)
		test.change(&changed)
		a.TLS.ClientHello, b.TLS.ClientHello = seen(own()), seen(changed)
		got := strings.TrimPrefix(told(compare.Profiles(a, b), compare.Contradicts), "tls.client_hello ")
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for _, test := range []struct {
		change func(*handset.Hello)
		want   string
	}{
		{func(*handset.Hello) {}, ""},
		{func(h *handset.Hello) { *h = own() }, "has the format of TLS, not that of SSL 2.0; adds 1: GREASE; adds 2: session_ticket, supported_groups"},
		{func(h *handset.Hello) { h.ChallengeLength = 16 }, "has a challenge of 16 bytes, not 32"},
		{func(h *handset.Hello) { h.CipherSpecs = []uint32{0x0039, 0x00FF} }, "has other ciphers of SSL 2.0 among the same cipher suites"},
	} {
		a, b := load(t, "yealink-t28p"), load(t, "yealink-t28p")
		changed := old
		test.change(&changed)
		a.TLS.ClientHello, b.TLS.ClientHello = seen(old), seen(changed)
		if got := strings.TrimPrefix(told(compare.Profiles(a, b), compare.Contradicts), "tls.client_hello "); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestHello(t *testing.T) {
	p := load(t, "yealink-t28p")
	if got := compare.Hello(hello(append([]uint16{0x1A1A}, append(p.TLS.CipherSuites.Value, 0x00FF)...), iana.TLS10), p); len(got) > 0 {
		t.Errorf("its own offer departs: %q", got)
	}
	p.TLS.Extensions, p.TLS.SNI = seen([]string{"session_ticket", "heartbeat"}), seen(false)
	h := hello(append([]uint16{0xC02F}, p.TLS.CipherSuites.Value...), iana.TLS13,
		handset.HelloExtension{Type: uint16(iana.ExtensionServerName)},
		handset.HelloExtension{Type: uint16(iana.ExtensionHeartbeat), Data: []byte{1}},
		handset.HelloExtension{Type: uint16(iana.ExtensionSupportedVersions), Data: []byte{6, 0x7A, 0x7A, 3, 4, 3, 3}})
	got := strings.Join(compare.Hello(h, p), "\n")
	want := `offers TLS 1.3 at best, yealink-t28p TLS 1.0
offers 1 suite that yealink-t28p does not list: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
offers 1 extension that yealink-t28p does not list: supported_versions
lacks 1 extension that yealink-t28p lists: session_ticket
sends the server's name, which yealink-t28p does not`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestCovers(t *testing.T) {
	for _, test := range []struct {
		of, firmware string
		want         bool
	}{
		{"V7x", "2.73.0.50", true}, {"V7x", "2.80.0.1", false}, {"V80 to V86", "28.83.0.120", true}, {"V80 to V86", "28.87.0.1", false},
		{"before V70", "2.61.0.80", true}, {"before V70", "2.70.0.1", false}, {"V86", "96.86.0.20", true},
		{"2.73.0.50", "2.73.0.40", true}, {"2.73.0.50", "2.72.0.40", false}, {"any", "2.61.0.80", true}, {"V7x", "x", true}, {"V7x", "1.b.c", true},
		{"before ", "2.61.0.80", true}, {"V", "2.61.0.80", true}, {"", "2.61.0.80", true},
	} {
		of := handset.Fact[string]{}
		if test.of != "" {
			of = seen(test.of)
		}
		if got := compare.Covers(of, test.firmware); got != test.want {
			t.Errorf("%q covers %q: %v", test.of, test.firmware, got)
		}
	}
}

// FuzzCovers: both texts come from strangers.
func FuzzCovers(f *testing.F) {
	f.Add("before V70", "2.61.0.80")
	f.Add("before before V7x to V99999999999999999999", "1.99999999999999999999.2")
	f.Fuzz(func(_ *testing.T, of, firmware string) { compare.Covers(seen(of), firmware) })
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzCovers"); err != nil || len(seeds) == 0 {
		t.Error("there are no seeds")
	}
}
