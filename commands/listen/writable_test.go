package listen

import (
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/terminal"
)

// TestCallsFull: a capture that is full keeps no secrets for later, and calls that
// say nothing fill it, too.
func TestCallsFull(t *testing.T) {
	streams, _, _ := terminal.Test(nil)
	k := &calls{listenOptions: &listenOptions{f: &factory.Factory{Streams: streams}, save: filepath.Join(t.TempDir(), "calls.pcapng")}}
	if err := k.open(); err != nil {
		t.Fatal(err)
	}
	defer k.close()
	silent := t28(t, "192.0.2.55:1000")
	silent.Segments = nil
	if err := k.add(silent); err != nil || k.size < perCall {
		t.Errorf("%d bytes, %v", k.size, err)
	}
	k.size = maxSaved
	for range 3 {
		k.Write([]byte("CLIENT_RANDOM 00 00\n"))
		if err := k.add(silent); err != nil || k.pending.Len() > 0 {
			t.Errorf("%d bytes are pending, %v", k.pending.Len(), err)
		}
	}
}

// TestLearnerZone: an address of a link is the same with and without its zone.
func TestLearnerZone(t *testing.T) {
	streams, _, _ := terminal.Test(nil)
	l := newLearner(&listenOptions{f: &factory.Factory{Streams: streams}, learn: "phone.yaml", client: "fe80::1%eth0"})
	c := listen.Connection{Client: netip.MustParseAddrPort("[fe80::1%eth0]:1000")}
	if !l.about(c.Client.Addr()) || l.about(netip.MustParseAddr("fe80::2%eth0")) {
		t.Errorf("the phone is %s", l.phone)
	}
	c.Survey = &measure.Table{Phone: "fe80::1%eth0"}
	if o := l.observed(c); o.Survey != c.Survey {
		t.Errorf("%+v", o.Survey)
	}
}
