package offer_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// recorder keeps the first record of every connection and hangs up.
type recorder struct {
	net.Listener
	mutex   sync.Mutex
	records [][]byte
}

func record(t *testing.T) *recorder {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{Listener: listener}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go r.keep(conn)
		}
	}()
	return r
}

func (r *recorder) keep(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	header := make([]byte, 5)
	if _, err := io.ReadFull(conn, header); err != nil {
		return
	}
	body := make([]byte, binary.BigEndian.Uint16(header[3:]))
	if _, err := io.ReadFull(conn, body); err != nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.records = append(r.records, append(header, body...))
}

func (r *recorder) all() [][]byte {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.records)
}

// learn makes a profile of a recorded ClientHello, by way of its file.
func learn(t testing.TB, record []byte) *handset.Profile {
	t.Helper()
	h, notes, err := offer.FromHello(record)
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v %q: % x", err, notes, record)
	}
	p := &handset.Profile{ID: "own", Summary: "learned"}
	p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: h, Basis: finding.Observed, Source: "a recording"}
	text, err := handset.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := handset.Parse("own.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return again
}

// alike fails unless two records are equal outside of random, session id and the
// public values of the key shares.
func alike(t *testing.T, want, got []byte) {
	t.Helper()
	a, _ := handshake.ParseClientHello(want[5:])
	b, _ := handshake.ParseClientHello(got[5:])
	if a == nil || b == nil || len(a.SessionID) != len(b.SessionID) {
		t.Fatalf("% x\n% x", want, got)
	}
	a.Random, a.SessionID = b.Random, b.SessionID
	share := func(m *handshake.ClientHello) (list []handshake.KeyShare, data *handshake.Hex) {
		if e := m.Extensions.Find(iana.ExtensionKeyShare); e != nil {
			list, _ = e.Value.([]handshake.KeyShare)
			return list, &e.Data
		}
		return nil, new(handshake.Hex)
	}
	old, oldData := share(a)
	fresh, freshData := share(b)
	if !slices.EqualFunc(old, fresh, func(x, y handshake.KeyShare) bool { return x.Group == y.Group && len(x.Public) == len(y.Public) }) {
		t.Fatalf("key shares %v, want %v", fresh, old)
	}
	*oldData = *freshData
	raw, err := offer.Record(a, iana.ProtocolVersion(binary.BigEndian.Uint16(want[1:])))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, got) {
		t.Errorf("got  % x\nwant % x", got, raw)
	}
}

// replayed is what a profile sends to a host.
func replayed(t *testing.T, p *handset.Profile, host string) ([]byte, []offer.Gap) {
	t.Helper()
	m, gaps := offer.ClientHello(p, offer.Options{Random: random(), SessionID: bytes.Repeat([]byte{7}, 32), Host: host})
	raw, err := offer.Record(m, offer.RecordVersion(p))
	if err != nil {
		t.Fatal(err)
	}
	return raw, gaps
}

// TestReplay: the ClientHellos of real clients come out as they went in, through
// the profile's file.
func TestReplay(t *testing.T) {
	root := realparts.WriteFile(t, "root.pem", testca.Root(t, "Example Root").PEM())
	for _, client := range realparts.Clients(t) {
		if client.Name == "baresip" {
			continue // it calls until somebody answers: see the tests of package probe
		}
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{"pbx.example.com", ""} {
				r := record(t)
				run := realparts.ClientRun{Addr: r.Addr().String(), Scheme: "sips", ServerName: name, CAFile: root}
				if client.Scheme != "" {
					run.Scheme = client.Scheme
				}
				client.Run(t, run)
				records := r.all()
				if len(records) == 0 {
					t.Fatal("it sent nothing")
				}
				host := name
				if host == "" {
					host = "127.0.0.1"
				}
				got, _ := replayed(t, learn(t, records[0]), host)
				alike(t, records[0], got)
			}
		})
	}
}

// TestReplayGo is TestReplay with the client of Go's library.
func TestReplayGo(t *testing.T) {
	for _, cfg := range []*tls.Config{
		{ServerName: "pbx.example.com"},
		{ServerName: "pbx.example.com", MinVersion: tls.VersionTLS10, NextProtos: []string{"h2", "http/1.1"}},
		{ServerName: "192.0.2.1", MaxVersion: tls.VersionTLS12},
		{ServerName: "192.0.2.1", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10},
		{ServerName: "pbx.example.com", MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.CurveP521, tls.X25519}},
	} {
		want := goHello(t, cfg)
		got, _ := replayed(t, learn(t, want), cfg.ServerName)
		alike(t, want, got)
	}
}

func goHello(t testing.TB, cfg *tls.Config) []byte {
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	go tls.Client(near, cfg).HandshakeContext(t.Context())
	header := make([]byte, 5)
	if _, err := io.ReadFull(far, header); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint16(header[3:]))
	if _, err := io.ReadFull(far, body); err != nil {
		t.Fatal(err)
	}
	return append(header, body...)
}

// TestReplayName: the server's name is the target's where the phone sends one, in
// its place; an address never is; what the user says goes before both.
func TestReplayName(t *testing.T) {
	named := learn(t, goHello(t, &tls.Config{ServerName: "pbx.example.com"}))
	bare := learn(t, goHello(t, &tls.Config{ServerName: "192.0.2.1"}))
	knows := *bare
	knows.TLS.SNI = handset.Fact[bool]{Value: true, Basis: finding.Observed, Source: "a test"}
	for _, test := range []struct {
		name    string
		profile *handset.Profile
		options offer.Options
		want    string
		gap     bool
	}{
		{"another host", named, offer.Options{Host: "sip.example.net."}, "sip.example.net", false},
		{"an address", named, offer.Options{Host: "192.0.2.9"}, "", false},
		{"no host", named, offer.Options{}, "", false},
		{"off", named, offer.Options{Host: "pbx.example.com", SNI: "off"}, "", false},
		{"on", bare, offer.Options{Host: "pbx.example.com", SNI: "on"}, "pbx.example.com", false},
		{"given", bare, offer.Options{Host: "192.0.2.9", ServerName: "a.example.com"}, "a.example.com", false},
		{"given in place", named, offer.Options{Host: "b.example.com", ServerName: "a.example.com"}, "a.example.com", false},
		{"learned at an address", bare, offer.Options{Host: "pbx.example.com"}, "", true},
		{"known to send it", &knows, offer.Options{Host: "pbx.example.com"}, "pbx.example.com", false},
	} {
		test.options.Random = random()
		m, gaps := offer.ClientHello(test.profile, test.options)
		if m.ServerName() != test.want {
			t.Errorf("%s: %q", test.name, m.ServerName())
		}
		if got := slices.ContainsFunc(gaps, func(g offer.Gap) bool { return g.Fact == "tls.sni" }); got != test.gap {
			t.Errorf("%s: gaps %+v", test.name, gaps)
		}
	}
}

// TestStale: what belongs to a session that is over is left out, by FromHello with
// a note and by ClientHello with a gap.
func TestStale(t *testing.T) {
	m := &handshake.ClientHello{
		Version: iana.TLS12, Random: random(), CipherSuites: []iana.CipherSuite{0x1301}, CompressionMethods: []handshake.CompressionMethod{0},
		Extensions: handshake.Extensions{
			{Type: iana.ExtensionSessionTicket, Data: []byte("a ticket")}, {Type: iana.ExtensionCookie, Data: []byte{0, 1, 2}},
			{Type: iana.ExtensionEarlyData}, {Type: iana.ExtensionPadding, Data: make([]byte, 3)}, {Type: iana.ExtensionPreSharedKey, Data: []byte{0, 0, 0, 0}},
		},
	}
	raw, err := offer.Record(m, iana.TLS10)
	if err != nil {
		t.Fatal(err)
	}
	h, notes, err := offer.FromHello(raw)
	if err != nil || len(h.Extensions) != 2 || h.Extensions[0].Data != nil || len(h.Extensions[1].Data) != 3 || len(notes) != 4 {
		t.Errorf("%+v %q %v", h, notes, err)
	}
	p := &handset.Profile{}
	for _, e := range m.Extensions {
		h.Extensions = append(h.Extensions[:0:0], append(h.Extensions, handset.HelloExtension{Type: uint16(e.Type), Data: e.Data})...)
	}
	h.Extensions = h.Extensions[2:]
	p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: h, Basis: finding.Observed, Source: "a test"}
	again, gaps := offer.ClientHello(p, offer.Options{Random: random()})
	left := 0
	for _, g := range gaps {
		if g.Fact == "tls.client_hello" && !g.Decides {
			left++
		}
	}
	if len(again.Extensions) != 2 || len(again.Extensions[0].Data) > 0 || left != 4 {
		t.Errorf("%+v %+v", again.Extensions, gaps)
	}
}

// TestLearnedVersions: what is not listed in the message is taken from the profile
// where the two agree, and told where they do not.
func TestLearnedVersions(t *testing.T) {
	for _, test := range []struct {
		version  iana.ProtocolVersion
		listed   []iana.ProtocolVersion
		profile  []string
		versions []iana.ProtocolVersion
		gap      string
	}{
		{iana.TLS12, nil, nil, []iana.ProtocolVersion{iana.TLS10, iana.TLS11, iana.TLS12}, "TLS 1.0 to TLS 1.2"},
		{iana.TLS12, nil, []string{"TLS 1.2"}, []iana.ProtocolVersion{iana.TLS12}, ""},
		{iana.TLS12, nil, []string{"TLS 1.0"}, []iana.ProtocolVersion{iana.TLS10, iana.TLS11, iana.TLS12}, "TLS 1.0 to TLS 1.2"},
		{iana.TLS12, []iana.ProtocolVersion{iana.TLS12, 0x2A2A, iana.TLS13}, []string{"TLS 1.0"}, []iana.ProtocolVersion{iana.TLS12, iana.TLS13}, ""},
		{iana.TLS10, nil, nil, []iana.ProtocolVersion{iana.TLS10}, ""},
		{iana.SSL30, nil, nil, []iana.ProtocolVersion{iana.SSL30}, ""},
	} {
		h := handset.Hello{Version: uint16(test.version), CipherSuites: []uint16{0x0A0A, 0x1301, 0x00FF, 0x5600}, CompressionMethods: []uint8{0}, NoExtensions: true}
		if test.listed != nil {
			h.NoExtensions = false
			e := offer.SupportedVersions(test.listed...)
			h.Extensions = []handset.HelloExtension{{Type: uint16(e.Type), Data: e.Data}}
		}
		p := &handset.Profile{}
		p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: h, Basis: finding.Observed}
		p.TLS.Versions = handset.Fact[[]string]{Value: test.profile, Basis: finding.Observed}
		if test.profile == nil {
			p.TLS.Versions = handset.Fact[[]string]{NotKnown: "nobody knows"}
		}
		_, gaps := offer.ClientHello(p, offer.Options{Random: random()})
		sent := ""
		for _, g := range gaps {
			if g.Fact == "tls.versions" {
				sent = g.Sent
			}
		}
		if got := offer.Versions(p); !slices.Equal(got, test.versions) || sent != test.gap || offer.Lowest(p) != test.versions[0] {
			t.Errorf("%+v: %v, gap %q", test, got, sent)
		}
		if got := offer.CipherSuites(p); !slices.Equal(got, []iana.CipherSuite{0x1301}) {
			t.Errorf("suites %v", got)
		}
	}
}

// TestFromHelloRefuses what is no whole ClientHello, at every length.
func TestFromHelloRefuses(t *testing.T) {
	whole := goHello(t, &tls.Config{ServerName: "pbx.example.com"})
	for i := range whole {
		if _, _, err := offer.FromHello(whole[:i]); err == nil {
			t.Fatalf("the first %d bytes of %d are taken for a ClientHello", i, len(whole))
		}
	}
	fragments := handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, whole[5:100])
	fragments = append(handshake.AppendRecords(fragments, handshake.ContentHandshake, iana.TLS10, whole[100:]), "what follows"...)
	h, notes, err := offer.FromHello(fragments)
	if err != nil || h.RecordVersion != 0x0301 || len(notes) != 1 || !strings.Contains(notes[0], "2 records") {
		t.Errorf("%v %q", err, notes)
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
		{"SSL 2.0", []byte{0x80, 0x2E, 1, 3, 1}, "cut short"},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), "no record of a ClientHello"},
		{"another message", changed(5, 2), "no ClientHello begins here"},
		{"huge", changed(6, 0xFF), "a ClientHello is taken with at most"},
		{"session id", changed(5+4+2+32, 33), "breaks the format"},
	} {
		if _, _, err := offer.FromHello(test.raw); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestMatchLearned: a ClientHello is exactly that of a phone only when the contents
// of the extensions are.
func TestMatchLearned(t *testing.T) {
	cfg := &tls.Config{ServerName: "pbx.example.com", NextProtos: []string{"h2"}}
	p := learn(t, goHello(t, cfg))
	for _, test := range []struct {
		name     string
		change   func(*handshake.ClientHello)
		likeness offer.Likeness
		says     string
	}{
		{"another of its own", func(*handshake.ClientHello) {}, offer.Exact, ""},
		{"to an address", func(m *handshake.ClientHello) {
			m.Extensions = slices.DeleteFunc(m.Extensions, func(e handshake.Extension) bool { return e.Type == iana.ExtensionServerName })
		}, offer.Exact, ""},
		{"other content", func(m *handshake.ClientHello) {
			m.Extensions.Find(iana.ExtensionApplicationLayerProtocolNegotiation).Data = []byte{0, 3, 2, 'h', '3'}
		}, offer.Near, "has other content in application_layer_protocol_negotiation"},
		{"another order", func(m *handshake.ClientHello) { slices.Reverse(m.Extensions) }, offer.Near, "sends the extensions"},
		{"compression", func(m *handshake.ClientHello) { m.CompressionMethods = []handshake.CompressionMethod{1, 0} }, offer.Near, "has the compression methods 01 00, the handset 00"},
		{"session id", func(m *handshake.ClientHello) { m.SessionID = nil }, offer.Near, "has a session id of 0 bytes, the handset of 32"},
		{"signal", func(m *handshake.ClientHello) { m.CipherSuites = append(m.CipherSuites, 0x00FF) }, offer.Near, "has other signals"},
		{"fewer suites", func(m *handshake.ClientHello) { m.CipherSuites = m.CipherSuites[:1] }, offer.Unknown, "lacks"},
		{"version", func(m *handshake.ClientHello) {
			m.Version = iana.TLS10
			m.Extensions.Find(iana.ExtensionSupportedVersions).Data = []byte{2, 3, 1}
		}, offer.Near, "offers TLS 1.0 at best, the handset TLS 1.3"},
	} {
		m, _ := handshake.ParseClientHello(goHello(t, cfg)[5:])
		test.change(m)
		list := offer.Find(m, []*handset.Profile{p, load(t, "yealink-t28p")})
		if len(list) != 2 || list[0].Handset != "own" && test.likeness != offer.Unknown {
			t.Fatalf("%s: %+v", test.name, list)
		}
		own := list[slices.IndexFunc(list, func(m offer.Match) bool { return m.Handset == "own" })]
		if own.Likeness != test.likeness || !strings.Contains(strings.Join(own.Differences, "; "), test.says) {
			t.Errorf("%s: %+v", test.name, own)
		}
	}
}
