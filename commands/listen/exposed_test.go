package listen

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// TestExposed: what would be sent to whoever asks is told from what would not,
// whatever name leads there.
func TestExposed(t *testing.T) {
	dir := t.TempDir()
	served := filepath.Join(dir, "served")
	if err := os.Mkdir(served, 0o755); err != nil {
		t.Fatal(err)
	}
	within := filepath.Join(served, "ca", "root.key") // the folder ca is made later
	for _, test := range []struct {
		name string
		told listenOptions
		want bool
	}{
		{"nothing is served", listenOptions{keyLog: within}, false},
		{"key log", listenOptions{serve: served, keyLog: within}, true},
		{"calls", listenOptions{serve: served, save: within}, true},
		{"root", listenOptions{serve: served, out: filepath.Dir(within)}, true},
		{"certificate with its key", listenOptions{serve: served, certificate: within}, true},
		{"certificate alone", listenOptions{serve: served, certificate: within, key: filepath.Join(dir, "key.pem")}, false},
		{"key", listenOptions{serve: served, certificate: filepath.Join(dir, "cert.pem"), key: within}, true},
		{"password", listenOptions{serve: served, passwordFiles: []string{"", within}}, true},
		{"beside", listenOptions{serve: served, keyLog: filepath.Join(dir, "served.txt"), out: dir}, false},
		{"hidden", listenOptions{serve: served, keyLog: filepath.Join(served, ".keys")}, false},
		{"roundabout", listenOptions{serve: filepath.Join(served, "..", "served"), keyLog: within}, true},
	} {
		if err := (&calls{listenOptions: &test.told}).exposed(); (err != nil) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(served, link); err != nil {
		realparts.Missing(t, err.Error())
	}
	for _, told := range []listenOptions{{serve: link, keyLog: within}, {serve: served, keyLog: filepath.Join(link, "keys.txt")}} {
		if (&calls{listenOptions: &told}).exposed() == nil {
			t.Errorf("%+v", told)
		}
	}
}
