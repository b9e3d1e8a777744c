package uas

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

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
	in := bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(text+text)), MaxLine)
	for range 2 {
		q, err := readRequest(in)
		if err != nil || q.fault != nil || q.fields.First("contact") != "<sip:a@192.0.2.1>, <sip:b@192.0.2.1>" {
			t.Fatalf("%+v, %v", q, err)
		}
	}
	for i := range text {
		if q, err := readRequest(bufio.NewReaderSize(strings.NewReader(text[:i]), MaxLine)); err == nil {
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
	c := Config{Users: map[string]string{"alice": "x"}, Realm: "example.com", Clock: func() time.Time { return now }}.filled()
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
	if _, d := g.check(answer(nonce)); d == nil || !d.stale || !strings.Contains(g.challenges(challenge, true)[0], "stale=true") {
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
