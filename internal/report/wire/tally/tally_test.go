package tally

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/reporttest"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// answer is that of a probe whose server is trusted or not.
func answer(t testing.TB, trusted bool) *wire.Answer {
	t.Helper()
	p, e, d := reporttest.Probed(t, trusted)
	w := wire.New("probe", p, e.Target.Text)
	w.Add(wire.NewConnection(e, d))
	return w
}

func traces(t *testing.T, n int) []wire.Connection {
	t.Helper()
	var list []wire.Connection
	for i := range n {
		c := answer(t, i%2 == 0).Connections[0]
		c.Client, c.Start, c.Live = fmt.Sprintf("192.0.2.55:%d", 50000+i), time.Date(2024, 6, 1, 12, 0, i, 0, time.UTC), false
		c.Matches = []offer.Match{{Handset: "yealink-t28p", Likeness: offer.Exact, Differences: []string{}}}
		list = append(list, c)
	}
	return list
}

func TestTraceOnATerminal(t *testing.T) {
	for _, c := range []struct {
		n        int
		filtered bool
		ladders  int
	}{{0, false, 0}, {2, false, 2}, {5, false, 5}, {6, false, 0}, {7, true, 7}} {
		s, out, _ := terminal.Test(strings.NewReader(""))
		s.OutTTY = true
		p := NewTracePrinter(s, false, false, Trace{Phone: reporttest.T28(t), Target: "x.pcap", Filtered: c.filtered})
		for _, one := range traces(t, c.n) {
			if err := p.Print(one); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(TraceSummary{Packets: 12, Bytes: 3456}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		reporttest.Fits(t, 80, text)
		if got := strings.Count(text, "├─ ClientHello"); got != c.ladders {
			t.Errorf("%d connections, filtered %v: %d ladders", c.n, c.filtered, got)
		}
		if rows := strings.Count(text, "yealink-t28p (exact)"); c.n > inFull && !c.filtered && rows != c.n {
			t.Errorf("%d rows", rows)
		}
	}
}

func TestTraceRows(t *testing.T) {
	list := traces(t, 2)
	for width := 60; width <= 250; width++ {
		for i := range list {
			reporttest.Fits(t, width, row(paper.Blank(io.Discard, width, false), 12345, &list[i]))
		}
	}
}

// TestHostileRow: nothing from the network reaches a screen as it is.
func TestHostileRow(t *testing.T) {
	evil := "\x1b[2J\x9b31m\u202Egnp.exe\x00\r\nREGISTERS\t\xff" + strings.Repeat("家", 5000)
	c := traces(t, 1)[0]
	c.Client, c.Server, c.Matches[0].Handset = evil, evil, evil
	for _, width := range []int{60, 80, 200} {
		reporttest.Fits(t, width, row(paper.Blank(io.Discard, width, false), 1, &c))
	}
}

func TestTraceAsJSON(t *testing.T) {
	for _, n := range []int{0, 1, 7} {
		s, out, _ := terminal.Test(strings.NewReader(""))
		p := NewTracePrinter(s, true, false, Trace{Target: "x.pcap"})
		for _, c := range traces(t, n) {
			if err := p.Print(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(TraceSummary{}); err != nil {
			t.Fatal(err)
		}
		var got struct {
			SchemaVersion   int `json:"schema_version"`
			Command, Target string
			Connections     []map[string]any
			Verdict         string
			Findings        []any
			Summary         struct{ Connections, Registers, Refused int }
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.SchemaVersion != 1 || got.Command != "trace" || len(got.Connections) != n || got.Summary.Connections != n || got.Findings == nil {
			t.Errorf("%d: got %+v", n, got)
		}
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%d: more than one line", n)
		}
	}
}

// TestTraceKeepsNothing: memory does not grow with the number of connections.
func TestTraceKeepsNothing(t *testing.T) {
	s, _, _ := terminal.Test(strings.NewReader(""))
	s.Out = io.Discard
	one := traces(t, 1)[0]
	for _, asJSON := range []bool{false, true} {
		p := NewTracePrinter(s, asJSON, false, Trace{})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range 2000 {
			if err := p.Print(one); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
			t.Errorf("JSON %v: %d bytes are kept", asJSON, grown)
		}
		if err := p.Close(TraceSummary{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTraceInAPipe(t *testing.T) {
	s, out, _ := terminal.Test(strings.NewReader(""))
	p := NewTracePrinter(s, false, false, Trace{Target: "x.pcap"})
	for _, c := range traces(t, 3) {
		if err := p.Print(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(TraceSummary{Packets: 9, Findings: []finding.Finding{{Code: "capture.cut", Severity: finding.Warning, Message: "cut"}}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"connection\t2\t192.0.2.55:50001\t192.0.2.10:5061\trefused\ttrust.unknown-ca\t5100\tTLS 1.0\tTLS_DHE_RSA_WITH_AES_256_CBC_SHA\tyealink-t28p (exact)\t2024-06-01T12:00:01Z\n", "finding\t0\twarning\tcapture.cut", "cause\t0\ttrust.unknown-ca\t1\t", "total\t0\t3\t2\t1\t0\t9\t0\t0\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func cellFor(target, handset string, v diagnosis.Verdict, code string) *wire.Answer {
	w := wire.New("probe", nil, target)
	w.Handset = handset
	c := wire.NewConnection(diagnosis.Evidence{}, diagnosis.Diagnosis{Verdict: v})
	if code != "" {
		c.Findings = []finding.Finding{{Code: code, Severity: finding.Error, Message: "because of " + code, Basis: finding.Documented}}
	}
	w.Add(c)
	return w
}

func TestMatrix(t *testing.T) {
	few, many := []string{"yealink-t28p", "matrix-vp710"}, []string{}
	for i := range 11 {
		many = append(many, fmt.Sprintf("yealink-t%d-v86", 40+i))
	}
	// The last one fits neither way round and has a line for each answer.
	for _, c := range []struct {
		handsets []string
		targets  int
		header   string
	}{{few, 3, "server"}, {many, 2, "handset"}, {many, 9, ""}} {
		s, out, _ := terminal.Test(strings.NewReader(""))
		s.OutTTY = true
		p := NewMatrixPrinter(s, false, false, c.handsets)
		for i := range c.targets {
			for j, h := range c.handsets {
				w := cellFor(fmt.Sprintf("pbx%d.example.com", i), h, diagnosis.Registers, "")
				if j == 1 {
					w = cellFor(fmt.Sprintf("pbx%d.example.com", i), h, diagnosis.Refuses, "trust.unknown-ca")
				}
				if err := p.Print(w); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		reporttest.Fits(t, 80, text)
		if c.header != "" && !strings.Contains(text, "│ "+c.header) || strings.Count(text, "REFUSED") != c.targets || strings.Count(text, "because of") != 1 {
			t.Errorf("%d × %d:\n%s", c.targets, len(c.handsets), text)
		}
	}
}

func TestMatrixInAPipe(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		s, out, _ := terminal.Test(strings.NewReader(""))
		p := NewMatrixPrinter(s, asJSON, false, nil)
		err := errors.Join(p.Print(cellFor("a", "x", diagnosis.Registers, "")), p.Print(cellFor("a", "y", diagnosis.Refuses, "tls.version")), p.Close())
		if err != nil {
			t.Fatal(err)
		}
		want := "cell\t0\ta\tx\tregisters\t\ncell\t0\ta\ty\trefused\ttls.version\ncause\t0\ttls.version\t1\tbecause of tls.version\n"
		if !asJSON && out.String() != want {
			t.Errorf("got %q", out)
		}
		if asJSON && strings.Count(out.String(), "\n") != 2 {
			t.Errorf("got %s", out)
		}
	}
}

func TestRepeat(t *testing.T) {
	run := func(asJSON, tty bool) string {
		s, out, _ := terminal.Test(strings.NewReader(""))
		s.OutTTY = tty
		p := NewRepeatPrinter(s, asJSON, false)
		for i := range 5 {
			if err := p.Print(answer(t, i != 3)); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	text := run(false, true)
	reporttest.Fits(t, 80, text)
	if strings.Count(text, "ClientHello") != 2 || !strings.Contains(text, "4 of 5 registered · handshake 5.1 ms at least") {
		t.Errorf("got %s", text)
	}
	if rows := run(false, false); !strings.HasSuffix(rows, "repeated\t0\t5\t4\t1\t0\t5100\t5100\t5100\n") {
		t.Errorf("got %s", rows)
	}
	lines := strings.Split(strings.TrimSpace(run(true, true)), "\n")
	var last struct{ Summary Repeat }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 6 || last.Summary.Registered != 4 || last.Summary.HandshakeUS.Median != 5100 {
		t.Errorf("%v: %+v of %d lines", err, last, len(lines))
	}
}

// TestJSONFields pins the names of the contract.
func TestJSONFields(t *testing.T) {
	for _, c := range []struct {
		value  any
		fields string
	}{
		{Repeat{}, "runs registered refused unknown causes handshake_us"},
		{Spread{}, "min median max"},
		{Cause{}, "code count message"},
		{traced{}, "connections registers refused unknown causes packets bytes other_connections"},
	} {
		text, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		for _, field := range strings.Fields(c.fields) {
			if _, found := object[field]; !found {
				t.Errorf("%T has no field %q", c.value, field)
			}
		}
	}
}
