package capture

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// TestSameStreamsAsWireshark: what tshark's "follow" shows is what comes here.
func TestSameStreamsAsWireshark(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 8))
		written, said := capturetest.Talk(t, r, 1, clientAddr, serverAddr)
		var list []capturetest.Frame
		// Twice, and in another order within a direction. What was acknowledged
		// before it was recorded, tshark takes for lost.
		packets := disturb(r, capturetest.Packets(written), false, false)
		for i := 3; i+1 < len(packets); i++ {
			if a, b := packets[i], packets[i+1]; r.IntN(2) == 0 && bytes.Equal(a[26:34], b[26:34]) && a[flagsAt(a)]&7 == 0 && b[flagsAt(b)]&7 == 0 {
				packets[i], packets[i+1] = b, a
			}
		}
		for i, p := range packets {
			list = append(list, capturetest.Frame{At: noon.Add(time.Duration(i) * time.Millisecond), Bytes: p})
		}
		file := capturetest.Pcap(binary.BigEndian, false, packet.LinkEthernet, list)
		s, _ := read(t, file)
		var theirs [2][]byte
		for line := range strings.Lines(capturetest.Tshark(t, file, "-q", "-z", "follow,tcp,raw,0")) {
			b, err := hex.DecodeString(strings.TrimSpace(line))
			if err != nil {
				continue
			}
			side := 0
			if line[0] == '\t' {
				side = 1
			}
			theirs[side] = append(theirs[side], b...)
		}
		if !bytes.Equal(s.client, theirs[0]) || !bytes.Equal(s.server, theirs[1]) || !bytes.Equal(s.client, said[0][0]) {
			t.Errorf("client %d and %d bytes, server %d and %d", len(s.client), len(theirs[0]), len(s.server), len(theirs[1]))
		}
	}
}
