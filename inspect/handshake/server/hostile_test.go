package server_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/server"
	"github.com/phonecert/phonecert/internal/testca"
)

// steady is randomness that is the same every time, so that what a client once
// sent fits again.
type steady struct{ next byte }

func (s *steady) Read(b []byte) (int, error) {
	for i := range b {
		s.next = max(1, s.next+1)
		b[i] = s.next
	}
	return len(b), nil
}

// said is a client that has said all that it will. Nobody hears the answers.
type said struct {
	net.Conn
	in  *bytes.Reader
	out *bytes.Buffer
}

func say(b []byte) said { return said{in: bytes.NewReader(b), out: &bytes.Buffer{}} }

func (s said) Read(b []byte) (int, error)       { return s.in.Read(b) }
func (s said) Write(b []byte) (int, error)      { return s.out.Write(b) }
func (s said) SetWriteDeadline(time.Time) error { return nil }
func (s said) Close() error                     { return nil }

// answer runs a server against what a client said, and reads what came after the
// handshake.
func answer(c server.Config, b []byte) (read []byte, out []byte, err error) {
	c.Random = &steady{}
	conn := say(b)
	s := server.New(conn, c)
	if err = s.Handshake(); err == nil {
		read, err = io.ReadAll(s)
	}
	s.Close()
	return read, conn.out.Bytes(), err
}

// recorded is what a client says that agrees with the server, in records.
func recorded(t testing.TB, c server.Config, offer client.Config) (records [][]byte) {
	t.Helper()
	near, far := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		c.Random = &steady{}
		conn := server.New(far, c)
		err := conn.Handshake()
		if err == nil {
			_, err = io.Copy(io.Discard, conn)
		}
		far.Close()
		ended <- err
	}()
	var mutex sync.Mutex
	offer.Random = &steady{}
	offer.Observe = func(d handshake.Direction, _ time.Time, record []byte) {
		mutex.Lock()
		defer mutex.Unlock()
		if d == handshake.ClientToServer {
			records = append(records, bytes.Clone(record))
		}
	}
	conn, err := client.Handshake(t.Context(), near, offer)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write([]byte("REGISTER"))
	conn.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	return records
}

// settled are handshakes whose client's part is the same whenever the server's
// randomness is.
func settled(t testing.TB, own *tls.Certificate, phone *testca.Certificate) map[string]struct {
	server server.Config
	client client.Config
} {
	t.Helper()
	type pair = struct {
		server server.Config
		client client.Config
	}
	sslv2 := hello(iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA)
	sslv2.SSLv2, sslv2.CompressionMethods = true, nil
	asking := server.Config{Certificate: own, ClientAuth: tls.RequestClientCert}
	shown := &client.Certificate{Chain: [][]byte{phone.Raw}, Signer: phone.Key}
	return map[string]pair{
		"sslv2":   {server.Config{Certificate: own}, client.Config{Hello: sslv2}},
		"ssl30":   {asking, client.Config{Hello: hello(iana.SSL30, iana.TLS_RSA_WITH_RC4_128_SHA)}},
		"tls10":   {asking, client.Config{Hello: hello(iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA), Certificate: shown}},
		"tls12":   {asking, client.Config{Hello: hello(iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256), Certificate: shown}},
		"tls11":   {server.Config{Certificate: own}, client.Config{Hello: hello(iana.TLS11, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA)}},
		"ssl30 3": {asking, client.Config{Hello: hello(iana.SSL30, iana.TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA), Certificate: shown}},
	}
}

// TestPrefixes: a client that breaks off ends the handshake wherever it does, and
// one bit that is changed on the way is noticed.
func TestPrefixes(t *testing.T) {
	for name, x := range settled(t, identity(t), testca.Self(t, "00:00:5e:00:53:01")) {
		t.Run(name, func(t *testing.T) {
			records := recorded(t, x.server, x.client)
			all := slices.Concat(records...)
			read, _, err := answer(x.server, all)
			if err != nil || string(read) != "REGISTER" {
				t.Fatalf("%q, %v", read, err)
			}
			done := 0 // where the client's Finished ends
			for i, r := range records {
				if done += len(r); i > 0 && records[i-1][0] == byte(handshake.ContentChangeCipherSpec) {
					break
				}
			}
			for n := range done {
				if n > 200 && n < done-200 && n%7 != 0 { // of certificates and signatures
					continue
				}
				if _, _, err := answer(x.server, all[:n]); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%d of %d bytes: %v", n, done, err)
				}
			}
			finished := len(records) - 1
			for records[finished][0] != byte(handshake.ContentHandshake) {
				finished--
			}
			start := len(slices.Concat(records[:finished]...))
			for at := start + 5; at < done; at++ {
				changed := bytes.Clone(all)
				changed[at] ^= 1 << (at % 8)
				var ours *server.Error
				_, out, err := answer(x.server, changed)
				if !errors.As(err, &ours) || ours.Alert != iana.AlertBadRecordMAC {
					// The padding of SSL 3.0 is nowhere covered.
					t.Errorf("bit of byte %d of Finished: %v", at-start, err)
				}
				if tail := out[len(out)-7:]; tail[0] != byte(handshake.ContentAlert) || tail[5] != byte(handshake.AlertFatal) || tail[6] != byte(iana.AlertBadRecordMAC) {
					t.Errorf("bit of byte %d of Finished: % X", at-start, tail)
				}
			}
		})
	}
}

// TestWrongSecret: whatever is wrong with an encrypted secret is found out no
// sooner than with Finished, and in the same way.
func TestWrongSecret(t *testing.T) {
	c := server.Config{Certificate: identity(t)}
	records := recorded(t, c, client.Config{Hello: hello(iana.TLS12, iana.TLS_RSA_WITH_AES_128_CBC_SHA)})
	exchange := records[1]
	for name, change := range map[string]func([]byte){
		"a bit":    func(b []byte) { b[len(b)-1] ^= 1 },
		"zeros":    func(b []byte) { clear(b) },
		"too high": func(b []byte) { copy(b, bytes.Repeat([]byte{0xFF}, len(b))) },
	} {
		changed := bytes.Clone(exchange)
		change(changed[5+4+2:])
		var ours *server.Error
		if _, _, err := answer(c, slices.Concat(records[0], changed, slices.Concat(records[2:]...))); !errors.As(err, &ours) || ours.Alert != iana.AlertBadRecordMAC {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFloods: what brings nothing, or too much, comes to an end.
func TestFloods(t *testing.T) {
	c := server.Config{Certificate: identity(t), ClientAuth: tls.RequestClientCert}
	records := recorded(t, c, client.Config{Hello: hello(iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA)})
	flood := func(record []byte, n int) []byte { return slices.Concat(records[0], bytes.Repeat(record, n)) }
	endless := slices.Concat([]byte{22, 3, 1, 0x40, 0}, []byte{11, 0xFF, 0xFF, 0xFF}, make([]byte, 1<<14-4))
	for name, said := range map[string][]byte{
		"warnings":             flood([]byte{21, 3, 1, 0, 2, 1, 90}, 100),
		"empty records":        flood([]byte{22, 3, 1, 0, 0}, 100),
		"16 MB of certificate": flood(endless, 40),
		"another hello":        slices.Concat(records[0], records[0]),
		"data":                 slices.Concat(records[0], []byte{23, 3, 1, 0, 1, 0}),
		"ChangeCipherSpec":     slices.Concat(records[0], []byte{20, 3, 1, 0, 1, 1}),
		"no record":            slices.Concat(records[0], []byte("GET / HTTP/1.0\r\n\r\n")),
		"too long a record":    slices.Concat(records[0], []byte{22, 3, 1, 0xFF, 0xFF}, make([]byte, 1<<16)),
		"hello in empty ones":  bytes.Repeat([]byte{22, 3, 1, 0, 0}, 20_000),
		"HTTP":                 []byte("GET / HTTP/1.0\r\n\r\n"),
		"SSL 2.0 alone":        append([]byte{0x80, 28, 1, 0, 2, 0, 3, 0, 0, 0, 16, 0, 0, 0x2F}, make([]byte, 16)...),
		"SSL 2.0, no length":   {0x80, 1, 1, 3, 1},
	} {
		var ours *server.Error
		if _, out, err := answer(c, said); !errors.As(err, &ours) || len(out) < 7 || out[len(out)-2] != byte(handshake.AlertFatal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDeadline: a client that says nothing is not waited for beyond the deadline.
// What came before it is not lost.
func TestDeadline(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	far.SetDeadline(time.Now().Add(50 * time.Millisecond))
	if err := server.New(far, server.Config{Certificate: identity(t)}).Handshake(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}
