package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/server"
	"github.com/phonecert/phonecert/internal/testca"
)

// patience is for a busy machine.
const patience = time.Minute

// identity is a server's chain.
func identity(t testing.TB) *tls.Certificate {
	t.Helper()
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw, root.Raw}, PrivateKey: leaf.Key}
}

// result is what a server came to.
type result struct {
	state tls.ConnectionState
	err   error
	echo  error // of what came after the handshake
	log   string
}

// listen serves one connection: it answers the same until the client ends.
func listen(t testing.TB, c server.Config) (address string, ended <-chan result) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	done := make(chan result, 1)
	go func() {
		raw, err := listener.Accept()
		if err != nil {
			done <- result{err: err}
			return
		}
		done <- serve(raw, c)
	}()
	return listener.Addr().String(), done
}

func serve(raw net.Conn, c server.Config) result {
	raw.SetDeadline(time.Now().Add(patience))
	log := &bytes.Buffer{}
	c.KeyLog = log
	conn := server.New(raw, c)
	defer conn.Close()
	if err := conn.Handshake(); err != nil {
		if half, ok := raw.(*net.TCPConn); ok { // or the alert may be lost
			half.CloseWrite()
			io.Copy(io.Discard, raw)
		}
		return result{err: err, log: log.String()}
	}
	_, err := io.Copy(conn, conn)
	conn.CloseWrite()
	return result{state: conn.ConnectionState(), echo: err, log: log.String()}
}

// hello is an offer without extensions.
func hello(version iana.ProtocolVersion, suites ...iana.CipherSuite) *handshake.ClientHello {
	return &handshake.ClientHello{
		Version: version, Random: bytes.Repeat([]byte{7}, 32), CipherSuites: suites,
		CompressionMethods: []handshake.CompressionMethod{0}, NoExtensions: true,
	}
}

// dial runs a client, and has its words repeated.
func dial(t testing.TB, address string, c client.Config) (*client.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	conn, err := client.Handshake(ctx, raw, c)
	if err != nil {
		raw.Close()
		return nil, err
	}
	raw.SetDeadline(time.Now().Add(patience))
	return conn, nil
}

// repeated sends words, and fails unless they come back.
func repeated(t testing.TB, conn *client.Conn, words []byte) {
	t.Helper()
	go conn.Write(words)
	got := make([]byte, len(words))
	if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, words) {
		t.Errorf("%d bytes came back other than they went: %v", len(got), err)
	}
}

// alertOf is the alert that a client was sent; it fails for another ending.
func alertOf(t testing.TB, err error) iana.AlertDescription {
	t.Helper()
	var e *client.Error
	if !errors.As(err, &e) || e.Kind != client.AlertReceived {
		t.Fatalf("no alert came, but %v", err)
	}
	return e.Alert
}
