package disk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"
)

func TestStream(t *testing.T) {
	text := make([]byte, 5*streamBlock+17)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		text[i] = byte(r.Uint32())
	}
	for name, from := range map[string]io.Reader{
		"whole": bytes.NewReader(text), "in halves": iotest.HalfReader(bytes.NewReader(text)),
		"with the end": iotest.DataErrReader(bytes.NewReader(text)),
	} {
		got, err := io.ReadAll(Stream(t.Context(), from))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	fault := errors.New("the disk is gone")
	if _, err := io.ReadAll(Stream(t.Context(), io.MultiReader(bytes.NewReader(text), iotest.ErrReader(fault)))); err != fault {
		t.Errorf("got %v", err)
	}
}

// TestStreamEnds: a reader that never answers does not outlive its context.
func TestStreamEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	silent, _ := io.Pipe()
	if _, err := Stream(ctx, silent).Read(make([]byte, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := Write(filepath.Join(dir, "f"), []byte("content"), 0o644, false); err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "content" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Open(t.Context(), dir); err != ErrDirectory {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(dir, "none")); err == nil || err.Error() != "no such file or directory" {
		t.Errorf("nothing: %v", err)
	}
}
