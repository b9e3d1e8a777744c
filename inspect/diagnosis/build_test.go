package diagnosis

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

// wire is a connection in the making.
type wire struct {
	t       testing.TB
	decoder *handshake.Decoder
	version iana.ProtocolVersion
}

func newWire(t testing.TB) *wire {
	return &wire{t, handshake.NewDecoder(nil), iana.TLS10}
}

func (w *wire) feed(d handshake.Direction, kind handshake.ContentType, content ...byte) *wire {
	w.decoder.Feed(d, 0, handshake.AppendRecords(nil, kind, w.version, content))
	return w
}

func (w *wire) client(kind handshake.ContentType, content ...byte) *wire {
	return w.feed(handshake.ClientToServer, kind, content...)
}

func (w *wire) server(kind handshake.ContentType, content ...byte) *wire {
	return w.feed(handshake.ServerToClient, kind, content...)
}

// message puts a header before a body.
func message(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

// hello sends what the phone offers.
func (w *wire) hello(p *phone.Phone, host string) *wire {
	w.t.Helper()
	hello, _ := offer.ClientHello(p.Profile, offer.Options{Random: make([]byte, 32), Host: host})
	return w.rawHello(hello)
}

func (w *wire) rawHello(hello *handshake.ClientHello) *wire {
	w.t.Helper()
	raw, err := hello.Marshal()
	if err != nil {
		w.t.Fatal(err)
	}
	return w.client(handshake.ContentHandshake, raw...)
}

func serverHello(v iana.ProtocolVersion, s iana.CipherSuite, compression byte, sessionID byte) []byte {
	body := append([]byte{byte(v >> 8), byte(v)}, make([]byte, 32)...)
	if sessionID == 0 {
		body = append(body, 0)
	} else {
		body = append(body, 1, sessionID)
	}
	return message(2, append(body, byte(s>>8), byte(s), compression))
}

func certificateMessage(t testing.TB, chain ...*testca.Certificate) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, c := range chain {
			b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.Raw) })
		}
	})
	return message(11, b.BytesOrPanic())
}

// choose sends the server's flight up to its Certificate.
func (w *wire) choose(s iana.CipherSuite, chain ...*testca.Certificate) *wire {
	w.t.Helper()
	return w.server(handshake.ContentHandshake, serverHello(w.version, s, 0, 7)...).
		server(handshake.ContentHandshake, certificateMessage(w.t, chain...)...)
}

// diffieHellman sends a ServerKeyExchange with a prime of some bytes.
func (w *wire) diffieHellman(bytes int) *wire {
	var b cryptobyte.Builder
	for _, v := range [][]byte{append([]byte{0x80}, make([]byte, bytes-1)...), {2}, {5}, {1, 2, 3}} {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(v) })
	}
	return w.server(handshake.ContentHandshake, message(12, b.BytesOrPanic())...)
}

// ask sends a CertificateRequest that names CAs.
func (w *wire) ask(names ...string) *wire {
	w.t.Helper()
	var b cryptobyte.Builder
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint8(1) })
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, name := range names {
			der, err := asn1.Marshal(pkix.Name{CommonName: name}.ToRDNSequence())
			if err != nil {
				w.t.Fatal(err)
			}
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
		}
	})
	return w.server(handshake.ContentHandshake, message(13, b.BytesOrPanic())...)
}

func (w *wire) helloDone() *wire {
	return w.server(handshake.ContentHandshake, message(14, nil)...)
}

// show sends the client's Certificate message.
func (w *wire) show(chain ...*testca.Certificate) *wire {
	w.t.Helper()
	return w.client(handshake.ContentHandshake, certificateMessage(w.t, chain...)...)
}

// finish sends the client's last flight, and done the server's.
func (w *wire) finish() *wire {
	return w.client(handshake.ContentHandshake, message(16, []byte{0, 1, 9})...).
		client(handshake.ContentChangeCipherSpec, 1).client(handshake.ContentHandshake, make([]byte, 48)...)
}

func (w *wire) done() *wire {
	return w.finish().server(handshake.ContentChangeCipherSpec, 1).server(handshake.ContentHandshake, make([]byte, 48)...)
}

// talk lets both sides say something.
func (w *wire) talk() *wire {
	return w.client(handshake.ContentApplicationData, make([]byte, 64)...).server(handshake.ContentApplicationData, make([]byte, 64)...)
}

func (w *wire) transcript() *handshake.Transcript { return w.decoder.Finish() }

// phoneOf is a handset with the factory's settings, without built-in
// certificates but those given.
func phoneOf(t testing.TB, id string, custom ...*testca.Certificate) *phone.Phone {
	t.Helper()
	profile, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	set := func(value string) phone.Choice {
		return phone.Choice{Value: value, Basis: finding.Documented, Source: "test"}
	}
	p := &phone.Phone{
		Profile: profile, Name: id, Clock: testca.Clock(),
		Settings: phone.Settings{OnlyTrusted: set("on"), CA: set("all"), CNValidation: set("off"), DeviceCert: set("default")},
		Builtin:  phone.Builtin{Listed: true, Basis: finding.Documented, Source: "test"},
	}
	p.Custom = parsed(t, custom...)
	return p
}

func parsed(t testing.TB, list ...*testca.Certificate) []*certificate.Certificate {
	t.Helper()
	var certs []*certificate.Certificate
	for _, c := range list {
		p, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, p)
	}
	return certs
}

// probed is the evidence of a live connection to pbx.example.com.
func probed(p *phone.Phone, w *wire, ending Ending) Evidence {
	e := Evidence{
		Phone: p, Live: true, Target: Target{Text: "pbx.example.com", Scheme: "sips", Host: "pbx.example.com", Port: 5061},
		Lookup:  &Lookup{Addresses: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.10:5061")}},
		Dial:    &Dial{Address: netip.MustParseAddrPort("192.0.2.10:5061"), Result: Connected, Duration: 12 * time.Millisecond},
		Outcome: Outcome{Ending: ending, Closer: "server"},
	}
	if w != nil {
		e.Transcript = w.transcript()
		for _, entry := range e.Transcript.Entries {
			if m, ok := entry.Fields.(*handshake.CertificateRequest); ok && m != nil {
				e.Outcome.ClientCertificateRequested = true
			}
		}
	}
	return e
}

// judged adds the phone's verdict on what the server sends.
func judged(t testing.TB, e Evidence, sent ...*testca.Certificate) Evidence {
	t.Helper()
	e.Sent = parsed(t, sent...)
	v := e.Phone.Judge(phone.Server{Sent: e.Sent, Name: e.Target.Host})
	e.Trust = &v
	return e
}

// refusedWith is a probe that ends with an alert right after the ClientHello.
func refusedWith(t testing.TB, p *phone.Phone, alert iana.AlertDescription, survey *Survey) Evidence {
	t.Helper()
	w := newWire(t).hello(p, "pbx.example.com").server(handshake.ContentAlert, 2, byte(alert))
	e := probed(p, w, AlertReceived)
	e.Outcome.Alert, e.Survey = alert, survey
	return e
}

// captured is the evidence of a capture.
func captured(p *phone.Phone, w *wire, ending Ending) Evidence {
	e := probed(p, w, ending)
	e.Live, e.Lookup, e.Dial = false, nil, nil
	if p != nil {
		e.Matches = []offer.Match{{Handset: p.Profile.ID, Likeness: offer.Exact}}
	}
	return e
}
