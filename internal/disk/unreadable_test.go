//go:build unix

package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// TestUnreadable: a file and a folder that may not be read are errors that name
// the permission. Root may read everything, so as root the test runs itself
// again as nobody.
func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t, "TestUnreadable")
		return
	}
	dir := tree(t, "file", "sub/x")
	file, sub := filepath.Join(dir, "file"), filepath.Join(dir, "sub")
	if err := errors.Join(os.Chmod(file, 0), os.Chmod(sub, 0)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(sub, 0o755) // or the folder could not be removed
	if _, err := Read(context.Background(), file); !errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), dir) {
		t.Errorf("unreadable file: %v", err)
	}
	if _, err := Files(dir); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "sub") {
		t.Errorf("unreadable folder below: %v", err)
	}
	if err := Write(filepath.Join(sub, "new"), []byte("x"), 0o644, false); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("write into an unwritable folder: %v", err)
	}
}

// asNobody runs one test of this binary without privileges.
func asNobody(t *testing.T, name string) {
	t.Helper()
	const nobody = 65534
	dir, err := os.MkdirTemp("", "phonecert-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "test")
	if err := errors.Join(os.Chmod(dir, 0o777), copyProgram(binary)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^"+name+"$", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{"TMPDIR=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		realparts.Missing(t, "the right to become another user")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+name) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

// copyProgram copies the running test, whose own folder is closed to others.
func copyProgram(to string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
