package client

import (
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
		{"new keys, both sides", "K\n", iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "KeyUpdate KeyUpdate"},
		{"new keys, the server's", "k\n", iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "KeyUpdate ApplicationData"},
		{"begin anew", "r\n", iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, "HelloRequest Alert"},
	} {
		t.Run(test.name, func(t *testing.T) {
			address, stdin, said := startTold(t, "openssl", "s_server", "-accept", "127.0.0.1:%PORT%", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa"))
			cfg := Config{}
			cfg.Hello, cfg.Keys = offer(t, test.version, test.suite)
			o := observed(&cfg)
			c, err := Handshake(limited(t), dial(t, address), cfg)
			if err != nil {
				t.Fatal(err, said())
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(10 * time.Second))
			if _, err := c.Write([]byte("first\n")); err != nil {
				t.Fatal(err)
			}
			await(t, said, "first")
			io.WriteString(stdin, test.command)
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
							io.WriteString(stdin, "there\n")
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
				await(t, said, "second")
			}
			if got := o.names(t); strings.Contains(got, "*") || !strings.Contains(got, test.want) {
				t.Error(got, said())
			}
		})
	}
}

func await(t *testing.T, said func() string, what string) {
	t.Helper()
	for range 250 {
		if strings.Contains(said(), what) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%q is not in %s", what, said())
}

// TestSSLv2Format: the hello that the oldest clients send.
func TestSSLv2Format(t *testing.T) {
	realparts.Need(t, "openssl")
	address, said := start(t, "openssl", "s_server", "-accept", "127.0.0.1:%PORT%", "-rev", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa"))
	cfg := Config{}
	cfg.Hello, _ = offer(t, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA)
	cfg.Hello.SSLv2, cfg.Hello.Extensions = true, nil
	o := observed(&cfg)
	c, err := Handshake(limited(t), dial(t, address), cfg)
	if err != nil {
		t.Fatal(err, said(), o.names(t))
	}
	defer c.Close()
	reversed(t, c)
	if got := o.names(t); strings.Contains(got, "*") {
		t.Error(got)
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
