package trace_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trace"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestLive: connections that are read while they run, many at once, give what
// a capture of each gives.
func TestLive(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS13, false)
	p := t28(t, c.root)
	captured := read(bytes.Join(c.file(t), nil), c.keys, p).connections[0]
	tracer := trace.New(trace.Options{Phone: p, Profiles: []*handset.Profile{p.Profile}}, func(trace.Connection) { t.Error("a live connection is returned, not reported") })
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			at := testca.Clock()
			live := tracer.Live(&capture.Flow{Client: clientEnd, Server: serverEnd, Start: at, Established: at.Add(time.Millisecond), Answered: true})
			live.Write(c.keys)
			for i, s := range c.segments {
				live.Data(s.fromClient, at.Add(time.Duration(i+2)*time.Millisecond), s.bytes)
			}
			if n := len(live.Transcript().Entries); n < 10 {
				t.Errorf("%d messages before the end", n)
			}
			got := live.End(capture.Ending{Kind: capture.FIN}, diagnosis.Lost{Kind: "too-large", Direction: handshake.ClientToServer, Bytes: 5})
			e := got.Evidence
			if got.Client != clientEnd || e.Outcome != captured.Evidence.Outcome || len(e.Sent) != 2 || e.Trust == nil || len(e.Matches) != 1 || len(e.Lost) != 1 || e.Lost[0].Bytes != 5 || e.SIP == nil {
				t.Errorf("%+v", e)
			}
			if a, b := text(t, e.Transcript), text(t, captured.Evidence.Transcript); a != b {
				t.Errorf("live\n%s\ncaptured\n%s", a, b)
			}
		})
	}
	group.Wait()
}

func text(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
