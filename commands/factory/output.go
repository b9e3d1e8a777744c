package factory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Output is one file to be written.
type Output struct {
	// Path is where it goes; StandardStream is standard output.
	Path string
	Data []byte
	// Secret says that it holds a private key, Text that a terminal can show it.
	Secret, Text bool
}

// Save writes the outputs: all of them may be written, or none is. Nothing is
// overwritten without force, and an input never, for what was read of it may
// be less than what is in it. The folder is made; "" is none.
func (f *Factory) Save(ctx context.Context, folder string, outputs []Output, inputs []string, force bool) error {
	if err := f.MayWrite(outputs, inputs, force); err != nil {
		return err
	}
	if folder != "" {
		if err := disk.MakeDir(folder); err != nil {
			return WithHint(fmt.Errorf("cannot make the folder %q: %w", folder, err), "choose another one with --split")
		}
	}
	for _, out := range outputs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if out.Path == StandardStream {
			if _, err := f.Streams.Out.Write(out.Data); err != nil {
				return WithHint(fmt.Errorf("cannot write to standard output: %w", err), "write to a file with -o FILE")
			}
			continue
		}
		if err := disk.Write(out.Path, out.Data, out.mode(), force); err != nil {
			return writeError(out.Path, err)
		}
	}
	return nil
}

// MayWrite tells what speaks against the outputs, for commands that work long
// before they write.
func (f *Factory) MayWrite(outputs []Output, inputs []string, force bool) error {
	for _, out := range outputs {
		if err := f.mayWrite(out, inputs, force); err != nil {
			return err
		}
	}
	return nil
}

// mode keeps private keys from other users of the machine.
func (out Output) mode() fs.FileMode {
	if out.Secret {
		return 0o600
	}
	return 0o644
}

// mayWrite tells what speaks against an output before anything is written.
func (f *Factory) mayWrite(out Output, inputs []string, force bool) error {
	if out.Path == StandardStream {
		return f.mayPrint(out)
	}
	for _, in := range inputs {
		if in != StandardStream && disk.Same(in, out.Path) {
			return WithHint(fmt.Errorf("%q is input and output at once", out.Path),
				"write to another file with -o, look at it, and rename it then")
		}
	}
	if _, err := disk.Writable(out.Path, force); err != nil {
		return writeError(out.Path, err)
	}
	return nil
}

// mayPrint keeps private keys out of scroll-back buffers and logs, and binary
// data off the terminal.
func (f *Factory) mayPrint(out Output) error {
	switch {
	case out.Secret:
		return WithHint(errors.New("a private key is not written to standard output"),
			"-o FILE writes it so that only you can read it", "--no-keys leaves private keys out")
	case !out.Text && f.Streams.OutTTY:
		return WithHint(errors.New("binary data is not written to a terminal"), "write it to a file with -o FILE", "or add --to pem")
	}
	return nil
}

func writeError(path string, err error) error {
	hint := "look at the permissions of its folder, or choose another one with -o"
	switch {
	case errors.Is(err, disk.ErrExists):
		hint = "add --force to overwrite it, or choose another name with -o"
	case errors.Is(err, disk.ErrNotRegular) && disk.IsDir(path):
		hint = "name a file in it with -o, or use --split for a file per certificate"
	case errors.Is(err, disk.ErrNotRegular):
		hint = "name a file with -o; standard output is -o -"
	case errors.Is(err, fs.ErrNotExist):
		hint = "its folder does not exist: make it with mkdir -p, or use --split, which makes it"
	}
	return WithHint(fmt.Errorf("cannot write %q: %w", path, err), hint)
}

// Aside gives streams that send to standard error what usually goes to standard output.
func (f *Factory) Aside() *terminal.Streams {
	s := *f.Streams
	s.Out, s.OutTTY, s.Color = s.Err, s.ErrTTY, s.ErrColor
	return &s
}
