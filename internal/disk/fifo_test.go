//go:build unix

package disk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func fifo(t *testing.T, path string) string {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no FIFOs here:", err)
	}
	// Opened for both, a FIFO lets the reader go that was left behind.
	t.Cleanup(func() {
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			time.Sleep(10 * time.Millisecond)
			f.Close()
		}
	})
	return path
}

func TestReadFIFO(t *testing.T) {
	path := fifo(t, filepath.Join(t.TempDir(), "fifo"))
	go os.WriteFile(path, []byte("through the pipe"), 0)
	c, err := read(context.Background(), path, time.Minute)
	if err != nil || string(c.Data) != "through the pipe" || c.Size != 16 {
		t.Errorf("%q, %d bytes, %v", c.Data, c.Size, err)
	}
}

func TestReadSilentFIFO(t *testing.T) {
	path := fifo(t, filepath.Join(t.TempDir(), "fifo"))
	if _, err := read(context.Background(), path, 10*time.Millisecond); !errors.Is(err, ErrTimeout) {
		t.Errorf("nobody writes: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := read(ctx, path, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestFilesLeavesFIFOsAlone(t *testing.T) {
	dir := t.TempDir()
	fifo(t, filepath.Join(dir, "fifo.pem"))
	if files, err := Files(dir); err != nil || len(files) != 0 {
		t.Errorf("%q, %v", files, err)
	}
}

func TestWriteReplacesNoDevice(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"/dev/null", fifo(t, filepath.Join(dir, "fifo"))} {
		before, _ := os.Lstat(path)
		if err := Write(path, []byte("x"), 0o644, true); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
		if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s is now %v, %v", path, after, err)
		}
	}
}

func TestWriteKeepsTheUmask(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "file")
	if err := Write(path, nil, 0o644, false); err != nil {
		t.Fatal(err)
	}
	if stat, _ := os.Stat(path); stat.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", stat.Mode())
	}
}
