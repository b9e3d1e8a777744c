package synthetic_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestWiresharkFindsNoFault with what Writer writes.
func TestWiresharkFindsNoFault(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 7))
		for _, v6 := range []bool{false, true} {
			client, server := capturetest.Client(), capturetest.Server()
			if v6 {
				client, server = capturetest.Client6(), capturetest.Server6()
			}
			file, _ := capturetest.Talk(t, r, 3, client, server)
			report := capturetest.Tshark(t, file, "-q", "-z", "expert")
			for _, severity := range []string{"Errors", "Warns"} {
				rest := strings.ReplaceAll(report, "Connection reset (RST)", "")
				if _, section, found := strings.Cut(rest, severity+" ("); found && !onlyReset(section) {
					t.Errorf("tshark has %s:\n%s", severity, report)
				}
			}
		}
	}
}

// onlyReset reports whether the warnings are but of connections that were
// reset, as they were meant to.
func onlyReset(section string) bool {
	section, _, _ = strings.Cut(section, "\n\n")
	for _, line := range strings.Split(section, "\n")[3:] {
		if f := strings.Fields(line); len(f) > 3 {
			return false
		}
	}
	return true
}

// TestWiresharkSeesTLS: Wireshark decodes a handshake that was written, and
// with the key log in the file it decrypts it.
func TestWiresharkSeesTLS(t *testing.T) {
	realparts.Need(t, "tshark")
	said, keys := tlsTalk(t)
	var out bytes.Buffer
	w := synthetic.NewWriter(&out)
	_ = w.Secrets(keys)
	c, err := w.Open(capturetest.Client(), capturetest.Server(), capturetest.Clock(), capturetest.Clock())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range said {
		_ = c.Data(s.fromClient, capturetest.Clock().Add(time.Duration(i)*time.Millisecond), s.bytes)
	}
	_ = c.FIN(true, capturetest.Clock().Add(time.Second))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	types := strings.Fields(strings.ReplaceAll(capturetest.Tshark(t, out.Bytes(), "-Y", "tls.handshake", "-T", "fields", "-e", "tls.handshake.type"), ",", " "))
	// ClientHello, ServerHello, EncryptedExtensions, Certificate, CertificateVerify, Finished, Finished
	if got := fmt.Sprint(types); got != "[1 2 8 11 15 20 20]" && got != "[1 2 8 11 15 20 20 4]" && got != "[1 2 8 11 15 20 4 20]" {
		t.Errorf("tshark sees the handshake messages %s", got)
	}
}

type saying struct {
	fromClient bool
	bytes      []byte
}

// tlsTalk runs a handshake of TLS 1.3 and keeps what both sides wrote, and the
// key log.
func tlsTalk(t *testing.T) (said []saying, keys []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pbx.example.com"}, NotBefore: capturetest.Clock(), NotAfter: capturetest.Clock().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(nil, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var log bytes.Buffer
	tee := func(c net.Conn, fromClient bool) net.Conn {
		return writeTo{c, func(b []byte) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, saying{fromClient, bytes.Clone(b)})
		}}
	}
	here, there := net.Pipe()
	server := tls.Server(tee(there, false), &tls.Config{SessionTicketsDisabled: true, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	client := tls.Client(tee(here, true), &tls.Config{InsecureSkipVerify: true, KeyLogWriter: &log})
	failed := make(chan error, 1)
	go func() { failed <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return said, log.Bytes()
}

type writeTo struct {
	net.Conn
	keep func([]byte)
}

func (w writeTo) Write(b []byte) (int, error) {
	w.keep(b)
	return w.Conn.Write(b)
}
