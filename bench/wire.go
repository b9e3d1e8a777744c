//go:build unix

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/synthetic"
)

// wire: a capture of 1 GB with 20,000 handshakes, against tshark, and one of
// three times the size, which must not take more memory.
func (b *bench) wire() {
	if !have("tshark") {
		return
	}
	file, large := b.path("wire.pcapng"), b.path("large.pcapng")
	writeCapture(file, 20_000, 48<<10)
	tshark := func() sample {
		return run("tshark", "-r", file, "-Y", "tls.handshake", "-T", "fields", "-e", "tls.handshake.type")
	}
	pairs("trace of a 1 GB capture with 20,000 handshakes against tshark -Y tls.handshake", "at most ×0.1, under 200 MB", 3,
		func() sample { return run(b.phonecert, "trace", file) }, tshark)
	judged := run(b.phonecert, "trace", file, "--handset", "yealink-t28p", "--json")
	fmt.Printf("  judged as a handset, as JSON: %.1f s, peak %.0f MiB\n", judged.wall.Seconds(), judged.peakMiB)
	if err := os.Remove(file); err != nil {
		log.Fatal(err)
	}
	writeCapture(large, 60_000, 48<<10)
	whole := run(b.phonecert, "trace", large)
	fmt.Printf("  three times the size: %.1f s, peak %.0f MiB\n", whole.wall.Seconds(), whole.peakMiB)
	if err := os.Remove(large); err != nil {
		log.Fatal(err)
	}
}

// writeCapture writes many connections, a hundred at a time, each with the
// same handshake and then application data from the server.
func writeCapture(file string, connections, applicationData int) {
	f, err := os.Create(file)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	w := synthetic.NewWriter(f)
	talk := record()
	for left := applicationData; left > 0; left -= 1400 {
		data := append([]byte{23, 3, 3, 0, 0}, make([]byte, min(left, 1400))...)
		binary.BigEndian.PutUint16(data[3:], uint16(len(data)-5))
		talk = append(talk, said{false, data})
	}
	const together = 100
	at := time.Unix(1_700_000_000, 0)
	for first := 0; first < connections; first += together {
		conns := make([]*synthetic.Conn, together)
		for i := range conns {
			n := first + i
			client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(n)}), uint16(1024+n/256))
			if conns[i], err = w.Open(client, netip.MustParseAddrPort("192.0.2.10:5061"), at, at); err != nil {
				log.Fatal(err)
			}
		}
		for _, s := range talk {
			for _, c := range conns {
				at = at.Add(time.Microsecond)
				if err := c.Data(s.client, at, s.bytes); err != nil {
					log.Fatal(err)
				}
			}
		}
		for _, c := range conns {
			_ = c.FIN(true, at) // Flush tells an error
			_ = c.FIN(false, at)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}

// said is what one side sent in a row.
type said struct {
	client bool
	bytes  []byte
}

// record runs a handshake of TLS 1.2 and keeps what was sent.
func record() []said {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pbx.example.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	var mu sync.Mutex
	var talk []said
	keep := func(client bool) func([]byte) {
		return func(b []byte) {
			mu.Lock()
			defer mu.Unlock()
			talk = append(talk, said{client, bytes.Clone(b)})
		}
	}
	here, there := net.Pipe()
	server := tls.Server(tee{there, keep(false)}, &tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der, der, der}, PrivateKey: key}}})
	client := tls.Client(tee{here, keep(true)}, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	go func() {
		if err := server.Handshake(); err != nil {
			log.Fatal(err)
		}
	}()
	if err := client.Handshake(); err != nil && err != io.EOF {
		log.Fatal(fmt.Errorf("handshake: %w", err))
	}
	mu.Lock()
	defer mu.Unlock()
	return talk
}

// tee is a connection that keeps what is written.
type tee struct {
	net.Conn
	keep func([]byte)
}

func (t tee) Write(b []byte) (int, error) {
	t.keep(b)
	return t.Conn.Write(b)
}
