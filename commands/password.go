package commands

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/internal/disk"
)

// maxPassword is the longest password that is read from a file, in bytes.
const maxPassword = 4096

// passwords gives the password of encrypted files, at most asking once. It
// comes from --password-file, PHONECERT_PASSWORD or the terminal, in that
// order, and never from an argument, where other users could see it.
type passwords struct {
	f    *Factory
	path string
	// variable is what the environment calls it.
	variable string

	once  sync.Once
	value []byte
	ok    bool
}

// passwordFlag adds --password-file to a command that reads files.
func (f *Factory) passwordFlag(cmd *cobra.Command) *passwords {
	p := &passwords{f: f, variable: "PHONECERT_PASSWORD"}
	cmd.Flags().StringVar(&p.path, "password-file", "", "read the password of encrypted files from this `file`")
	return p
}

// load reads the password file, so that a wrong name is told at once.
func (p *passwords) load(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	content, err := disk.Read(ctx, p.path)
	if err != nil {
		return withHint(fmt.Errorf("cannot read the password file %q: %w", p.path, err), "give a file whose first line is the password")
	}
	first, _, _ := bytes.Cut(content.Data, []byte("\n"))
	first = bytes.TrimSuffix(first, []byte("\r"))
	if len(first) > maxPassword {
		return withHint(fmt.Errorf("the first line of %q is longer than %d bytes", p.path, maxPassword), "give a file whose first line is the password")
	}
	p.once.Do(func() { p.value, p.ok = first, true })
	return nil
}

// get returns the password, asking the question where it must be typed; ok is
// false when there is none. It may be called by several goroutines, and asks
// once: all encrypted files of a call share one password.
func (p *passwords) get(ctx context.Context, question string) (password []byte, ok bool) {
	p.once.Do(func() {
		if value := p.f.Getenv(p.variable); value != "" {
			p.value, p.ok = []byte(value), true
			return
		}
		if value, err := p.f.Streams.Password(ctx, question); err == nil && len(value) > 0 {
			p.value, p.ok = value, true
		}
	})
	return p.value, p.ok
}

// of is the password of an encrypted file, in the form in which readers ask.
func (p *passwords) of(ctx context.Context, path string) key.Password {
	if p == nil {
		return nil
	}
	return func() ([]byte, bool) {
		return p.get(ctx, fmt.Sprintf("Password of %s (none: just Enter): ", path))
	}
}
