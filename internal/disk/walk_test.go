package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files and returns their directory.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range paths {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, "")
	}
	return dir
}

func relative(t *testing.T, dir string) []string {
	t.Helper()
	files, err := Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		short, found := strings.CutPrefix(file, dir+string(filepath.Separator))
		if !found {
			t.Errorf("%q does not start with %q", file, dir)
		}
		files[i] = filepath.ToSlash(short)
	}
	return files
}

func TestFiles(t *testing.T) {
	dir := tree(t, "b.pem", "a.pem", ".hidden", "sub/c.pem", "sub/deep/d.pem", ".git/e.pem")
	if got := relative(t, dir); !slices.Equal(got, []string{"a.pem", "b.pem", "sub/c.pem", "sub/deep/d.pem"}) {
		t.Errorf("got %q", got)
	}
	if got, err := Files(dir + string(filepath.Separator)); err != nil || len(got) != 4 || strings.Contains(got[0], "//") {
		t.Errorf("with a separator at the end: %q, %v", got, err)
	}
	t.Chdir(dir)
	if got, err := Files("."); err != nil || !slices.Equal(got, []string{"a.pem", "b.pem", "sub/c.pem", "sub/deep/d.pem"}) {
		t.Errorf("here: %q, %v", got, err)
	}
}

func TestFilesAndLinks(t *testing.T) {
	dir := tree(t, "real/a.pem")
	link := filepath.Join(dir, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if got := relative(t, link); !slices.Equal(got, []string{"a.pem"}) {
		t.Errorf("a link to a directory: %q", got)
	}
	os.Symlink("..", filepath.Join(dir, "real", "circle"))
	os.Symlink("a.pem", filepath.Join(dir, "real", "b.pem"))
	os.Symlink("nothing", filepath.Join(dir, "real", "c.pem"))
	if got := relative(t, dir); !slices.Equal(got, []string{"real/a.pem", "real/b.pem", "real/c.pem"}) {
		t.Errorf("links inside: %q", got)
	}
}

func TestFilesFails(t *testing.T) {
	dir := tree(t, "file", "sub/x")
	if _, err := Files(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), dir) {
		t.Errorf("missing: %v", err)
	}
}

func TestLooks(t *testing.T) {
	dir := tree(t, "a", "b")
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if !IsDir(dir) || IsDir(a) || IsDir(filepath.Join(dir, "c")) {
		t.Error("IsDir")
	}
	if !Exists(a) || Exists(filepath.Join(dir, "c")) {
		t.Error("Exists")
	}
	if Same(a, b) || !Same(a, filepath.Join(dir, ".", "a")) || Same(filepath.Join(dir, "c"), filepath.Join(dir, "c")) {
		t.Error("Same")
	}
	if err := os.Link(a, filepath.Join(dir, "hard")); err == nil && !Same(a, filepath.Join(dir, "hard")) {
		t.Error("a hard link is the same file")
	}
}
