package handshake

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// sealer protects records of TLS 1.3 as a sender does.
type sealer struct {
	t        *testing.T
	secret   []byte
	sequence uint64
}

func (s *sealer) record(kind ContentType, content []byte) []byte {
	s.t.Helper()
	inner := append(bytes.Clone(content), byte(kind), 0) // the padding, before a type of 0: two bytes
	b, err := cipherspec.Sealer13(iana.TLS_AES_128_GCM_SHA256, s.secret)(nil, s.sequence, 0, inner)
	if err != nil {
		s.t.Fatal(err)
	}
	s.sequence++
	return b
}

// TestEarlyData: data before the server's answer, accepted, refused, or not in
// the key log; and new keys after KeyUpdate.
func TestEarlyData(t *testing.T) {
	early, handshake, traffic := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), bytes.Repeat([]byte{3}, 32)
	random := bytes.Repeat([]byte{9}, 32)
	line := func(label string, secret []byte) string {
		return label + " " + hex.EncodeToString(random) + " " + hex.EncodeToString(secret) + "\n"
	}
	m := &ClientHello{Version: iana.TLS12, Random: random, CipherSuites: []iana.CipherSuite{iana.TLS_AES_128_GCM_SHA256}, CompressionMethods: []CompressionMethod{0},
		Extensions: Extensions{{Type: iana.ExtensionEarlyData}}}
	hello, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	server := handshakeMessage(typeServerHello, append(append([]byte{3, 3}, make([]byte, 32)...), unhex(t, "00 1301 00 0006 002b 0002 0304")...))
	for _, test := range []struct {
		name           string
		secret, ending bool
		want           string
	}{
		{"accepted", true, true, "ClientHello ApplicationData ServerHello EndOfEarlyData Finished KeyUpdate ApplicationData"},
		{"refused", true, false, "ClientHello ApplicationData ServerHello Finished KeyUpdate ApplicationData"},
		{"not in the key log", false, true, "ClientHello ApplicationData* ServerHello ApplicationData* Finished KeyUpdate ApplicationData"},
	} {
		log := &keylog.Log{}
		log.Write([]byte(line(keylog.ClientHandshakeTraffic, handshake) + line(keylog.ClientTraffic, traffic)))
		if test.secret {
			log.Write([]byte(line(keylog.ClientEarlyTraffic, early)))
		}
		first := &sealer{t: t, secret: early}
		second := &sealer{t: t, secret: handshake}
		third := &sealer{t: t, secret: traffic}
		updated := &sealer{t: t, secret: cipherspec.Update(iana.TLS_AES_128_GCM_SHA256, traffic)}
		list := []flow{
			{ClientToServer, AppendRecords(nil, ContentHandshake, iana.TLS10, hello)},
			{ClientToServer, first.record(ContentApplicationData, []byte("early"))},
			{ServerToClient, AppendRecords(nil, ContentHandshake, iana.TLS12, server)},
		}
		if test.ending {
			list = append(list, flow{ClientToServer, first.record(ContentHandshake, handshakeMessage(typeEndOfEarlyData, nil))})
		}
		list = append(list,
			flow{ClientToServer, second.record(ContentHandshake, handshakeMessage(typeFinished, make([]byte, 32)))},
			flow{ClientToServer, third.record(ContentHandshake, handshakeMessage(typeKeyUpdate, []byte{0}))},
			flow{ClientToServer, updated.record(ContentApplicationData, []byte("late"))})
		d := NewDecoder(log)
		feed(d, list, 50)
		if got := d.Finish(); nameList(got) != test.want || problems(got) != "" {
			t.Errorf("%s: %s %s", test.name, nameList(got), problems(got))
		}
	}
}

// TestOneSideOnly: of a handshake only the client's side was seen.
func TestOneSideOnly(t *testing.T) {
	for file, want := range map[string]string{
		"Server-TLSv13-HelloRetryRequest": "ClientHello ChangeCipherSpec ClientHello ApplicationData*",
		"Client-TLSv12-ECDHE-RSA-AES":     "ClientHello ClientKeyExchange ChangeCipherSpec Finished* ApplicationData* Alert*",
	} {
		var list []flow
		for _, f := range recorded(t)[file] {
			if f.direction == ClientToServer {
				list = append(list, f)
			}
		}
		if got := decode(list, 1000); nameList(got) != want || problems(got) != "" {
			t.Errorf("%s: %s %s", file, nameList(got), problems(got))
		}
	}
}
