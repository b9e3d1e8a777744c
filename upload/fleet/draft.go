package fleet

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/phonecert/phonecert/internal/disk"
)

// draft is a file that is written row by row and takes its name when it is
// whole. Until then its name is one of its own, always the same, so that what a
// process that was killed left behind goes with the next one.
type draft struct {
	*bufio.Writer
	path string
	file *os.File
}

// newDraft begins a file that will replace what is at path. It is made at once:
// that a folder cannot be written to is to be learnt before the first phone.
func newDraft(path string, mode fs.FileMode) (*draft, error) {
	path, err := disk.Writable(path, true)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".phonecert")
	os.Remove(name)
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, reason(err)
	}
	return &draft{Writer: bufio.NewWriter(file), path: path, file: file}, nil
}

// commit gives the file its name, once it is on the disk.
func (d *draft) commit() error {
	err := d.Flush()
	if err == nil {
		err = d.file.Sync()
	}
	if closeErr := d.file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(d.file.Name(), d.path)
	}
	if err != nil {
		os.Remove(d.file.Name())
	}
	return reason(err)
}

// abandon leaves things as they were.
func (d *draft) abandon() {
	d.file.Close()
	os.Remove(d.file.Name())
}

// reason strips the operation and the paths from an error of the operating
// system.
func reason(err error) error {
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	if link := new(os.LinkError); errors.As(err, &link) {
		return link.Err
	}
	return err
}
