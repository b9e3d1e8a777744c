package synthetic_test

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
)

func TestWriterErrors(t *testing.T) {
	var out bytes.Buffer
	w := synthetic.NewWriter(&out)
	for _, ends := range [][2]netip.AddrPort{{capturetest.Client(), capturetest.Server6()}, {netip.AddrPort{}, capturetest.Server()}, {}} {
		if _, err := w.Open(ends[0], ends[1], capturetest.Clock(), capturetest.Clock()); err == nil {
			t.Errorf("%v was taken", ends)
		}
	}
	c, err := w.Open(netip.MustParseAddrPort("[::ffff:192.0.2.1]:1"), capturetest.Server(), capturetest.Clock(), capturetest.Clock())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.FIN(true, capturetest.Clock())
	if err := c.Data(true, capturetest.Clock(), []byte("x")); err == nil {
		t.Error("data after the FIN")
	}
	if err := c.Data(false, capturetest.Clock(), []byte("x")); err != nil {
		t.Error(err)
	}
	_ = c.RST(false, capturetest.Clock())
	if err := c.Data(false, capturetest.Clock(), []byte("x")); err == nil {
		t.Error("data after the RST")
	}
	full := synthetic.NewWriter(failing{})
	if err := full.Secrets(make([]byte, 100_000)); err == nil || full.Flush() == nil {
		t.Error("the writer's error is lost")
	}
	if _, err := full.Open(capturetest.Client(), capturetest.Server(), capturetest.Clock(), capturetest.Clock()); err == nil {
		t.Error("the writer's error is lost")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
