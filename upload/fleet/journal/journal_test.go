package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// written is a journal with a phone in each state.
func written(t *testing.T) *memory {
	t.Helper()
	m := disk("")
	j := open(t, m, false)
	if e := j.Earlier(); e != (journal.Earlier{}) {
		t.Errorf("new, and yet %+v", e)
	}
	must(t,
		j.Start("a", 2), j.Start("b", 3), j.Note("a", upload.Posting), j.Done("a", result("192.0.2.1", upload.Uploaded)),
		j.Note("b", upload.Posting), j.Start("c", 4), j.Note("b", upload.Rebooting), j.Start("d", 5), j.Done("d", result("192.0.2.4", upload.Failed)),
	)
	must(t, j.Close())
	return m
}

func TestResume(t *testing.T) {
	m := written(t)
	j := open(t, m, true)
	if e := j.Earlier(); e.Run != "a run" || e.Inventory != "phones.csv" || e.Done != 2 || e.Interrupted != 2 || e.Complete {
		t.Errorf("%+v", e)
	}
	for phone, want := range map[string]upload.Outcome{"a": upload.Uploaded, "b": "", "c": "", "d": upload.Failed, "e": ""} {
		r, done, err := j.Result(phone)
		if err != nil || done != (want != "") || r.Result != want {
			t.Errorf("%s: %+v, %v, %v", phone, r, done, err)
		}
	}
	for phone, want := range map[string]string{"a": "[] false", "b": "[posting rebooting] true", "c": "[] true", "d": "[] false", "e": "[] false"} {
		if before, interrupted := j.Interrupted(phone); fmt.Sprint(before, interrupted) != want {
			t.Errorf("%s: %v, %v", phone, before, interrupted)
		}
	}
	must(t, j.Start("b", 3), j.Close()) // killed again before the phone was read
	j = open(t, m, true)
	if before, _ := j.Interrupted("b"); len(before) != 2 {
		t.Errorf("what was begun is forgotten: %v", before)
	}
	must(t, j.Done("b", result("192.0.2.2", upload.AlreadyPresent)), j.Done("c", result("192.0.2.3", upload.Uploaded)), j.End(time.Now()), j.Close())
	j = open(t, m, true)
	if e := j.Earlier(); !e.Complete || e.Done != 4 || e.Interrupted != 0 {
		t.Errorf("%+v", e)
	}
	must(t, j.Start("late", 9), j.Close())
	if e := open(t, m, true).Earlier(); e.Complete || e.Interrupted != 1 {
		t.Errorf("a phone came to the list: %+v", e)
	}
}

// TestEveryPrefixResumes cuts the file at every byte, as a kill does.
func TestEveryPrefixResumes(t *testing.T) {
	whole := written(t).bytes
	for n := range len(whole) + 1 {
		m := disk(string(whole[:n]))
		j := open(t, m, true)
		lines := whole[:bytes.LastIndexByte(whole[:n], '\n')+1]
		for _, phone := range []string{"a", "b", "c", "d"} {
			has := func(kind string) bool {
				return bytes.Contains(lines, fmt.Appendf(nil, `{"record":%q,"phone":%q`, kind, phone))
			}
			_, done, err := j.Result(phone)
			before, interrupted := j.Interrupted(phone)
			if err != nil || done != has("done") || interrupted != (has("start") && !has("done")) || interrupted && slices.Contains(before, upload.Posting) != has("event") {
				t.Fatalf("cut at %d, phone %s: %v %v %v %v", n, phone, done, interrupted, before, err)
			}
		}
		must(t, j.Start("x", 1), j.Close())
		if !bytes.HasPrefix(m.bytes, lines) || bytes.Count(m.bytes, []byte("\n")) != bytes.Count(lines, []byte("\n"))+2 {
			t.Fatalf("cut at %d it goes on as %s", n, m.bytes)
		}
		open(t, m, true)
	}
}

func TestInTheWay(t *testing.T) {
	m := written(t)
	before := string(m.bytes)
	for _, o := range []journal.Options{{}, {Replace: true}} {
		o.Open = m.open
		_, err := journal.Open("run.journal", header("another"), o)
		if e := new(journal.ExistsError); !errors.As(err, &e) || e.Complete || e.Done != 2 || e.Interrupted != 2 || !strings.Contains(e.Hint(), "--resume") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	other := header("another")
	other.Order = "server web.pem"
	if _, err := journal.Open("run.journal", other, journal.Options{Resume: true, Open: m.open}); !isError(err, 0, "other files") {
		t.Error(err)
	}
	if string(m.bytes) != before {
		t.Error("it was changed all the same")
	}
	must(t, open(t, m, true).End(time.Now()))
	_, err := journal.Open("run.journal", header("another"), journal.Options{Open: m.open})
	if e := new(journal.ExistsError); !errors.As(err, &e) || !e.Complete || strings.Contains(e.Hint(), "--resume") {
		t.Error(err)
	}
	j, err := journal.Open("run.journal", header("another"), journal.Options{Replace: true, Open: m.open})
	if err != nil || j.Earlier().Run != "" || bytes.Contains(m.bytes, []byte(`"phone"`)) {
		t.Errorf("%v\n%s", err, m.bytes)
	}
}

// TestNothingToLose: a run that ended before its first phone, as for a list that
// cannot be read, is in nobody's way.
func TestNothingToLose(t *testing.T) {
	m := disk("")
	_, err := journal.Open("run.journal", header("one"), journal.Options{Open: m.open})
	must(t, err)
	if _, err := journal.Open("run.journal", header("another"), journal.Options{Open: m.open}); err == nil {
		t.Error("it was replaced without a word")
	}
	j, err := journal.Open("run.journal", header("another"), journal.Options{Replace: true, Open: m.open})
	if err != nil || bytes.Contains(m.bytes, []byte(header("one").Run+`"`)) {
		t.Errorf("%v\n%s", err, m.bytes)
	}
	must(t, j.Start("phone", 1))
	if _, err := journal.Open("run.journal", header("third"), journal.Options{Replace: true, Open: m.open}); err == nil {
		t.Error("an interrupted phone was forgotten")
	}
}

func isError(err error, line int, problem string) bool {
	e := new(journal.Error)
	return errors.As(err, &e) && e.Line == line && e.Hint != "" && strings.Contains(e.Error(), problem) && strings.Contains(e.Error(), "run.journal")
}

func TestDamaged(t *testing.T) {
	good := string(written(t).bytes)
	first := good[:strings.IndexByte(good, '\n')+1]
	for name, c := range map[string]struct {
		text    string
		line    int
		problem string
	}{
		"no journal":      {"address,mac\n192.0.2.1,\n", 1, "no record"},
		"no lines":        {"a file of value", 1, "no journal"},
		"zeros":           {"\x00\x00\x00", 1, "no journal"},
		"other JSON":      {"{\"address\":\"192.0.2.1\"}\n", 1, "no record"},
		"a list":          {"[]\n", 1, "no record"},
		"no run":          {good[len(first):], 1, "no record"},
		"no name":         {`{"record":"run","schema_version":1,"time":"2024-06-01T12:00:00Z"}` + "\n", 1, "does not tell the run"},
		"of the future":   {strings.Replace(good, `"schema_version":1`, `"schema_version":2`, 1), 1, "later phonecert"},
		"garbage":         {first + "garbage\n" + good[len(first):], 2, "no record"},
		"an empty line":   {first + "\n" + good[len(first):], 2, "no record"},
		"a torn line":     {good + `{"record":"start","pho` + "\n" + good[len(first):], 11, "no record"},
		"twice":           {good + good, 11, "second run"},
		"no such kind":    {first + `{"record":"stop","phone":"a"}` + "\n", 2, "no record"},
		"no such event":   {first + `{"record":"event","phone":"a","event":"singing"}` + "\n", 2, "event"},
		"no phone":        {first + `{"record":"start","line":1}` + "\n", 2, "no record"},
		"no result":       {first + `{"record":"done","phone":"a"}` + "\n", 2, "without a result"},
		"no such result":  {first + `{"record":"done","phone":"a","result":{"result":"fine"}}` + "\n", 2, "without a result"},
		"a line too long": {first + `{"record":"start","phone":"` + strings.Repeat("a", journal.MaxLine) + `"}` + "\n", 2, "longer"},
	} {
		m := disk(c.text)
		for _, o := range []journal.Options{{Resume: true}, {Replace: true}, {}} {
			o.Open = m.open
			if _, err := journal.Open("run.journal", header("a run"), o); !isError(err, c.line, c.problem) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if string(m.bytes) != c.text {
			t.Errorf("%s: it was changed", name)
		}
	}
	for name, tail := range map[string]string{"zeros": "\x00\x00\x00", "half a record": `{"record":"st`, "a long tail": strings.Repeat("x", 3*journal.MaxLine)} {
		m := disk(good + tail)
		if e := open(t, m, true).Earlier(); e.Done != 2 || !strings.HasPrefix(string(m.bytes), good+`{"record":"resume"`) {
			t.Errorf("%s at the end: %+v", name, e)
		}
	}
}

// TestGroupCommit: the records of many that come at once share a sync. On a
// machine that is held up they may come one by one, but not every time.
func TestGroupCommit(t *testing.T) {
	const writers, each, tries = 64, 5, 10
	for try := 1; ; try++ {
		syncs := committed(t, writers, each)
		if syncs <= writers*each/4 {
			return
		}
		if try == tries {
			t.Fatalf("%d syncs for %d records", syncs, writers*each)
		}
	}
}

// committed is how many syncs the records of some writers took.
func committed(t *testing.T, writers, each int) int {
	t.Helper()
	m := disk("")
	m.slow = 5 * time.Millisecond
	j := open(t, m, false)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				phone := fmt.Sprintf("phone %d of %d", i, w)
				if err := j.Start(phone, 1); err != nil {
					t.Error(err)
				}
				m.mu.Lock()
				if !bytes.Contains(m.bytes, []byte(phone)) {
					t.Errorf("%s was acknowledged and is not there", phone)
				}
				m.mu.Unlock()
			}
		})
	}
	all.Wait()
	syncs := m.syncs
	if e := open(t, m, true).Earlier(); e.Interrupted != writers*each {
		t.Errorf("%+v", e)
	}
	return syncs
}

// TestFullDisk fills the disk at every byte: what was acknowledged stays, and
// nothing is acknowledged after that.
func TestFullDisk(t *testing.T) {
	need := len(written(t).bytes)
	for room := range need {
		m := disk("")
		m.room, m.stuck = room, room%2 == 0
		j, err := journal.Open("run.journal", header("a run"), journal.Options{Open: m.open})
		if err != nil && !m.stuck && !isError(err, 0, "cannot be written") {
			t.Fatal(err)
		}
		m.stuck = m.stuck && err == nil
		acknowledged := 0
		for i := 0; err == nil; i++ {
			if err = j.Start(fmt.Sprint("phone ", i), i); err == nil {
				acknowledged++
			}
		}
		if acknowledged > 0 {
			if !isError(err, 0, "cannot be written") || !strings.Contains(err.Error(), "no space left") || !strings.Contains(hint(err), "room") {
				t.Fatal(err)
			}
			m.room = 1 << 20
			if again := j.Note("phone 0", upload.Posting); again == nil {
				t.Fatal("a record behind a gap was acknowledged")
			}
		}
		m.room, m.stuck = 1<<20, false
		if e := open(t, m, true).Earlier(); e.Interrupted != acknowledged {
			t.Fatalf("room for %d: %d acknowledged, %+v", room, acknowledged, e)
		}
	}
}

func hint(err error) string {
	e := new(journal.Error)
	errors.As(err, &e)
	return e.Hint
}

func TestLongResult(t *testing.T) {
	m := disk("")
	j := open(t, m, false)
	long := result("192.0.2.1", upload.Failed)
	long.Cause, long.Findings = "upload.full", []finding.Finding{{Message: strings.Repeat("<", journal.MaxLine)}}
	must(t, j.Done("a", long))
	if r, done, err := open(t, m, true).Result("a"); err != nil || !done || r.Cause != "upload.full" || r.Findings != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.journal")
	j, err := journal.Open(path, header("a run"), journal.Options{})
	must(t, err)
	if _, err := journal.Open(path, header("a run"), journal.Options{Resume: true}); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("two runs on one journal: %v", err)
	}
	must(t, j.Start("a", 1), j.Close())
	if err := j.Start("b", 2); err == nil {
		t.Error("written after it was closed")
	}
	j, err = journal.Open(path, header("a run"), journal.Options{Resume: true})
	must(t, err)
	if j.Earlier().Interrupted != 1 {
		t.Errorf("%+v", j.Earlier())
	}
	must(t, j.Close())
	if stat, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && stat.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", stat.Mode(), err)
	}
	for _, bad := range []string{filepath.Dir(path), filepath.Join(path, "below")} {
		if _, err := journal.Open(bad, header("a run"), journal.Options{}); err == nil || hint(err) == "" || strings.Count(err.Error(), bad) != 1 {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestMemory: what is kept of a phone is where its result stands.
func TestMemory(t *testing.T) {
	const phones = 20_000
	var b bytes.Buffer
	b.WriteString(`{"record":"run","schema_version":1,"run":"a run","order":"trusted ca.pem","time":"2024-06-01T12:00:00Z"}` + "\n")
	for i := range phones {
		fmt.Fprintf(&b, `{"record":"done","phone":"mac:%012x","result":{"phone":"192.0.2.1","result":"uploaded","duration_ms":1,"findings":[{"code":"upload.note","message":"a sentence of some length that is not kept"}]}}`+"\n", i)
	}
	m := disk(b.String())
	heap := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := heap()
	j := open(t, m, true)
	each := float64(heap()-before) / phones
	t.Logf("%.0f bytes a phone", each)
	if each > 500 {
		t.Errorf("%.0f bytes a phone", each)
	}
	if r, done, err := j.Result("mac:000000004e1f"); !done || err != nil || r.Phone != "192.0.2.1" {
		t.Error(r, done, err)
	}
}
