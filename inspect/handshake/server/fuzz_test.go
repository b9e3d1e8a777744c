package server_test

import (
	"bytes"
	"crypto/tls"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/server"
	"github.com/phonecert/phonecert/internal/testca"
)

var update = flag.Bool("update", false, "write the seeds of FuzzClient anew")

// FuzzClient feeds what a client says: a flight that the server takes, with a
// piece in it put in place of another, for the keys of every run are new; and
// anything at all.
func FuzzClient(f *testing.F) {
	own := identity(f)
	flights := [][]byte{nil}
	configs := []server.Config{{Certificate: own, ClientAuth: tls.RequestClientCert}}
	for _, name := range []string{"sslv2", "ssl30", "ssl30 3", "tls10", "tls11", "tls12"} {
		x := settled(f, own, testca.Self(f, "00:00:5e:00:53:01"))[name]
		flights, configs = append(flights, slices.Concat(recorded(f, x.server, x.client)...)), append(configs, x.server)
	}
	f.Fuzz(func(t *testing.T, which byte, at uint16, skip uint16, piece []byte) {
		n := int(which) % len(flights)
		flight := flights[n]
		start := min(int(at), len(flight))
		said := slices.Concat(flight[:start], piece, flight[min(start+int(skip), len(flight)):])
		read, out, err := answer(configs[n], said)
		if err == nil && len(read) > len(said) {
			t.Errorf("%d bytes of data came out of %d", len(read), len(said))
		}
		if err == nil && n > 0 && string(read) != "REGISTER" && len(read) > 0 {
			t.Errorf("%q was never said", read)
		}
		if len(out) > 1<<16 {
			t.Errorf("%d bytes are answered", len(out))
		}
	})
}

// seed is one input of FuzzClient.
type seed struct {
	which    byte
	at, skip uint16
	piece    []byte
}

func seeds() map[string]seed {
	all := map[string]seed{
		"empty":       {},
		"http":        {0, 0, 0, []byte("GET / HTTP/1.0\r\n\r\n")},
		"sslv2-alone": {0, 0, 0, append([]byte{0x80, 28, 1, 0, 2, 0, 3, 0, 0, 0, 16, 0, 0, 0x2F}, make([]byte, 16)...)},
		"half-header": {0, 0, 0, []byte{22, 3}},
	}
	for which := byte(1); which <= 6; which++ {
		all[fmt.Sprintf("%d-whole", which)] = seed{which, 0, 0, nil}
		all[fmt.Sprintf("%d-cut", which)] = seed{which, 60, 0xFFFF, nil}
		all[fmt.Sprintf("%d-alert", which)] = seed{which, 50, 0, []byte{21, 3, 1, 0, 2, 2, 48}}
		all[fmt.Sprintf("%d-bit", which)] = seed{which, 70, 1, []byte{0xFF}}
	}
	return all
}

// TestSeeds keeps the seeds of FuzzClient where they are.
func TestSeeds(t *testing.T) {
	folder := filepath.Join("testdata", "fuzz", "FuzzClient")
	for name, s := range seeds() {
		text := fmt.Sprintf("go test fuzz v1\nbyte(%s)\nuint16(%d)\nuint16(%d)\n[]byte(%s)\n", strconv.QuoteRune(rune(s.which)), s.at, s.skip, strconv.Quote(string(s.piece)))
		path := filepath.Join(folder, name)
		if *update {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, []byte(text)) {
			t.Errorf("%s: %v: go test -run TestSeeds -update writes it", name, err)
		}
	}
}
