package listen_test

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// overheard keeps what the server sends.
type overheard struct {
	net.Conn
	server []byte
}

func (o *overheard) Read(b []byte) (int, error) {
	n, err := o.Conn.Read(b)
	o.server = append(o.server, b[:n]...)
	return n, err
}

// sealer makes the records of a client of TLS 1.2 whose handshake is done, which
// crypto/tls would not send.
func sealer(t *testing.T, conn *tls.Conn, server, keys []byte) func(content byte, body string) []byte {
	t.Helper()
	words := strings.Fields(string(keys))
	random, _ := hex.DecodeString(words[1])
	master, _ := hex.DecodeString(words[2])
	p := cipherspec.Parameters{
		Version: iana.TLS12, Suite: iana.CipherSuite(conn.ConnectionState().CipherSuite), ClientRandom: random, ServerRandom: server[11:43],
	}
	seal := p.Sealer(master, true, rand.Reader)
	sequence := uint64(1) // after Finished
	return func(content byte, body string) []byte {
		record, err := seal(nil, sequence, content, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		sequence++
		return record
	}
}

// TestStorm: a second handshake is not done, however often it is asked for.
func TestStorm(t *testing.T) {
	l := start(t, nil)
	raw := &overheard{Conn: l.dial(t)}
	var keys bytes.Buffer
	config := l.client(tls.VersionTLS12)
	config.KeyLogWriter, config.CipherSuites = &keys, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
	conn := tls.Client(raw, config)
	if line := registers(t, conn, 1); line != "SIP/2.0 200 OK\r\n" {
		t.Fatalf("%q", line)
	}
	seal := sealer(t, conn, raw.server, keys.Bytes())
	seal(23, "") // REGISTER took this number
	hello := "\x01\x00\x00\x29\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x00\x2f\x01\x00"
	for range 10_000 {
		if _, err := raw.Write(seal(22, hello)); err != nil {
			break
		}
	}
	io.Copy(io.Discard, raw)
	c := l.next(t)
	has(t, c, "listener.renegotiation")
	if n := len(c.Evidence.Transcript.Entries); n > 2000 {
		t.Errorf("%d messages are kept", n)
	}
	goesOn(t, l, 2)
}
