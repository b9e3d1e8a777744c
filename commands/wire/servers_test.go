package wire_test

import (
	"net"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// server starts "openssl s_server" that answers no SIP, with a certificate and
// the ones to be sent along.
func server(t *testing.T, own *testca.Certificate, along []*testca.Certificate, args ...string) string {
	t.Helper()
	var chain []byte
	for _, c := range along {
		chain = append(chain, c.PEM()...)
	}
	base := []string{"-quiet", "-cert", realparts.WriteFile(t, "c.pem", own.PEM()), "-key", realparts.WriteFile(t, "k.pem", own.KeyPEM(t))}
	if len(chain) > 0 {
		base = append(base, "-cert_chain", realparts.WriteFile(t, "chain.pem", chain))
	}
	if !strings.Contains(strings.Join(args, " "), "-cipher") {
		base = append(base, "-cipher", "ALL:@SECLEVEL=0")
	}
	return realparts.SServer(t, append(base, args...)...).Addr
}

// kamailio starts a registrar with a certificate and the ones to be sent along.
func kamailio(t *testing.T, own *testca.Certificate, along ...*testca.Certificate) string {
	t.Helper()
	chain := own.PEM()
	for _, c := range along {
		chain = append(chain, c.PEM()...)
	}
	return realparts.Kamailio(t, realparts.KamailioConfig{Certificate: chain, Key: own.KeyPEM(t)}).Addr
}

// restlessServer is one that asks to renegotiate when "r" is typed.
func restlessServer(t *testing.T, own *testca.Certificate) *realparts.Server {
	t.Helper()
	return realparts.SServer(t, "-cert", realparts.WriteFile(t, "c.pem", own.PEM()), "-key", realparts.WriteFile(t, "k.pem", own.KeyPEM(t)), "-cipher", "ALL:@SECLEVEL=0")
}

// listener serves every connection with a function until the test ends.
func listener(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}
