package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// content returns what stands at path and that nothing else is left in its
// directory but the names given.
func content(t *testing.T, path string, names ...string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	if got, want := strings.Join(found, " "), strings.Join(names, " "); got != want {
		t.Errorf("directory holds %q, want %q", got, want)
	}
	return string(data)
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	if err := Write(path, []byte("one"), 0o600, false); err != nil {
		t.Fatal(err)
	}
	stat, _ := os.Stat(path)
	if runtime.GOOS != "windows" && stat.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", stat.Mode())
	}
	if err := Write(path, []byte("two"), 0o644, false); !errors.Is(err, ErrExists) {
		t.Errorf("without force: %v", err)
	}
	if got := content(t, path, "out"); got != "one" {
		t.Errorf("without force: %q", got)
	}
	if err := Write(path, []byte("two"), 0o644, true); err != nil {
		t.Errorf("with force: %v", err)
	}
	if got := content(t, path, "out"); got != "two" {
		t.Errorf("with force: %q", got)
	}
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "file"), "x")
	link := filepath.Join(dir, "dangling")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	tests := []struct {
		path string
		want error
	}{
		{dir, ErrNotRegular},
		{dir + "/", ErrNotRegular},
		{link, ErrNotRegular},
		{filepath.Join(dir, "missing", "out"), fs.ErrNotExist},
		{filepath.Join(file, "out"), nil},
		{filepath.Join(dir, strings.Repeat("n", 300)), nil},
		{"", nil},
	}
	for _, test := range tests {
		err := Write(test.path, []byte("y"), 0o644, true)
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%q: %v, want %v", test.path, err, test.want)
		} else if strings.Contains(err.Error(), ".phonecert") {
			t.Errorf("%q: the error names the temporary file: %v", test.path, err)
		}
	}
	if got := content(t, file, "dangling", "file"); got != "x" {
		t.Errorf("file holds %q", got)
	}
}

func TestWriteThroughLink(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	target := write(t, filepath.Join(other, "target"), "old")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(link, []byte("new"), 0o644, false); !errors.Is(err, ErrExists) {
		t.Errorf("without force: %v", err)
	}
	if err := Write(link, []byte("new"), 0o644, true); err != nil {
		t.Error(err)
	}
	if got := content(t, target, "target"); got != "new" {
		t.Errorf("target holds %q", got)
	}
	if stat, err := os.Lstat(link); err != nil || stat.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", stat, err)
	}
}

// Of many writers one wins, and no reader sees a mixture.
func TestWriteAtTheSameTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	var group sync.WaitGroup
	var lock sync.Mutex
	won := 0
	for i := range 16 {
		group.Go(func() {
			err := Write(path, []byte(strings.Repeat(string(rune('a'+i)), 1000)), 0o644, false)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, ErrExists) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := content(t, path, "out"); won != 1 || got != strings.Repeat(got[:1], 1000) {
		t.Errorf("%d writers won, file holds %d bytes", won, len(got))
	}
}

func TestMakeDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if err := MakeDir(dir); err != nil || !IsDir(dir) {
			t.Fatal(err)
		}
	}
	file := write(t, filepath.Join(dir, "file"), "")
	if err := MakeDir(file); err == nil {
		t.Error("made a directory where a file is")
	}
}
