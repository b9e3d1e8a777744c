package packet_test

import (
	"encoding/binary"
	"os"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// FuzzPackets: packets of any link type; each begins with its length. However
// they are cut up, no more comes out than went in, and every fragment is in a
// segment or given up.
func FuzzPackets(f *testing.F) {
	if entries, err := os.ReadDir("testdata/fuzz/" + f.Name()); err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
	f.Fuzz(func(t *testing.T, link uint16, missing uint8, b []byte) {
		var d packet.Decoder
		in, out, waiting := len(b), 0, int64(0)
		for n := 0; len(b) >= 2; n++ {
			size := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
			at := capturetest.Clock().Add(time.Duration(n) * time.Millisecond)
			s, reason := d.Segment(packet.LinkType(link), at, b[2:2+size], int(missing))
			if reason == packet.Waiting {
				waiting++
			}
			if reason != packet.Usable && (s.Payload != nil || s.Missing != 0) || s.Missing < 0 || reason > packet.Waiting {
				t.Errorf("%s: %+v", reason, s)
			}
			out += len(s.Payload)
			if _, err := reason.MarshalText(); err != nil {
				t.Error(err)
			}
			b = b[2+size:]
		}
		if dropped := d.Drop(); out > in || dropped > d.Fragments || waiting > d.Fragments {
			t.Errorf("%d bytes of %d; %d fragments, %d waited, %d dropped", out, in, d.Fragments, waiting, dropped)
		}
	})
}
