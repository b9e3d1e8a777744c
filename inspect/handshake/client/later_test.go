package client

import (
	"bytes"
	"crypto"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestOpenSSLCommands: new keys and a request to begin anew, at a word to
// s_server.
func TestOpenSSLCommands(t *testing.T) {
	realparts.Need(t, "openssl")
	for _, test := range []struct {
		name, command string
		version       iana.ProtocolVersion
		suite         iana.CipherSuite
		want          string
	}{
		{"new keys, both sides", "K", iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "KeyUpdate KeyUpdate"},
		{"new keys, the server's", "k", iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "KeyUpdate ApplicationData"},
		{"a certificate", "c", iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "CertificateRequest Certificate CertificateVerify Finished"},
		{"begin anew", "r", iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, "HelloRequest Alert"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, "openssl", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa"), "-verify", "1")
			cfg := Config{}
			cfg.Hello, cfg.Keys = offer(t, test.version, test.suite)
			if test.command == "c" {
				cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionPostHandshakeAuth, nil))
				cfg.Certificate = &Certificate{certificates()["rsa"].Certificate, certificates()["rsa"].PrivateKey.(crypto.Signer)}
			}
			o := observed(&cfg)
			c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
			if err != nil {
				t.Fatal(err, server.Log())
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(patience))
			if _, err := c.Write([]byte("first\n")); err != nil {
				t.Fatal(err)
			}
			server.WaitLog(t, "first")
			server.Type(test.command)
			if test.version < iana.TLS13 {
				// OpenSSL ends a connection whose client does not begin anew.
				if _, err := c.Read(make([]byte, 1)); kindOfError(err) != AlertReceived {
					t.Error(err)
				}
			} else {
				// What comes in one read with a command is lost to s_server, so
				// it is told until an answer is here.
				heard := make(chan struct{})
				var group sync.WaitGroup
				group.Go(func() {
					for {
						select {
						case <-heard:
							return
						case <-time.After(50 * time.Millisecond):
							server.Type("there")
						}
					}
				})
				b := make([]byte, 6)
				_, err := io.ReadFull(c, b)
				close(heard)
				group.Wait()
				if err != nil || string(b) != "there\n" {
					t.Fatalf("%q %v", b, err)
				}
				if _, err := c.Write([]byte("second\n")); err != nil {
					t.Fatal(err)
				}
				server.WaitLog(t, "second")
			}
			if got := o.names(t); strings.Contains(got, "*") || !strings.Contains(got, test.want) {
				t.Error(got, server.Log())
			}
		})
	}
}

// TestSSLv2Format: the hello that the oldest clients send, with ciphers of SSL 2.0
// among those of TLS and a challenge shorter than a random value.
func TestSSLv2Format(t *testing.T) {
	realparts.Need(t, "openssl")
	server := start(t, "openssl", "-rev", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa"))
	for _, test := range []struct {
		version   iana.ProtocolVersion
		challenge int
		specs     []handshake.CipherSpec
		suites    []iana.CipherSuite
	}{
		{iana.TLS10, 0, nil, []iana.CipherSuite{iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA}},
		{iana.TLS10, 16, []handshake.CipherSpec{0x0700C0, 0x35, 0x010080, 0xFF}, []iana.CipherSuite{0x35, 0xFF}},
		{iana.TLS11, 24, []handshake.CipherSpec{0x39, 0x010080}, []iana.CipherSuite{0x39}},
		{iana.TLS12, 32, []handshake.CipherSpec{0x010080, 0x9F}, []iana.CipherSuite{0x9F}},
	} {
		hello := &handshake.ClientHello{
			SSLv2: true, NoExtensions: true, Version: test.version, CipherSuites: test.suites, CipherSpecs: test.specs, ChallengeLength: test.challenge,
			Random: bytes.Repeat([]byte{0xA5}, 32),
		}
		if test.challenge > 0 {
			clear(hello.Random[:32-test.challenge])
		}
		cfg := Config{Hello: hello}
		o := observed(&cfg)
		c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
		if err != nil {
			t.Fatal(test, err, server.Log(), o.names(t))
		}
		reversed(t, c)
		if state := c.State(); state.Version != test.version || state.CipherSuite != test.suites[0] {
			t.Errorf("%+v", state)
		}
		c.Close()
		if got := o.names(t); strings.Contains(got, "*") {
			t.Error(got)
		}
	}
}

// TestSSLv2Chooses: a cipher of SSL 2.0 is none that a server of TLS may choose, and
// the alert that says so has the version of a record of TLS.
func TestSSLv2Chooses(t *testing.T) {
	cfg := Config{Hello: &handshake.ClientHello{
		SSLv2: true, NoExtensions: true, Version: iana.TLS10, Random: make(handshake.Hex, 32), CipherSuites: []iana.CipherSuite{0x35}, CipherSpecs: []handshake.CipherSpec{0x010080, 0x35},
	}}
	alert := make(chan []byte, 1)
	address := listen(t, func(conn net.Conn) {
		if _, err := io.ReadFull(conn, make([]byte, 2+9+2*3+32)); err != nil {
			return
		}
		answer := append([]byte{2, 0, 0, 38, 3, 1}, make([]byte, 33)...)
		conn.Write(handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, append(answer, 0x00, 0x80, 0)))
		said, _ := io.ReadAll(conn)
		alert <- said
	})
	conn := dial(t, address)
	_, err := Handshake(limited(t), conn, cfg)
	conn.Close()
	if err == nil || !strings.Contains(err.Error(), "which was not offered") {
		t.Error(err)
	}
	if got := <-alert; !bytes.Equal(got, []byte{21, 3, 1, 0, 2, 2, 47}) {
		t.Errorf("% x", got)
	}
}

// TestBothWaysAtOnce: one goroutine reads while another writes, more than fits
// into a record.
func TestBothWaysAtOnce(t *testing.T) {
	for _, p := range []peer{{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA}, {version: iana.TLS12, suite: iana.TLS_RSA_WITH_AES_128_GCM_SHA256}} {
		c, o, err := against(t, &p, &Config{})
		if err != nil {
			t.Fatal(err)
		}
		const size = 1 << 18
		var group sync.WaitGroup
		group.Go(func() {
			if n, err := c.Write(make([]byte, size)); n != size || err != nil {
				t.Errorf("%d %v", n, err)
			}
		})
		if n, err := io.CopyN(io.Discard, c, size); err != nil {
			t.Errorf("%d %v", n, err)
		}
		group.Wait()
		c.Close()
		if got := o.names(t); strings.Contains(got, "*") {
			t.Error(got)
		}
	}
}

// TestSplit: the client's flight is one write with a record for each message,
// and in TLS 1.0 an empty record goes before data under a block cipher.
func TestSplit(t *testing.T) {
	var writes [][]byte
	p := &peer{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA}
	address := listen(t, func(conn net.Conn) {
		p.Conn = conn
		p.run()
	})
	cfg := Config{}
	cfg.Hello, _ = offer(t, p.version, p.suite)
	c, err := Handshake(limited(t), counted{dial(t, address), &writes}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	echo(t, c)
	c.Close()
	var got []string
	for _, b := range writes {
		var kinds string
		for len(b) > 0 {
			kinds += handshake.ContentType(b[0]).String() + " "
			b = b[headerLength+int(b[3])<<8+int(b[4]):]
		}
		got = append(got, kinds)
	}
	want := "handshake |handshake change_cipher_spec handshake |application_data application_data |alert "
	if text := strings.Join(got, "|"); text != want {
		t.Error(text)
	}
}

type counted struct {
	net.Conn
	writes *[][]byte
}

func (c counted) Write(b []byte) (int, error) {
	*c.writes = append(*c.writes, append([]byte(nil), b...))
	return c.Conn.Write(b)
}
