package client

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
)

// writeFile puts certificate and key into one PEM file.
func writeFile(t testing.TB, name string) string {
	t.Helper()
	pair := certificates()[name]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	path := filepath.Join(t.TempDir(), name+".pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeDSA makes a DSA certificate with openssl.
func writeDSA(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	parameters, key, path := filepath.Join(dir, "parameters"), filepath.Join(dir, "key"), filepath.Join(dir, "dsa.pem")
	realparts.Run(t, nil, "openssl", "dsaparam", "-out", parameters, "1024")
	realparts.Run(t, nil, "openssl", "gendsa", "-out", key, parameters)
	certificate := realparts.Run(t, nil, "openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=example.com", "-days", "30")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(certificate, text...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// start runs "openssl s_server" with arguments, or gnutls-serv, until the test ends.
func start(t testing.TB, program string, arguments ...string) *realparts.Server {
	t.Helper()
	if program == "gnutls-serv" {
		return realparts.GnuTLS(t, arguments...)
	}
	t.Setenv("OPENSSL_CONF", os.DevNull) // not the machine's
	return realparts.SServer(t, arguments...)
}

// reversed says a line to openssl s_server -rev.
func reversed(t testing.TB, c *Conn) {
	t.Helper()
	for range 2 {
		if _, err := c.Write([]byte("hello\n")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 6)
		if _, err := io.ReadFull(c, b); err != nil || string(b) != "olleh\n" {
			t.Fatalf("%q %v", b, err)
		}
	}
}

// suitesOf lists what the openssl at hand has and the client supports.
func suitesOf(t *testing.T) (list []iana.CipherSuite) {
	t.Helper()
	out := realparts.Run(t, nil, "openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
	for _, m := range regexp.MustCompile(`(?m)^\s*0x(..),0x(..) -`).FindAllSubmatch(out, -1) {
		number, err := strconv.ParseUint(string(m[1])+string(m[2]), 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		if suite := iana.CipherSuite(number); Supported(suite) {
			list = append(list, suite)
		}
	}
	return list
}

func TestOpenSSLEverySuite(t *testing.T) {
	realparts.Need(t, "openssl")
	arguments := func(more ...string) []string {
		return append([]string{"-rev", "-min_protocol", "TLSv1", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"}, more...)
	}
	plain := start(t, "openssl", arguments("-cert", writeFile(t, "rsa"), "-dcert", writeDSA(t))...)
	curves := start(t, "openssl", arguments("-cert", writeFile(t, "p256"), "-Verify", "1", "-CAfile", writeFile(t, "p384"))...)
	count := 0
	for _, suite := range suitesOf(t) {
		for version := iana.TLS10; version <= iana.TLS13; version++ {
			if !fits(suite, version) {
				continue
			}
			count++
			t.Run(fmt.Sprintf("%s %s", version, suite), func(t *testing.T) {
				server := plain
				cfg := Config{}
				if strings.HasSuffix(suite.KeyExchange(), "ECDSA") {
					server = curves
					mine := certificates()["rsa"]
					cfg.Certificate = &Certificate{mine.Certificate, mine.PrivateKey.(crypto.Signer)}
				}
				cfg.Hello, cfg.Keys = offer(t, version, suite)
				o := observed(&cfg)
				c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
				if err != nil {
					t.Fatal(err, o.names(t), server.Log())
				}
				defer c.Close()
				reversed(t, c)
				if state := c.State(); state.Version != version || state.CipherSuite != suite {
					t.Errorf("%+v", state)
				}
				if got := o.names(t); strings.Contains(got, "*") {
					t.Error(got)
				}
			})
		}
	}
	if count < 60 {
		t.Errorf("only %d combinations were tried", count)
	}
}

func TestGnuTLSEverySuite(t *testing.T) {
	realparts.Need(t, "gnutls-serv")
	file := func(name string) []string {
		path := writeFile(t, name)
		return []string{"--x509certfile", path, "--x509keyfile", path}
	}
	arguments := append(append([]string{"--echo", "--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+DHE-RSA:+DHE-DSS:+RSA:+3DES-CBC:+ARCFOUR-128:+AES-128-CBC:+AES-256-CBC:+SHA1:+SHA384:+SHA256:+MD5:+SIGN-RSA-SHA1:%VERIFY_ALLOW_BROKEN"},
		file("rsa")...), file("p256")...)
	server := start(t, "gnutls-serv", arguments...)
	for _, suite := range []iana.CipherSuite{
		iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA, iana.TLS_RSA_WITH_RC4_128_SHA, iana.TLS_RSA_WITH_RC4_128_MD5, iana.TLS_RSA_WITH_AES_128_CBC_SHA,
		iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, iana.TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA, iana.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
		iana.TLS_ECDHE_RSA_WITH_RC4_128_SHA, iana.TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA, iana.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
		iana.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, iana.TLS_AES_128_GCM_SHA256, iana.TLS_CHACHA20_POLY1305_SHA256,
	} {
		for version := iana.TLS10; version <= iana.TLS13; version++ {
			if !fits(suite, version) {
				continue
			}
			t.Run(fmt.Sprintf("%s %s", version, suite), func(t *testing.T) {
				cfg := Config{}
				cfg.Hello, cfg.Keys = offer(t, version, suite)
				o := observed(&cfg)
				c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
				if err != nil {
					t.Fatal(err, o.names(t), server.Log())
				}
				defer c.Close()
				echo(t, c)
				echo(t, c)
				if got := o.names(t); strings.Contains(got, "*") {
					t.Error(got)
				}
			})
		}
	}
}

// TestOpenSSLOptions: what hangs on the server's settings.
func TestOpenSSLOptions(t *testing.T) {
	realparts.Need(t, "openssl")
	mine := certificates()["rsa"]
	own := &Certificate{mine.Certificate, mine.PrivateKey.(crypto.Signer)}
	for _, test := range []struct {
		name      string
		arguments []string
		version   iana.ProtocolVersion
		suite     iana.CipherSuite
		change    func(*Config)
		want      string
	}{
		{"client certificate, TLS 1.0", []string{"-Verify", "1"}, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, func(c *Config) { c.Certificate = own },
			"ClientHello ServerHello Certificate ServerKeyExchange CertificateRequest ServerHelloDone Certificate ClientKeyExchange CertificateVerify ChangeCipherSpec Finished ChangeCipherSpec Finished ApplicationData ApplicationData ApplicationData"},
		{"client certificate, TLS 1.1", []string{"-Verify", "1"}, iana.TLS11, iana.TLS_RSA_WITH_AES_256_CBC_SHA, func(c *Config) { c.Certificate = own },
			"ServerHelloDone Certificate ClientKeyExchange CertificateVerify ChangeCipherSpec Finished ChangeCipherSpec Finished ApplicationData ApplicationData"},
		{"client certificate, TLS 1.2", []string{"-Verify", "1"}, iana.TLS12, iana.TLS_RSA_WITH_AES_256_CBC_SHA, func(c *Config) { c.Certificate = own },
			"ServerHelloDone Certificate ClientKeyExchange CertificateVerify ChangeCipherSpec Finished"},
		{"client certificate, TLS 1.3", []string{"-Verify", "1"}, iana.TLS13, iana.TLS_AES_256_GCM_SHA384, func(c *Config) { c.Certificate = own },
			"EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished ChangeCipherSpec Certificate CertificateVerify Finished"},
		{"no client certificate", []string{"-verify", "1"}, iana.TLS12, iana.TLS_RSA_WITH_AES_256_CBC_SHA, nil,
			"CertificateRequest ServerHelloDone Certificate ClientKeyExchange ChangeCipherSpec Finished"},
		{"another group", []string{"-groups", "P-384"}, iana.TLS13, iana.TLS_AES_256_GCM_SHA384, nil,
			"ClientHello HelloRetryRequest ChangeCipherSpec ClientHello ChangeCipherSpec ServerHello EncryptedExtensions Certificate CertificateVerify Finished Finished"},
		{"encrypt-then-MAC, tickets", nil, iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA256, func(c *Config) {
			c.Hello.Extensions = append(c.Hello.Extensions, extension(iana.ExtensionEncryptThenMAC, nil), extension(iana.ExtensionExtendedMasterSecret, nil), extension(iana.ExtensionSessionTicket, nil))
		}, "ChangeCipherSpec Finished NewSessionTicket ChangeCipherSpec Finished ApplicationData"},
		{"encrypt-then-MAC, TLS 1.0", nil, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, func(c *Config) {
			c.Hello.Extensions = append(c.Hello.Extensions, extension(iana.ExtensionEncryptThenMAC, nil), extension(iana.ExtensionExtendedMasterSecret, nil))
		}, "ChangeCipherSpec Finished ChangeCipherSpec Finished ApplicationData ApplicationData"},
		{"stapled OCSP asked for", nil, iana.TLS12, iana.TLS_RSA_WITH_AES_256_CBC_SHA, func(c *Config) {
			c.Hello.Extensions = append(c.Hello.Extensions, extension(iana.ExtensionStatusRequest, []byte{1, 0, 0, 0, 0}))
		}, "Finished"},
		{"an extension-less hello of TLS 1.0", nil, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, func(c *Config) {
			c.Hello.Extensions, c.Hello.NoExtensions = nil, true
		}, "ClientHello ServerHello Certificate ServerKeyExchange ServerHelloDone ClientKeyExchange ChangeCipherSpec Finished ChangeCipherSpec Finished"},
		{"a short prime", []string{"-dhparam", short(t)}, iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, nil, "Finished ApplicationData"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, "openssl", append([]string{"-rev", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0", "-cert", writeFile(t, "rsa")}, test.arguments...)...)
			cfg := Config{}
			cfg.Hello, cfg.Keys = offer(t, test.version, test.suite)
			if test.change != nil {
				test.change(&cfg)
			}
			o := observed(&cfg)
			c, err := Handshake(limited(t), dial(t, server.Addr), cfg)
			if err != nil {
				t.Fatal(err, o.names(t), server.Log())
			}
			reversed(t, c)
			c.Close()
			if cfg.Certificate != nil && c.State().CertificatesSent != 1 {
				t.Errorf("%+v", c.State())
			}
			raw, err := cfg.Hello.Marshal()
			if err != nil || !bytes.Equal(o.wire[0].Bytes()[5:][:len(raw)], raw) {
				t.Error("the ClientHello on the wire is not the one that was given")
			}
			if got := o.names(t); strings.Contains(got, "*") || !strings.Contains(got, test.want) {
				t.Error(got)
			}
		})
	}
}

// short is a Diffie-Hellman prime of 1024 bits.
func short(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "dh")
	realparts.Run(t, nil, "openssl", "dhparam", "-dsaparam", "-out", path, "1024")
	return path
}
