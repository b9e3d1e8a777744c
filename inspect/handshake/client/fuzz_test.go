package client

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/internal/realparts"
)

var update = flag.Bool("update", false, "record the seeds of FuzzServer anew")

// steady is randomness that is the same every time, so that what a server once
// answered fits again.
type steady struct{ next byte }

func (s *steady) Read(b []byte) (int, error) {
	for i := range b {
		s.next = max(1, s.next+1)
		b[i] = s.next
	}
	return len(b), nil
}

// settled are the offers that seeds answer.
func settled(which byte) Config {
	random := bytes.Repeat([]byte{7}, 32)
	hello := func(version iana.ProtocolVersion, suites ...iana.CipherSuite) *handshake.ClientHello {
		return &handshake.ClientHello{Version: version, Random: random, CipherSuites: suites, CompressionMethods: []handshake.CompressionMethod{0}, NoExtensions: true}
	}
	cfg := Config{Random: &steady{}, MaxHandshakeBytes: 1 << 16}
	switch which % 4 {
	case 0:
		cfg.Hello = hello(iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, iana.TLS_RSA_WITH_IDEA_CBC_SHA)
	case 1:
		cfg.Hello = hello(iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, iana.TLS_DHE_DSS_WITH_AES_256_CBC_SHA, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5)
	case 2:
		cfg.Hello = hello(iana.TLS12, iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, iana.TLS_RSA_WITH_AES_256_GCM_SHA384)
		cfg.Hello.NoExtensions = false
		cfg.Hello.Extensions = handshake.Extensions{
			extension(iana.ExtensionSupportedGroups, sized(2, u16(iana.GroupX25519))), extension(iana.ExtensionSignatureAlgorithms, sized(2, u16(schemes...))),
			extension(iana.ExtensionExtendedMasterSecret, nil), extension(iana.ExtensionSessionTicket, nil),
		}
	case 3:
		cfg.Hello = hello(iana.TLS12, iana.TLS_AES_128_GCM_SHA256, iana.TLS_CHACHA20_POLY1305_SHA256)
		private, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{9}, 32))
		if err != nil {
			panic(err)
		}
		key := &Key{group: iana.GroupX25519, public: private.PublicKey().Bytes(), curve: private}
		extension13, err := keyShares([]handshake.KeyShare{{Group: iana.GroupX25519, Public: key.public}})
		if err != nil {
			panic(err)
		}
		cfg.Keys = []*Key{key}
		cfg.Hello.NoExtensions = false
		cfg.Hello.Extensions = handshake.Extensions{
			extension(iana.ExtensionSupportedGroups, sized(2, u16(iana.GroupX25519, iana.GroupSecp256r1))),
			extension(iana.ExtensionSignatureAlgorithms, sized(2, u16(schemes...))),
			extension(iana.ExtensionSupportedVersions, sized(1, u16(iana.TLS13))), extension13,
		}
	}
	return cfg
}

// replay is a server that says what it said before, whatever it hears.
type replay struct {
	net.Conn
	data []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.data)
	r.data = r.data[n:]
	return n, nil
}
func (r *replay) Write(b []byte) (int, error)      { return len(b), nil }
func (r *replay) Close() error                     { return nil }
func (r *replay) SetDeadline(time.Time) error      { return nil }
func (r *replay) SetReadDeadline(time.Time) error  { return nil }
func (r *replay) SetWriteDeadline(time.Time) error { return nil }

// play lets the client hear data, and holds what must hold whatever it is.
func play(t testing.TB, data []byte, which byte) error {
	t.Helper()
	cfg := settled(which)
	log := &keylog.Log{}
	decoder := handshake.NewDecoder(log)
	cfg.KeyLog = log
	var seen bytes.Buffer
	cfg.Observe = func(direction handshake.Direction, _ time.Time, b []byte) {
		decoder.Feed(direction, 0, b)
		if direction == handshake.ServerToClient {
			seen.Write(b)
		}
	}
	server := &replay{data: data}
	c, err := Handshake(context.Background(), server, cfg)
	whole := err != nil
	if err == nil {
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, c)
		c.Close()
		if err == nil {
			return nil
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%T %v", err, err)
		}
	}
	var e *Error
	if whole && (!errors.As(err, &e) || e.Detail == "") {
		t.Fatalf("%T %v", err, err)
	}
	if !bytes.HasPrefix(data, seen.Bytes()) {
		t.Fatal("what was observed is not what came")
	}
	if read := len(data) - len(server.data); whole && seen.Len() != read {
		t.Fatalf("%v: %d of %d bytes were observed", err, seen.Len(), read)
	}
	decoder.Finish()
	return err
}

func FuzzServer(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, which byte) { play(t, data, which) })
}

// seeds reads the committed ones.
func seeds(t *testing.T) map[string]func() ([]byte, byte) {
	files, err := filepath.Glob("testdata/fuzz/FuzzServer/*")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no seeds", err)
	}
	out := map[string]func() ([]byte, byte){}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		data, err := strconv.Unquote(strings.TrimSuffix(strings.TrimPrefix(lines[1], "[]byte("), ")"))
		if err != nil {
			t.Fatal(file, err)
		}
		which, _, _, err := strconv.UnquoteChar(strings.TrimPrefix(lines[2], "byte('"), '\'')
		if err != nil {
			t.Fatal(file, err)
		}
		out[filepath.Base(file)] = func() ([]byte, byte) { return []byte(data), byte(which) }
	}
	return out
}

// TestEveryPlaceToClose: a server that closes at any place.
func TestEveryPlaceToClose(t *testing.T) {
	for name, seed := range seeds(t) {
		data, which := seed()
		step := 1
		for n := 0; n < len(data); n += step {
			err := play(t, data[:n], which)
			if kind := kindOfError(err); err == nil || kind != Closed && kindOfError(play(t, data, which)) != kind {
				t.Fatalf("%s, %d of %d bytes: %v", name, n, len(data), err)
			}
			if n > 100 {
				step = 5
			}
		}
		if err := play(t, data, which); strings.HasPrefix(name, "whole") && err != nil && !strings.Contains(err.Error(), "data was awaited") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecordSeeds records them; -update only.
func TestRecordSeeds(t *testing.T) {
	if !*update {
		return
	}
	record := func(name string, which byte, address string) {
		var seen bytes.Buffer
		cfg := settled(which)
		cfg.Observe = func(direction handshake.Direction, _ time.Time, b []byte) {
			if direction == handshake.ServerToClient {
				seen.Write(b)
			}
		}
		c, err := Handshake(limited(t), dial(t, address), cfg)
		if err == nil {
			c.Write([]byte("hello\n"))
			c.SetReadDeadline(time.Now().Add(time.Second))
			io.Copy(io.Discard, c)
			c.Close()
		}
		t.Log(name, err, seen.Len())
		text := fmt.Sprintf("go test fuzz v1\n[]byte(%q)\nbyte(%q)\n", seen.String(), rune(which))
		if err := os.MkdirAll("testdata/fuzz/FuzzServer", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/fuzz/FuzzServer/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var once sync.Once
	rsaPeer := &peer{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA, after: func(p *peer) {
		once.Do(func() {
			p.send(handshake.ContentHandshake, []byte{typeHelloRequest, 0, 0, 0})
			p.send(handshake.ContentAlert, []byte{1, 90})
			p.send(handshake.ContentApplicationData, nil)
			p.send(handshake.ContentApplicationData, []byte("data"))
			p.send(handshake.ContentAlert, []byte{1, 0})
		})
	}}
	record("whole-tls10-rsa", 0, listen(t, func(conn net.Conn) { rsaPeer.Conn = conn; rsaPeer.run() }))
	realparts.Need(t, "openssl")
	openssl := start(t, "openssl", "-rev", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa"), "-verify", "1")
	record("whole-tls10-dhe-client-certificate", 1, openssl.Addr)
	short, err := rsa512()
	if err != nil {
		t.Fatal(err)
	}
	exportPeer := &peer{version: iana.TLS10, suite: iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5, export: short}
	record("whole-tls10-export", 1, listen(t, func(conn net.Conn) { exportPeer.Conn = conn; exportPeer.run() }))
	address, _ := serve(t, &tls.Config{Certificates: []tls.Certificate{certificates()["p256"]}})
	record("flight-tls12-ecdhe", 2, address)
	address, _ = serve(t, &tls.Config{Certificates: []tls.Certificate{certificates()["p384"]}, ClientAuth: tls.RequestClientCert})
	record("whole-tls13", 3, address)
	address, _ = serve(t, &tls.Config{Certificates: []tls.Certificate{certificates()["p256"]}, CurvePreferences: []tls.CurveID{tls.CurveP256}})
	record("flight-tls13-retry", 3, address)
	record("http", 0, listen(t, func(conn net.Conn) { conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }))
	record("alert", 0, listen(t, func(conn net.Conn) { conn.Write([]byte{21, 3, 1, 0, 2, 2, 40}) }))
	record("idea", 0, listen(t, func(conn net.Conn) {
		conn.Write(choice(iana.TLS10, iana.TLS_RSA_WITH_IDEA_CBC_SHA))
		conn.Write([]byte{22, 3, 1, 0, 8, 11, 0, 0, 3, 0, 0, 0, 14, 22, 3, 1, 0, 3, 0, 0, 0})
	}))
}
