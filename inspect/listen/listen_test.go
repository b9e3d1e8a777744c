package listen_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/listen"
)

// register is a phone's request; %d makes it another phone's.
const register = "REGISTER sips:example.com SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1\r\nFrom: <sips:alice@example.com>;tag=1\r\n" +
	"To: <sips:alice@example.com>\r\nCall-ID: %d@192.0.2.55\r\nCSeq: 1 REGISTER\r\nContact: <sips:alice@192.0.2.55>\r\nExpires: 60\r\nMax-Forwards: 70\r\n" +
	"User-Agent: Example SIP-T28P 2.73.0.50\r\nContent-Length: 0\r\n\r\n"

// registers sends REGISTER and returns the first line of the answer.
func registers(t *testing.T, conn *tls.Conn, call int) string {
	t.Helper()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(conn, register, call); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// TestVersions: the transcript shows the whole of a connection in each version,
// also what TLS 1.3 encrypts, and the SIP inside.
func TestVersions(t *testing.T) {
	l := start(t, nil)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(version))
		if err != nil {
			t.Fatal(err)
		}
		if line := registers(t, conn, int(version)); line != "SIP/2.0 200 OK\r\n" {
			t.Errorf("%q", line)
		}
		conn.Close()
		c := l.next(t)
		d := diagnosis.Diagnose(c.Evidence)
		if d.Verdict != diagnosis.Registers || !strings.HasPrefix(d.Sentence, "the phone accepts this listener and registers over "+tls.VersionName(version)) || len(d.Remedies) > 0 {
			t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
		}
		if got := names(c); !strings.Contains(got, " Certificate ") || !strings.Contains(got, "Finished ApplicationData ApplicationData") {
			t.Errorf("%s: %s", tls.VersionName(version), got)
		}
		for _, e := range c.Evidence.Transcript.Entries {
			if e.Encrypted && !e.Decrypted {
				t.Errorf("%s: %s is not opened", tls.VersionName(version), e.Name)
			}
		}
		if c.State == nil || c.State.Version != version || c.UserAgent != "Example SIP-T28P 2.73.0.50" || len(c.Requests) != 1 || c.Requests[0].Method != "REGISTER" ||
			c.Requests[0].About != "alice" || c.Requests[0].Status != 200 || c.Limit != "" || c.Trial != nil || c.Evidence.Outcome.Closer != "client" || len(c.Evidence.Sent) != 2 {
			t.Errorf("%s: %+v, %q, limit %q, outcome %+v, %d certificates", tls.VersionName(version), c.Requests, c.UserAgent, c.Limit, c.Evidence.Outcome, len(c.Evidence.Sent))
		}
		if again := handshake.Decode(c.Hello, nil); len(again.Entries) != 1 || again.Entries[0].Name != "ClientHello" || len(again.Problems) > 0 {
			t.Errorf("the hello is % X", c.Hello)
		}
	}
}

// TestUnknownCA: the phone's word for it is told, also where TLS 1.3 encrypts it.
func TestUnknownCA(t *testing.T) {
	l := start(t, nil)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		config := l.client(version)
		config.RootCAs = x509.NewCertPool()
		if _, err := tls.Dial("tcp", l.addr(listen.SIPS), config); err == nil {
			t.Fatal("the client trusts whom it does not know")
		}
		c := l.next(t)
		if m := has(t, c, "listener.bad-certificate"); !strings.HasSuffix(m, "it sent bad_certificate (42) after our Certificate") {
			t.Errorf("%q", m)
		}
		if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Refuses || len(d.Remedies) > 0 {
			t.Errorf("%s: %s", d.Verdict, d.Sentence)
		}
	}
}

// TestFiles: what a phone fetches, and what there is not.
func TestFiles(t *testing.T) {
	l := start(t, func(c *listen.Config) {
		c.Files.Folder = fstest.MapFS{"y000000000000.cfg": {Data: []byte("#!version:1.0.0.1\n")}}
	})
	conn, err := tls.Dial("tcp", l.addr(listen.HTTPS), l.client(tls.VersionTLS12))
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(conn)
	for path, status := range map[string]int{"y000000000000.cfg": 200, "00005e005301.cfg": 404} {
		fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: pbx.example.com\r\n\r\n", path)
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if r.StatusCode != status {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	conn.Close()
	c := l.next(t)
	if m := has(t, c, "listener.file"); m != `the phone asks for "/y000000000000.cfg" and gets it` {
		t.Errorf("%q", m)
	}
	has(t, c, "listener.file-missing")
	if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Registers || c.Scheme != listen.HTTPS || c.Evidence.Target.Scheme != "https" {
		t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
	}
}

// TestNotTLS: what else comes to the port.
func TestNotTLS(t *testing.T) {
	l := start(t, nil)
	for said, code := range map[string]string{
		"REGISTER sip:example.com SIP/2.0\r\nContent-Length: 0\r\n\r\n": "protocol.client-sip",
		"GET / HTTP/1.1\r\nHost: 192.0.2.10\r\n\r\n":                    "protocol.client-http",
		"\x00\x01\x02\x03garbage":                                       "protocol.client-other",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x01half a hello":      "listener.said-nothing",
		"":                                     "listener.said-nothing",
		"\x16\x03\x01\x00\x04\x63\x00\x00\x00": "listener.no-hello",
		"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + "\x07\x00\xc0\x05\x00\x80\x03\x00\x80\x01\x00\x80\x06\x00\x40\x04\x00\x80\x02\x00\x80" + "0123456789abcdef": "listener.sslv2-hello",
		"\x16\x03\x00\x00\x2d\x01\x00\x00\x29\x03\x00" + strings.Repeat("r", 32) + "\x00\x00\x02\x00\x35\x01\x00":                                                    "listener.sslv3",
	} {
		conn := l.dial(t)
		io.WriteString(conn, said)
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn)
		c := l.next(t)
		has(t, c, code)
		if d := diagnosis.Diagnose(c.Evidence); d.Verdict == diagnosis.Registers || c.State != nil || c.Evidence.Transcript == nil {
			t.Errorf("%q: %s: %s", said, d.Verdict, d.Sentence)
		}
		if isHello := strings.HasPrefix(code, "listener.sslv"); isHello != (c.Hello != nil) || isHello && string(c.Hello) != said {
			t.Errorf("%q: hello % X", said, c.Hello)
		}
	}
}

// TestHelloInPieces: the record of the ClientHello is kept whole however it came.
func TestHelloInPieces(t *testing.T) {
	l := start(t, nil)
	message := "\x01\x00\x00\x29\x03\x01" + strings.Repeat("r", 32) + "\x00\x00\x02\x00\x2f\x01\x00"
	old := "\x80\x1c\x01\x03\x01\x00\x03\x00\x00\x00\x10" + "\x00\x00\x2f" + "0123456789abcdef"
	for _, test := range []struct{ first, then, hello string }{
		{"\x16\x03\x01\x00\x14" + message[:20], "\x16\x03\x01\x00\x19" + message[20:], "\x16\x03\x01\x00\x2d" + message},
		{"\x16\x03\x01\x00\x2d" + message[:20], message[20:], "\x16\x03\x01\x00\x2d" + message},
		{old[:10], old[10:], old},
	} {
		conn := l.dial(t)
		io.WriteString(conn, test.first)
		io.WriteString(conn, test.then)
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn)
		if c := l.next(t); string(c.Hello) != test.hello {
			t.Errorf("% X: % X, %s", test.hello, c.Hello, names(c))
		}
	}
}
