package commands

import (
	"context"
	"fmt"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/internal/disk"
)

// open reads a file, or standard input for "-", and tells what it is.
func (f *Factory) open(ctx context.Context, path string, pw *passwords) (*inspect.File, error) {
	var content disk.Content
	var err error
	if path == "-" {
		content, err = disk.ReadStream(ctx, f.Streams.In)
	} else {
		content, err = disk.Read(ctx, path)
	}
	if err != nil {
		return nil, withHint(fmt.Errorf("cannot read %q: %w", path, err), readHint(path, err))
	}
	return read(ctx, path, content, pw), nil
}

// read tells what the content of a file is.
func read(ctx context.Context, path string, content disk.Content, pw *passwords) *inspect.File {
	return inspect.Read(path, content.Data, inspect.Options{
		Size: content.Size, Truncated: content.Truncated, Password: pw.of(ctx, path),
	})
}

func readHint(path string, err error) string {
	switch err {
	case disk.ErrDirectory:
		return fmt.Sprintf("add --recursive to look at every file below %q", path)
	case disk.ErrTimeout:
		return "is a program writing into it?"
	}
	return fmt.Sprintf("look at it with %q", "ls -l "+path)
}

// expand replaces directories by the files below them.
func expand(paths []string, recursive bool) ([]string, error) {
	var files []string
	for _, path := range paths {
		if !recursive || path == "-" || !disk.IsDir(path) {
			files = append(files, path)
			continue
		}
		below, err := disk.Files(path)
		if err != nil {
			return nil, withHint(fmt.Errorf("cannot list %q: %w", path, err), "look at its permissions, or name the files")
		}
		if len(below) == 0 {
			return nil, withHint(fmt.Errorf("no file below %q", path), "hidden files are left out; name them to have them looked at")
		}
		files = append(files, below...)
	}
	return files, nil
}

// certificates reads every certificate of the files and directories given, for
// flags such as --custom. A file without any is an error: it was named for one.
func (f *Factory) certificates(ctx context.Context, flag string, paths []string, pw *passwords) ([]*certificate.Certificate, error) {
	files, err := expand(paths, true)
	if err != nil {
		return nil, err
	}
	var list []*certificate.Certificate
	for _, path := range files {
		file, err := f.open(ctx, path, pw)
		if err != nil {
			return nil, err
		}
		found := file.Certificates()
		if len(found) == 0 {
			return nil, withHint(fmt.Errorf("%s %q holds no certificate", flag, path), fmt.Sprintf("run %q", "phonecert inspect "+path))
		}
		list = append(list, found...)
	}
	return list, nil
}
