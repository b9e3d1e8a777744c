package registrar

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/probe/sip/header"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestParseURI(t *testing.T) {
	for text, want := range map[string]address{
		"sip:example.com": {"sip", "", "example.com"},
		"SIPS:Alice@EXAMPLE.com.:5061;transport=tls?a=b": {"sips", "Alice", "example.com"},
		"sip:%61lice:secret@192.0.2.1":                   {"sip", "alice", "192.0.2.1"},
		"sip:a;b?c@[2001:db8::1]:5061":                   {"sip", "a;b?c", "2001:db8::1"},
		"tel:+1-201-555-0123":                            {"tel", "", ""},
	} {
		if got, ok := parseURI(text); !ok || got != want {
			t.Errorf("%q: %+v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "example.com", "sip:", "sip:@example.com", "sip:a%@example.com", "sip:a b@example.com", "sip:[::1", "sip:-é", "sip:a..b", ":x", "s p:x", "sip:" + strings.Repeat("a.", 200)} {
		if got, ok := parseURI(text); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestNames: whoever listens everywhere is reached at any of its addresses, and
// at no address that is none.
func TestNames(t *testing.T) {
	everywhere := namesOf("example.com", ":5061", &net.TCPAddr{IP: net.IPv6unspecified, Port: 5061})
	for host, want := range map[string]bool{
		"example.com": true, "localhost": true, "127.0.0.1": true, "::": false, "0.0.0.0": false, "192.0.2.77": false, "example.org": false, "": false,
	} {
		if everywhere.have(host) != want {
			t.Errorf("%q: %t", host, !want)
		}
	}
	list, _ := net.InterfaceAddrs()
	if n := len(everywhere.ips); n < 1 || n < min(len(list), 2)-1 {
		t.Errorf("%d addresses of %d", n, len(list))
	}
	one := namesOf("192.0.2.1", "pbx.example.com:5061", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2)})
	if one.first != "192.0.2.1" || !slices.Equal(one.dns, []string{"pbx.example.com", "localhost"}) || !one.have("192.0.2.2") || !one.have("[192.0.2.1]") {
		t.Errorf("%+v", one)
	}
}

func TestReceived(t *testing.T) {
	from := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.9:40000"))
	for via, want := range map[string]string{
		"SIP/2.0/TLS 192.0.2.9:5061;branch=z":                  "SIP/2.0/TLS 192.0.2.9:5061;branch=z",
		"SIP/2.0/TLS 192.0.2.9;branch=z;rport":                 "SIP/2.0/TLS 192.0.2.9;branch=z;rport=40000;received=192.0.2.9",
		"SIP / 2.0 / TLS phone.example.com ; branch=z":         "SIP / 2.0 / TLS phone.example.com;branch=z;received=192.0.2.9",
		"SIP/2.0/TLS 10.0.0.1;received=10.0.0.2;rport=1;x,Y z": "SIP/2.0/TLS 10.0.0.1;rport=1;x;received=192.0.2.9,Y z",
		"": ";received=192.0.2.9",
	} {
		if got := received(via, from); got != want {
			t.Errorf("%q: %q, want %q", via, got, want)
		}
	}
}

func TestNameAddr(t *testing.T) {
	for value, want := range map[string][2]string{
		"<sip:a@b>;tag=1":              {"sip:a@b", ";tag=1"},
		`"x <y> \" ;" <sip:a@b;c>;d=e`: {"sip:a@b;c", ";d=e"},
		"sip:a@b;tag=1":                {"sip:a@b", "tag=1"},
	} {
		if uri, parameters, ok := parseNameAddr(value); !ok || uri != want[0] || parameters != want[1] {
			t.Errorf("%q: %q, %q, %t", value, uri, parameters, ok)
		}
	}
	if _, _, ok := parseNameAddr("<sip:a@b"); ok {
		t.Error("an open bracket")
	}
	if got := elements(`"a,b" <sip:a,b>,, c , d`, 3); !slices.Equal(got, []string{`"a,b" <sip:a,b>`, "c", "d"}) {
		t.Errorf("%q", got)
	}
}

// TestPieces: a message may come byte by byte, and what is cut off is no message.
func TestPieces(t *testing.T) {
	text := strings.ReplaceAll(message("REGISTER", domain, alice, 1, "Content-Length: 3", "Contact: <sip:a@192.0.2.1>,", " <sip:b@192.0.2.1>"), "\n", "\r\n") + "abc"
	in := bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(text+text)), maxLine)
	for range 2 {
		q, err := readRequest(in)
		if err != nil || q.fault != nil || q.fields.First("contact") != "<sip:a@192.0.2.1>, <sip:b@192.0.2.1>" {
			t.Fatalf("%+v, %v", q, err)
		}
	}
	for i := range text {
		if q, err := readRequest(bufio.NewReaderSize(strings.NewReader(text[:i]), maxLine)); err == nil {
			t.Fatalf("%d bytes: %+v", i, q)
		}
	}
}

// TestLocationIsFull: there is an end to users and to the contacts of each, and
// what has expired makes room.
func TestLocationIsFull(t *testing.T) {
	var l location
	now := testca.Clock()
	add := func(user, contact string, at time.Time) error {
		_, err := l.update(user, []Binding{{User: user, Contact: contact, Expires: at.Add(time.Minute)}}, false, Binding{callID: "x", cseq: 1}, at)
		return err
	}
	for i := range maxContacts {
		if err := add("alice", strconv.Itoa(i), now); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("alice", "more", now); err != errFull {
		t.Errorf("%v", err)
	}
	for i := range maxBindings - maxContacts {
		if err := add(strconv.Itoa(i), "one", now); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("bob", "one", now); err != errFull || l.count != maxBindings {
		t.Errorf("%v, %d", err, l.count)
	}
	if err := add("bob", "one", now.Add(time.Hour)); err != nil || l.count != 1 || len(l.users) != 1 {
		t.Errorf("%v, %d bindings", err, l.count)
	}
}

// TestNonce: one is good for five minutes, and only where it was made.
func TestNonce(t *testing.T) {
	now := testca.Clock()
	c := Config{Users: map[string]string{"alice": "x"}, Clock: func() time.Time { return now }}.filled()
	g, err := newGate(c)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newGate(c)
	if err != nil {
		t.Fatal(err)
	}
	nonce := g.nonce(now)
	if _, ours := other.opened(nonce); ours {
		t.Error("a nonce of another registrar")
	}
	for _, text := range []string{"", "00", nonce + "00", "zz", strings.Repeat("0", 48)} {
		if _, ours := g.opened(text); ours {
			t.Errorf("%q", text)
		}
	}
	answer := func(nonce string) *request {
		// The RFC's digest without qop, as the oldest phones answer.
		return &request{method: "REGISTER", fields: header.Fields{{Name: "authorization", Value: `Digest username="alice", realm="example.com", nonce="` + nonce + `", uri="sip:example.com", response="` + plain("alice", "example.com", "x", nonce) + `"`}}}
	}
	if who, d := g.check(answer(nonce)); who != "alice" || d != nil {
		t.Errorf("%q, %+v", who, d)
	}
	now = now.Add(nonceTime + time.Second)
	if _, d := g.check(answer(nonce)); d == nil || !d.stale || !strings.Contains(g.challenges(true)[0], "stale=true") {
		t.Errorf("%+v", d)
	}
	if _, d := g.check(answer(other.nonce(now))); d == nil || !d.stale {
		t.Errorf("%+v", d)
	}
	wrong := answer(g.nonce(now))
	wrong.fields[0].Value = strings.Replace(wrong.fields[0].Value, `response="`, `response="0`, 1)
	if _, d := g.check(wrong); d == nil || d.stale {
		t.Errorf("%+v", d)
	}
}

// plain is the digest of RFC 2069, which has no qop.
func plain(user, realm, password, nonce string) string {
	sum := func(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }
	return sum(sum(user+":"+realm+":"+password) + ":" + nonce + ":" + sum("REGISTER:sip:example.com"))
}

// TestWatched: an alert in the clear is seen however the records come, and only
// that.
func TestWatched(t *testing.T) {
	const hello, empty = "\x16\x03\x01\x00\x03\x15\x02\x30", "\x17\x03\x03\x00\x00"
	for text, want := range map[string]iana.AlertDescription{
		hello + "\x15\x03\x03\x00\x02\x02\x30":                                 iana.AlertUnknownCA,
		hello + empty + "\x14\x03\x03\x00\x01\x01\x15\x03\x03\x00\x02\x02\x2d": iana.AlertCertificateExpired,
		hello + "\x15\x03\x03\x00\x02\x01\x30":                                 0, // a warning
		hello + "\x15\x03\x03\x00\x03\x02\x30a":                                0, // encrypted
		hello + "\x17\x03\x03\x00\x02\x02\x30":                                 0,
		hello + "\x15\x03\x03\x00\x02\x02":                                     0,
	} {
		for _, size := range []int{1, 3, 100} {
			w := &watched{}
			for i := 0; i < len(text); i += size {
				w.look([]byte(text[i:min(i+size, len(text))]))
			}
			if w.alerted != (want != 0) || w.alert != want {
				t.Errorf("%q by %d: %s, %t", text, size, w.alert, w.alerted)
			}
		}
	}
}

// TestSeeds: the fuzz targets have something to begin with.
func TestSeeds(t *testing.T) {
	for _, target := range []string{"FuzzRequest", "FuzzWatched"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s: %d seeds, %v", target, len(seeds), err)
		}
	}
}

// FuzzWatched: how the bytes are cut up makes no difference.
func FuzzWatched(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, pieces := &watched{}, &watched{}
		whole.look(text)
		for i := range text {
			pieces.look(text[i : i+1])
		}
		if whole.alerted != pieces.alerted || whole.alert != pieces.alert {
			t.Fatalf("%s, %s", whole.alert, pieces.alert)
		}
	})
}

// FuzzRequest: whatever a client sends is answered with one whole message or
// none.
func FuzzRequest(f *testing.F) {
	r, _, _ := started(f, Config{Users: map[string]string{"alice": "x"}})
	near, far := net.Pipe()
	f.Cleanup(func() { near.Close(); far.Close() })
	f.Fuzz(func(t *testing.T, text []byte) {
		in := bufio.NewReaderSize(strings.NewReader(string(text)), maxLine)
		c := &connection{Registrar: r, raw: &watched{Conn: pipe{near}}}
		for {
			if skipKeepAlives(in, func() error { return nil }) != nil {
				return
			}
			q, err := readRequest(in)
			if err != nil {
				return
			}
			a := c.answer(q)
			if a == nil {
				continue
			}
			answer, err := c.text(q, a)
			if err != nil {
				t.Fatal(err)
			}
			c.told(q, a)
			if strings.Count(answer, "\r\n\r\n") != 1 || strings.Count(answer, "\r") != strings.Count(answer, "\n") || strings.Count(answer, "\n") != strings.Count(answer, "\r\n") || !strings.HasSuffix(answer, "\r\n\r\n") {
				t.Fatalf("%q", answer)
			}
			if len(answer) > 2*maxHead {
				t.Fatalf("%d bytes", len(answer))
			}
		}
	})
}

// pipe is a connection with an address.
type pipe struct{ net.Conn }

func (pipe) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.9:40000"))
}
