package journal_test

import (
	"io"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// memory is a disk with one file on it, and room for so many bytes.
type memory struct {
	mu    sync.Mutex
	bytes []byte
	room  int
	// syncs counts; slow is how long one takes.
	syncs int
	slow  time.Duration
	// stuck: what was written half cannot be cut off.
	stuck bool
}

func disk(text string) *memory { return &memory{bytes: []byte(text), room: 1 << 30} }

func (m *memory) open(string) (journal.File, error) { return m, nil }

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at >= int64(len(m.bytes)) {
		return 0, io.EOF
	}
	n := copy(p, m.bytes[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := min(len(p), max(m.room-int(at), 0))
	m.bytes = append(m.bytes[:at], p[:n]...)
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (m *memory) Truncate(size int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stuck {
		return syscall.EIO
	}
	m.bytes = m.bytes[:size]
	return nil
}

func (m *memory) Sync() error {
	time.Sleep(m.slow)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.syncs++
	return nil
}

func (m *memory) Close() error { return nil }

func header(run string) journal.Header {
	return journal.Header{Run: run, Order: "trusted ca.pem", Inventory: "phones.csv", Time: time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)}
}

func open(t *testing.T, m *memory, resume bool) *journal.Journal {
	t.Helper()
	j, err := journal.Open("run.journal", header("a run"), journal.Options{Resume: resume, Open: m.open})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func result(phone string, o upload.Outcome) *upload.Result {
	return &upload.Result{Phone: phone, Result: o, Stage: upload.Verify, DurationMS: 12}
}
