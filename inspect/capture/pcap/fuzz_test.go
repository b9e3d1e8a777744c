package pcap_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// sound reads a file: whatever is in it, no more bytes come out than went in,
// every time can be shown, and an error says what to do.
func sound(t *testing.T, file []byte) {
	h := &heard{}
	f, err := pcap.Read(context.Background(), bytes.NewReader(file), h)
	var wrong *pcap.FormatError
	if err != nil && (!errors.As(err, &wrong) || wrong.Fix == "" || wrong.Offset < 0) {
		t.Errorf("error %v", err)
	}
	if !f.Compressed && h.bytes > len(file) {
		t.Errorf("%d bytes out of %d", h.bytes, len(file))
	}
	for _, at := range h.times {
		if _, err := at.MarshalText(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzPcap(f *testing.F) {
	committed(f)
	f.Fuzz(sound)
}

func FuzzPcapng(f *testing.F) {
	committed(f)
	f.Fuzz(sound)
}

// committed fails when a target has lost its seeds.
func committed(f *testing.F) {
	if entries, err := os.ReadDir("testdata/fuzz/" + f.Name()); err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
}
