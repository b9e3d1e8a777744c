package fleet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

func TestRun(t *testing.T) {
	w, o := newWorld(), newOnce(t)
	w.broken[address(3)], w.broken[address(5)], w.mute[address(7)] = true, true, true
	var last fleet.Counts
	s, err := fleet.Run(context.Background(), rows(list(40)), fleet.Config{
		Visit: w.visit, Concurrency: 4, Each: o.each, Total: 40,
		Progress: func(c fleet.Counts) {
			if c.InHand > 4 || c.InHand < 0 || c.Seen < last.Seen || c.Seen != c.Done+c.Failed+c.Skipped {
				t.Errorf("%+v after %+v", c, last)
			}
			last = c
		},
	})
	if err != nil || s.Phones != 40 || s.Failed != 2 || s.Unconfirmed != 1 || s.Results[upload.Uploaded] != 37 || s.Stopped != nil || s.NotReached != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if len(o.told) != 40 || w.most > 4 || (last != fleet.Counts{Total: 40, Seen: 40, Visited: 40, Done: 37, Failed: 3}) {
		t.Errorf("%d told, %d at once, %+v", len(o.told), w.most, last)
	}
	if len(s.Causes) != 2 || s.Causes[0].Code != "upload.broken" || s.Causes[0].Count != 2 || s.Causes[0].Fix != "mend it" {
		t.Errorf("%+v", s.Causes)
	}
	if len(s.Models) != 10 || s.Models[3].Model != "T23" || s.Models[3].Phones != 4 || s.Models[3].Results[upload.Failed] != 1 {
		t.Errorf("%+v", s.Models)
	}
}

// TestRowsWithoutAPhone: each row is told of, and only phones are visited.
func TestRowsWithoutAPhone(t *testing.T) {
	w, o := newWorld(), newOnce(t)
	text := "\xef\xbb\xbfaddress;mac;ca\r\n192.0.2.1;00:00:5e:00:53:01;\r\n192.0.2.1;;\r\n;;\r\n192.0.2.2;;strange\r\n192.0.2.3;00005e005301;\r\n192.0.2.4;none;\r\n"
	text = strings.Replace(text, "192.0.2.1;;", "HTTP://192.0.2.1/;;", 1)
	s, err := fleet.Run(context.Background(), rows(text), fleet.Config{Visit: w.visit, Each: o.each})
	if err != nil || s.Phones != 6 || len(w.visits) != 2 || s.Failed != 2 || s.Results[upload.Skipped] != 2 || s.NotReached != 0 || s.Stopped != nil {
		t.Errorf("%+v, %v, %v", s, err, w.visits)
	}
	for phone, want := range map[string]string{
		"192.0.2.1": "uploaded ", "HTTP://192.0.2.1/": "skipped inventory.same-address", "line 4": "failed inventory.no-address",
		"192.0.2.2": "failed inventory.value", "192.0.2.3": "skipped inventory.same-mac", "192.0.2.4": "uploaded ",
	} {
		if r := o.told[phone].Result; string(r.Result)+" "+r.Cause != want || r.Stage != "" && want != "uploaded " {
			t.Errorf("%s: %+v", phone, r)
		}
	}
	if r := o.told["192.0.2.1"].Result; r.MAC != "00:00:5e:00:53:01" {
		t.Errorf("%+v", r)
	}
	if f := o.told["192.0.2.4"].Result.Findings; len(f) != 1 || f[0].Code != "inventory.mac" {
		t.Errorf("what is wrong with the row is not told: %+v", f)
	}
}

func TestCanary(t *testing.T) {
	for _, c := range []struct {
		name    string
		bad     int
		visited int
	}{{"one fails", 2, 6}, {"the next one fails", 6, 100}, {"the last fails", 5, 6}, {"none", -1, 100}} {
		for _, mute := range []bool{false, true} {
			w, o := newWorld(), newOnce(t)
			if mute {
				w.mute[address(c.bad)] = true
			} else {
				w.broken[address(c.bad)] = true
			}
			s, err := fleet.Run(context.Background(), rows(list(100)), fleet.Config{Visit: w.visit, Canary: 6, Each: o.each, Concurrency: 6})
			stopped := s.Stopped != nil && s.Stopped.Code == "run.canary" && strings.HasPrefix(s.Stopped.Message, address(c.bad)+", one of the first 6")
			if err != nil || len(w.visits) > c.visited || stopped != (c.visited == 6) || len(o.told) != 100 || s.NotReached != 100-len(w.visits) || s.Interrupted {
				t.Errorf("%s: %d visited, %+v, %v", c.name, len(w.visits), s, err)
			}
			if r := o.told[address(99)].Result; stopped && (r.Result != upload.Skipped || r.Cause != "run.stopped" || !strings.Contains(r.Findings[0].Message, s.Stopped.Message)) {
				t.Errorf("%+v", r)
			}
		}
	}
}

func TestMaxFailures(t *testing.T) {
	for _, c := range []struct {
		limit   string
		every   int // this phone and each that comes as much later is broken
		visited int
	}{{"3", 5, 11}, {"1", 1, 1}, {"", 1, 100}, {"100", 1, 100}, {"101", 1, 100}, {"50%", 1, 20}, {"10%", 10, 20}, {"10.5%", 10, 21}, {"100%", 2, 100}} {
		w, o := newWorld(), newOnce(t)
		for i := 0; i < 100; i += c.every {
			w.broken[address(i)] = true
		}
		limit := fleet.Limit{}
		if c.limit != "" {
			var err error
			if limit, err = fleet.ParseLimit(c.limit); err != nil || limit.String() != c.limit {
				t.Error(limit, err)
			}
		}
		s, err := fleet.Run(context.Background(), rows(list(100)), fleet.Config{Visit: w.visit, MaxFailures: limit, Each: o.each, Concurrency: 1})
		stopped := s.Stopped != nil && s.Stopped.Code == "run.max-failures"
		if err != nil || len(w.visits) != c.visited || stopped != (c.visited < 100) || len(o.told) != 100 {
			t.Errorf("%s: %d visited, %+v, %v", c.limit, len(w.visits), s, err)
		}
	}
	for _, bad := range []string{"", "0", "-1", "x", "%", "0%", "101%", "NaN%", "1e9%", "5 %x"} {
		if l, err := fleet.ParseLimit(bad); err == nil {
			t.Errorf("%q is %+v", bad, l)
		}
	}
}

// TestRate goes by a clock that moves when somebody waits.
func TestRate(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	var begun []time.Duration
	start := now
	w := newWorld()
	w.during = func(context.Context, string) {
		mu.Lock()
		defer mu.Unlock()
		begun = append(begun, now.Sub(start))
		if len(begun) == 5 { // a phone that takes its time: no burst makes up for it
			now = now.Add(10 * time.Second)
		}
	}
	_, err := fleet.Run(context.Background(), rows(list(10)), fleet.Config{
		Visit: w.visit, Concurrency: 1, Rate: 4,
		Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		Sleep: func(_ context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(d)
			return nil
		},
	})
	if err != nil || len(begun) != 10 || begun[9] != 2250*time.Millisecond+10*time.Second-250*time.Millisecond {
		t.Errorf("%v, %v", begun, err)
	}
	for i := 1; i < len(begun); i++ {
		if begun[i]-begun[i-1] < 250*time.Millisecond {
			t.Errorf("%v", begun)
		}
	}
}

// TestSoftStop: those in hand come to their end, no other begins.
func TestSoftStop(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	w, o := newWorld(), newOnce(t)
	var all sync.WaitGroup
	all.Add(4)
	w.during = func(visit context.Context, phone string) {
		all.Done()
		all.Wait()
		stop()
		if visit.Err() != nil {
			t.Error("the context of a visit ended")
		}
	}
	s, err := fleet.Run(ctx, rows(list(50)), fleet.Config{Visit: w.visit, Concurrency: 4, Each: o.each})
	if err != nil || len(w.visits) != 4 || len(o.told) != 50 || s.Results[upload.Uploaded] != 4 || s.NotReached != 46 || !s.Interrupted || s.Stopped.Code != "run.interrupted" {
		t.Errorf("%+v, %v, %v", s, err, w.visits)
	}
	if r := o.told[address(49)].Result; r.Cause != "run.interrupted" || r.Result != upload.Skipped {
		t.Errorf("%+v", r)
	}
}

// TestHardStop: visits are broken off, and are not taken for done.
func TestHardStop(t *testing.T) {
	hard, kill := context.WithCancel(context.Background())
	w, o, d := newWorld(), newOnce(t), &tape{}
	// A fifth visit may begin until the run has heard of it.
	var begun atomic.Int32
	all := make(chan struct{})
	w.during = func(visit context.Context, phone string) {
		if begun.Add(1) == 4 {
			close(all)
		}
		<-all
		kill()
		<-visit.Done()
	}
	j := d.resume(t)
	s, err := fleet.Run(context.Background(), rows(list(50)), fleet.Config{Visit: w.visit, Concurrency: 4, Each: o.each, Hard: hard, Journal: j})
	if err != nil || len(w.posts) != 0 || len(o.told) != 50 || s.Failed < 4 || s.Failed+s.NotReached != 50 || !s.Interrupted {
		t.Errorf("%+v, %v, %v", s, err, w.posts)
	}
	w.during, o = nil, newOnce(t)
	s, err = fleet.Run(context.Background(), rows(list(50)), fleet.Config{Visit: w.visit, Each: o.each, Journal: d.resume(t)})
	if err != nil || s.Earlier != 0 || s.Results[upload.Uploaded] != 50 || s.Stopped != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestTimeout goes by a clock that stands still while anybody has something to do.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := newWorld(), newOnce(t)
		w.during = func(visit context.Context, phone string) {
			if phone == address(1) {
				<-visit.Done()
			}
		}
		s, err := fleet.Run(context.Background(), rows(list(3)), fleet.Config{Visit: w.visit, Each: o.each, Timeout: 300 * time.Millisecond})
		if err != nil || s.Failed != 1 || s.Results[upload.Uploaded] != 2 || o.told[address(1)].Result.DurationMS != 300 || w.posts[address(1)] != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestPanic(t *testing.T) {
	o, d := newOnce(t), &tape{}
	s, err := fleet.Run(context.Background(), rows(list(9)), fleet.Config{Each: o.each, Journal: d.resume(t), Visit: func(_ context.Context, task fleet.Task) upload.Result {
		switch task.Row.Address {
		case address(3):
			task.Note(upload.Posting)
			fallthrough
		case address(4):
			var nobody *fleet.Task
			return upload.Result{Phone: nobody.Row.Address}
		case address(5):
			panic(errors.New("a text"))
		}
		return upload.Result{Result: upload.Uploaded}
	}})
	if err != nil || s.Results[upload.Uploaded] != 6 || s.Failed != 2 || s.Unconfirmed != 1 || len(o.told) != 9 || s.Causes[0].Code != "upload.internal" {
		t.Errorf("%+v, %v", s, err)
	}
	for i, want := range map[int]string{3: "fleet_test.go:", 4: "nil pointer", 5: "a text"} {
		if r := o.told[address(i)].Result; r.Cause != "upload.internal" || !strings.Contains(r.Findings[0].Message, want) || !strings.Contains(r.Findings[0].Message, "fleet_test.go:") {
			t.Errorf("%+v", r)
		}
	}
}

func TestBrokenList(t *testing.T) {
	w, o := newWorld(), newOnce(t)
	broken := errors.New("the disk is gone")
	s, err := fleet.Run(context.Background(), func(yield func(inventory.Row, error) bool) {
		for row := range rows(list(10)) {
			yield(row, nil)
		}
		yield(inventory.Row{}, broken)
	}, fleet.Config{Visit: w.visit, Each: o.each})
	if !errors.Is(err, broken) || s.Phones != 10 || s.Stopped == nil || s.Stopped.Code != "run.inventory" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestOutputFails(t *testing.T) {
	w, told := newWorld(), 0
	gone := errors.New("broken pipe")
	s, err := fleet.Run(context.Background(), rows(list(100)), fleet.Config{Visit: w.visit, Concurrency: 1, Each: func(fleet.Finished) error {
		if told++; told >= 3 {
			return gone
		}
		return nil
	}})
	if !errors.Is(err, gone) || len(w.visits) != 3 || told != 100 || s.Stopped.Code != "run.output" {
		t.Errorf("%+v, %v, %d visits", s, err, len(w.visits))
	}
}

// TestManyRows: a long list costs no memory and no goroutines.
func TestManyRows(t *testing.T) {
	const phones = 100_000
	row := func(i int) inventory.Row {
		return inventory.Row{Line: i + 2, Address: fmt.Sprintf("phone-%d.example.com", i), Text: "a line of some length, which is not kept either"}
	}
	var most uint64
	var goroutines, seen int
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	s, err := fleet.Run(context.Background(), func(yield func(inventory.Row, error) bool) {
		for i := range phones {
			if !yield(row(i), nil) {
				return
			}
		}
	}, fleet.Config{
		Concurrency: 64,
		Visit: func(context.Context, fleet.Task) upload.Result {
			return upload.Result{Result: upload.Uploaded, Model: "T28P", Firmware: strings.Repeat("x", 2000)}
		},
		Each: func(fleet.Finished) error {
			if seen++; seen%20_000 == 0 {
				most, goroutines = max(most, heap()), max(goroutines, runtime.NumGoroutine())
			}
			return nil
		},
	})
	if err != nil || s.Phones != phones || s.Results[upload.Uploaded] != phones {
		t.Errorf("%+v, %v", s, err)
	}
	grown := int64(most) - int64(before)
	t.Logf("%d kB more, %d goroutines", grown/1000, goroutines)
	// Visits that are over may take a moment to go.
	if grown > 5_000_000 || goroutines > 1000 {
		t.Errorf("%d bytes more, %d goroutines", grown, goroutines)
	}
}

func TestNoSecretInTheJournal(t *testing.T) {
	w, d := newWorld(), &tape{}
	text := list(3) + "http://admin:s3cret@192.0.2.9,,\n"
	if _, err := fleet.Run(context.Background(), rows(text), fleet.Config{Visit: w.visit, Journal: d.resume(t)}); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(d.bytes, []byte("s3cret")) || bytes.Count(d.bytes, []byte(`"record":"done"`)) != 4 {
		t.Errorf("%s", d.bytes)
	}
}

// TestMaxRefused: a password that is wrong for all is not tried on all.
func TestMaxRefused(t *testing.T) {
	o := newOnce(t)
	s, err := fleet.Run(context.Background(), rows(list(100)), fleet.Config{
		Visit: func(_ context.Context, t fleet.Task) upload.Result {
			return upload.Result{Phone: t.Row.Address, Result: upload.Failed, Stage: upload.Login, Cause: "upload.login-refused", LoginRefused: true}
		},
		MaxRefused: 5, Each: o.each, Concurrency: 1,
	})
	if err != nil || s.Stopped == nil || s.Stopped.Code != "run.logins-refused" || s.LoginRefused != 5 || s.NotReached != 95 {
		t.Errorf("%v, stopped by %v, %d refused, %d not reached", err, s.Stopped, s.LoginRefused, s.NotReached)
	}
}
