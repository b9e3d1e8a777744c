package fleet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// TestKilledAtAnyByte kills a run wherever its journal may end, and resumes it:
// nothing is lost, nothing is done twice, and every phone is accounted for
// exactly once.
func TestKilledAtAnyByte(t *testing.T) {
	const phones = 5
	whole := killed(t, phones, 1<<30, false)
	for room := 0; room < whole; room += 3 { // the journal's own test cuts at each byte
		killed(t, phones, room, room%2 == 0)
	}
}

// killed runs with room for so many bytes in the journal, resumes, and returns
// how many bytes the journal took.
func killed(t *testing.T, phones, room int, twice bool) int {
	t.Helper()
	w, d := newWorld(), &tape{room: room}
	w.broken[address(2)] = true
	config := fleet.Config{Visit: w.visit, Concurrency: 3}
	j, err := d.journal(false)
	if err == nil {
		o := newOnce(t)
		config.Journal, config.Each = j, o.each
		s, err := fleet.Run(context.Background(), rows(list(phones)), config)
		if failed := new(journal.Error); err != nil && (!errors.As(err, &failed) || !errors.Is(err, syscall.ENOSPC) || s.Stopped.Code != "run.journal") {
			t.Fatal(err)
		}
		if len(o.told) != phones {
			t.Fatalf("killed at %d: %d phones told of", room, len(o.told))
		}
	}
	took := len(d.bytes)
	if twice { // killed again, a little later
		d.room = room + 150
		if j, err := d.journal(true); err == nil {
			config.Journal, config.Each = j, newOnce(t).each
			fleet.Run(context.Background(), rows(list(phones)), config)
		}
	}
	lines := bytes.Clone(d.bytes[:bytes.LastIndexByte(d.bytes, '\n')+1])
	w.visits, w.before = map[string]int{}, map[string][]upload.Event{}
	posted := fmt.Sprint(w.posts)
	o := newOnce(t)
	config.Journal, config.Each = d.resume(t), o.each
	s, err := fleet.Run(context.Background(), rows(list(phones)), config)
	if err != nil || len(o.told) != phones || s.Phones != phones || s.Stopped != nil || s.NotReached != 0 || s.Failed != 1 || s.Unlisted != 0 {
		t.Fatalf("killed at %d: %+v, %v", room, s, err)
	}
	for i := range phones {
		phone := address(i)
		has := func(kind string) bool {
			return bytes.Contains(lines, fmt.Appendf(nil, `{"record":%q,"phone":"address:%s"`, kind, phone))
		}
		if f := o.told[phone]; f.Earlier != has("done") || w.visits[phone] != map[bool]int{true: 0, false: 1}[has("done")] {
			t.Fatalf("killed at %d: %s has %d visits and is %+v", room, phone, w.visits[phone], f)
		}
		if !has("done") && slices.Contains(w.before[phone], upload.Posting) != has("event") {
			t.Fatalf("killed at %d: %s is told %v before", room, phone, w.before[phone])
		}
		if want := 1; i != 2 && w.posts[phone] != want {
			t.Fatalf("killed at %d: %d posts on %s, before the resume %s", room, w.posts[phone], phone, posted)
		}
	}
	return took
}

// TestStoppedAtRandom stops runs softly, hard and by their own rules, one after
// the other on one journal, until the list is done.
func TestStoppedAtRandom(t *testing.T) {
	for seed := range uint64(60) {
		chance := rand.New(rand.NewPCG(seed, 1))
		phones := 1 + chance.IntN(60)
		w, d := newWorld(), &tape{}
		for i := range phones {
			w.broken[address(i)] = chance.IntN(5) == 0
		}
		for runs := 0; ; runs++ {
			ctx, stop := context.WithCancel(context.Background())
			hard, kill := context.WithCancel(context.Background())
			when, how := 1+chance.IntN(20), chance.IntN(3)
			w.during = func(context.Context, string) {
				w.mu.Lock()
				defer w.mu.Unlock()
				if when--; when == 0 {
					[]func(){stop, kill, func() {}}[how]()
				}
			}
			o := newOnce(t)
			c := fleet.Config{Visit: w.visit, Each: o.each, Journal: d.resume(t), Hard: hard, Concurrency: 1 + chance.IntN(8)}
			if chance.IntN(2) == 0 {
				c.Canary, c.MaxFailures = chance.IntN(4), fleet.Limit{Count: chance.IntN(4)}
			}
			s, err := fleet.Run(ctx, rows(list(phones)), c)
			stop()
			kill()
			if err != nil || s.Phones != phones || len(o.told) != phones || (s.Stopped == nil) != d.complete(t) {
				t.Fatalf("seed %d, run %d: %+v, %v", seed, runs, s, err)
			}
			if s.Stopped == nil {
				break
			}
			if runs > 500 {
				t.Fatalf("seed %d comes to no end: %+v", seed, s)
			}
		}
		for i := range phones {
			if n := w.posts[address(i)]; n > 1 || n == 0 != w.broken[address(i)] {
				t.Errorf("seed %d: %d posts on phone %d", seed, n, i)
			}
		}
	}
}

func (d *tape) complete(t *testing.T) bool {
	t.Helper()
	copied := &tape{bytes: bytes.Clone(d.bytes)}
	return copied.resume(t).Earlier().Complete
}

// TestListChanged: phones that came to the list are visited, those that went are
// counted, and one that has another address by now is known by its MAC address.
func TestListChanged(t *testing.T) {
	w, d := newWorld(), &tape{}
	const head = "address,mac\n"
	first := head + "192.0.2.1,00005e005301\n192.0.2.2,\n192.0.2.3,\n"
	second := head + "192.0.2.9,00:00:5e:00:53:01\n192.0.2.2,\n192.0.2.4,\n"
	if _, err := fleet.Run(context.Background(), rows(first), fleet.Config{Visit: w.visit, Journal: d.resume(t)}); err != nil {
		t.Fatal(err)
	}
	s, err := fleet.Run(context.Background(), rows(second), fleet.Config{Visit: w.visit, Journal: d.resume(t)})
	if err != nil || s.Phones != 3 || s.Earlier != 2 || s.Unlisted != 1 || w.visits["192.0.2.9"] != 0 || w.visits["192.0.2.4"] != 1 {
		t.Errorf("%+v, %v, %v", s, err, w.visits)
	}
}

// TestHalfDone: a phone at which an earlier run was killed, and to which this
// one does not come, may have something new on it.
func TestHalfDone(t *testing.T) {
	w, d := newWorld(), &tape{}
	j := d.resume(t)
	if err := errors.Join(j.Start("address:"+address(1), 2), j.Note("address:"+address(1), upload.Posting)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	o := newOnce(t)
	s, err := fleet.Run(ctx, rows(list(3)), fleet.Config{Visit: w.visit, Each: o.each, Journal: d.resume(t)})
	if r := o.told[address(1)].Result; err != nil || s.Unconfirmed != 1 || s.NotReached != 2 || r.Result != upload.Unconfirmed || r.Cause != "run.half-done" || d.complete(t) {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestJournalIsChanged: a journal that is changed under a run ends it.
func TestJournalIsChanged(t *testing.T) {
	w, d := newWorld(), &tape{}
	if _, err := fleet.Run(context.Background(), rows(list(5)), fleet.Config{Visit: w.visit, Journal: d.resume(t)}); err != nil {
		t.Fatal(err)
	}
	j := d.resume(t)
	copy(d.bytes, strings.Repeat(" ", len(d.bytes)))
	o := newOnce(t)
	s, err := fleet.Run(context.Background(), rows(list(5)), fleet.Config{Visit: w.visit, Each: o.each, Journal: j})
	if failed := new(journal.Error); !errors.As(err, &failed) || s.Stopped.Code != "run.journal" || s.NotReached != 5 || len(o.told) != 5 {
		t.Errorf("%+v, %v", s, err)
	}
}
