package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// listener serves TLS 1.0 to 1.3 with SIP and HTTP inside, and keeps what each
// client sends first.
type listener struct {
	net.Listener
	mutex  sync.Mutex
	hellos [][]byte
}

func serve(t *testing.T, own *testca.Certificate) *listener {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{Listener: inner}
	t.Cleanup(func() { inner.Close() })
	var suites []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: suites, Certificates: []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}}}
	go func() {
		for {
			conn, err := inner.Accept()
			if err != nil {
				return
			}
			go l.answer(tls.Server(&overheard{Conn: conn, listener: l}, cfg))
		}
	}()
	return l
}

// overheard is a connection whose first record is kept.
type overheard struct {
	net.Conn
	listener *listener
	head     []byte
	kept     bool
}

func (o *overheard) Read(b []byte) (int, error) {
	n, err := o.Conn.Read(b)
	if o.head = append(o.head, b[:n]...); !o.kept && len(o.head) >= 5 && len(o.head) >= 5+int(binary.BigEndian.Uint16(o.head[3:])) {
		o.kept = true
		o.listener.mutex.Lock()
		o.listener.hellos = append(o.listener.hellos, o.head[:5+int(binary.BigEndian.Uint16(o.head[3:]))])
		o.listener.mutex.Unlock()
	}
	return n, err
}

func (l *listener) first(t *testing.T) []byte {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.hellos) == 0 {
		t.Fatal("no ClientHello came")
	}
	return l.hellos[0]
}

// answer takes requests without a body, and says that all is well.
func (l *listener) answer(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Minute))
	kept, version := "", ""
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		name, _, _ := strings.Cut(line, ":")
		switch {
		case strings.HasSuffix(line, " SIP/2.0"):
			version = "SIP/2.0"
		case strings.HasSuffix(line, " HTTP/1.1"):
			version = "HTTP/1.1"
		case strings.Contains(" Via From To Call-ID CSeq Contact Expires ", " "+name+" "):
			kept += line + "\r\n"
		case line == "":
			fmt.Fprintf(conn, "%s 200 OK\r\n%sContent-Length: 0\r\n\r\n", version, kept)
			kept = ""
		}
	}
}

func valid() testca.Option {
	return testca.Between(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
}

// learn makes a profile of a recorded ClientHello, by way of its file.
func learn(t *testing.T, record []byte) *phone.Phone {
	t.Helper()
	h, _, err := offer.FromHello(record)
	if err != nil {
		t.Fatal(err)
	}
	p := &handset.Profile{ID: "own", Base: "yealink-t28p", Summary: "learned"}
	p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: h, Basis: finding.Observed, Source: "a recording"}
	text, err := handset.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = handset.Parse("own.yaml", text); err != nil {
		t.Fatal(err)
	}
	return &phone.Phone{Profile: p, Name: "own.yaml"}
}

// replay probes a server with a learned phone. host is what the phone has for a
// server, address where that is.
func replay(t *testing.T, p *phone.Phone, scheme, host, address string) Attempt {
	t.Helper()
	at := netip.MustParseAddrPort(address)
	w := World{
		Resolve: func(context.Context, diagnosis.Target) diagnosis.Lookup {
			return diagnosis.Lookup{Addresses: []netip.AddrPort{at}}
		},
		Dial: (&net.Dialer{}).DialContext, Now: time.Now, Random: rand.Reader,
	}
	target := diagnosis.Target{Text: host, Scheme: scheme, Host: host, Port: at.Port(), Path: "/phone.cfg"}
	return Run(t.Context(), w, Request{Target: target, Phone: p, Record: true, Timeout: 5 * time.Minute})[0]
}

// alike fails unless two records are equal outside of random, session id and the
// public values of the key shares.
func alike(t *testing.T, want, got []byte) {
	t.Helper()
	if a, b := masked(t, want), masked(t, got); !bytes.Equal(a, b) {
		t.Errorf("got  % x\nwant % x", b, a)
	}
}

// masked is a record with zeros for what is fresh.
func masked(t *testing.T, record []byte) []byte {
	t.Helper()
	out := slices.Clone(record)
	message := record[5:]
	if record[0]&0x80 != 0 { // in the format of SSL 2.0
		message = record
	}
	m, _ := handshake.ParseClientHello(message)
	if m == nil {
		t.Fatalf("no ClientHello: % x", record)
	}
	fresh := []handshake.Hex{m.Random, m.SessionID}
	if m.SSLv2 {
		fresh[0] = m.Random[32-m.ChallengeLength:]
	}
	if e := m.Extensions.Find(iana.ExtensionKeyShare); e != nil {
		shares, _ := e.Value.([]handshake.KeyShare)
		for _, s := range shares {
			fresh = append(fresh, s.Public)
		}
	}
	from := 5
	for _, b := range fresh {
		if at := bytes.Index(out[from:], b); at >= 0 {
			clear(out[from+at : from+at+len(b)])
			from += at + len(b)
		}
	}
	return out
}

// TestReplayClients: what each client sends to a listener, phonecert sends after
// having learned it, byte for byte, and completes the handshake.
func TestReplayClients(t *testing.T) {
	root := testca.Root(t, "Example Root", valid())
	address := func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} }
	own := root.Issue(t, "127.0.0.1", testca.TLS, address, valid())
	roots := realparts.WriteFile(t, "root.pem", root.PEM())
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, own)
			scheme := client.Scheme
			if scheme == "" {
				scheme = "sips"
			}
			client.Run(t, realparts.ClientRun{Addr: l.Addr().String(), Scheme: scheme, CAFile: roots})
			want := l.first(t)
			a := replay(t, learn(t, want), scheme, "127.0.0.1", l.Addr().String())
			if a.Evidence.Outcome.Ending != diagnosis.Completed {
				t.Fatalf("%+v %+v", a.Evidence.Outcome, a.Evidence.Raw)
			}
			if sip, http := a.Evidence.SIP, a.Evidence.HTTP; sip != nil && sip.Status != 200 || http != nil && http.Status != 200 {
				t.Errorf("%+v %+v", sip, http)
			}
			alike(t, want, a.Segments[0].Bytes)
		})
	}
}

// TestReplayGo: a client of Go's library sends a hybrid key share, and Go's server
// takes it up.
func TestReplayGo(t *testing.T) {
	own := testca.Root(t, "Example Root", valid()).Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), valid())
	for i, cfg := range []*tls.Config{
		{CurvePreferences: []tls.CurveID{tls.X25519MLKEM768}},
		{CurvePreferences: []tls.CurveID{tls.CurveP384}},
		{MaxVersion: tls.VersionTLS12, MinVersion: tls.VersionTLS10},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			l := serve(t, own)
			cfg.ServerName, cfg.InsecureSkipVerify = "pbx.example.com", true
			conn, err := tls.Dial("tcp", l.Addr().String(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			a := replay(t, learn(t, l.first(t)), "sips", "pbx.example.com", l.Addr().String())
			if a.Evidence.Outcome.Ending != diagnosis.Completed || len(a.Evidence.Raw) > 0 {
				t.Errorf("%+v %q", a.Evidence.Outcome, a.Evidence.Raw)
			}
			alike(t, l.first(t), a.Segments[0].Bytes)
		})
	}
}

// TestReplayParts: what the tool only sends is named; a server of an older version
// than the message's best is taken, and that this is not certain is told.
func TestReplayParts(t *testing.T) {
	own := testca.Root(t, "Example Root", valid()).Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), valid())
	address := serve(t, own).Addr().String()
	p := &handset.Profile{TLS: handset.TLS{Versions: handset.Fact[[]string]{NotKnown: "nobody knows"}}}
	hello := handset.Hello{
		RecordVersion: 0x0301, Version: 0x0303, CipherSuites: []uint16{0x002F}, CompressionMethods: []uint8{0},
		Extensions: []handset.HelloExtension{
			{Type: 10, Data: []byte{0, 2, 0, 29}}, {Type: 0xABCD, Data: []byte{1}}, {Type: 0x1A1A},
			{Type: 51, Shares: []handset.HelloShare{{Group: 0x1A1A, Length: 1}, {Group: 30, Length: 56}}},
		},
	}
	p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: hello, Basis: finding.Observed, Source: "a test"}
	e := replay(t, &phone.Phone{Profile: p, Name: "own.yaml"}, "sips", "pbx.example.com", address).Evidence
	if e.Outcome.Ending != diagnosis.Completed || strings.Join(e.Raw, ", ") != "the extension 0xABCD, the key share in x448" {
		t.Errorf("%+v %q", e.Outcome, e.Raw)
	}
	if !slices.ContainsFunc(e.Gaps, func(g offer.Gap) bool {
		return g.Fact == "tls.versions" && g.Sent == "TLS 1.0 to TLS 1.2" && !g.Decides
	}) {
		t.Errorf("%+v", e.Gaps)
	}
	if first := e.Transcript.Entries[0]; first.Name != "ClientHello" || first.Length == 0 {
		t.Errorf("%+v", first)
	}
	old := tlsServer(t, own)
	if e := replay(t, &phone.Phone{Profile: p, Name: "own.yaml"}, "sips", "pbx.example.com", old).Evidence; e.Outcome.Ending != diagnosis.Completed || e.Transcript.Negotiated.Version != iana.TLS10 {
		t.Errorf("%+v %+v", e.Outcome, e.Transcript.Negotiated)
	}
}

// tlsServer takes TLS 1.0 only.
func tlsServer(t *testing.T, own *testca.Certificate) string {
	t.Helper()
	l := &listener{}
	inner, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{0x002F},
		Certificates: []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inner.Close() })
	go func() {
		for {
			conn, err := inner.Accept()
			if err != nil {
				return
			}
			go l.answer(conn)
		}
	}()
	return inner.Addr().String()
}
