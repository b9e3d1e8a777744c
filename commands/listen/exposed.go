package listen

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
)

// exposed refuses to serve a folder in which this run keeps private keys, passwords
// or calls: whoever reaches the door could fetch them.
func (k *calls) exposed() error {
	if k.serve == "" {
		return nil
	}
	secrets := append([]string{k.save, k.keyLog, k.key}, k.passwordFiles...)
	if k.key == "" {
		secrets = append(secrets, k.certificate) // the key stands beside it
	}
	hint := "serve a folder of its own, or keep that file elsewhere"
	if k.out != "" {
		secrets = append(secrets, filepath.Join(k.out, keyFile))
		hint += "; phones may fetch a copy of " + rootFile
	}
	for _, path := range secrets {
		if path != "" && fetched(k.serve, path) {
			return factory.WithHint(fmt.Errorf("--serve %q would hand %q, which is secret, to whoever asks for it", k.serve, path), hint)
		}
	}
	return nil
}

// fetched reports whether a file would be sent to whoever asks: it stands in the
// folder, and no part of its name begins with a dot.
func fetched(folder, path string) bool {
	within, err := filepath.Rel(real(folder), real(path))
	if err != nil {
		return false
	}
	for segment := range strings.SplitSeq(filepath.ToSlash(within), "/") {
		if strings.HasPrefix(segment, ".") {
			return false
		}
	}
	return true
}

// real is a path without symbolic links, as far as it exists.
func real(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	for missing := ""; ; {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Join(target, missing)
		}
		folder := filepath.Dir(path)
		if folder == path {
			return filepath.Join(path, missing)
		}
		missing, path = filepath.Join(filepath.Base(path), missing), folder
	}
}
