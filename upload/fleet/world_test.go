package fleet_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// world is a building full of phones. It outlives a run that is killed.
type world struct {
	mu sync.Mutex
	// posts counts what was put on each phone, visits how often one was visited.
	posts, visits map[string]int
	// before is what the last visit to a phone was told of earlier ones.
	before map[string][]upload.Event
	inHand int
	most   int
	// broken phones fail, mute ones cannot be read back.
	broken, mute map[string]bool
	// during is called in the middle of each visit.
	during func(ctx context.Context, phone string)
}

func newWorld() *world {
	return &world{posts: map[string]int{}, visits: map[string]int{}, before: map[string][]upload.Event{}, broken: map[string]bool{}, mute: map[string]bool{}}
}

// visit reads the phone first, and posts what is not there, once that is noted.
func (w *world) visit(ctx context.Context, t fleet.Task) upload.Result {
	phone := t.Row.Name()
	w.mu.Lock()
	w.visits[phone]++
	w.before[phone] = t.Before
	w.inHand++
	w.most = max(w.most, w.inHand)
	there := w.posts[phone] > 0
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.inHand--
		w.mu.Unlock()
	}()
	r := upload.Result{Phone: phone, Model: "T2" + phone[len(phone)-1:], Result: upload.AlreadyPresent, Stage: upload.Read}
	if w.during != nil {
		w.during(ctx, phone)
	}
	fail := func(o upload.Outcome, code string) upload.Result {
		r.Result, r.Cause = o, code
		r.Findings = []finding.Finding{{Code: code, Severity: finding.Error, Message: "it is broken", Fix: "mend it"}}
		return r
	}
	switch {
	case w.broken[phone]:
		return fail(upload.Failed, "upload.broken")
	case there:
		return r
	}
	if err := t.Note(upload.Posting); err != nil {
		return fail(upload.Failed, "upload.not-noted")
	}
	w.mu.Lock()
	w.posts[phone]++
	w.mu.Unlock()
	r.Result, r.Stage = upload.Uploaded, upload.Verify
	if w.mute[phone] {
		return fail(upload.Unconfirmed, "upload.mute")
	}
	return r
}

// address is that of the phone with a number.
func address(i int) string { return fmt.Sprintf("198.51.100.%d", i) }

// list is an inventory of some phones.
func list(phones int) string {
	var b strings.Builder
	b.WriteString("address,user,password\n")
	for i := range phones {
		fmt.Fprintf(&b, "%s,admin,s3cret\n", address(i))
	}
	return b.String()
}

func rows(text string) iter.Seq2[inventory.Row, error] {
	return inventory.NewReader(strings.NewReader(text)).All()
}

// once collects what is told of each phone, and fails when that is more than once.
type once struct {
	t    *testing.T
	told map[string]fleet.Finished
}

func newOnce(t *testing.T) *once { return &once{t, map[string]fleet.Finished{}} }

func (o *once) each(f fleet.Finished) error {
	if _, again := o.told[f.Result.Phone]; again {
		o.t.Errorf("%s is accounted for twice", f.Result.Phone)
	}
	if f.Result.Result == "" || !slices.Contains(upload.Outcomes(), f.Result.Result) {
		o.t.Errorf("%s has the result %q", f.Result.Phone, f.Result.Result)
	}
	o.told[f.Result.Phone] = f
	return nil
}

// tape keeps a journal in memory and has room for so many bytes: what comes
// after them is lost, as by a kill at that moment.
type tape struct {
	mu    sync.Mutex
	bytes []byte
	room  int
}

func (d *tape) ReadAt(p []byte, at int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := copy(p, d.bytes[min(int(at), len(d.bytes)):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *tape) WriteAt(p []byte, at int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(p), max(d.room-int(at), 0))
	d.bytes = append(d.bytes[:at], p[:n]...)
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *tape) Truncate(size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.bytes) >= d.room { // killed: nobody cuts off what is half written
		return syscall.EIO
	}
	d.bytes = d.bytes[:size]
	return nil
}

func (d *tape) Sync() error  { return nil }
func (d *tape) Close() error { return nil }

func (d *tape) journal(resume bool) (*journal.Journal, error) {
	return journal.Open("run.journal", journal.Header{Run: "a run", Order: "ca.pem"}, journal.Options{
		Resume: resume, Open: func(string) (journal.File, error) { return d, nil },
	})
}

func (d *tape) resume(t *testing.T) *journal.Journal {
	t.Helper()
	d.room = 1 << 30
	j, err := d.journal(true)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
