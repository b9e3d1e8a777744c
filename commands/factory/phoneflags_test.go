package factory

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/internal/terminal"
)

// TestPasswordOf: the inventory's password goes before the file's, that before
// the environment's, that before the keyring's.
func TestPasswordOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keyring := func(service, user string) (string, error) {
		switch service + " " + user {
		case "phonecert admin@192.0.2.55":
			return "of this phone", nil
		case "phonecert admin":
			return "of all phones", nil
		}
		return "", errors.New("not there")
	}
	for _, c := range []struct{ arguments, environment, address, given, want string }{
		{"", "", "http://192.0.2.55", "from the inventory", "from the inventory"},
		{"--password-file " + file, "from the environment", "http://192.0.2.55", "", "from the file"},
		{"", "from the environment", "http://192.0.2.55", "", "from the environment"},
		{"--keyring", "from the environment", "http://192.0.2.55", "", "from the environment"},
		{"--keyring", "", "http://192.0.2.55:8080", "", "of this phone"},
		{"--keyring", "", "192.0.2.55", "", "of this phone"},
		{"--keyring", "", "https://192.0.2.56", "", "of all phones"},
		{"", "", "http://192.0.2.55", "", ""},
	} {
		streams, _, _ := terminal.Test(strings.NewReader(""))
		f := &Factory{Streams: streams, Keyring: keyring, Getenv: func(string) string { return c.environment }, ConfigDir: func() string { return "" }}
		cmd := &cobra.Command{Use: "x"}
		p := f.PhoneFlags(cmd, "ca")
		if err := cmd.ParseFlags(strings.Fields(c.arguments)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Config(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		got, ok := p.PasswordOf(c.address, "admin", c.given)(context.Background())
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s of %s with %q and %q: %q, %t", c.address, c.arguments, c.environment, c.given, got, ok)
		}
	}
}
