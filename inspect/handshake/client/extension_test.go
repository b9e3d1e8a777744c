package client

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// longest is the longest content of the records that the client sent after its
// ClientHello, without protection counted off.
func longest(sent []byte) int {
	most := 0
	for first := true; len(sent) >= headerLength; first = false {
		n := int(binary.BigEndian.Uint16(sent[3:]))
		if !first {
			most = max(most, n)
		}
		sent = sent[min(headerLength+n, len(sent)):]
	}
	return most
}

// TestNextProtocol: the name of the protocol goes before Finished, as a server
// demands that took up next_protocol_negotiation.
func TestNextProtocol(t *testing.T) {
	for protocols, want := range map[string]string{"spdy/3,http/1.1": "http/1.1", "sip/2,spdy/3": "sip/2"} {
		server := start(t, "openssl", "-rev", "-nextprotoneg", protocols, "-cert", writeFile(t, "rsa"))
		cfg := Config{}
		cfg.Hello, _ = offer(t, iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
		cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionNextProtocolNegotiation, nil))
		o := observed(&cfg)
		c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
		if err != nil {
			t.Fatal(err, server.Log())
		}
		reversed(t, c)
		c.Close()
		if got := o.names(t); !strings.Contains(got, "ClientKeyExchange ChangeCipherSpec NextProtocol Finished") || c.State().ApplicationProtocol != want {
			t.Errorf("%s: %q %s", protocols, c.State().ApplicationProtocol, got)
		}
	}
}

// TestSmallRecords: the client keeps to the length of records that the server
// takes (RFC 6066, section 4; RFC 8449).
func TestSmallRecords(t *testing.T) {
	const overhead = 64
	for _, test := range []struct {
		name    string
		program []string
		version iana.ProtocolVersion
		suite   iana.CipherSuite
		added   handshake.Extension
		limit   int
	}{
		{"max_fragment_length", []string{"openssl", "-rev", "-cert"}, iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			extension(iana.ExtensionMaxFragmentLength, []byte{1}), 512},
		{"max_fragment_length, TLS 1.3", []string{"openssl", "-rev", "-cert"}, iana.TLS13, iana.TLS_AES_128_GCM_SHA256,
			extension(iana.ExtensionMaxFragmentLength, []byte{2}), 1024},
		{"record_size_limit", []string{"gnutls-serv", "--echo", "--recordsize", "600", "--x509certfile"}, iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			extension(iana.ExtensionRecordSizeLimit, u16[uint16](0x4000)), 600},
		{"record_size_limit, TLS 1.3", []string{"gnutls-serv", "--echo", "--recordsize", "600", "--x509certfile"}, iana.TLS13, iana.TLS_AES_128_GCM_SHA256,
			extension(iana.ExtensionRecordSizeLimit, u16[uint16](0x4001)), 601},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := writeFile(t, "rsa")
			arguments := append(slices.Clone(test.program[1:]), file)
			if test.program[0] == "gnutls-serv" {
				arguments = append(arguments, "--x509keyfile", file)
			}
			server := start(t, test.program[0], arguments...)
			cfg := Config{}
			cfg.Hello, cfg.Keys = offer(t, test.version, test.suite)
			cfg.Hello.Extensions = append(cfg.Hello.Extensions, test.added)
			o := observed(&cfg)
			c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
			if err != nil {
				t.Fatal(err, server.Log())
			}
			defer c.Close()
			text := strings.Repeat("x", 3000) + "\n"
			if _, err := c.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			c.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.ReadFull(c, make([]byte, len(text))); err != nil {
				t.Error(err, server.Log())
			}
			if got := longest(o.wire[0].Bytes()); got < test.limit || got > test.limit+overhead {
				t.Errorf("records of up to %d bytes, want %d and what protects them", got, test.limit)
			}
		})
	}
}

// compressing is a server of TLS 1.3 up to its Finished, with its certificate under
// a compression. No program on Debian has one.
func compressing(conn net.Conn, algorithm uint16) {
	const suite = iana.TLS_AES_128_GCM_SHA256
	header := make([]byte, headerLength)
	io.ReadFull(conn, header)
	messages := make([]byte, binary.BigEndian.Uint16(header[3:]))
	if _, err := io.ReadFull(conn, messages); err != nil {
		return
	}
	m, _ := handshake.ParseClientHello(messages)
	key, _ := newKey(iana.GroupX25519, rand.Reader)
	secret, err := key.shared(m.Extensions.Find(iana.ExtensionKeyShare).Value.([]handshake.KeyShare)[0].Public)
	if err != nil {
		return
	}
	message := func(kind uint8, body []byte) []byte {
		raw := append([]byte{kind}, sized(3, body)...)
		messages = append(messages, raw...)
		return raw
	}
	extensions := append(u16(iana.ExtensionSupportedVersions), 0, 2, 3, 4)
	extensions = append(append(extensions, u16(iana.ExtensionKeyShare)...), sized(2, append(u16(iana.GroupX25519), sized(2, key.public)...))...)
	hello := append(append(u16(iana.TLS12), make([]byte, 32)...), sized(1, m.SessionID)...)
	hello = append(append(append(hello, u16(suite)...), 0), sized(2, extensions)...)
	conn.Write(record(handshake.ContentHandshake, message(typeServerHello, hello)))
	schedule := cipherspec.NewSchedule(suite)
	schedule.Advance(secret)
	traffic := schedule.Secret("s hs traffic", messages)
	pair := certificates()["rsa"]
	flight := message(typeEncryptedExtensions, []byte{0, 0})
	chain := append([]byte{0}, sized(3, append(sized(3, pair.Certificate[0]), 0, 0))...)
	compressed := append(u16(algorithm), byte(len(chain)>>16), byte(len(chain)>>8), byte(len(chain)))
	flight = append(flight, message(typeCompressedCertificate, append(compressed, sized(3, deflated(chain))...))...)
	hash := sha256.Sum256(messages)
	signed := sha256.Sum256([]byte(strings.Repeat(" ", 64) + "TLS 1.3, server CertificateVerify\x00" + string(hash[:])))
	signature, _ := rsa.SignPSS(rand.Reader, pair.PrivateKey.(*rsa.PrivateKey), crypto.SHA256, signed[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	flight = append(flight, message(typeCertificateVerify, append(u16(iana.SchemeRSAPSSRsaeSHA256), sized(2, signature)...))...)
	flight = append(flight, message(typeFinished, cipherspec.Finished13(suite, traffic, messages))...)
	out, _ := cipherspec.Sealer13(suite, traffic)(nil, 0, uint8(handshake.ContentHandshake), flight)
	conn.Write(out)
	io.Copy(io.Discard, conn)
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestCompressedCertificate(t *testing.T) {
	for algorithm, want := range map[uint16]string{
		1: "", 2: "unsupported: this tool cannot go on, a phone might: it does not have the compression brotli of certificates",
		3: "alert sent: the server compressed its Certificate with zstd, which was not offered",
	} {
		address := listen(t, func(conn net.Conn) { compressing(conn, algorithm) })
		cfg := Config{}
		cfg.Hello, cfg.Keys = offer(t, iana.TLS13, iana.TLS_AES_128_GCM_SHA256)
		cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionCompressCertificate, []byte{4, 0, 1, 0, 2}))
		o := observed(&cfg)
		conn := dial(t, address)
		c, err := Handshake(limited(t), conn, cfg)
		conn.Close()
		switch {
		case !strings.Contains(o.names(t), "EncryptedExtensions CompressedCertificate"):
			t.Errorf("%d: %s", algorithm, o.names(t))
		case want == "" && (err != nil || !bytes.Equal(c.State().ServerCertificates[0], certificates()["rsa"].Certificate[0])):
			t.Errorf("%d: %v", algorithm, err)
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%d: %v", algorithm, err)
		}
	}
}

// TestDecompressed has what no honest server sends.
func TestDecompressed(t *testing.T) {
	message := func(algorithm uint16, size int, compressed []byte) []byte {
		body := append(u16(algorithm), byte(size>>16), byte(size>>8), byte(size))
		return append([]byte{typeCompressedCertificate}, sized(3, append(body, sized(3, compressed)...))...)
	}
	h := &handshaker{Config: Config{MaxHandshakeBytes: 1000}, Conn: &Conn{wire: &wire{}}, offer: &handshake.ClientHello{}}
	h.state.Version = iana.TLS13
	if _, err := h.decompressed(message(1, 3, deflated([]byte("abc")))); kindOfError(err) != AlertSent {
		t.Errorf("not offered: %v", err)
	}
	h.offer.Extensions = handshake.Extensions{{Type: iana.ExtensionCompressCertificate, Value: []handshake.CompressionAlgorithm{1, 3}}}
	if raw, err := h.decompressed(message(1, 3, deflated([]byte("abc")))); err != nil || string(raw) != "\x0b\x00\x00\x03abc" {
		t.Errorf("%q %v", raw, err)
	}
	for name, test := range map[string]struct {
		raw  []byte
		want Kind
	}{
		"another algorithm":    {message(2, 3, nil), AlertSent},
		"not at hand":          {message(3, 3, nil), Unsupported},
		"longer than it tells": {message(1, 3, deflated(make([]byte, 1<<16))), Malformed},
		"shorter":              {message(1, 30, deflated([]byte("abc"))), Malformed},
		"too large":            {message(1, 1001, deflated(make([]byte, 1001))), TooLarge},
		"no zlib":              {message(1, 3, []byte("abc")), Malformed},
		"cut":                  {message(1, 3, deflated([]byte("abc"))[:5]), Malformed},
	} {
		if _, err := h.decompressed(test.raw); kindOfError(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHeartbeat: what a client that offered heartbeat gets is let pass, and is a
// breach for another.
func TestHeartbeat(t *testing.T) {
	for _, offered := range []bool{true, false} {
		p := &peer{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA, after: func(p *peer) {
			p.send(handshake.ContentHeartbeat, append([]byte{1, 0, 1, 'x'}, make([]byte, 16)...))
			p.send(handshake.ContentApplicationData, []byte("on"))
		}}
		cfg := &Config{}
		if offered {
			cfg.Hello, _ = offer(t, p.version, p.suite)
			cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionHeartbeat, []byte{1}))
			p.change = answering(iana.ExtensionHeartbeat, []byte{1})
		}
		c, _, err := against(t, p, cfg)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(time.Minute))
		b := make([]byte, 2)
		if _, err := io.ReadFull(c, b); (err == nil) != offered {
			t.Errorf("offered %t: %q %v", offered, b, err)
		}
		c.Close()
	}
}

// answering adds an extension to ServerHello.
func answering(kind iana.ExtensionType, data []byte) func(string, []byte) []byte {
	return func(name string, raw []byte) []byte {
		if name != "ServerHello" {
			return raw
		}
		body := append(slices.Clone(raw[handshakeHeader:]), sized(2, append(u16(kind), sized(2, data)...))...)
		return append([]byte{typeServerHello}, sized(3, body)...)
	}
}

// TestRawTakenUp: where the server takes up what the client only sends, and then
// cannot be understood, that is no fault of the server's.
func TestRawTakenUp(t *testing.T) {
	for _, offered := range []bool{true, false} {
		p := &peer{version: iana.TLS12, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA256}
		p.change = func(name string, raw []byte) []byte {
			raw = answering(iana.ExtensionTruncatedHMAC, nil)(name, raw)
			if name == "Finished" {
				raw = bytes.Clone(raw)
				raw[len(raw)-1]++
			}
			return raw
		}
		cfg := &Config{}
		cfg.Hello, _ = offer(t, p.version, p.suite)
		want := "malformed: the server's Finished does not fit"
		if offered {
			cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionTruncatedHMAC, nil))
			want = "unsupported: this tool cannot go on, a phone might: the server took up truncated_hmac, which the tool sends as the phone does and does not act on; the server's Finished does not fit"
		}
		if _, _, err := against(t, p, cfg); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("offered %t: %v", offered, err)
		}
	}
}

// TestRaw names what is sent and not acted on.
func TestRaw(t *testing.T) {
	m := &handshake.ClientHello{Extensions: handshake.Extensions{
		{Type: iana.ExtensionServerName}, {Type: 0x0A0A}, {Type: 0xABCD}, {Type: iana.ExtensionTruncatedHMAC}, {Type: iana.ExtensionPadding},
		{Type: iana.ExtensionCompressCertificate, Value: []handshake.CompressionAlgorithm{1}},
	}}
	if got := fmt.Sprint(Raw(m)); got != "[0xABCD truncated_hmac]" {
		t.Error(got)
	}
	m.Extensions[5].Value = []handshake.CompressionAlgorithm{1, 2}
	if got := fmt.Sprint(Raw(m)); got != "[0xABCD truncated_hmac compress_certificate]" {
		t.Error(got)
	}
}

// TestFillKeyShares: groups and lengths stay, values are fresh, and what the client
// cannot compute is told.
func TestFillKeyShares(t *testing.T) {
	shares := []handshake.KeyShare{
		{Group: 0x2A2A, Public: []byte{0}}, {Group: iana.GroupX25519MLKEM768, Public: make([]byte, 1216)}, {Group: iana.GroupX25519, Public: make([]byte, 32)},
		{Group: iana.GroupX448, Public: make([]byte, 56)}, {Group: iana.GroupSecp256r1, Public: make([]byte, 64)},
	}
	e, err := keyShares(shares)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := offer(t, iana.TLS12)
	if keys, raw, err := FillKeyShares(m, &steady{}); len(keys)+len(raw) > 0 || err != nil {
		t.Errorf("without shares: %v %v %v", keys, raw, err)
	}
	m.Extensions = append(m.Extensions, e)
	keys, raw, err := FillKeyShares(m, &steady{})
	if err != nil || len(keys) != 2 || fmt.Sprint(raw) != "[x448 secp256r1]" {
		t.Fatalf("%d keys, %v, %v", len(keys), raw, err)
	}
	fresh := m.Extensions.Find(iana.ExtensionKeyShare)
	for i, share := range fresh.Value.([]handshake.KeyShare) {
		if share.Group != shares[i].Group || len(share.Public) != len(shares[i].Public) || i > 0 && bytes.Equal(share.Public, shares[i].Public) {
			t.Errorf("%+v", share)
		}
	}
	if len(fresh.Data) != len(e.Data) {
		t.Errorf("%d bytes, want %d", len(fresh.Data), len(e.Data))
	}
	if _, _, err := FillKeyShares(m, strings.NewReader("x")); err == nil {
		t.Error("no randomness, and no error")
	}
}

// TestHybridValues: a server's value in the hybrid group that is none.
func TestHybridValues(t *testing.T) {
	key, err := newKey(iana.GroupX25519MLKEM768, &steady{})
	if err != nil {
		t.Fatal(err)
	}
	for _, public := range [][]byte{nil, make([]byte, 32), make([]byte, 1088), make([]byte, 1088+32), make([]byte, 1088+33)} {
		if _, err := key.shared(public); kindOfError(err) != Malformed {
			t.Errorf("%d bytes: %v", len(public), err)
		}
	}
}
