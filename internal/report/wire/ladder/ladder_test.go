package ladder

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/report/reporttest"
)

// TestStepsOfTheGuide: the numbers beside the messages are those of Figure 1
// and of the guide's four steps.
func TestStepsOfTheGuide(t *testing.T) {
	list := reporttest.Transcript(reporttest.Handshake(t, reporttest.Chain(t)))
	var got []string
	for i, step := range Steps(list.Entries, list.Negotiated) {
		got = append(got, Guide(step)+Figure(step)+list.Entries[i].Name)
	}
	want := strings.Fields("1①ClientHello 2②ServerHello 2③Certificate 2③ServerKeyExchange 2④ServerHelloDone 3⑤ClientKeyExchange _⑥ChangeCipherSpec " +
		"_⑦Finished 4⑧ChangeCipherSpec _⑨Finished _EApplicationData _EApplicationData _EApplicationData")
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "_", " ")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLongTranscriptsAreCapped(t *testing.T) {
	c := Connection{Live: true, Transcript: reporttest.Transcript(reporttest.Handshake(t, reporttest.Chain(t))).Entries}
	for i := range 500 { // both sides in turn: no two share a rung
		e := c.Transcript[len(c.Transcript)-1]
		e.Direction, e.Index = handshake.Direction(i%2), e.Index+1
		c.Transcript = append(c.Transcript, e)
	}
	list := c.Rungs()
	if len(list) != firstRungs+lastRungs+1 || !strings.Contains(list[firstRungs].Detail, "… 468 more") {
		t.Errorf("%d rungs, %q", len(list), list[firstRungs].Detail)
	}
}

// TestResumedSessions: the server's Finished comes first, and it is told.
func TestResumedSessions(t *testing.T) {
	n := 0
	for name, tr := range reporttest.Recordings(t) {
		if tr.Negotiated == nil || !tr.Negotiated.Resumed || strings.Contains(name, "TLSv13") {
			continue
		}
		n++
		got := ""
		for _, step := range Steps(tr.Entries, tr.Negotiated) {
			got += strings.TrimSpace(Figure(step))
		}
		if !strings.HasPrefix(got, "①②⑧⑨⑥⑦") {
			t.Errorf("%s: %s", name, got)
		}
		if Remark(tr.Negotiated) == "" {
			t.Errorf("%s: nothing is told", name)
		}
	}
	if n == 0 {
		t.Error("no recording is of a resumed session")
	}
}
