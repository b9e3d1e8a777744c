package capturetest

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/synthetic"
)

// Talk writes random connections and returns the file and what client and
// server of each said. The client's port is that of the first; those of the
// others follow.
func Talk(t testing.TB, r *rand.Rand, connections int, client, server netip.AddrPort) (file []byte, said [][2][]byte) {
	t.Helper()
	var out bytes.Buffer
	w := synthetic.NewWriter(&out)
	for i := range connections {
		port := netip.AddrPortFrom(client.Addr(), client.Port()+uint16(i))
		c, err := w.Open(port, server, Clock(), Clock().Add(time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		var both [2][]byte
		for n := range r.IntN(30) {
			b := make([]byte, r.IntN(5000))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			side := r.IntN(2)
			both[side] = append(both[side], b...)
			if err := c.Data(side == 0, Clock().Add(time.Duration(n)*time.Second), b); err != nil {
				t.Fatal(err)
			}
		}
		end := Clock().Add(time.Minute)
		switch r.IntN(3) {
		case 0:
			err = c.RST(r.IntN(2) == 0, end)
		case 1:
			_ = c.FIN(false, end)
			err = c.FIN(true, end)
		}
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, both)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), said
}

// Packets takes a file of Talk apart, without its headers.
func Packets(file []byte) (list [][]byte) {
	const enhancedPacketBlock = 6
	for len(file) > 0 {
		size := binary.LittleEndian.Uint32(file[4:])
		if binary.LittleEndian.Uint32(file) == enhancedPacketBlock {
			list = append(list, file[28:28+binary.LittleEndian.Uint32(file[20:])])
		}
		file = file[size:]
	}
	return list
}
