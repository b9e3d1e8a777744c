package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const hashMD5SHA1 = crypto.MD5SHA1

func record(kind handshake.ContentType, b []byte) []byte {
	return handshake.AppendRecords(nil, kind, iana.TLS10, b)
}

// choice is a ServerHello as a record.
func choice(version iana.ProtocolVersion, suite iana.CipherSuite) []byte {
	body := append(append(append(u16(version), make([]byte, 33)...), u16(suite)...), 0)
	return record(handshake.ContentHandshake, append([]byte{typeServerHello}, sized(3, body)...))
}

// endless sends the same until nobody listens.
func endless(b []byte) func(net.Conn) {
	return func(conn net.Conn) {
		for {
			if _, err := conn.Write(b); err != nil {
				return
			}
		}
	}
}

func sends(b ...[]byte) func(net.Conn) {
	return func(conn net.Conn) {
		conn.Write(bytes.Join(b, nil))
		io.Copy(io.Discard, conn)
	}
}

func TestHostileServers(t *testing.T) {
	suite := iana.TLS_RSA_WITH_AES_128_CBC_SHA
	huge := append(choice(iana.TLS10, suite), record(handshake.ContentHandshake, append([]byte{typeCertificate, 0xFF, 0xFF, 0xFF}, make([]byte, 16000)...))...)
	done := record(handshake.ContentHandshake, []byte{typeServerHelloDone, 0, 0, 0})
	for _, test := range []struct {
		name   string
		serve  func(net.Conn)
		kind   Kind
		alert  iana.AlertDescription
		detail string
	}{
		{"silent", func(conn net.Conn) { io.Copy(io.Discard, conn) }, Silent, 0, "ServerHello was awaited, and nothing came"},
		{"a byte at a time", func(conn net.Conn) {
			go io.Copy(io.Discard, conn)
			for _, b := range choice(iana.TLS10, suite) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}, Silent, 0, "of a record came"},
		{"HTTP", sends([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")), NotTLS, 0, "48 54 54 50 2F"},
		{"garbage later", sends(choice(iana.TLS10, suite), []byte("garbage garbage")), Malformed, iana.AlertDecodeError, "Certificate was awaited, and no record begins"},
		{"empty records", endless(record(handshake.ContentHandshake, nil)), TooLarge, iana.AlertInternalError, "brought nothing, at last an empty record"},
		{"warnings", endless(record(handshake.ContentAlert, []byte{1, 112})), TooLarge, iana.AlertInternalError, "at last a warning"},
		{"requests to begin anew", endless(record(handshake.ContentHandshake, []byte{0, 0, 0, 0})), TooLarge, iana.AlertInternalError, "at last HelloRequest"},
		{"many of them in a record", endless(record(handshake.ContentHandshake, make([]byte, 4000))), TooLarge, iana.AlertInternalError, "at last HelloRequest"},
		{"a chain of 16 MB", endless(huge), TooLarge, iana.AlertInternalError, "Certificate has 16777219 bytes"},
		{"a message that never ends", endless(record(handshake.ContentHandshake, append([]byte{typeServerHello, 0x0F, 0xFF, 0xF0}, make([]byte, 12000)...))), TooLarge, iana.AlertInternalError, "more than 1048576 bytes came"},
		{"a long record", sends([]byte{22, 3, 1, 0xFF, 0xFF}), Malformed, iana.AlertRecordOverflow, "65535 bytes"},
		{"a fatal alert", sends(record(handshake.ContentAlert, []byte{2, 40})), AlertReceived, iana.AlertHandshakeFailure, "ServerHello was awaited"},
		{"close_notify", sends(record(handshake.ContentAlert, []byte{1, 0})), AlertReceived, iana.AlertCloseNotify, "ServerHello was awaited"},
		{"half an alert", sends(record(handshake.ContentAlert, []byte{2})), Malformed, iana.AlertDecodeError, "1 bytes"},
		{"closes", func(conn net.Conn) { conn.Read(make([]byte, 4096)) }, Closed, 0, "ServerHello was awaited, and nothing came"},
		{"closes later", func(conn net.Conn) {
			conn.Read(make([]byte, 4096)) // or it would be a reset
			conn.Write(choice(iana.TLS10, suite))
		}, Closed, 0, "Certificate was awaited"},
		{"resets", func(conn net.Conn) { conn.Read(make([]byte, 1)); conn.(*net.TCPConn).SetLinger(0) }, Reset, 0, "ServerHello was awaited"},
		{"another suite", sends(choice(iana.TLS10, iana.TLS_RSA_WITH_DES_CBC_SHA)), AlertSent, iana.AlertIllegalParameter, "TLS_RSA_WITH_DES_CBC_SHA, which was not offered"},
		{"the signal for a suite", sends(choice(iana.TLS10, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)), AlertSent, iana.AlertIllegalParameter, "not offered"},
		{"a later version", sends(choice(iana.TLS12, suite)), AlertSent, iana.AlertProtocolVersion, "TLS 1.2, which was not offered"},
		{"an earlier version", sends(choice(iana.SSL30, suite)), AlertSent, iana.AlertProtocolVersion, "SSL 3.0, which was not offered"},
		{"no version", sends(choice(0x7F00, suite)), AlertSent, iana.AlertProtocolVersion, "0x7F00"},
		{"a suite of another version", sends(choice(iana.TLS10, iana.TLS_RSA_WITH_AES_128_GCM_SHA256)), Malformed, iana.AlertIllegalParameter, "which TLS 1.0 does not have"},
		{"the end first", sends(done), Malformed, iana.AlertUnexpectedMessage, "ServerHello was awaited, and ServerHelloDone came"},
		{"no certificate", sends(choice(iana.TLS10, suite), done), Malformed, iana.AlertUnexpectedMessage, "without a Certificate"},
		{"an empty chain", sends(choice(iana.TLS10, suite), record(handshake.ContentHandshake, []byte{11, 0, 0, 3, 0, 0, 0}), done), Malformed, iana.AlertDecodeError, "is empty"},
		{"no certificate in it", sends(choice(iana.TLS10, suite), record(handshake.ContentHandshake, []byte{11, 0, 0, 9, 0, 0, 6, 0, 0, 3, 0x30, 1, 0}), done), Malformed, iana.AlertBadCertificate, "no public key"},
		{"twice", sends(choice(iana.TLS10, suite), choice(iana.TLS10, suite)), Malformed, iana.AlertUnexpectedMessage, "Certificate was awaited, and ServerHello came"},
		{"new keys too early", sends(choice(iana.TLS10, suite), record(handshake.ContentChangeCipherSpec, []byte{1})), Malformed, iana.AlertUnexpectedMessage, "change_cipher_spec"},
		{"data too early", sends(record(handshake.ContentApplicationData, []byte("x"))), Malformed, iana.AlertUnexpectedMessage, "application_data"},
		{"what this client lacks", sends(choice(iana.TLS10, iana.TLS_RSA_WITH_IDEA_CBC_SHA), record(handshake.ContentHandshake, []byte{11, 0, 0, 3, 0, 0, 0}), done), Unsupported, iana.AlertUserCanceled, "TLS_RSA_WITH_IDEA_CBC_SHA"},
	} {
		check := func(t *testing.T, ctx context.Context, conn net.Conn) {
			cfg := Config{MinVersion: iana.TLS10}
			cfg.Hello, _ = offer(t, iana.TLS10, suite, iana.TLS_RSA_WITH_AES_128_GCM_SHA256, iana.TLS_RSA_WITH_IDEA_CBC_SHA)
			observed(&cfg)
			_, err := Handshake(ctx, conn, cfg)
			conn.Close()
			var e *Error
			if !errors.As(err, &e) || e.Kind != test.kind || e.Alert != test.alert || !strings.Contains(e.Detail, test.detail) {
				t.Errorf("%v %+v", err, e)
			}
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.kind != Silent {
				check(t, limited(t), dial(t, listen(t, test.serve)))
				return
			}
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				served := make(chan struct{})
				go func() {
					defer close(served)
					test.serve(far)
				}()
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				check(t, ctx, near)
				<-served
			})
		})
	}
}

// TestCanceled: who no longer waits is not kept waiting.
func TestCanceled(t *testing.T) {
	cfg := Config{}
	cfg.Hello, _ = offer(t, iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	conn := dial(t, listen(t, func(conn net.Conn) {
		conn.Read(make([]byte, 1))
		cancel()
		io.Copy(io.Discard, conn)
	}))
	defer conn.Close()
	_, err := Handshake(ctx, conn, cfg)
	if kindOfError(err) != Canceled || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestPeer: SSL 3.0 and export suites, of which no other server is at hand.
func TestPeer(t *testing.T) {
	short, err := rsa512()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		version iana.ProtocolVersion
		suite   iana.CipherSuite
		export  *rsa.PrivateKey
	}{
		{iana.SSL30, iana.TLS_RSA_WITH_AES_256_CBC_SHA, nil}, {iana.SSL30, iana.TLS_RSA_WITH_RC4_128_MD5, nil}, {iana.SSL30, iana.TLS_RSA_WITH_DES_CBC_SHA, nil},
		{iana.SSL30, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5, short}, {iana.SSL30, iana.TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, short}, {iana.SSL30, iana.TLS_RSA_WITH_NULL_MD5, nil},
		{iana.TLS10, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5, short}, {iana.TLS10, iana.TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, short}, {iana.TLS10, iana.TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, nil},
		{iana.TLS10, iana.TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, short}, {iana.TLS10, iana.TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA, short}, {iana.TLS10, iana.TLS_RSA_WITH_DES_CBC_SHA, nil},
		{iana.TLS11, iana.TLS_RSA_WITH_DES_CBC_SHA, nil}, {iana.TLS12, iana.TLS_RSA_WITH_AES_256_GCM_SHA384, nil},
	} {
		t.Run(fmt.Sprintf("%s %s", test.version, test.suite), func(t *testing.T) {
			c, o, err := against(t, &peer{version: test.version, suite: test.suite, export: test.export}, &Config{})
			if err != nil {
				t.Fatal(err, o.names(t))
			}
			echo(t, c)
			echo(t, c)
			c.Close()
			if got := o.names(t); strings.Contains(got, "*") {
				t.Error(got)
			}
		})
	}
}

// rsa512 is a key that crypto/rsa no longer makes.
func rsa512() (*rsa.PrivateKey, error) {
	for {
		p, err := rand.Prime(rand.Reader, 256)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, 256)
		if err != nil {
			return nil, err
		}
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(big.NewInt(65537), phi); d != nil {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d}, nil
		}
	}
}

// TestBreaches: a handshake that goes wrong late.
func TestBreaches(t *testing.T) {
	short, err := rsa512()
	if err != nil {
		t.Fatal(err)
	}
	last := func(message string) func(string, []byte) []byte {
		return func(name string, raw []byte) []byte {
			if name == message {
				raw[len(raw)-1] ^= 1
			}
			return raw
		}
	}
	for _, test := range []struct {
		name   string
		peer   peer
		alert  iana.AlertDescription
		detail string
	}{
		{"Finished", peer{suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA, change: last("Finished")}, iana.AlertDecryptError, "Finished does not fit"},
		{"signature", peer{suite: iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5, export: short, change: last("ServerKeyExchange")}, iana.AlertDecryptError, "signature in ServerKeyExchange is wrong"},
		{"a key that is not asked for", peer{suite: iana.TLS_RSA_WITH_RC4_128_SHA, export: short, change: func(name string, raw []byte) []byte { return raw }}, iana.AlertUnexpectedMessage, "ServerKeyExchange came"},
		{"Finished left out", peer{suite: iana.TLS_RSA_WITH_RC4_128_SHA, change: func(name string, raw []byte) []byte {
			if name == "Finished" {
				raw = []byte{typeHelloRequest, 0, 0, 0, typeServerHelloDone, 0, 0, 0}
			}
			return raw
		}}, iana.AlertUnexpectedMessage, "Finished was awaited, and ServerHelloDone came"},
		{"more after Finished", peer{suite: iana.TLS_RSA_WITH_RC4_128_SHA, change: func(name string, raw []byte) []byte {
			if name == "Finished" {
				raw = append(raw, 0, 0)
			}
			return raw
		}}, iana.AlertUnexpectedMessage, "more follows Finished"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.peer.version = iana.TLS10
			_, o, err := against(t, &test.peer, &Config{})
			var e *Error
			if !errors.As(err, &e) || e.Kind != Malformed || e.Alert != test.alert || !strings.Contains(e.Detail, test.detail) {
				t.Errorf("%v %+v", err, e)
			}
			if e != nil && len(e.State.ServerCertificates) != 1 {
				t.Errorf("%+v", e.State)
			}
			transcript := o.decoder.Finish()
			if !slices.ContainsFunc(transcript.Entries, func(e handshake.Entry) bool { return e.Name == "Alert" && e.Direction == handshake.ClientToServer }) {
				t.Errorf("no alert was sent: %+v", transcript.Entries)
			}
		})
	}
}

// TestAfterTheHandshake: what a server may send once it is done.
func TestAfterTheHandshake(t *testing.T) {
	request := []byte{typeHelloRequest, 0, 0, 0}
	for _, test := range []struct {
		name  string
		after func(*peer)
		want  string // of the first Read
	}{
		{"a request to begin anew", func(p *peer) {
			p.send(handshake.ContentHandshake, request)
			if kind, b := p.record(); kind != handshake.ContentAlert || !bytes.Equal(b, []byte{1, 100}) {
				return
			}
			p.send(handshake.ContentApplicationData, []byte("on"))
		}, "on"},
		{"requests without end", func(p *peer) {
			for range 20 {
				p.send(handshake.ContentHandshake, request)
			}
		}, "too large: the server asked 9 times to begin anew"},
		{"empty records, then data", func(p *peer) {
			for range 20 {
				p.send(handshake.ContentApplicationData, nil)
			}
			p.send(handshake.ContentApplicationData, []byte("data"))
		}, "data"},
		{"empty records without end", func(p *peer) {
			for range 40 {
				p.send(handshake.ContentApplicationData, nil)
			}
		}, "too large: 33 records in a row brought nothing, at last an empty record"},
		{"close_notify", func(p *peer) { p.send(handshake.ContentAlert, []byte{1, 0}) }, "EOF"},
		{"a fatal alert", func(p *peer) { p.send(handshake.ContentAlert, []byte{2, 80}) }, "alert received: internal_error: data was awaited"},
		{"no close_notify", func(p *peer) { p.Close() }, "closed: data was awaited"},
		{"a changed record", func(p *peer) { p.sealed++; p.send(handshake.ContentApplicationData, []byte("x")) }, "malformed: protected record 2 is not authentic: it was changed on the way, or the server derived other keys"},
		{"a ClientHello", func(p *peer) {
			p.send(handshake.ContentHandshake, append([]byte{typeNewSessionTicket}, sized(3, make([]byte, 6))...))
		}, "malformed: data was awaited, and NewSessionTicket came"},
		{"a long message", func(p *peer) { p.send(handshake.ContentHandshake, []byte{1, 0xFF, 0, 0}) }, "too large: a message of 16711684 bytes came after the handshake, more than 131072"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _, err := against(t, &peer{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA, after: test.after}, &Config{})
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(patience))
			b := make([]byte, 16)
			n, err := c.Read(b)
			got := string(b[:n])
			if err != nil {
				got = err.Error()
				if _, again := c.Read(b); again != err {
					t.Errorf("read again: %v", again)
				}
			}
			if got != test.want {
				t.Errorf("%q", got)
			}
			c.Close()
		})
	}
}

// TestCertificateRequired: in TLS 1.3 a server says only after the handshake
// that it wanted a certificate.
func TestCertificateRequired(t *testing.T) {
	address, done := serve(t, &tls.Config{Certificates: []tls.Certificate{certificates()["p256"]}, ClientAuth: tls.RequireAnyClientCert})
	cfg := Config{}
	cfg.Hello, cfg.Keys = offer(t, iana.TLS13, iana.TLS_AES_128_GCM_SHA256)
	c, err := Handshake(limited(t), dial(t, address), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Read(make([]byte, 1))
	var e *Error
	if !errors.As(err, &e) || e.Kind != AlertReceived || e.Alert != iana.AlertCertificateRequired || e.State.CertificateRequest == nil {
		t.Errorf("%v %+v", err, e)
	}
	<-done
}

// TestDeadline: after one that passed, reading goes on.
func TestDeadline(t *testing.T) {
	proceed := make(chan struct{})
	c, _, err := against(t, &peer{version: iana.TLS10, suite: iana.TLS_RSA_WITH_AES_128_CBC_SHA, after: func(p *peer) {
		out, _ := p.sealer(nil, p.sealed, uint8(handshake.ContentApplicationData), []byte("late"))
		p.sealed++
		p.Write(out[:7])
		<-proceed
		p.Write(out[7:])
	}}, &Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	b := make([]byte, 4)
	if _, err := c.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	close(proceed)
	c.SetReadDeadline(time.Time{})
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "late" {
		t.Errorf("%q %v", b, err)
	}
}

// TestKeyValues: what no key exchange may be done with.
func TestKeyValues(t *testing.T) {
	h := &handshaker{Config: Config{Random: rand.Reader}, Conn: &Conn{wire: &wire{}}}
	p, _ := hex.DecodeString("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff")
	last := new(big.Int).Sub(new(big.Int).SetBytes(p), big.NewInt(1)).Bytes()
	for _, test := range []struct {
		name                     string
		prime, generator, public []byte
		kind                     Kind
	}{
		{"good", p, []byte{2}, []byte{4}, ""}, {"short", new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 89), big.NewInt(1)).Bytes(), []byte{2}, []byte{4}, ""},
		{"0", p, []byte{2}, nil, Malformed}, {"1", p, []byte{2}, []byte{1}, Malformed}, {"p-1", p, []byte{2}, last, Malformed}, {"p", p, []byte{2}, p, Malformed},
		{"generator 1", p, []byte{1}, []byte{4}, Malformed}, {"even", last, []byte{2}, []byte{4}, Malformed}, {"tiny", []byte{3}, []byte{1}, []byte{1}, Malformed}, {"none", nil, nil, nil, Malformed},
		{"long", append([]byte{1}, make([]byte, 4096)...), []byte{2}, []byte{4}, TooLarge},
	} {
		secret, body, err := h.agreeDH(&handshake.ServerKeyExchange{Prime: test.prime, Generator: test.generator, Public: test.public})
		if kindOfError(err) != test.kind {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.kind == "" { // the server's secret is 2
			own := new(big.Int).SetBytes(body[2:])
			if !bytes.Equal(own.Exp(own, big.NewInt(2), new(big.Int).SetBytes(test.prime)).Bytes(), secret) {
				t.Errorf("%s: the two sides have two secrets", test.name)
			}
		}
	}
	for _, test := range []struct {
		bits, exponent uint
		good           bool
	}{{512, 17, true}, {16384, 17, true}, {16385, 17, false}, {1024, 32, true}, {1024, 33, false}} {
		n := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), test.bits-1), big.NewInt(1))
		e := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), test.exponent-1), big.NewInt(1))
		if err := checkRSA(n, e); (err == nil) != test.good {
			t.Errorf("%d %d: %v", test.bits, test.exponent, err)
		}
	}
}
