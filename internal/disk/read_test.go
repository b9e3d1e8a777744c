package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadWholeFile(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{0, 1, 511, 512, 513, 70_000, ReadLimit - 1} {
		path := write(t, filepath.Join(dir, "file"), strings.Repeat("x", size))
		c, err := Read(context.Background(), path)
		if err != nil || len(c.Data) != size || c.Size != int64(size) || c.Truncated {
			t.Errorf("%d bytes: read %d, size %d, truncated %v, %v", size, len(c.Data), c.Size, c.Truncated, err)
		}
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse")
	const size = 2 << 30
	write(t, path, "start")
	if err := os.Truncate(path, size); err != nil {
		t.Skip("no sparse files here:", err)
	}
	c, err := Read(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Data) != ReadLimit || cap(c.Data) != ReadLimit || c.Size != size || !c.Truncated {
		t.Errorf("read %d of %d bytes (capacity %d), truncated %v", len(c.Data), c.Size, cap(c.Data), c.Truncated)
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(context.Background(), dir); !errors.Is(err, ErrDirectory) {
		t.Errorf("directory: %v", err)
	}
	_, err := Read(context.Background(), filepath.Join(dir, "missing"))
	if !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), dir) {
		t.Errorf("missing file: %v", err)
	}
	if os.Geteuid() != 0 {
		path := write(t, filepath.Join(dir, "secret"), "x")
		os.Chmod(path, 0)
		if _, err := Read(context.Background(), path); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("unreadable file: %v", err)
		}
	}
}

// A file that shrinks or vanishes between the look and the reading gives what
// is left of it, or an error.
func TestReadShrinkingFile(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "file"), "abc")
	c, err := readRegular(path, 1000)
	if err != nil || string(c.Data) != "abc" {
		t.Errorf("shrunken file: %q, %v", c.Data, err)
	}
	os.Remove(path)
	if _, err := readRegular(path, 3); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("vanished file: %v", err)
	}
}

func TestReadDevice(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("no /dev/zero here")
	}
	c, err := Read(context.Background(), "/dev/zero")
	if err != nil || len(c.Data) != ReadLimit || !c.Truncated {
		t.Errorf("read %d bytes, truncated %v, %v", len(c.Data), c.Truncated, err)
	}
}

// endless never ends and never delivers much.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	e.n++
	p[0] = 'x'
	return 1, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "x", Err: io.ErrClosedPipe}
}

func TestReadStream(t *testing.T) {
	c, err := ReadStream(context.Background(), strings.NewReader("hello"))
	if err != nil || string(c.Data) != "hello" || c.Size != 5 || c.Truncated {
		t.Errorf("%q, %+v, %v", c.Data, c, err)
	}
	c, err = ReadStream(context.Background(), &endless{})
	if err != nil || len(c.Data) != ReadLimit || !c.Truncated {
		t.Errorf("endless: %d bytes, %v", len(c.Data), err)
	}
	if _, err = ReadStream(context.Background(), broken{}); err != io.ErrClosedPipe {
		t.Errorf("broken: %v", err)
	}
}

// Whoever waits at standard input must be able to interrupt.
func TestReadStreamInterrupted(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer stop()
	if _, err := ReadStream(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
