package push_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/push"
	"github.com/phonecert/phonecert/internal/report/reporttest"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

// visit is a push to a phone whose address tells how it ends.
func visit(_ context.Context, t fleet.Task) upload.Result {
	r := upload.Result{
		Phone: t.Row.Name(), Model: "SIP-T28P", Firmware: "2.70.0.130", Dialect: "basic", Route: upload.Form,
		Result: upload.Uploaded, Stage: upload.Verify, DurationMS: 1234, Files: []upload.FileResult{{File: "ca.pem", Result: upload.Uploaded, Route: upload.Form}},
	}
	fail := func(o upload.Outcome, code, message, fix string) {
		r.Result, r.Stage, r.Cause = o, upload.Upload, code
		r.Files[0].Result = o
		r.Findings = []finding.Finding{
			{Code: "upload.note", Severity: finding.Note, Message: "a remark"},
			{Code: code, Severity: finding.Error, Message: message, Fix: fix, Basis: finding.Observed, Source: "the visit itself"},
		}
	}
	switch last := r.Phone[len(r.Phone)-1]; last {
	case '1':
		fail(upload.Failed, "upload.full", "the phone has ten certificates and takes no more:\x1b[2J \"Upload fail\"", "delete one: phonecert phone delete http://192.0.2.1 --expired")
	case '2':
		fail(upload.Unconfirmed, "upload.not-in-the-list", "the phone says that it took the certificate, which is not in its list", "look at the phone's page")
		r.Model = "SIP-T46G\x1b[31m with a name that is longer than any column"
	case '3':
		r.Result, r.Files[0].Result, r.DurationMS = upload.AlreadyPresent, upload.AlreadyPresent, 87
	case '4':
		r.Result, r.Files[0] = upload.Planned, upload.FileResult{File: "ca.pem", Result: upload.Planned, Route: upload.Form, Plan: "POST /servlet?p=trusted-cert&q=write\tfile=ca.pem"}
	}
	return r
}

const phones = "address,mac\n192.0.2.1,\n192.0.2.2,\n192.0.2.3,\n192.0.2.4,\n192.0.2.5,00:00:5e:00:53:05\n192.0.2.5,\n"

// told is what a run writes; change changes the streams.
func told(t *testing.T, o push.Options, change func(*terminal.Streams)) (out, err string) {
	t.Helper()
	s, outText, errText := terminal.Test(strings.NewReader(""))
	change(s)
	p := push.NewPrinter(s, o)
	summary, failed := fleet.Run(context.Background(), inventory.NewReader(strings.NewReader(phones)).All(), fleet.Config{Visit: visit, Concurrency: 1, Total: 6, Each: p.Phone, Progress: p.Progress})
	if failed != nil {
		t.Fatal(failed)
	}
	if err := p.Close(summary); err != nil {
		t.Fatal(err)
	}
	return outText.String(), errText.String()
}

func pipe(*terminal.Streams) {}

func TestTerminal(t *testing.T) {
	out, errText := told(t, push.Options{}, func(s *terminal.Streams) { s.OutTTY = true })
	reporttest.Fits(t, 80, out)
	for _, want := range []string{
		"  ✗ 192.0.2.1            SIP-T28P   failed           1.2 s  upload.full",
		"  ? 192.0.2.2            SIP-T46G\\… unconfirmed      1.2 s  upload.not-in-the-list"[:70],
		"  ✓ 192.0.2.3            SIP-T28P   already-present  87 ms\n",
		"      ca.pem  POST /servlet?p=trusted-cert&q=write\\tfile=ca.pem\n",
		"  · 192.0.2.5            ", "inventory.same-ad",
		"│ model ", "│ SIP-T28P ", "│ all ", "│ skipped ",
		"  upload.full  1×\n", `takes no more:\x1b[2J "Upload`, "phonecert phone delete http://192.0.2.1 --expired\n",
		"  SOME FAILED  6 phones · 1 uploaded · 1 already-present · 1 planned ·",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if errText != "" {
		t.Errorf("standard error: %q", errText)
	}
}

func TestPipe(t *testing.T) {
	out, errText := told(t, push.Options{}, pipe)
	rows := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(rows) != 7 {
		t.Fatalf("%d rows:\n%s", len(rows), out)
	}
	slices.Sort(rows) // phones come as they finish
	for i, want := range map[int]string{
		0: "192.0.2.1|SIP-T28P|failed|form|upload|upload.full|1234|the phone has ten",
		2: "192.0.2.3|SIP-T28P|already-present|form|verify||87|",
		3: "192.0.2.4|SIP-T28P|planned|",
		4: "192.0.2.4|ca.pem|plan|form||||POST /servlet?p=trusted-cert&q=write file=ca.pem",
		5: "192.0.2.5||skipped|||inventory.same-address|0|line 7: ",
	} {
		if row := strings.ReplaceAll(rows[i], "\t", "|"); !strings.HasPrefix(row, want) || strings.Count(row, "|") != 7 {
			t.Errorf("%s", row)
		}
	}
	if !strings.Contains(errText, "phonecert: note: 6 phones · 1 uploaded") {
		t.Errorf("%q", errText)
	}
}

func TestJSON(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		out, errText := told(t, push.Options{JSON: true, Quiet: quiet}, pipe)
		d := json.NewDecoder(strings.NewReader(out))
		var seen int
		for d.More() {
			var object struct {
				SchemaVersion int `json:"schema_version"`
				Command       string
				Phone, Result string
				Findings      []finding.Finding
				Files         []upload.FileResult
				Duration      *int64 `json:"duration_ms"`
				Summary       *fleet.Summary
			}
			if err := d.Decode(&object); err != nil || object.SchemaVersion != 1 || object.Command != "upload" {
				t.Fatalf("%+v, %v", object, err)
			}
			switch s := object.Summary; {
			case s == nil && (object.Phone == "" || object.Result == "" || object.Findings == nil || object.Files == nil || object.Duration == nil):
				t.Errorf("%+v", object)
			case s == nil:
				seen++
			case d.More() || s.Phones != 6 || s.Failed != 1 || s.Unconfirmed != 1 || len(s.Causes) != 3 || len(s.Models) != 3:
				t.Errorf("%+v", s)
			}
		}
		if seen != 6 || errText != "" {
			t.Errorf("%d phones, %q", seen, errText)
		}
	}
}

func TestQuiet(t *testing.T) {
	if out, errText := told(t, push.Options{Quiet: true}, func(s *terminal.Streams) { s.OutTTY, s.ErrTTY = true, true }); out != "" || errText != "" {
		t.Errorf("%q, %q", out, errText)
	}
}

// screen is a terminal on which both streams end: a carriage return goes back to
// the beginning of the line, and what follows is written over what was there.
type screen struct {
	mu    sync.Mutex
	lines []string
	line  []rune
	at    int
	// most is what the line held that was below all others.
	most []string
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range string(p) {
		switch c {
		case '\r':
			s.most, s.at = append(s.most, string(s.line)), 0
		case '\n':
			s.lines, s.line, s.at = append(s.lines, strings.TrimRight(string(s.line), " ")), nil, 0
		default:
			s.line = append(s.line[:s.at], append([]rune{c}, s.line[min(s.at+1, len(s.line)):]...)...)
			s.at++
		}
	}
	return len(p), nil
}

// TestProgressStaysBelow: with both streams on one screen no line holds a part
// of the bar.
func TestProgressStaysBelow(t *testing.T) {
	for _, total := range []int{200, 0} {
		var moment time.Duration
		clock := func() time.Time {
			moment += 40 * time.Millisecond
			return time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC).Add(moment)
		}
		both := &screen{}
		s, _, _ := terminal.Test(strings.NewReader(""))
		s.Out, s.Err, s.OutTTY, s.ErrTTY = both, both, true, true
		p := push.NewPrinter(s, push.Options{Now: clock})
		var list bytes.Buffer
		list.WriteString("address\n")
		for i := range 200 {
			fmt.Fprintf(&list, "phone-%d9.example.com\n", i)
		}
		summary, err := fleet.Run(context.Background(), inventory.NewReader(&list).All(), fleet.Config{
			Concurrency: 8, Total: total, Each: p.Phone, Progress: p.Progress,
			Visit: func(_ context.Context, task fleet.Task) upload.Result {
				p.Note("a word about " + task.Row.Address)
				return upload.Result{Phone: task.Row.Address, Model: "T28P", Result: upload.Uploaded, Stage: upload.Verify, DurationMS: 5}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(summary); err != nil {
			t.Fatal(err)
		}
		var phones, notes int
		for _, line := range both.lines {
			switch {
			case strings.HasPrefix(line, "  ✓ phone-") && strings.HasSuffix(line, "  5 ms"):
				phones++
			case strings.HasPrefix(line, "phonecert: note: a word about phone-"):
				notes++
			case strings.Contains(line, "/s"):
				t.Errorf("the bar is left in %q", line)
			}
		}
		if phones != 200 || notes != 200 || both.lines[len(both.lines)-1] != "  DONE  200 phones · 200 uploaded" {
			t.Errorf("%d phones, %d notes, at the end %q", phones, notes, both.lines[len(both.lines)-1])
		}
		bars := strings.Join(both.most, "\n")
		for _, want := range map[int][]string{200: {"|███", " done · ", " left · ", "/s · about "}, 0: {" done · ", "/s"}}[total] {
			if !strings.Contains(bars, want) {
				t.Errorf("no %q in the bars:\n%s", want, bars)
			}
		}
		for _, line := range both.most {
			if len([]rune(line)) > 79 {
				t.Errorf("%d columns: %q", len([]rune(line)), line)
			}
		}
	}
}

// TestProgressElsewhere: with standard output in a file the bar is all that the
// screen shows.
func TestProgressElsewhere(t *testing.T) {
	out, errText := told(t, push.Options{}, func(s *terminal.Streams) { s.ErrTTY = true })
	if strings.Contains(out, "\r") || !strings.Contains(errText, "\r") || !strings.Contains(errText, "left") {
		t.Errorf("%q, %q", out, errText)
	}
}

func TestStoppedAndResumed(t *testing.T) {
	s, out, _ := terminal.Test(strings.NewReader(""))
	s.OutTTY = true
	p := push.NewPrinter(s, push.Options{})
	stopped := finding.Finding{Code: "run.canary", Severity: finding.Error, Message: "192.0.2.1, one of the first 5 phones, came out as failed", Fix: "look at that phone, then go on with --resume", Basis: finding.Observed, Source: "the run itself"}
	if err := p.Phone(fleet.Finished{Result: upload.Result{Phone: "192.0.2.7", Result: upload.Uploaded}, Earlier: true}); err != nil || out.Len() > 0 {
		t.Errorf("%q, %v", out, err)
	}
	sum := fleet.Summary{Phones: 30, Results: map[upload.Outcome]int{upload.Failed: 1, upload.Skipped: 28, upload.Uploaded: 1}, Failed: 1, NotReached: 28, Earlier: 1, Unlisted: 2, Stopped: &stopped}
	for i := range 30 {
		sum.Models = append(sum.Models, fleet.Model{Model: fmt.Sprint("model ", i), Phones: 1, Results: map[upload.Outcome]int{upload.Skipped: 1}})
		sum.Causes = append(sum.Causes, fleet.Cause{Code: fmt.Sprint("cause.", i), Count: 1})
	}
	if err := p.Close(sum); err != nil {
		t.Fatal(err)
	}
	reporttest.Fits(t, 80, out.String())
	for _, want := range []string{"STOPPED  30 phones · 1 uploaded · 1 failed · 28 skipped", "run.canary", "stopped before 28 phones", "1 phone had been done by an earlier run and was", "2 phones of the earlier run are", "18 more models", "25 more causes"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestOne(t *testing.T) {
	task := func(address string) *upload.Result {
		r := visit(context.Background(), fleet.Task{Row: inventory.Row{Address: address}})
		return &r
	}
	one := func(r *upload.Result, o push.Options, tty bool) (string, string) {
		s, out, errText := terminal.Test(strings.NewReader(""))
		s.OutTTY = tty
		if err := push.NewPrinter(s, o).One(r); err != nil {
			t.Fatal(err)
		}
		return out.String(), errText.String()
	}
	out, _ := one(task("192.0.2.1"), push.Options{}, true)
	reporttest.Fits(t, 80, out)
	for _, want := range []string{"  192.0.2.1  SIP-T28P · firmware 2.70.0.130 · dialect basic\n", "  ✗ ca.pem  failed · by form\n", "  error  upload.full\n", "phonecert phone delete", "  FAILED  at the stage upload, after 1.2 s  upload.full\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if out, _ := one(task("192.0.2.4"), push.Options{}, true); !strings.Contains(out, "POST /servlet") || !strings.Contains(out, "PLANNED") {
		t.Errorf("%s", out)
	}
	if out, _ := one(task("192.0.2.3"), push.Options{}, true); !strings.Contains(out, "✓ ca.pem  already present\n") || !strings.Contains(out, "ALREADY PRESENT  87 ms") {
		t.Errorf("%s", out)
	}
	if out, errText := one(task("192.0.2.1"), push.Options{}, false); strings.Count(out, "\n") != 1 || !strings.HasPrefix(errText, "phonecert: error: the phone has ten") || strings.Contains(errText, "\x1b") {
		t.Errorf("%q, %q", out, errText)
	}
	if out, _ := one(task("192.0.2.1"), push.Options{JSON: true}, false); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, `{"schema_version":1,"command":"upload","phone":"192.0.2.1"`) {
		t.Errorf("%q", out)
	}
	if out, _ := one(task("192.0.2.1"), push.Options{Quiet: true}, true); out != "" {
		t.Errorf("%q", out)
	}
}
