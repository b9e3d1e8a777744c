package handshake

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

func committed(f *testing.F) {
	entries, err := os.ReadDir("testdata/fuzz/" + f.Name())
	if err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
}

// FuzzRecords: two streams, in pieces of any size, give the same transcript;
// it can be written as JSON and stays under the caps.
func FuzzRecords(f *testing.F) {
	committed(f)
	for _, file := range []string{"Client-TLSv10-ClientCert-RSA-RSA", "Client-TLSv13-AES256-SHA384", "Server-TLSv12-ALPN", "Server-TLSv13-HelloRetryRequest"} {
		if list := recorded(f)[file]; len(list) > 1 {
			f.Add(list[0].bytes, list[1].bytes, uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, client, server []byte, size uint8) {
		list := []flow{{ClientToServer, client}, {ServerToClient, server}}
		whole, pieces := decode(list, 1<<20), decode(list, int(size)+1)
		if nameList(whole) != nameList(pieces) || problems(whole) != problems(pieces) || len(whole.Foreign) != len(pieces.Foreign) {
			t.Errorf("whole: %s %s\npieces: %s %s", nameList(whole), problems(whole), nameList(pieces), problems(pieces))
		}
		if _, err := json.Marshal(whole); err != nil {
			t.Error(err)
		}
		// With keys that fit nothing, and lost bytes.
		log := &keylog.Log{}
		d := NewDecoder(log)
		for _, e := range whole.Entries {
			if m, ok := e.Fields.(*ClientHello); ok && len(m.Random) == 32 {
				for _, label := range []string{keylog.ClientRandom, keylog.ClientEarlyTraffic, keylog.ClientHandshakeTraffic, keylog.ServerHandshakeTraffic} {
					random, _ := m.Random.MarshalText()
					log.Write([]byte(label + " " + string(random) + " " + string(random) + "\n"))
				}
			}
		}
		feed(d, list, int(size)+1)
		d.Gap(ServerToClient, 0, 3)
		feed(d, list, 1<<20)
		d.Finish()
	})
}

// FuzzMessage: every handshake message under every version; a ClientHello
// without a problem is built again as it was.
func FuzzMessage(f *testing.F) {
	committed(f)
	for file, list := range recorded(f) {
		if file[len(file)-1] == 'A' { // some of them
			for _, e := range decode(list, 1<<20).Entries {
				if len(e.Raw) > 0 {
					f.Add(e.Raw, uint16(iana.TLS12), uint16(0xC02F))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, version, suite uint16) {
		if len(raw) == 0 {
			return
		}
		before := bytes.Clone(raw)
		_, m, problems := parseMessage(raw, iana.ProtocolVersion(version), iana.CipherSuite(suite))
		if !bytes.Equal(raw, before) {
			t.Error("the message was changed")
		}
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > int64(len(raw)) || p.Reason == "" || p.Section == "" {
				t.Errorf("%+v", p)
			}
		}
		hello, ok := m.(*ClientHello)
		if sslv2Hello(raw) {
			hello, problems = ParseClientHello(raw)
			ok = true
		}
		if ok && len(problems) == 0 {
			if again, err := hello.Marshal(); err != nil || !bytes.Equal(again, raw) {
				t.Errorf("%v\n%x\nnot\n%x", err, again, raw)
			}
		}
		if _, err := json.Marshal(m); err != nil {
			t.Error(err)
		}
	})
}

// FuzzExtension: one extension in each kind of message; whatever it holds, the
// message around it is read to its end.
func FuzzExtension(f *testing.F) {
	committed(f)
	f.Fuzz(func(t *testing.T, kind uint16, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		list := Extensions{{Type: iana.ExtensionType(kind), Data: data}, {Type: 0xFAFA, Data: Hex{1}}}
		if kind == 0xFAFA {
			return
		}
		for _, name := range []string{"ClientHello", "ServerHello", "HelloRetryRequest", "EncryptedExtensions", "Certificate", "CertificateRequest", "NewSessionTicket"} {
			raw := marshalExtensions(t, list)
			p := &parser{message: raw, name: name, remaining: maxExtensions}
			s := (cryptoString)(raw)
			got := p.extensions(&s)
			if len(got) != 2 || !bytes.Equal(got[0].Data, data) || len(s) > 0 || p.cut {
				t.Errorf("in %s: %+v", name, got)
			}
			if _, err := json.Marshal(got); err != nil {
				t.Error(err)
			}
		}
	})
}
