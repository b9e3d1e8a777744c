package disk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxFiles is the most files that one call looks at.
const MaxFiles = 200_000

// ErrTooMany is returned for a directory of more than MaxFiles files.
var ErrTooMany = fmt.Errorf("holds more than %d files", MaxFiles)

// Files lists the regular files below a directory, in the order of their
// names, and the links to such; hidden ones are left out. Links to directories
// are not followed, for they may lead round in a circle.
func Files(dir string) ([]string, error) {
	var files []string
	root := throughLink(dir)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path != root:
			return fmt.Errorf("%q in it: %w", strings.TrimPrefix(path, root), reason(err))
		case err != nil:
			return reason(err)
		case path == root:
			return nil
		case strings.HasPrefix(entry.Name(), "."):
			return skip(entry)
		case entry.IsDir() || !regular(path, entry):
			return nil
		case len(files) == MaxFiles:
			return ErrTooMany
		}
		files = append(files, path)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// throughLink makes the walk enter a directory that is named by a link.
func throughLink(dir string) string {
	if dir == "" || os.IsPathSeparator(dir[len(dir)-1]) {
		return dir
	}
	return dir + string(filepath.Separator)
}

// skip passes over an entry and all that is below it.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// regular reports whether the entry is a file or a link to one: what a FIFO or
// a device in the directory delivers, nobody has asked for. A broken link is
// kept, so that whoever reads it says so.
func regular(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	stat, err := os.Stat(path)
	return err != nil || stat.Mode().IsRegular()
}

// IsDir reports whether path is a directory that can be looked at.
func IsDir(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && stat.IsDir()
}

// Exists reports whether something stands at path.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Same reports whether two paths name the same file.
func Same(a, b string) bool {
	statA, errA := os.Stat(a)
	statB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(statA, statB)
}
