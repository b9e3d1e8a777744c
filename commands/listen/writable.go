package listen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
)

// keptFile is a file that is written while phones call.
type keptFile struct{ flag, path string }

// check refuses names that cannot be written, before anything is read: a phone
// that has called will not do it again for a file.
func (k *calls) check() error {
	var before []keptFile
	for _, file := range []keptFile{{"--save", k.save}, {"--keylog", k.keyLog}, {"--learn", k.learn}} {
		if file.path == "" {
			continue
		}
		if file.path == factory.StandardStream {
			return factory.WithHint(errors.New("--save, --keylog and --learn need the name of a file"), "standard output is for the calls")
		}
		for _, other := range before {
			if sameFile(other.path, file.path) {
				return factory.WithHint(fmt.Errorf("%s and %s name the same file, %q", other.flag, file.flag, file.path), "give each a file of its own")
			}
		}
		if err := k.mayWrite(file); err != nil {
			return err
		}
		before = append(before, file)
	}
	return k.exposed()
}

func sameFile(a, b string) bool {
	whole := func(path string) string {
		if absolute, err := filepath.Abs(path); err == nil {
			return absolute
		}
		return path
	}
	return whole(a) == whole(b) || disk.Same(a, b)
}

func (k *calls) mayWrite(file keptFile) error {
	inputs := slices.Concat([]string{k.certificate, k.key, k.handset, k.learned.Base(), k.rootPath()}, k.clientCAs, k.trustFiles, k.passwordFiles)
	if k.out != "" {
		inputs = append(inputs, filepath.Join(k.out, keyFile))
	}
	for _, in := range inputs {
		if in != "" && sameFile(in, file.path) {
			return factory.WithHint(fmt.Errorf("%s would overwrite %q, which is needed here", file.flag, file.path), "give it a file of its own")
		}
	}
	_, err := disk.Writable(file.path, k.force)
	if err == nil {
		err = takesFiles(filepath.Dir(file.path))
	}
	return unwritable(file.path, err)
}

// unwritable says in words why a file cannot be written; nil for no error.
func unwritable(path string, err error) error {
	hint := "name a file in a folder that you can write to"
	switch {
	case err == nil:
		return nil
	case errors.Is(err, disk.ErrExists):
		hint = "add --force to overwrite it, or choose another name"
	case errors.Is(err, fs.ErrNotExist):
		hint = "make its folder first: mkdir -p"
	}
	if wrong := new(fs.PathError); errors.As(err, &wrong) {
		err = wrong.Err
	}
	return factory.WithHint(fmt.Errorf("cannot write %q: %w", path, err), hint)
}

// takesFiles tries whether a file can be made in a folder.
func takesFiles(folder string) error {
	file, err := os.CreateTemp(folder, ".phonecert-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
