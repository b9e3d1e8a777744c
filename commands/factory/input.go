package factory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/internal/disk"
)

// StandardStream is the path that names standard input where something is read,
// and standard output where it is written.
const StandardStream = "-"

// Open reads a file, or standard input for StandardStream, and tells what it
// is. Without passwords encrypted parts stay closed.
func (f *Factory) Open(ctx context.Context, path string, pw *Passwords) (*inspect.File, error) {
	content, err := f.content(ctx, path)
	if err != nil {
		return nil, WithHint(fmt.Errorf("cannot read %q: %w", path, err), readHint(path, err))
	}
	return read(ctx, path, content, pw)
}

// ReadText reads a file of lines whole, or standard input for StandardStream,
// without a byte order mark.
func (f *Factory) ReadText(ctx context.Context, path string) (string, error) {
	content, err := f.content(ctx, path)
	if err == nil && content.Truncated {
		err = fmt.Errorf("it is larger than %d MB", disk.ReadLimit>>20)
	}
	if err != nil {
		return "", WithHint(fmt.Errorf("cannot read %q: %w", path, err), readHint(path, err))
	}
	return strings.TrimPrefix(string(content.Data), "\ufeff"), nil
}

// content reads a file, or standard input for StandardStream.
func (f *Factory) content(ctx context.Context, path string) (disk.Content, error) {
	if path == StandardStream {
		return disk.ReadStream(ctx, f.Streams.In)
	}
	return disk.Read(ctx, path)
}

// Opener opens a file by its path and tells what it is.
type Opener func(ctx context.Context, path string) (*inspect.File, error)

// Opener returns Open for files that are asked about several times: standard
// input, which can be read only once, is read here when it is among the paths.
func (f *Factory) Opener(ctx context.Context, paths []string, pw *Passwords) (Opener, error) {
	if !slices.Contains(paths, StandardStream) {
		return func(ctx context.Context, path string) (*inspect.File, error) { return f.Open(ctx, path, pw) }, nil
	}
	held, err := disk.ReadStream(ctx, f.Streams.In)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, path string) (*inspect.File, error) {
		if path == StandardStream {
			return read(ctx, path, held, pw)
		}
		return f.Open(ctx, path, pw)
	}, nil
}

// read tells what the content of a file is. Its error is that of ctx: whoever
// interrupts the question for a password wants no answer without it.
func read(ctx context.Context, path string, content disk.Content, pw *Passwords) (*inspect.File, error) {
	file := inspect.Read(path, content.Data, inspect.Options{
		Size: content.Size, Truncated: content.Truncated, Password: pw.of(ctx, path),
	})
	return file, ctx.Err()
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

// Expand replaces folders by the files below them when recursive is set.
func (f *Factory) Expand(paths []string, recursive bool) ([]string, error) {
	var files []string
	for _, path := range paths {
		if !recursive || path == StandardStream || !disk.IsDir(path) {
			files = append(files, path)
			continue
		}
		below, err := disk.Files(path)
		if err != nil {
			return nil, WithHint(fmt.Errorf("cannot list %q: %w", path, err), "look at its permissions, or name the files")
		}
		if len(below) == 0 {
			return nil, WithHint(fmt.Errorf("no file below %q", path), "hidden files are left out; name them to have them looked at")
		}
		files = append(files, below...)
	}
	return files, nil
}

// Certificates reads every certificate of the files and folders given, for flags
// such as --custom. A file without any is an error: it was named for one.
func (f *Factory) Certificates(ctx context.Context, flag string, paths []string, pw *Passwords) ([]*certificate.Certificate, error) {
	files, err := f.Expand(paths, true)
	if err != nil {
		return nil, err
	}
	var list []*certificate.Certificate
	for _, path := range files {
		file, err := f.Open(ctx, path, pw)
		if err != nil {
			return nil, err
		}
		found := file.Certificates()
		if len(found) == 0 {
			return nil, WithHint(fmt.Errorf("%s %q holds no certificate", flag, path), fmt.Sprintf("run %q", "phonecert inspect "+path))
		}
		list = append(list, found...)
	}
	return list, nil
}
