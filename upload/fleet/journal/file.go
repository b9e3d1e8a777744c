package journal

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File is what a journal needs of a file.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// openFile opens or creates a file that only its owner can read, for nobody
// else at the same time. The lock is the operating system's, which takes it
// from a process that was killed.
func openFile(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = fs.ErrInvalid // a device or FIFO keeps nothing
	}
	if err == nil {
		err = lock(f)
	}
	if err == nil && stat.Size() == 0 {
		syncFolder(filepath.Dir(path))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// syncFolder puts the name of a new file on the disk, where the operating system
// lets a folder be synced; where not there is nothing to do.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		folder.Sync()
		folder.Close()
	}
}
