// Package reporttest has what tests of the reports share: handshakes as they
// are on the wire, what a probe would have seen of them, and a look at screens.
package reporttest

import (
	"bytes"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// Flight is what one side sends at once.
type Flight struct {
	Direction handshake.Direction
	// At is the time since the first flight.
	At      time.Duration
	Records []byte
}

// message is a handshake message in a record.
func message(kind byte, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	raw := append([]byte{kind, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
	return handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, raw)
}

func vector(size int, b []byte) []byte {
	var length []byte
	for i := size - 1; i >= 0; i-- {
		length = append(length, byte(len(b)>>(8*i)))
	}
	return append(length, b...)
}

// Chain makes the certificates of a server, its own first.
func Chain(t testing.TB) []*certificate.Certificate {
	t.Helper()
	root := testca.Root(t, "Example Root")
	inter := root.Issue(t, "Example Intermediate", testca.CA)
	leaf := inter.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	var list []*certificate.Certificate
	for _, c := range []*testca.Certificate{leaf, inter, root} {
		parsed, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, parsed)
	}
	return list
}

// Handshake is the handshake of Figure 1: TLS 1.0 with DHE-RSA-AES256-SHA.
func Handshake(t testing.TB, chain []*certificate.Certificate) []Flight {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	hello := &handshake.ClientHello{Version: iana.TLS10, Random: make([]byte, 32), CompressionMethods: []handshake.CompressionMethod{0}, NoExtensions: true}
	for _, id := range p.TLS.CipherSuites.Value {
		hello.CipherSuites = append(hello.CipherSuites, iana.CipherSuite(id))
	}
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var certs []byte
	for _, c := range chain {
		certs = append(certs, vector(3, c.Raw)...)
	}
	dh := bytes.Repeat([]byte{0xAB}, 256)
	const c2s, s2c = handshake.ClientToServer, handshake.ServerToClient
	ms := func(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
	return []Flight{
		{c2s, 0, handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, raw)},
		{s2c, ms(1.2), message(2, []byte{3, 1}, make([]byte, 32), []byte{0, 0, 0x39, 0})},
		{s2c, ms(1.25), message(11, vector(3, certs))},
		{s2c, ms(1.4), message(12, vector(2, dh), vector(2, []byte{2}), vector(2, dh), vector(2, dh))},
		{s2c, ms(1.4), message(14)},
		{c2s, ms(3.8), message(16, vector(2, dh))},
		{c2s, ms(3.8), handshake.AppendRecords(nil, handshake.ContentChangeCipherSpec, iana.TLS10, []byte{1})},
		{c2s, ms(3.8), handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, make([]byte, 48))},
		{s2c, ms(5.1), handshake.AppendRecords(nil, handshake.ContentChangeCipherSpec, iana.TLS10, []byte{1})},
		{s2c, ms(5.1), handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, make([]byte, 48))},
		{c2s, ms(5.3), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 416))},
		{s2c, ms(6.9), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 320))},
		{s2c, ms(7), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 32))},
	}
}

// Transcript decodes flights.
func Transcript(list []Flight) *handshake.Transcript {
	d := handshake.NewDecoder(nil)
	for _, f := range list {
		d.Feed(f.Direction, f.At, f.Records)
	}
	return d.Finish()
}
