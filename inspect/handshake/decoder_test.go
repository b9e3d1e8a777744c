package handshake

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

func TestForeign(t *testing.T) {
	for text, want := range map[string]string{
		"SIP/2.0 400 Bad Request\r\nVia: x\r\n": "SIP", "REGISTER sip:example.com SIP/2.0\r\n": "SIP", "\r\n\r\nOPTIONS sip:a": "SIP",
		"HTTP/1.1 400 Bad Request\r\n": "HTTP", "GET / HTTP/1.0\r\n": "HTTP", "SSH-2.0-OpenSSH_9.2\r\n": "SSH", "220 mx ESMTP\r\n": "SMTP",
		"220 ready": "FTP", "* OK IMAP4": "IMAP", "+OK": "POP3", "Asterisk Call Manager/5.0": "Asterisk Manager Interface",
		"\x16\xfe\xff\x00\x00": "DTLS", "\x80\x2e\x04\x00\x01": "SSL 2.0", "garbage": "unknown", "x": "unknown", "\x16\x03\xff\xff\xff\xff": "unknown",
	} {
		for _, size := range []int{1, 1000} {
			list := []flow{{ServerToClient, []byte(text)}}
			transcript := decode(list, size)
			if len(transcript.Foreign) != 1 || transcript.Foreign[0].Protocol != want || len(transcript.Entries) > 0 {
				t.Errorf("%q in pieces of %d: %+v", text, size, transcript)
			}
		}
	}
}

// TestForeignAfterTLS: an answer in plain text in the middle of a stream.
func TestForeignAfterTLS(t *testing.T) {
	stream := append(AppendRecords(nil, ContentAlert, iana.TLS10, []byte{1, 0}), "HTTP/1.1 400 Bad Request\r\n\r\n"...)
	for _, size := range []int{1, 1000} {
		got := decode([]flow{{ServerToClient, stream}}, size)
		if len(got.Entries) != 1 || len(got.Foreign) != 1 || got.Foreign[0].Protocol != "HTTP" || got.Foreign[0].Offset != 7 || got.Foreign[0].FirstLine != "HTTP/1.1 400 Bad Request" || len(got.Problems) != 1 || got.Problems[0].Offset != 7 {
			t.Errorf("pieces of %d: %+v", size, got)
		}
	}
}

func TestSSLv2ClientHello(t *testing.T) {
	m := &ClientHello{SSLv2: true, NoExtensions: true, Version: iana.TLS10, Random: bytes.Repeat([]byte{7}, 32),
		CipherSuites: []iana.CipherSuite{iana.TLS_RSA_WITH_AES_256_CBC_SHA, 4}, CipherSpecs: []CipherSpec{0x35, 0x010080, 4}}
	raw, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	answer := AppendRecords(nil, ContentAlert, iana.TLS10, []byte{2, 70})
	for _, size := range []int{1, 1000} {
		got := decode([]flow{{ClientToServer, raw}, {ServerToClient, answer}, {ClientToServer, answer}}, size)
		if nameList(got) != "ClientHello Alert Alert" || problems(got) != "" {
			t.Fatalf("%s %s", nameList(got), problems(got))
		}
		decoded := got.Entries[0].Fields.(*ClientHello)
		if again, err := decoded.Marshal(); err != nil || !bytes.Equal(again, raw) || decoded.Version != iana.TLS10 || len(decoded.CipherSuites) != 2 || decoded.CipherSpecs[1].String() != "SSL_CK_RC4_128_WITH_MD5" {
			t.Errorf("%+v %v", decoded, err)
		}
	}
	for n := 3; n < len(raw); n++ {
		if got := Decode(raw[:n], nil); len(got.Entries) != 1 || problems(got) == "" {
			t.Errorf("%d bytes: %+v", n, got)
		}
	}
}

// TestSSLv2Order: the message of OpenSSL 1.0.0m, in which ciphers of SSL 2.0 stand
// among those of TLS, is built again as it was.
func TestSSLv2Order(t *testing.T) {
	raw, err := hex.DecodeString("80c8010301009f0000002000c01400c00a00003900003800c01900003a00c00f00c00500003500c01200c00800001600001300c01700001b00c00d00c00300000a0700c000c01300c00900003300003200c01800003400c00e00c00400002f03008000c01100c00700c01600001800c00c00c00200000500000401008000001500001200001a0000090600400000140000110000190000080000060400800000170000030200800000fff88b403aa0cb600d39a471bbab7cf798c0c63d96381f1d0d7668034f2226e435")
	if err != nil {
		t.Fatal(err)
	}
	m, problems := ParseClientHello(raw)
	if again, err := m.Marshal(); err != nil || !bytes.Equal(again, raw) || len(problems) > 0 {
		t.Errorf("%v %v\n%x\n%x", problems, err, again, raw)
	}
	if again, err := m.Record(iana.TLS12); err != nil || !bytes.Equal(again, raw) {
		t.Errorf("%v\n%x", err, again)
	}
	if len(m.CipherSpecs) != 53 || len(m.CipherSuites) != 47 || m.ChallengeLength != 32 || m.CipherSpecs[18].String() != "SSL_CK_DES_192_EDE3_CBC_WITH_MD5" || m.CipherSpecs[17].String() != "TLS_RSA_WITH_3DES_EDE_CBC_SHA" {
		t.Errorf("%+v", m)
	}
	same := m.InTLSFormat()
	record, err := same.Record(iana.TLS10)
	if err != nil || same.InTLSFormat() != same || nameList(Decode(record, nil)) != "ClientHello" || !slices.Equal(same.CipherSuites, m.CipherSuites) || !bytes.Equal(same.Random, m.Random) {
		t.Errorf("%+v %v", same, err)
	}
	for _, change := range []struct {
		at   int
		b    byte
		want string
	}{
		{1, 0xC7, "bytes long"}, {6, 0x9E, "within an element"}, {10, 15, "the challenge has 15 bytes; it has 16 to 32"},
	} {
		broken := bytes.Clone(raw)
		broken[change.at] = change.b
		if _, problems := ParseClientHello(broken); len(problems) == 0 || !strings.Contains(problems[0].Reason, change.want) {
			t.Errorf("%+v: %v", change, problems)
		}
	}
	session := append(bytes.Clone(raw), make([]byte, 33)...)
	session[1], session[8] = session[1]+33, 33
	if _, problems := ParseClientHello(session); len(problems) != 1 || problems[0].Reason != "session_id has 33 bytes, more than 32" {
		t.Error(problems)
	}
}

// TestMessageInManyRecords and several in one: the same messages.
func TestMessageInManyRecords(t *testing.T) {
	message := hello(t, iana.ExtensionPadding, make([]byte, 40000))
	double := append(bytes.Clone(message), message...)
	var stream []byte
	for part := range splitSeq(double, 333) {
		stream = AppendRecords(stream, ContentHandshake, iana.TLS10, part)
	}
	stream = AppendRecords(stream, ContentHandshake, iana.TLS10, nil)
	got := Decode(stream, nil)
	if nameList(got) != "ClientHello ClientHello" || problems(got) != "" || !bytes.Equal(got.Entries[1].Raw, message) {
		t.Errorf("%s %s", nameList(got), problems(got))
	}
}

func splitSeq(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			size := min(n, len(b))
			if !yield(b[:size]) {
				return
			}
			b = b[size:]
		}
	}
}

// TestGap: after lost bytes reading goes on with the next record.
func TestGap(t *testing.T) {
	alert := AppendRecords(nil, ContentAlert, iana.TLS12, []byte{2, 48})
	data := AppendRecords(nil, ContentApplicationData, iana.TLS12, make([]byte, 5000))
	for _, size := range []int{1, 3, 10000} {
		d := NewDecoder(nil)
		feed(d, []flow{{ServerToClient, append(bytes.Clone(alert), data[:1000]...)}}, size)
		d.Gap(ServerToClient, time.Second, 1000)
		feed(d, []flow{{ServerToClient, append(bytes.Clone(data[2000:]), alert...)}}, size)
		got := d.Finish()
		if nameList(got) != "Alert Alert" || len(got.Problems) != 1 || got.Problems[0].Offset != 1007 {
			t.Errorf("pieces of %d: %s %v %v", size, nameList(got), got.Problems, got.Foreign)
		}
	}
}

// TestCaps: a chain of 16 MB, endless records, endless small messages and
// extensions: little is kept, the end is still seen.
func TestCaps(t *testing.T) {
	alert := AppendRecords(nil, ContentAlert, iana.TLS10, []byte{2, 80})
	t.Run("chain of 16 MB", func(t *testing.T) {
		chain := append([]byte{typeCertificate, 0xFF, 0xFF, 0xFF}, make([]byte, 1<<24-1)...)
		got := Decode(nil, append(AppendRecords(nil, ContentHandshake, iana.TLS10, chain), alert...))
		if nameList(got) != "Certificate Alert" || got.Entries[0].Length != 1<<24+3 || got.Entries[0].Raw != nil || marks(got) != 1 {
			t.Errorf("%s %s", nameList(got), problems(got))
		}
	})
	t.Run("endless data", func(t *testing.T) {
		d := NewDecoder(nil)
		record := AppendRecords(nil, ContentApplicationData, iana.TLS12, make([]byte, 16000))
		for range 5000 {
			d.Feed(ServerToClient, 0, record)
		}
		d.Feed(ServerToClient, 0, alert)
		got := d.Finish()
		if len(got.Entries) != MaxApplicationData+1 || got.Omitted != (Omitted{5000 - MaxApplicationData, (5000 - MaxApplicationData) * 16000}) {
			t.Errorf("%d entries, omitted %+v", len(got.Entries), got.Omitted)
		}
	})
	t.Run("endless messages", func(t *testing.T) {
		d := NewDecoder(nil)
		small := AppendRecords(nil, ContentHandshake, iana.TLS12, bytes.Repeat([]byte{0, 0, 0, 0}, 4000))
		large := AppendRecords(nil, ContentHandshake, iana.TLS12, handshakeMessage(typeSupplementalData, make([]byte, 200000)))
		for range 30 {
			d.Feed(ServerToClient, 0, large)
		}
		for range 30 {
			d.Feed(ServerToClient, 0, small)
		}
		got, kept := d.Finish(), 0
		for _, e := range got.Entries {
			kept += len(e.Raw)
		}
		if len(got.Entries) > MaxEntries || kept > MaxKept || got.Omitted.Messages == 0 {
			t.Errorf("%d entries of %d bytes", len(got.Entries), kept)
		}
	})
	t.Run("endless extensions", func(t *testing.T) {
		m := &ClientHello{Version: iana.TLS12, Random: make(Hex, 32), Extensions: make(Extensions, 16000)}
		raw, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		_, got, problems := parseMessage(raw, iana.TLS12, 0)
		if n := len(got.(*ClientHello).Extensions); n != maxExtensions || len(problems) != maxProblems {
			t.Errorf("%d extensions, %d problems", n, len(problems))
		}
	})
}

// TestRandomBytes: whatever comes, no panic, and pieces make no difference.
func TestRandomBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]byte, random.IntN(600))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if len(b) > 9 {
			copy(b, []byte{22, 3, 1, 0, byte(random.IntN(256)), byte(random.IntN(26)), 0, 0, byte(random.IntN(256))})
		}
		list := []flow{{Direction(random.IntN(2)), b}}
		one, all := decode(list, 1), decode(list, 1000)
		if nameList(one) != nameList(all) || problems(one) != problems(all) {
			t.Fatalf("%x:\n%s %s\n%s %s", b, nameList(one), problems(one), nameList(all), problems(all))
		}
	}
}

// TestJSON pins the names of the contract.
func TestJSON(t *testing.T) {
	d := NewDecoder(nil)
	d.Feed(ClientToServer, 1500*time.Microsecond, AppendRecords(nil, ContentHandshake, iana.TLS10, hello(t, iana.ExtensionEcPointFormats, []byte{1, 0})))
	d.Feed(ServerToClient, time.Second, AppendRecords(nil, ContentAlert, iana.TLS10, []byte{2, 48}))
	d.transcript.Negotiated = &Negotiated{Version: iana.TLS10, CipherSuite: 0x39, KeyExchange: "DHE_RSA"}
	text, err := json.Marshal(d.Finish())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"index":0,"time_offset_us":1500,"direction":"client_to_server","content_type":"handshake","name":"ClientHello","length":55,"encrypted":false,"fields":{"version":"TLS 1.2","random":"0000`,
		`"cipher_suites":["TLS_RSA_WITH_AES_128_CBC_SHA","0x0A0A"],"compression_methods":["null"],"extensions":[{"type":"ec_point_formats","id":"0x000B","length":2,"value":["uncompressed"]}]}`,
		`{"index":1,"time_offset_us":1000000,"direction":"server_to_client","content_type":"alert","name":"Alert","length":2,"encrypted":false,"fields":{"level":"fatal","description":"unknown_ca"}}`,
		`"negotiated":{"version":"TLS 1.0","cipher_suite":"TLS_DHE_RSA_WITH_AES_256_CBC_SHA","cipher_suite_id":"0x0039","key_exchange":"DHE_RSA",`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

// TestProtectedAlertAfterGap: where ChangeCipherSpec was not seen, a long alert
// is a protected one, even if its bytes happen to read as an alert.
func TestProtectedAlertAfterGap(t *testing.T) {
	for _, seen := range []bool{false, true} {
		d := NewDecoder(nil)
		if !seen {
			d.Gap(ServerToClient, 0, 0)
		}
		body := append([]byte{2, 15}, make([]byte, 30)...)
		d.Feed(ServerToClient, 0, AppendRecords(nil, ContentAlert, iana.TLS10, body))
		entries := d.Finish().Entries
		if protected := len(entries) == 1 && entries[0].Name == "Alert" && entries[0].Encrypted && entries[0].Fields == nil; protected == seen {
			t.Errorf("everything seen: %v, entries %+v", seen, entries)
		}
	}
}
