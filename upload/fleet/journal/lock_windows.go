package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file until it is closed. A lock of Windows keeps readers out
// too, so it lies on one byte far behind the end.
func lock(f *os.File) error {
	far := &windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, far)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}
