package wire_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/testca"
)

// record is one record of TLS 1.0.
func record(kind byte, body []byte) []byte {
	return append([]byte{kind, 3, 1, byte(len(body) >> 8), byte(len(body))}, body...)
}

// records splits a message over records.
func records(message []byte) []byte {
	var b []byte
	for len(message) > 0 {
		n := min(len(message), 1<<14)
		b = append(b, record(22, message[:n])...)
		message = message[n:]
	}
	return b
}

// greeting is a ServerHello that takes TLS_RSA_WITH_AES_128_CBC_SHA.
func greeting() []byte {
	body := append([]byte{2, 0, 0, 38, 3, 1}, bytes.Repeat([]byte{7}, 32)...)
	return record(22, append(body, 0, 0x00, 0x2f, 0))
}

// heard waits for the ClientHello.
func heard(c net.Conn) { c.Read(make([]byte, 4096)) }

// forever sends the same again and again, until the other side has gone.
func forever(c net.Conn, b []byte) {
	b = bytes.Repeat(b, max(1, 32<<10/len(b)))
	for {
		if _, err := c.Write(b); err != nil {
			return
		}
	}
}

// drip sends one byte at a time, and never ends the connection.
func drip(c net.Conn, b []byte) {
	for i := range b {
		if _, err := c.Write(b[i : i+1]); err != nil {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	io.Copy(io.Discard, c)
}

// hangUp ends a connection once all was said. It goes on to listen: who closes
// with something unread resets the connection.
func hangUp(c net.Conn) {
	raw := c
	if secure, ok := c.(*tls.Conn); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
	io.Copy(io.Discard, raw)
}

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

// hostileHandshakes break the handshake in ways of their own.
func hostileHandshakes(t *testing.T) []hostile {
	own := testca.Self(t, "pbx.example.com", testca.TLS).Raw
	after := func(then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) { heard(c); then(c) }
	}
	greeted := func(then func(net.Conn)) func(net.Conn) {
		return after(func(c net.Conn) { c.Write(greeting()); then(c) })
	}
	noise := make([]byte, 1<<20)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	noise[0] = 0x99
	big := records(chain(own, 1<<24-1))
	one := records(append([]byte{11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0xff, 0xff, 0xf9}, make([]byte, 1<<24-7)...))
	return []hostile{
		{"says nothing", brief, func(c net.Conn) { io.Copy(io.Discard, c) }, "ending.silent"},
		{"says nothing and reads nothing", brief, func(net.Conn) { <-t.Context().Done() }, "ending.silent"},
		{"drips a ServerHello", brief, after(func(c net.Conn) { drip(c, greeting()) }), "ending.silent"},
		{"drips the head of a record", brief, after(func(c net.Conn) { drip(c, greeting()[:3]) }), "ending.silent"},
		{"drips what is no TLS", brief, after(func(c net.Conn) { drip(c, []byte("hello, who is there?\r\n")) }), "protocol."},
		{"noise", long, after(func(c net.Conn) { c.Write(noise) }), "protocol."},
		{"noise in records", long, after(func(c net.Conn) { c.Write(records(noise)) }), "ending."},
		{"chain of 16 MB", long, greeted(func(c net.Conn) { c.Write(big) }), "ending.too-large"},
		{"chain of 16 MB that is one certificate", long, greeted(func(c net.Conn) { c.Write(one) }), "ending.too-large"},
		{"chain of 900 kB", brief, greeted(func(c net.Conn) { c.Write(records(chain(own, 900_000))); io.Copy(io.Discard, c) }), "certificate.too-long"},
		{"endless ServerHello", long, after(func(c net.Conn) { forever(c, greeting()) }), "ending."},
		{"endless empty records", long, greeted(func(c net.Conn) { forever(c, record(22, nil)) }), "ending."},
		{"endless records of one byte", long, greeted(func(c net.Conn) {
			c.Write(record(22, []byte{11, 0xff, 0xff, 0xff}))
			forever(c, record(22, []byte{0}))
		}), "ending."},
		{"endless warnings", long, after(func(c net.Conn) { forever(c, record(21, []byte{1, 112})) }), "ending."},
		{"endless ChangeCipherSpec", long, greeted(func(c net.Conn) { forever(c, record(20, []byte{1})) }), "ending."},
		{"endless data", long, greeted(func(c net.Conn) { forever(c, record(23, make([]byte, 1<<14))) }), "ending."},
		{"endless heartbeats", long, greeted(func(c net.Conn) { forever(c, record(24, make([]byte, 100))) }), "ending."},
		{"endless HelloRequest", long, after(func(c net.Conn) { forever(c, record(22, make([]byte, 4))) }), "ending."},
		{"endless HelloRequest after ServerHello", long, greeted(func(c net.Conn) { forever(c, record(22, make([]byte, 4))) }), "ending."},
		{"closes at once", long, func(net.Conn) {}, "offer.all-refused"},
		{"closes after the ClientHello", long, heard, "offer.all-refused"},
		{"resets after the ClientHello", long, after(reset), "offer.all-refused"},
		{"resets after the ServerHello", long, greeted(func(c net.Conn) { time.Sleep(50 * time.Millisecond); reset(c) }), "ending.reset"},
	}
}

// chain is a Certificate message of some size.
func chain(der []byte, size int) []byte {
	one := append([]byte{byte(len(der) >> 16), byte(len(der) >> 8), byte(len(der))}, der...)
	list := bytes.Repeat(one, (size-3)/len(one))
	body := append([]byte{byte(len(list) >> 16), byte(len(list) >> 8), byte(len(list))}, list...)
	return append([]byte{11, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

// foreignBanners are servers of other protocols, at once or once asked.
func foreignBanners() []hostile {
	var list []hostile
	for name, banner := range map[string]string{
		"SSH":  "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
		"SMTP": "220 mail.example.com ESMTP Postfix\r\n",
		"HTTP": "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
		"SIP":  "SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
	} {
		list = append(list, hostile{name + " at once", long, func(c net.Conn) { fmt.Fprint(c, banner); heard(c) }, "protocol."},
			hostile{name + " once asked", long, func(c net.Conn) { heard(c); fmt.Fprint(c, banner) }, "protocol."})
	}
	return list
}

// secured serves every connection over a TLS that the phone takes.
func secured(t *testing.T, own *testca.Certificate, serve func(net.Conn)) string {
	t.Helper()
	config := &tls.Config{
		MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		Certificates: []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}},
	}
	return listener(t, func(c net.Conn) {
		secure := tls.Server(c, config)
		if secure.Handshake() == nil {
			serve(secure)
		}
	})
}

// hostileAnswers are a registrar's.
func hostileAnswers() []hostile {
	ok := "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1\r\nCSeq: 1 OPTIONS\r\n"
	after := func(then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) { heard(c); then(c) }
	}
	say := func(text string) func(net.Conn) {
		return after(func(c net.Conn) { io.WriteString(c, text); hangUp(c) })
	}
	return []hostile{
		{"never answers", brief, func(c net.Conn) { io.Copy(io.Discard, c) }, "sip.timeout"},
		{"drips its answer", brief, after(func(c net.Conn) { drip(c, []byte(ok)) }), "sip."},
		{"drips no SIP", brief, after(func(c net.Conn) { drip(c, []byte("220 mail.example.com\r\n")) }), "sip."},
		{"endless header fields", long, after(func(c net.Conn) { io.WriteString(c, ok); forever(c, []byte("X-Field: value\r\n")) }), "sip.failed"},
		{"endless header field", long, after(func(c net.Conn) { io.WriteString(c, ok+"X-Field: "); forever(c, []byte("value")) }), "sip.failed"},
		{"endless first line", long, after(func(c net.Conn) { io.WriteString(c, "SIP/2.0 200 "); forever(c, []byte("OK")) }), "sip.not-sip"},
		{"endless empty lines", long, after(func(c net.Conn) { forever(c, []byte("\r\n")) }), "sip.failed"},
		{"endless trying", long, after(func(c net.Conn) {
			forever(c, []byte("SIP/2.0 100 Trying\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
		}), "sip.failed"},
		{"endless questions", long, after(func(c net.Conn) {
			go io.Copy(io.Discard, c)
			forever(c, []byte("OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
		}), "sip.failed"},
		{"endless questions, and reads nothing", brief, after(func(c net.Conn) {
			forever(c, []byte("OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
		}), "sip."},
		{"answer of 2 GB", long, after(func(c net.Conn) {
			io.WriteString(c, ok+"Content-Length: 2147483648\r\n\r\n")
			forever(c, make([]byte, 1<<14))
		}), "sip.failed"},
		{"length that is no number", long, say(ok + "Content-Length: -1\r\n\r\n"), "sip."},
		{"half an answer", long, say(ok), "sip.closed"},
		{"no answer", long, say(""), "sip.closed"},
		{"SSH inside TLS", long, say("SSH-2.0-OpenSSH_9.2p1\r\n"), "sip.not-sip"},
		{"HTTP inside TLS", long, say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), "sip.not-sip"},
	}
}

// hostilePages are a provisioning server's.
func hostilePages() []hostile {
	ok := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	after := func(then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) { heard(c); then(c) }
	}
	return []hostile{
		{"page: never answers", brief, func(c net.Conn) { io.Copy(io.Discard, c) }, "http.no-answer"},
		{"page: drips", brief, after(func(c net.Conn) { drip(c, []byte(ok)) }), "http.no-answer"},
		{"page: endless head", long, after(func(c net.Conn) { io.WriteString(c, ok); forever(c, []byte("X-Field: value\r\n")) }), "http.too-large"},
		{"page: endless small chunks", brief, after(func(c net.Conn) {
			io.WriteString(c, ok+"Transfer-Encoding: chunked\r\n\r\n")
			forever(c, []byte("1\r\nx\r\n"))
		}), "http."},
		{"page: shorter than it says", long, after(func(c net.Conn) { io.WriteString(c, ok+"Content-Length: 100\r\n\r\nx") }), "http.no-answer"},
		{"page: SIP", long, after(func(c net.Conn) { io.WriteString(c, "SIP/2.0 400 Bad Request\r\n\r\n") }), "http.not-http"},
	}
}
