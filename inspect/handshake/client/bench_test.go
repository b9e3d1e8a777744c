package client

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// BenchmarkHandshake is a handshake with a server of crypto/tls, beside the
// same with the client of crypto/tls.
func BenchmarkHandshake(b *testing.B) {
	for _, test := range []struct {
		version iana.ProtocolVersion
		suite   iana.CipherSuite
	}{{iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, {iana.TLS13, iana.TLS_AES_128_GCM_SHA256}} {
		listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificates()["rsa"]}, SessionTicketsDisabled: true})
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					conn.(*tls.Conn).Handshake()
					conn.Read(make([]byte, 1))
					conn.Close()
				}()
			}
		}()
		b.Run(test.version.String()+"/this", func(b *testing.B) {
			for b.Loop() {
				conn, err := net.Dial("tcp", listener.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				cfg := Config{}
				cfg.Hello, cfg.Keys = offer(b, test.version, test.suite)
				c, err := Handshake(b.Context(), conn, cfg)
				if err != nil {
					b.Fatal(err)
				}
				c.Close()
			}
		})
		b.Run(test.version.String()+"/crypto-tls", func(b *testing.B) {
			accept := func([][]byte, [][]*x509.Certificate) error { return nil }
			for b.Loop() {
				conn, err := net.Dial("tcp", listener.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: accept, MaxVersion: uint16(test.version), CipherSuites: []uint16{uint16(test.suite)}, CurvePreferences: []tls.CurveID{tls.X25519}})
				if err := c.Handshake(); err != nil {
					b.Fatal(err)
				}
				c.Close()
			}
		})
		listener.Close()
	}
}

// BenchmarkLargest is the most that a server can make the client compute.
func BenchmarkLargest(b *testing.B) {
	prime := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), maxPrimeBits), big.NewInt(1))
	public := new(big.Int).Rsh(prime, 1)
	b.Run("Diffie-Hellman", func(b *testing.B) {
		h := &handshaker{Config: Config{Random: rand.Reader}, Conn: &Conn{wire: &wire{}}}
		for b.Loop() {
			if _, _, err := h.agreeDH(&handshake.ServerKeyExchange{Prime: prime.Bytes(), Generator: public.Bytes(), Public: public.Bytes()}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("RSA signature", func(b *testing.B) {
		key := publicKey{kind: rsaKey, modulus: prime, exponent: big.NewInt(1<<32 - 1)}
		signature := public.FillBytes(make([]byte, maxRSABits/8))
		for b.Loop() {
			key.verifyPKCS1(make([]byte, 36), signature)
		}
	})
}
