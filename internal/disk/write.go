package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// ErrExists is returned when a file would be overwritten.
var ErrExists = errors.New("already exists")

// ErrNotRegular is returned when the name belongs to a directory or a device,
// which a rename would replace.
var ErrNotRegular = errors.New("is not a regular file")

// Write puts data at path through a temporary file in the same directory and a
// rename, so that a reader sees the old file or the new one and never a part.
// A symbolic link stays: the file to which it points is written. Without force
// an existing file is left alone and ErrExists returned. The process's umask
// applies to mode.
func Write(path string, data []byte, mode fs.FileMode, force bool) error {
	path, err := Writable(path, force)
	if err != nil {
		return err
	}
	temporary, err := create(filepath.Dir(path), data, mode)
	if err != nil {
		return reason(err)
	}
	defer os.Remove(temporary) // fails once it is renamed, as it should
	if force {
		return linkReason(os.Rename(temporary, path))
	}
	// A hard link fails when the name is taken, even by a file that appeared
	// after the first look; file systems without links fall back to the look.
	switch err := os.Link(temporary, path); {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist) || Exists(path):
		return ErrExists
	}
	return linkReason(os.Rename(temporary, path))
}

// Writable reports whether Write would put a file at path, as far as can be
// told before, with symbolic links resolved: ErrExists, ErrNotRegular or nil.
func Writable(path string, force bool) (string, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	switch stat, err := os.Lstat(path); {
	case err != nil:
		return path, nil
	case !stat.Mode().IsRegular():
		return path, ErrNotRegular
	case !force:
		return path, ErrExists
	}
	return path, nil
}

// create writes a temporary file that nobody else has opened. Its mode is the
// final one from the first byte, for a key must at no time be readable.
func create(dir string, data []byte, mode fs.FileMode) (string, error) {
	name := filepath.Join(dir, fmt.Sprintf(".phonecert-%016x", rand.Uint64()))
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(name)
	}
	return name, err
}

// MakeDir creates a directory and those above it, unless it exists.
func MakeDir(path string) error { return reason(os.MkdirAll(path, 0o755)) }

func linkReason(err error) error {
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
