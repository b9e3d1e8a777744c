// Package disk reads files that may be hostile and writes files that must not
// be lost: reads are capped, waits are bounded, writes go through a temporary
// file and a rename.
package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// ReadLimit is the most that is read of one file, in bytes: just above the
// 5 MB that the handsets take (the fact sheet on handsets, "Systems").
const ReadLimit = 5<<20 + 1

// OpenTimeout is how long a FIFO or device may take to deliver its content.
const OpenTimeout = 10 * time.Second

// The reasons for which a path holds nothing to read.
var (
	ErrDirectory = errors.New("is a directory")
	ErrTimeout   = errors.New("is no regular file and did not deliver its content in time")
)

// Content is what was read of a file.
type Content struct {
	Data []byte
	// Size is the size of the whole file where it is known, otherwise the
	// number of bytes read.
	Size int64
	// Truncated says that Data is ReadLimit long: what follows was not read.
	Truncated bool
}

// Read reads a file up to ReadLimit. A FIFO or device is given OpenTimeout.
// Errors are the operating system's own without the path, ErrDirectory,
// ErrTimeout, or the context's.
func Read(ctx context.Context, path string) (Content, error) {
	return read(ctx, path, OpenTimeout)
}

func read(ctx context.Context, path string, timeout time.Duration) (Content, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return Content{}, reason(err)
	}
	if stat.IsDir() {
		return Content{}, ErrDirectory
	}
	if stat.Mode().IsRegular() {
		return readRegular(path, stat.Size())
	}
	ctx, stop := context.WithTimeoutCause(ctx, timeout, ErrTimeout)
	defer stop()
	return wait(ctx, func() (Content, error) { return readRegular(path, 0) })
}

// ReadStream reads standard input or the like up to ReadLimit, or until the
// context is done: a person may interrupt it.
func ReadStream(ctx context.Context, r io.Reader) (Content, error) {
	return wait(ctx, func() (Content, error) { return readAll(r, 0) })
}

// wait runs what may block for ever. Its goroutine is left behind when the
// context is done: nothing can interrupt the open of a FIFO.
func wait(ctx context.Context, read func() (Content, error)) (Content, error) {
	type outcome struct {
		content Content
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		c, err := read()
		done <- outcome{c, err}
	}()
	select {
	case o := <-done:
		return o.content, o.err
	case <-ctx.Done():
		return Content{}, context.Cause(ctx)
	}
}

func readRegular(path string, size int64) (Content, error) {
	f, err := os.Open(path)
	if err != nil {
		return Content{}, reason(err)
	}
	defer f.Close()
	return readAll(f, size)
}

func readAll(r io.Reader, size int64) (Content, error) {
	buffer := make([]byte, 0, min(max(size, 511)+1, ReadLimit))
	for len(buffer) < ReadLimit {
		if len(buffer) == cap(buffer) {
			buffer = append(buffer, 0)[:len(buffer)]
		}
		end := min(cap(buffer), ReadLimit)
		n, err := r.Read(buffer[len(buffer):end])
		buffer = buffer[:len(buffer)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return Content{}, reason(err)
		}
	}
	c := Content{Data: buffer, Size: max(size, int64(len(buffer)))}
	c.Truncated = len(buffer) == ReadLimit
	return c, nil
}

// reason strips the operation and the path from an error of the operating
// system: the caller names the file in its own words.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
