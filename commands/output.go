package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/terminal"
)

// standardOutput is how a path names standard output.
const standardOutput = "-"

// output is one file to be written.
type output struct {
	path string
	data []byte
	// secret says that it holds a private key, text that a terminal can show it.
	secret, text bool
}

// save writes the outputs: all of them may be written, or none is. Nothing is
// overwritten without force, and an input never, for what was read of it may
// be less than what is in it. The folder is made; "" is none.
func (f *Factory) save(ctx context.Context, folder string, outputs []output, inputs []string, force bool) error {
	for _, out := range outputs {
		if err := f.mayWrite(out, inputs, force); err != nil {
			return err
		}
	}
	if folder != "" {
		if err := disk.MakeDir(folder); err != nil {
			return withHint(fmt.Errorf("cannot make the folder %q: %w", folder, err), "choose another one with --split")
		}
	}
	for _, out := range outputs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if out.path == standardOutput {
			if _, err := f.Streams.Out.Write(out.data); err != nil {
				return withHint(fmt.Errorf("cannot write to standard output: %w", err), "write to a file with -o FILE")
			}
			continue
		}
		if err := disk.Write(out.path, out.data, out.mode(), force); err != nil {
			return writeError(out.path, err)
		}
	}
	return nil
}

// mode keeps private keys from other users of the machine.
func (out output) mode() fs.FileMode {
	if out.secret {
		return 0o600
	}
	return 0o644
}

// mayWrite tells what speaks against an output before anything is written.
func (f *Factory) mayWrite(out output, inputs []string, force bool) error {
	if out.path == standardOutput {
		return f.mayPrint(out)
	}
	for _, in := range inputs {
		if in != standardOutput && disk.Same(in, out.path) {
			return withHint(fmt.Errorf("%q is input and output at once", out.path),
				"write to another file with -o, look at it, and rename it then")
		}
	}
	if _, err := disk.Writable(out.path, force); err != nil {
		return writeError(out.path, err)
	}
	return nil
}

// mayPrint keeps private keys out of scroll-back buffers and logs, and binary
// data off the terminal.
func (f *Factory) mayPrint(out output) error {
	switch {
	case out.secret:
		return withHint(errors.New("a private key is not written to standard output"),
			"-o FILE writes it so that only you can read it", "--no-keys leaves private keys out")
	case !out.text && f.Streams.OutTTY:
		return withHint(errors.New("binary data is not written to a terminal"), "write it to a file with -o FILE", "or add --to pem")
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
	return withHint(fmt.Errorf("cannot write %q: %w", path, err), hint)
}

// aside sends to standard error what usually goes to standard output.
func (f *Factory) aside() *terminal.Streams {
	s := *f.Streams
	s.Out, s.OutTTY, s.Color = s.Err, s.ErrTTY, s.ErrColor
	return &s
}
