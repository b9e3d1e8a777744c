package probe

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// sslv2 is the ClientHello of OpenSSL 1.0.0m with the cipher list "ALL".
func sslv2(t *testing.T) []byte {
	t.Helper()
	raw, err := hex.DecodeString("80c8010301009f0000002000c01400c00a00003900003800c01900003a00c00f00c00500003500c01200c00800001600001300c01700001b00c00d00c00300000a0700c000c01300c00900003300003200c01800003400c00e00c00400002f03008000c01100c00700c01600001800c00c00c00200000500000401008000001500001200001a0000090600400000140000110000190000080000060400800000170000030200800000fff88b403aa0cb600d39a471bbab7cf798c0c63d96381f1d0d7668034f2226e435")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestReplaySSLv2: servers with OpenSSL and GnuTLS complete a handshake that begins
// in the format of SSL 2.0, with a challenge of any length, and the transcript
// shows all of it.
func TestReplaySSLv2(t *testing.T) {
	own := testca.Root(t, "Example Root", valid()).Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), valid())
	certificate, key := realparts.WriteFile(t, "c.pem", own.PEM()), realparts.WriteFile(t, "k.pem", own.KeyPEM(t))
	long := sslv2(t)
	short := slices.Clone(long[:len(long)-16])
	short[1], short[10] = short[1]-16, 16
	best := slices.Clone(long)
	best[4] = 3 // TLS 1.2
	for name, start := range map[string]func(*testing.T) string{
		"openssl s_server": func(t *testing.T) string {
			return realparts.SServer(t, "-cert", certificate, "-key", key, "-www", "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1").Addr
		},
		"gnutls-serv": func(t *testing.T) string {
			return realparts.GnuTLS(t, "--x509certfile", certificate, "--x509keyfile", key, "--http", "--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1").Addr
		},
	} {
		t.Run(name, func(t *testing.T) {
			address := start(t)
			for version, hello := range map[iana.ProtocolVersion][]byte{iana.TLS10: short, iana.TLS12: best} {
				a := replay(t, learn(t, hello), "https", "pbx.example.com", address)
				e := a.Evidence
				if e.Outcome.Ending != diagnosis.Completed || e.HTTP == nil || e.HTTP.Status != 200 || e.Transcript.Negotiated.Version != version {
					t.Fatalf("%+v %+v", e.Outcome, e.HTTP)
				}
				alike(t, hello, a.Segments[0].Bytes)
				if other := e.Alternative; other == nil || !other.Taken || other.ServerName != "pbx.example.com" {
					t.Errorf("with the server's name: %+v", other)
				}
				first, second := e.Transcript.Entries[0], e.Transcript.Entries[1]
				if m, ok := first.Fields.(*handshake.ClientHello); !ok || !m.SSLv2 || second.RecordVersion != version || len(e.Transcript.Problems) > 0 {
					t.Errorf("%+v %+v %v", first, second.RecordVersion, e.Transcript.Problems)
				}
			}
		})
	}
}

// TestReplaySSLv2Refused: Go's server knows no such message. That the format is the
// cause is found out, whatever else would be taken.
func TestReplaySSLv2Refused(t *testing.T) {
	own := testca.Root(t, "Example Root", valid()).Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), valid())
	e := replay(t, learn(t, sslv2(t)), "sips", "pbx.example.com", serve(t, own).Addr().String()).Evidence
	if e.Outcome.Ending != diagnosis.AlertReceived || e.Survey == nil || e.Survey.InTLSFormat == nil || !*e.Survey.InTLSFormat {
		t.Fatalf("%+v %+v", e.Outcome, e.Survey)
	}
	if d := diagnosis.Diagnose(e); d.Verdict != diagnosis.Refuses || !slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Code == "offer.sslv2-format" }) {
		t.Errorf("%s: %s", d.Verdict, d.Sentence)
	}
}
