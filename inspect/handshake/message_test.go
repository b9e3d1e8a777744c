package handshake

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// unhex reads hexadecimal digits with spaces; "*N" after a byte repeats it.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	var out []byte
	for word := range strings.FieldsSeq(text) {
		digits, times, repeated := strings.Cut(word, "*")
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		n := 1
		if repeated {
			if err := json.Unmarshal([]byte(times), &n); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, bytes.Repeat(b, n)...)
	}
	return out
}

// handshakeMessage puts the header before a body.
func handshakeMessage(kind uint8, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func TestMessages(t *testing.T) {
	tests := []struct {
		name    string
		kind    uint8
		version iana.ProtocolVersion
		suite   iana.CipherSuite
		body    string
		want    Message
	}{
		{"ServerKeyExchange", typeServerKeyExchange, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
			"0002 8001 0001 02 0002 1234 0003 aabbcc",
			&ServerKeyExchange{KeyExchange: "DHE_RSA", Bits: 16, Prime: Hex{0x80, 1}, Generator: Hex{2}, Public: Hex{0x12, 0x34}, Signature: &Signature{Bytes: Hex{0xaa, 0xbb, 0xcc}}}},
		{"ServerKeyExchange", typeServerKeyExchange, iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
			"03 0017 02 0401 0401 0001 aa",
			&ServerKeyExchange{KeyExchange: "ECDHE_RSA", Group: iana.GroupSecp256r1, Bits: 256, Public: Hex{4, 1}, Signature: &Signature{Scheme: iana.SchemeRSAPKCS1SHA256, Bytes: Hex{0xaa}}}},
		{"ServerKeyExchange", typeServerKeyExchange, iana.SSL30, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5,
			"0040 ff*64 0003 010001 0001 aa",
			&ServerKeyExchange{KeyExchange: "RSA_EXPORT", Bits: 512, Modulus: bytes.Repeat([]byte{0xff}, 64), Exponent: Hex{1, 0, 1}, Signature: &Signature{Bytes: Hex{0xaa}}}},
		{"ServerKeyExchange", typeServerKeyExchange, iana.TLS12, iana.TLS_DH_anon_WITH_AES_128_CBC_SHA, "0001 07 0001 02 0001 03",
			&ServerKeyExchange{KeyExchange: "DH_anon", Bits: 3, Prime: Hex{7}, Generator: Hex{2}, Public: Hex{3}}},
		{"ServerKeyExchange", typeServerKeyExchange, iana.TLS12, iana.TLS_PSK_WITH_AES_128_CBC_SHA, "0001 61",
			&ServerKeyExchange{KeyExchange: "PSK", IdentityHint: Hex("a")}},
		{"ClientKeyExchange", typeClientKeyExchange, iana.SSL30, iana.TLS_RSA_WITH_AES_128_CBC_SHA, "0102", &ClientKeyExchange{KeyExchange: "RSA", EncryptedPreMasterSecret: Hex{1, 2}}},
		{"ClientKeyExchange", typeClientKeyExchange, iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, "0001 07", &ClientKeyExchange{KeyExchange: "RSA", EncryptedPreMasterSecret: Hex{7}}},
		{"ClientKeyExchange", typeClientKeyExchange, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, "0001 07", &ClientKeyExchange{KeyExchange: "DHE_RSA", Public: Hex{7}}},
		{"CertificateRequest", typeCertificateRequest, iana.TLS10, 0, "02 01 40 0000",
			&CertificateRequest{Types: []ClientCertificateType{1, 64}}},
		{"CertificateRequest", typeCertificateRequest, iana.TLS12, 0, "01 01 0002 0401 0010 000e 300c310a300806035504030c0161",
			&CertificateRequest{Types: []ClientCertificateType{1}, SignatureSchemes: []iana.SignatureScheme{iana.SchemeRSAPKCS1SHA256},
				Authorities: []DistinguishedName{unhex(t, "300c310a300806035504030c0161")}}},
		{"CertificateStatus", typeCertificateStatus, iana.TLS12, 0, "01 000002 3000", &CertificateStatus{Type: 1, Response: Hex{0x30, 0}}},
		{"Certificate", typeCertificate, iana.TLS10, 0, "000000", &Certificate{}},
		{"Certificate", typeCertificate, iana.TLS10, 0, "000009 000002 3000 000001 31", &Certificate{Certificates: []Hex{{0x30, 0}, {0x31}}}},
		{"Certificate", typeCertificate, iana.TLS13, 0, "00 000007 000002 3000 0000", &Certificate{Context: Hex{}, Certificates: []Hex{{0x30, 0}}, Extensions: []Extensions{nil}}},
		{"Finished", typeFinished, iana.TLS12, 0, "01*12", &Finished{bytes.Repeat([]byte{1}, 12)}},
		{"Finished", typeFinished, iana.SSL30, 0, "01*36", &Finished{bytes.Repeat([]byte{1}, 36)}},
		{"KeyUpdate", typeKeyUpdate, iana.TLS13, 0, "01", &KeyUpdate{true}},
		{"HelloRequest", typeHelloRequest, iana.TLS12, 0, "", &Empty{}},
		{"NewSessionTicket", typeNewSessionTicket, iana.TLS13, 0, "00000e10 00000000 01 00 0002 aabb 0008 002a 0004 00004000",
			&NewSessionTicket{LifetimeSeconds: 3600, TicketLength: 2, Extensions: Extensions{{iana.ExtensionEarlyData, Hex{0, 0, 0x40, 0}, 0x4000}}}},
	}
	for _, test := range tests {
		raw := handshakeMessage(test.kind, unhex(t, test.body))
		name, got, problems := parseMessage(raw, test.version, test.suite)
		if name != test.name || !reflect.DeepEqual(got, test.want) || len(problems) > 0 {
			t.Errorf("%s in %s: %s %+v %v", test.name, test.version, name, got, problems)
		}
		for n := 1; n < len(raw); n++ {
			if _, _, problems := parseMessage(raw[:n], test.version, test.suite); len(problems) == 0 {
				t.Errorf("%d of %d bytes of %s: no problem", n, len(raw), test.name)
			}
		}
	}
}

// hello is a ClientHello with one extension.
func hello(t testing.TB, kind iana.ExtensionType, data []byte) []byte {
	t.Helper()
	m := &ClientHello{Version: iana.TLS12, Random: make(Hex, 32), CipherSuites: []iana.CipherSuite{iana.TLS_RSA_WITH_AES_128_CBC_SHA, 0x0A0A},
		CompressionMethods: []CompressionMethod{0}, Extensions: Extensions{{Type: kind, Data: data}}}
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestExtensions(t *testing.T) {
	tests := []struct {
		kind iana.ExtensionType
		data string
		want any
	}{
		{iana.ExtensionServerName, "000e 00 000b 6578616d706c652e636f6d", []string{"example.com"}},
		{iana.ExtensionSupportedGroups, "0004 001d 0017", []iana.NamedGroup{iana.GroupX25519, iana.GroupSecp256r1}},
		{iana.ExtensionEcPointFormats, "02 00 01", []ECPointFormat{0, 1}},
		{iana.ExtensionSignatureAlgorithms, "0002 0201", []iana.SignatureScheme{iana.SchemeRSAPKCS1SHA1}},
		{iana.ExtensionApplicationLayerProtocolNegotiation, "0006 05 736970 2f32", []string{"sip/2"}},
		{iana.ExtensionSupportedVersions, "04 0304 0303", []iana.ProtocolVersion{iana.TLS13, iana.TLS12}},
		{iana.ExtensionKeyShare, "0006 001d 0002 aabb", []KeyShare{{iana.GroupX25519, Hex{0xaa, 0xbb}}}},
		{iana.ExtensionStatusRequest, "01 0000 0000", StatusRequest{Type: 1}},
		{iana.ExtensionRenegotiationInfo, "00", Hex{}},
		{iana.ExtensionExtendedMasterSecret, "", nil},
		{iana.ExtensionSessionTicket, "aabbcc", nil},
		{iana.ExtensionPSKKeyExchangeModes, "01 01", []PSKMode{1}},
		{iana.ExtensionPreSharedKey, "0007 0001 aa 00000000 0003 02 bbbb", PreSharedKey{IdentityLengths: []int{1}}},
		{iana.ExtensionCompressCertificate, "02 0002", []CompressionAlgorithm{2}},
		{iana.ExtensionMaxFragmentLength, "01", 512},
		{iana.ExtensionRecordSizeLimit, "4001", 0x4001},
		{iana.ExtensionCookie, "0001 aa", Hex{0xaa}},
		{iana.ExtensionCertificateAuthorities, "0004 0002 3000", []DistinguishedName{{0x30, 0}}},
		{0xFAFA, "01", nil},
	}
	for _, test := range tests {
		data := unhex(t, test.data)
		_, m, problems := parseMessage(hello(t, test.kind, data), iana.TLS12, 0)
		e := m.(*ClientHello).Extensions.Find(test.kind)
		if e == nil || len(problems) > 0 || !reflect.DeepEqual(e.Value, test.want) || !bytes.Equal(e.Data, data) {
			t.Errorf("%s: %+v %v", test.kind, e, problems)
		}
		if _, read := extensionReader(test.kind); read == nil {
			continue
		}
		// One byte too few or too many marks the message, and only it.
		for _, bad := range [][]byte{append(bytes.Clone(data), 0xEE), data[:max(0, len(data)-1)]} {
			_, m, problems := parseMessage(hello(t, test.kind, bad), iana.TLS12, 0)
			if len(problems) == 0 && len(bad) > 0 {
				t.Errorf("%s with %x: no problem", test.kind, bad)
			}
			if got := m.(*ClientHello); len(got.Extensions) != 1 || len(got.CipherSuites) != 2 {
				t.Errorf("%s with %x: the rest is lost: %+v", test.kind, bad, got)
			}
		}
	}
}

// TestProblemOffset: the offset points at the byte that is wrong.
func TestProblemOffset(t *testing.T) {
	raw := hello(t, iana.ExtensionSupportedGroups, []byte{0, 9, 0, 0x17})
	_, _, problems := parseMessage(raw, iana.TLS12, 0)
	want := Problem{"ClientHello", "RFC 8422, section 5.1.1", int64(len(raw) - 2), "named_group_list needs 9 bytes, 2 are left"}
	if len(problems) != 1 || problems[0] != want {
		t.Errorf("%+v, not %+v", problems, want)
	}
}

func TestDistinguishedName(t *testing.T) {
	if got := DistinguishedName(unhex(t, "300c310a300806035504030c0161")).String(); got != "CN=a" {
		t.Error(got)
	}
	if got := DistinguishedName([]byte{1, 2}).String(); got != "#0102" {
		t.Error(got)
	}
}

// TestParserViews: what is handed out cannot reach what stands behind it.
func TestParserViews(t *testing.T) {
	raw := handshakeMessage(typeCertificateStatus, []byte{1, 0, 0, 1, 7})
	_, m, _ := parseMessage(raw, iana.TLS12, 0)
	_ = append(m.(*CertificateStatus).Response[:0:1], 9, 9)
	if !bytes.Equal(raw[4:8], []byte{1, 0, 0, 1}) {
		t.Errorf("%x", raw)
	}
	var s cryptobyte.String = raw
	if p := (&parser{message: raw}); p.offset(s[3:]) != 3 {
		t.Error("offset")
	}
}

func TestMarshalRefuses(t *testing.T) {
	for name, m := range map[string]*ClientHello{
		"random":          {Random: make(Hex, 31)},
		"session_id":      {Random: make(Hex, 32), SessionID: make(Hex, 33)},
		"where none":      {Random: make(Hex, 32), NoExtensions: true, Extensions: make(Extensions, 1)},
		"longer than":     {Random: make(Hex, 32), CipherSuites: make([]iana.CipherSuite, 1<<15)},
		"bytes, more":     {Random: make(Hex, 32), SSLv2: true, NoExtensions: true, CipherSuites: make([]iana.CipherSuite, 1<<14)},
		"has no place":    {Random: make(Hex, 32), SSLv2: true, Extensions: make(Extensions, 1)},
		"other cipher":    {Random: make(Hex, 32), SSLv2: true, CipherSpecs: []CipherSpec{0x39}},
		"15 bytes":        {Random: make(Hex, 32), SSLv2: true, ChallengeLength: 15},
		"no zeros":        {Random: bytes.Repeat([]byte{1}, 32), SSLv2: true, ChallengeLength: 16},
		"than its length": {Random: make(Hex, 32), Extensions: Extensions{{Data: make(Hex, 1<<16)}}},
	} {
		if b, err := m.Marshal(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
}

type cryptoString = cryptobyte.String

func marshalExtensions(t testing.TB, list Extensions) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(list.marshal)
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw[:len(raw):len(raw)]
}
