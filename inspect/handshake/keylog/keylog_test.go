package keylog

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

const random = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func randomBytes() []byte {
	b, _ := hex.DecodeString(random)
	return b
}

func TestParse(t *testing.T) {
	secret := strings.Repeat("ab", 48)
	text := "# comment\r\n\nCLIENT_RANDOM " + random + " " + secret + "\r\n" +
		"SERVER_HANDSHAKE_TRAFFIC_SECRET " + strings.ToUpper(random) + " " + secret[:64] + "\n" +
		"EXPORTER_SECRET " + random + " " + secret + "\n" +
		"CLIENT_TRAFFIC_SECRET_0 " + random + " " + secret // no end of line
	for size := range 7 {
		l := &Log{}
		for b := []byte(text + "\n"); len(b) > 0; {
			n := min(size+1, len(b))
			l.Write(b[:n])
			b = b[n:]
		}
		if l.Len() != 3 || len(l.Problems()) > 0 || hex.EncodeToString(l.Secret(ClientRandom, randomBytes())) != secret || len(l.Secret(ServerHandshakeTraffic, randomBytes())) != 32 {
			t.Errorf("pieces of %d: %d secrets, %v", size+1, l.Len(), l.Problems())
		}
	}
	l := Parse([]byte(text))
	if l.Secret(ClientTraffic, randomBytes()) == nil || l.Secret(ServerTraffic, randomBytes()) != nil || l.Secret(ClientRandom, nil) != nil || (*Log)(nil).Secret(ClientRandom, randomBytes()) != nil {
		t.Error("what is there is not found, or what is not is")
	}
}

func TestProblems(t *testing.T) {
	const secret = "feedfacefeedfacefeedfacefeedface"
	for line, want := range map[string]string{
		"CLIENT_RANDOM " + secret:                             "2 words",
		"CLIENT_RANDOM zz" + random[2:] + " " + secret:        "the second word",
		"CLIENT_RANDOM " + random[2:] + " " + secret:          "the second word",
		"CLIENT_RANDOM " + random + " " + secret + "0":        "the third word",
		"CLIENT_RANDOM " + random + " ":                       "2 words",
		"RSA 0011223344556677 " + secret:                      "a pre-master secret",
		"CLIENT_RANDOM " + random + strings.Repeat(" ", 2000): "longer than 1024 bytes",
		"\x00\xff" + secret:                                   "1 words",
	} {
		l := Parse([]byte("\n" + line + "\nCLIENT_RANDOM " + random + " " + secret))
		p := l.Problems()
		if len(p) != 1 || p[0].Line != 2 || !strings.Contains(p[0].Error(), want) || strings.Contains(p[0].Error(), secret) || l.Len() != 1 {
			t.Errorf("%q: %v, %d secrets", line, p, l.Len())
		}
	}
}

// TestSecretsAreNotPrinted whatever the verb.
func TestSecretsAreNotPrinted(t *testing.T) {
	l := Parse([]byte("CLIENT_RANDOM " + random + " feedface"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		if text := fmt.Sprintf(verb, l); text != "key log with 1 secrets" {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	if entries, err := os.ReadDir("testdata/fuzz/FuzzParse"); err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l := Parse(text)
		if n := bytes.Count(text, []byte("\n")) + 1; l.Len()+len(l.Problems()) > n {
			t.Errorf("%d secrets and %d problems in %d lines", l.Len(), len(l.Problems()), n)
		}
		pieces := &Log{}
		for _, b := range text {
			pieces.Write([]byte{b})
		}
		pieces.Write([]byte("\n"))
		if pieces.Len() != l.Len() || len(pieces.Problems()) != len(l.Problems()) {
			t.Errorf("in pieces %d and %v, whole %d and %v", pieces.Len(), pieces.Problems(), l.Len(), l.Problems())
		}
	})
}
