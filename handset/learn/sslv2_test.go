package learn_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// three is what OpenSSL 1.0.0m sends with the cipher list "SSLv2:AES256-SHA".
const three = "80410103010018000000200700c00300800100800600400400800200800000350000ff8ddfe943735739491f26e502fd188131f93a3e3a2b8ae624797cff97bcd18ad3"

// TestSSLv2: a ClientHello in the format of SSL 2.0 from a capture to the profile.
func TestSSLv2(t *testing.T) {
	raw, err := hex.DecodeString(three)
	if err != nil {
		t.Fatal(err)
	}
	refusal := handshake.AppendRecords(nil, handshake.ContentAlert, iana.TLS10, []byte{2, 70})
	o := learn.FromEvidence(diagnosis.Evidence{Transcript: handshake.Decode(raw, refusal)}, day)
	if !slices.Equal(o.Hello, raw) {
		t.Fatalf("%x", o.Hello)
	}
	o.Host = "pbx.example.com"
	p, notes, err := learn.Profile(o, learn.Options{})
	if err != nil || strings.Contains(strings.Join(notes, "\n"), "ClientHello cannot") {
		t.Fatal(err, notes)
	}
	read := whole(t, "in the format of SSL 2.0", p)
	h := read.TLS.ClientHello.Value
	if !h.SSLv2 || len(h.CipherSpecs) != 8 || !slices.Equal(read.TLS.CipherSuites.Value, []uint16{0x0035}) ||
		!read.TLS.Extensions.Known() || len(read.TLS.Extensions.Value) != 0 || !strings.Contains(read.TLS.Versions.NotKnown, "names TLS 1.0 as the best") {
		t.Errorf("%+v", read.TLS)
	}
	if name := read.TLS.SNI; !name.Known() || name.Value {
		t.Errorf("%+v", name)
	}
	m, _ := handshake.ParseClientHello(raw)
	same, err := m.InTLSFormat().Record(iana.TLS10)
	if err != nil || learn.Kind(raw) == "" || learn.Kind(raw) == learn.Kind(same) {
		t.Errorf("%v, kinds %q and %q", err, learn.Kind(raw), learn.Kind(same))
	}
	// One of SSL 2.0 alone is told, and kept out.
	alone := slices.Clone(raw)
	alone[3], alone[4] = 0, 2
	if _, notes, err = learn.Profile(learn.Observation{Hello: alone}, learn.Options{}); err == nil || !strings.Contains(strings.Join(notes, "\n"), "cannot be written down: the version is SSL 2.0") {
		t.Error(err, notes)
	}
}
