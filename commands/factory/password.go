package factory

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

// Passwords gives the password of encrypted files, at most asking once. It
// comes from a file, the environment or the terminal, in that order, and never
// from an argument, where other users could see it.
type Passwords struct {
	f    *Factory
	path string
	// variable is what the environment calls it.
	variable string

	once  sync.Once
	value []byte
	ok    bool
}

// Passwords adds --password-file to a command that reads files.
func (f *Factory) Passwords(cmd *cobra.Command) *Passwords {
	return f.PasswordFlag(cmd, "password-file", "PHONECERT_PASSWORD", "read the password of encrypted files from this `file`")
}

// PasswordFlag adds a flag that names the file with a password; variable is what
// the environment calls the password.
func (f *Factory) PasswordFlag(cmd *cobra.Command, flag, variable, usage string) *Passwords {
	p := &Passwords{f: f, variable: variable}
	cmd.Flags().StringVar(&p.path, flag, "", usage)
	return p
}

// Load reads the password file, if one is named, so that a wrong name is told at once.
func (p *Passwords) Load(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	content, err := disk.Read(ctx, p.path)
	if err != nil {
		return WithHint(fmt.Errorf("cannot read the password file %q: %w", p.path, err), "give a file whose first line is the password")
	}
	first, _, _ := bytes.Cut(content.Data, []byte("\n"))
	first = bytes.TrimSuffix(first, []byte("\r"))
	if len(first) > maxPassword {
		return WithHint(fmt.Errorf("the first line of %q is longer than %d bytes", p.path, maxPassword), "give a file whose first line is the password")
	}
	p.once.Do(func() { p.value, p.ok = first, true })
	return nil
}

// Get returns the password, asking the question where it must be typed; ok is
// false when there is none. It may be called by several goroutines, and asks
// once: all encrypted files of a call share one password.
func (p *Passwords) Get(ctx context.Context, question string) (password []byte, ok bool) {
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

// Typed reports whether the password can only come from the terminal, where
// nobody sees what is typed.
func (p *Passwords) Typed() bool { return p.path == "" && p.f.Getenv(p.variable) == "" }

// of is the password of an encrypted file, in the form in which readers ask.
func (p *Passwords) of(ctx context.Context, path string) key.Password {
	if p == nil {
		return nil
	}
	return func() ([]byte, bool) {
		return p.Get(ctx, fmt.Sprintf("Password of %s (none: just Enter): ", path))
	}
}
