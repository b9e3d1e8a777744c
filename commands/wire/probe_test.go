package wire_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// handshakeOfTLS10 are the messages of the guide's figure, steps 1 to 9, with
// the key exchange of DHE, and then SIP.
const handshakeOfTLS10 = "ClientHello ServerHello Certificate ServerKeyExchange ServerHelloDone ClientKeyExchange ChangeCipherSpec Finished ChangeCipherSpec Finished"

// TestProbeKamailio is the story of the tool: a PBX with a private CA is
// refused, and taken once the phone has the root.
func TestProbeKamailio(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t), Method: "TLSv1"})
	root := realparts.WriteFile(t, "root.pem", ca.PEM())

	refused := probed(t, 10, pbx.Addr, "--handset", "yealink-t28p")
	if !strings.HasPrefix(refused.messages(), handshakeOfTLS10) {
		t.Errorf("messages: %s", refused.messages())
	}
	if n := refused.Negotiated; n == nil || n.Version != "TLS 1.0" || n.CipherSuite != "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" || n.CipherSuiteID != "0x0039" || n.KeyExchange != "DHE_RSA" {
		t.Errorf("negotiated %+v", n)
	}
	if v := refused.Trust; v == nil || v.Trusted == nil || *v.Trusted || v.Code != "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" || v.ErrorNumber != 20 || v.Alert != "unknown_ca" {
		t.Errorf("trust %+v", v)
	}
	if refused.ServerLog == "" || !strings.Contains(refused.ServerLog, "unknown ca") {
		t.Errorf("server log %q", refused.ServerLog)
	}

	taken := probed(t, 0, pbx.Addr, "--handset", "yealink-t28p", "--custom", root)
	if taken.SIP == nil || taken.SIP.Status != 200 || taken.Verdict != "registers" {
		t.Errorf("SIP %+v, verdict %s", taken.SIP, taken.Verdict)
	}
	if v := taken.Trust; v == nil || v.Trusted == nil || !*v.Trusted || v.Code != "X509_V_OK" {
		t.Errorf("trust %+v", v)
	}
}

// TestClientHelloOnTheWire: what a packet capture holds is the profile's
// message, byte for byte, but for the random.
func TestClientHelloOnTheWire(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t)})
	file := filepath.Join(t.TempDir(), "probe.pcapng")
	probed(t, 10, pbx.Addr, "--handset", "yealink-t28p", "--save", file)
	out := realparts.Run(t, nil, "tshark", "-r", file, "-o", "tcp.check_checksum:TRUE", "-d", "tcp.port=="+commandstest.Port(pbx.Addr)+",tls",
		"-Y", "tls.handshake.type == 1", "-T", "fields", "-e", "tcp.payload")
	got, err := hex.DecodeString(strings.TrimSpace(string(out)))
	if err != nil || len(got) < 43 {
		t.Fatalf("%v: %s", err, out)
	}
	clear(got[11:43])
	want := "160301005d" + "01000059" + "0301" + strings.Repeat("00", 32) + "00" +
		"0032" + "00390038003500160013000a00330032002f0007006600050004006300620015001200090065006400600014001100080003" + "0100"
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
}

// TestLiveAndTraced: a handshake taken live and the same out of the saved
// capture have equal transcripts, with the key log and without it.
func TestLiveAndTraced(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t)})
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "probe.pcapng"), filepath.Join(dir, "keys.txt")
	clock := testca.Clock().Format(time.RFC3339)
	live := probed(t, 10, pbx.Addr, "--handset", "yealink-t28p", "--save", file, "--keylog", keys)
	code, out, err := commandstest.Online(t, nil, "trace", file, "--json", "--keylog", keys, "--handset", "yealink-t28p", "--clock", clock)
	if code != 0 { // the tool is no phone: it went on
		t.Fatalf("exit code %d\n%s%s", code, out, err)
	}
	traced := answer(t, out)
	if len(live.Transcript) < 12 || len(live.Transcript) != len(traced.Transcript) {
		t.Fatalf("live   %s\ntraced %s", live.messages(), traced.messages())
	}
	for i, m := range live.Transcript {
		got := traced.Transcript[i]
		// A file has the wall clock's time, a live probe a steadier one, and a
		// busy machine may stop a program between reading the one and the other.
		apart := (m.TimeOffset - got.TimeOffset) / int(time.Second/time.Microsecond)
		if m.Name != got.Name || apart != 0 || m.Direction != got.Direction || m.Length != got.Length || m.Encrypted != got.Encrypted || string(m.Fields) != string(got.Fields) {
			t.Errorf("message %d: live %+v, traced %+v", i, m, got)
		}
	}
	if m := traced.Matches; len(m) == 0 || m[0].Likeness != "exact" || !strings.HasPrefix(m[0].Handset, "yealink-t2") && m[0].Handset != "matrix-vp710" {
		t.Errorf("matches %+v", m)
	}
	if secret, err := os.Stat(keys); err != nil || secret.Mode().Perm() != 0o600 {
		t.Errorf("the key log's mode: %v, %v", secret, err)
	}
}

// newPhone is a user's profile of a phone that speaks TLS 1.3.
const newPhone = `id: new-phone
base: yealink-t28p
summary: a phone with TLS 1.3
tls:
  sni: {value: false, basis: observed, source: a capture}
  versions: {value: [TLS 1.2, TLS 1.3], basis: observed, source: a capture}
  cipher_suites: {value: [0x1301, 0x1302, 0xC02F, 0x009C], basis: observed, source: a capture}
  extensions: {value: [supported_groups, signature_algorithms, supported_versions], basis: observed, source: a capture}
crypto:
  library: {value: openssl-1.1, basis: observed, source: a capture}
  rsa_pss: {value: true, basis: observed, source: a capture}
`

// TestProbeTLS13: TLS 1.3 encrypts most of the handshake, and a live probe shows
// it all the same.
func TestProbeTLS13(t *testing.T) {
	p := commandstest.NewPKI(t)
	profile := realparts.WriteFile(t, "new-phone.yaml", []byte(newPhone))
	root := realparts.WriteFile(t, "root.pem", p.Root.PEM())
	addr := server(t, p.Leaf, []*testca.Certificate{p.Intermediate}, "-tls1_3")
	c := probed(t, 11, addr, "--handset", profile, "--custom", root, "--timeout", "10s") // s_server speaks no SIP
	const want = "ClientHello ServerHello ChangeCipherSpec EncryptedExtensions Certificate CertificateVerify Finished Finished"
	if !strings.HasPrefix(c.messages(), want) || c.Negotiated == nil || c.Negotiated.Version != "TLS 1.3" {
		t.Errorf("%s, %+v", c.messages(), c.Negotiated)
	}
	if c.Trust == nil || c.Trust.Code != "X509_V_OK" {
		t.Errorf("trust %+v", c.Trust)
	}
}
