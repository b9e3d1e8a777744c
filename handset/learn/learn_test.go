package learn_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

const agent = "Yealink SIP-T28P 2.73.0.50"

var day = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func load(t *testing.T, id string) *handset.Profile {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// record is the ClientHello of a shipped profile, changed.
func record(t *testing.T, change func(*handshake.ClientHello)) []byte {
	t.Helper()
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	hello, _ := offer.ClientHello(load(t, "yealink-t28p"), offer.Options{Random: random, Host: "192.0.2.10"})
	if change != nil {
		change(hello)
		hello.NoExtensions = len(hello.Extensions) == 0
	}
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, raw)
}

func issued(t *testing.T, maker, subject string) *certificate.Certificate {
	t.Helper()
	ca := testca.Root(t, maker)
	c, err := certificate.Parse(ca.Issue(t, subject, func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: subject} }).Raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// facts are those that a profile states, path and value.
func facts(p *handset.Profile) map[string]string {
	m := map[string]string{}
	for _, f := range handset.Facts(p) {
		if f.Known || f.Because != "" {
			m[f.Path] = f.Value
		}
	}
	return m
}

func TestProfile(t *testing.T) {
	base := load(t, "yealink-t28p")
	name := func(h *handshake.ClientHello) {
		h.Extensions = append(h.Extensions, offer.ServerName("pbx.example.com"))
	}
	tests := []struct {
		name string
		seen learn.Observation
		base *handset.Profile
		want map[string]string
		// not are paths that must not be stated.
		not  []string
		note string
	}{
		{"a phone that says its name", learn.Observation{UserAgent: agent}, nil,
			map[string]string{"brand": "Yealink", "models": "SIP-T28P", "firmware": "2.73.0.50"}, nil, "no ClientHello of the phone was seen"},
		{"another program", learn.Observation{UserAgent: "curl/8.5.0", Hello: record(t, nil)}, nil,
			nil, []string{"brand", "models", "firmware"}, `the User-Agent "curl/8.5.0" has no form that is known`},
		{"a hello to an address", learn.Observation{Hello: record(t, nil), Host: "192.0.2.10"}, nil,
			map[string]string{"tls.extensions": "none", "tls.sni": "not known", "tls.versions": "not known"}, nil, "whether the phone sends the server's name"},
		{"with a base", learn.Observation{Hello: record(t, nil)}, base,
			map[string]string{"tls.extensions": "none"}, []string{"tls.sni", "tls.versions"}, ""},
		{"with a base of another version", learn.Observation{Hello: record(t, func(h *handshake.ClientHello) { h.Version = iana.TLS12 })}, base,
			map[string]string{"tls.versions": "not known"}, nil, ""},
		{"a name sent", learn.Observation{Hello: record(t, name)}, nil, map[string]string{"tls.sni": "yes", "tls.extensions": "none"}, nil, ""},
		{"a name not sent", learn.Observation{Hello: record(t, nil), Host: "pbx.example.com."}, base, map[string]string{"tls.sni": "no"}, nil, ""},
		{"GREASE, signals and versions", learn.Observation{Hello: record(t, func(h *handshake.ClientHello) {
			h.Version = iana.TLS12
			h.CipherSuites = []iana.CipherSuite{0x4A4A, 0x1301, 0x0039, 0x00FF}
			h.Extensions = handshake.Extensions{{Type: 0x7A7A}, {Type: iana.ExtensionSessionTicket}, offer.SupportedVersions(iana.TLS12, iana.TLS13)}
		})}, base, map[string]string{
			"tls.versions": "TLS 1.2, TLS 1.3", "tls.extensions": "session_ticket, supported_versions",
			"tls.cipher_suites": "0x1301 TLS_AES_128_GCM_SHA256, 0x0039 DHE-RSA-AES256-SHA (TLS_DHE_RSA_WITH_AES_256_CBC_SHA)",
			"crypto.library":    "not known",
		}, []string{"crypto.key_algorithms", "crypto.rsa_pss"}, "the ClientHello offers TLS 1.3, which no openssl-1.0.0 speaks"},
		{"a newer library than the base's", learn.Observation{Hello: record(t, func(h *handshake.ClientHello) {
			h.Version = iana.TLS12
			h.CipherSuites = []iana.CipherSuite{iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0x0039}
			h.Extensions = offer.Modern()
		})}, base, map[string]string{
			"crypto.library": "not known", "crypto.rsa_pss": "yes", "crypto.key_algorithms": "RSA, DSA, EC",
		}, []string{"crypto.hashes"}, ""},
		{"a unique certificate", learn.Observation{Own: []*certificate.Certificate{issued(t, "Yealink Equipment Issuing CA", "00005e005301")}}, nil,
			map[string]string{"tls.client_certificate": "device", "builtin.device_certificates": "unique"}, []string{"settings.device_cert.in_force"}, ""},
		{"the generic one, as the base has it", learn.Observation{Own: []*certificate.Certificate{issued(t, "Yealink Equipment Issuing CA", "yealink.com")}}, base,
			map[string]string{"tls.client_certificate": "device", "settings.device_cert.in_force": "default"}, []string{"builtin.device_certificates"}, ""},
		{"an uploaded one", learn.Observation{Own: []*certificate.Certificate{issued(t, "Example Root", "phone.example.com")}}, nil,
			map[string]string{"tls.client_certificate": "uploaded"}, nil, ""},
		{"an uploaded one that a setting selects", learn.Observation{Own: []*certificate.Certificate{issued(t, "Example Root", "phone.example.com")}}, base,
			map[string]string{"tls.client_certificate": "device", "settings.device_cert.in_force": "custom"}, nil, ""},
		{"none although asked", learn.Observation{UserAgent: agent, Requested: true}, nil, nil, []string{"tls.client_certificate"}, "the phone was asked for a certificate and sent none"},
		{"a web page", learn.Observation{Web: &learn.Web{Dialect: "session", Model: "SIP-T28P", Firmware: "2.73.0.50"}}, nil,
			map[string]string{"web.dialects": "session", "models": "SIP-T28P", "firmware": "2.73.0.50"}, []string{"tls.client_certificate"}, ""},
		{"the certificate of a web page", learn.Observation{Web: &learn.Web{Dialect: "api", Chain: []*certificate.Certificate{issued(t, "Yealink Equipment Issuing CA", "00005e005301")}}}, nil,
			map[string]string{"builtin.device_certificates": "unique"}, []string{"tls.client_certificate"}, ""},
	}
	for _, test := range tests {
		test.seen.At, test.seen.How = day, learn.Listening
		p, notes, err := learn.Profile(test.seen, learn.Options{Base: test.base})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := facts(p)
		for path, value := range test.want {
			if got[path] != value {
				t.Errorf("%s: %s is %q, want %q", test.name, path, got[path], value)
			}
		}
		for _, path := range test.not {
			if _, ok := got[path]; ok {
				t.Errorf("%s: %s is stated: %s", test.name, path, got[path])
			}
		}
		if !strings.Contains(strings.Join(notes, "\n"), test.note) {
			t.Errorf("%s: notes %q", test.name, notes)
		}
		whole(t, test.name, p)
	}
}

// whole is the profile as it is read from its file; every value in it was seen.
func whole(t *testing.T, name string, p *handset.Profile) *handset.Profile {
	t.Helper()
	for _, f := range handset.Facts(p) {
		inferred := f.Basis == "derived" && f.Because != ""
		if f.Known && (f.Basis != "observed" && !inferred || !strings.HasPrefix(f.Source, "seen ")) {
			t.Errorf("%s: %s is %s by %q", name, f.Path, f.Basis, f.Source)
		}
	}
	text, err := handset.Marshal(p)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	read, err := handset.Parse("learned.yaml", text)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	return read
}

// TestReplay: what was learned is sent again, byte for byte but for the random
// value.
func TestReplay(t *testing.T) {
	seen := record(t, func(h *handshake.ClientHello) {
		h.CipherSuites = append(h.CipherSuites, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
		h.Extensions = handshake.Extensions{{Type: iana.ExtensionSessionTicket}, {Type: 0x1234, Data: []byte{1, 2, 3}}}
	})
	p, _, err := learn.Profile(learn.Observation{At: day, How: learn.InCapture, Hello: seen, UserAgent: agent}, learn.Options{Base: load(t, "yealink-t28p")})
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "learned-sip-t28p" || p.Base != "yealink-t28p" || p.Summary != "Yealink SIP-T28P, firmware 2.73.0.50, learned on 2026-11-22" {
		t.Errorf("%q on %q: %q", p.ID, p.Base, p.Summary)
	}
	const source = `seen in a capture on 2026-11-22 from User-Agent "Yealink SIP-T28P 2.73.0.50"`
	if got := p.TLS.ClientHello.Source; got != source {
		t.Errorf("source %q", got)
	}
	read := whole(t, "replay", p)
	random := seen[11:43]
	hello, gaps := offer.ClientHello(read, offer.Options{Random: random, SessionID: make([]byte, 32)})
	again, err := offer.Record(hello, offer.RecordVersion(read))
	if err != nil || !slices.Equal(again, seen) {
		t.Errorf("%v, gaps %v\n%x\n%x", err, gaps, again, seen)
	}
}

func TestNothing(t *testing.T) {
	for name, o := range map[string]learn.Observation{
		"nothing at all": {}, "a strange User-Agent": {UserAgent: "x"}, "asked": {Requested: true}, "an empty page": {Web: &learn.Web{}},
	} {
		if p, _, err := learn.Profile(o, learn.Options{}); !errors.Is(err, learn.ErrNothing) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
	for name, hello := range map[string][]byte{"half": record(t, nil)[:40], "garbage": []byte("REGISTER sip:x"), "SSL 2.0": {0x80, 3, 1, 0, 2}} {
		_, notes, err := learn.Profile(learn.Observation{Hello: hello}, learn.Options{})
		if !errors.Is(err, learn.ErrNothing) || !strings.Contains(strings.Join(notes, "\n"), "the ClientHello cannot be written down: ") {
			t.Errorf("%s: %v, %q", name, err, notes)
		}
		if p, _, err := learn.Profile(learn.Observation{Hello: hello, UserAgent: agent}, learn.Options{}); err != nil || p.TLS.ClientHello.Known() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNames: what a phone calls itself may hold anything.
func TestNames(t *testing.T) {
	for _, test := range []struct{ agent, model, id, source string }{
		{"\x1b[31mYealink\tSIP-T28P\u202e\r\n", "", "learned-phone", `seen in a capture from User-Agent "?[31mYealink SIP-T28P?"`},
		{"", "T46S <b>", "learned-t46s-b", "seen in a capture"},
		{"", "…", "learned-phone", "seen in a capture"},
		{"Matrix SPARSH VP710", "", "learned-sparsh-vp710", `seen in a capture from User-Agent "Matrix SPARSH VP710"`},
		{strings.Repeat("ä", 500), "T1", "learned-t1", `seen in a capture from User-Agent "` + strings.Repeat("ä", 119) + `…"`},
	} {
		o := learn.Observation{How: learn.InCapture, UserAgent: test.agent, Hello: record(t, nil)}
		if test.model != "" {
			o.Web = &learn.Web{Model: test.model}
		}
		p, _, err := learn.Profile(o, learn.Options{})
		if err != nil || p.ID != test.id || p.TLS.ClientHello.Source != test.source {
			t.Errorf("%q: %v %q %q", test.agent, err, p.ID, p.TLS.ClientHello.Source)
			continue
		}
		whole(t, test.agent, p)
	}
}

func TestBase(t *testing.T) {
	var all []*handset.Profile
	for _, id := range handset.Shipped() {
		all = append(all, load(t, id))
	}
	strange := record(t, func(h *handshake.ClientHello) { h.CipherSuites = []iana.CipherSuite{0x1301} })
	own := *load(t, "yealink-t28p")
	own.TLS.ClientHello = handset.Fact[handset.Hello]{Basis: "observed", Source: "a phone"}
	alone := []*handset.Profile{load(t, "yealink-t28p"), load(t, "yealink-t5x-v86"), &own}
	tests := []struct {
		name     string
		seen     learn.Observation
		profiles []*handset.Profile
		want     string
		why      string
	}{
		{"by model and firmware", learn.Observation{UserAgent: agent, Hello: strange}, all, "yealink-t28p", "the phone says that it is SIP-T28P 2.73.0.50"},
		{"by an older firmware", learn.Observation{UserAgent: "Yealink SIP-T28P 2.61.0.80"}, all, "", "several profiles"},
		{"by model alone", learn.Observation{UserAgent: "Yealink SIP-T28P"}, all, "", "several profiles speak of SIP-T28P: "},
		{"a series", learn.Observation{UserAgent: "Yealink SIP-T46S 66.85.0.5"}, all, "yealink-t4x-v8x", ""},
		{"by the page", learn.Observation{Web: &learn.Web{Dialect: "api", Model: "SIP-T54W", Firmware: "96.86.0.20"}}, all, "yealink-t5x-v86", ""},
		{"another model", learn.Observation{UserAgent: "Yealink SIP-T99Z 2.73.0.50", Hello: record(t, nil)}, all, "", "no profile speaks of SIP-T99Z"},
		{"a family's ClientHello", learn.Observation{Hello: record(t, nil)}, all, "", "several profiles have this ClientHello"},
		{"one's ClientHello", learn.Observation{Hello: record(t, nil)}, alone, "yealink-t28p", "its ClientHello is that of yealink-t28p (exact)"},
		{"nobody's ClientHello", learn.Observation{Hello: strange}, all, "", "that of no profile"},
		{"nothing", learn.Observation{}, all, "", "neither model nor ClientHello"},
	}
	for _, test := range tests {
		p, why := learn.Base(test.seen, test.profiles)
		id := ""
		if p != nil {
			id = p.ID
		}
		if id != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: %q, %q", test.name, id, why)
		}
	}
}
