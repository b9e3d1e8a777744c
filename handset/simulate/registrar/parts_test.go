package registrar

import (
	"net"
	"os"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// TestNames: whoever listens everywhere is reached at any of its addresses, and
// at no address that is none.
func TestNames(t *testing.T) {
	everywhere := namesOf("example.com", ":5061", &net.TCPAddr{IP: net.IPv6unspecified, Port: 5061})
	for host, want := range map[string]bool{
		"example.com": true, "localhost": true, "127.0.0.1": true, "::": false, "0.0.0.0": false, "192.0.2.77": false, "example.org": false, "": false,
	} {
		if everywhere.have(host) != want {
			t.Errorf("%q: %t", host, !want)
		}
	}
	list, _ := net.InterfaceAddrs()
	if n := len(everywhere.ips); n < 1 || n < min(len(list), 2)-1 {
		t.Errorf("%d addresses of %d", n, len(list))
	}
	one := namesOf("192.0.2.1", "pbx.example.com:5061", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2)})
	if one.first != "192.0.2.1" || !slices.Equal(one.dns, []string{"pbx.example.com", "localhost"}) || !one.have("192.0.2.2") || !one.have("[192.0.2.1]") {
		t.Errorf("%+v", one)
	}
}

// TestWatched: an alert in the clear is seen however the records come, and only
// that.
func TestWatched(t *testing.T) {
	const hello, empty = "\x16\x03\x01\x00\x03\x15\x02\x30", "\x17\x03\x03\x00\x00"
	for text, want := range map[string]iana.AlertDescription{
		hello + "\x15\x03\x03\x00\x02\x02\x30":                                 iana.AlertUnknownCA,
		hello + empty + "\x14\x03\x03\x00\x01\x01\x15\x03\x03\x00\x02\x02\x2d": iana.AlertCertificateExpired,
		hello + "\x15\x03\x03\x00\x02\x01\x30":                                 0, // a warning
		hello + "\x15\x03\x03\x00\x03\x02\x30a":                                0, // encrypted
		hello + "\x17\x03\x03\x00\x02\x02\x30":                                 0,
		hello + "\x15\x03\x03\x00\x02\x02":                                     0,
	} {
		for _, size := range []int{1, 3, 100} {
			w := &watched{}
			for i := 0; i < len(text); i += size {
				w.look([]byte(text[i:min(i+size, len(text))]))
			}
			if w.alerted != (want != 0) || w.alert != want {
				t.Errorf("%q by %d: %s, %t", text, size, w.alert, w.alerted)
			}
		}
	}
}

// TestSeeds: the fuzz targets have something to begin with.
func TestSeeds(t *testing.T) {
	for _, target := range []string{"FuzzWatched"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s: %d seeds, %v", target, len(seeds), err)
		}
	}
}

// FuzzWatched: how the bytes are cut up makes no difference.
func FuzzWatched(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, pieces := &watched{}, &watched{}
		whole.look(text)
		for i := range text {
			pieces.look(text[i : i+1])
		}
		if whole.alerted != pieces.alerted || whole.alert != pieces.alert {
			t.Fatalf("%s, %s", whole.alert, pieces.alert)
		}
	})
}
