package serve_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "phones.json")
	c := serve.Config{Kinds: []serve.Kind{kind(t, dialect.Basic)}, Count: 2, HTTPS: true, StateFile: path, Policy: device.Policy{RebootTime: 20 * time.Millisecond}}
	first := start(t, c)
	if stat, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && stat.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", stat, err)
	}
	phone := owner{t, first.Phones()[1].URL}
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	phone.upload("own.pem", append(own.PEM(), own.KeyPEM(t)...))
	phone.set("þ0þ1þ2þ1")
	phone.reboot()
	for end := time.Now().Add(time.Minute); !contains(t, path, `"presented"`); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("changes do not reach the file")
		}
	}
	want := first.Phones()[1].Phone.State()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	// With one phone only, the other one stays in the file.
	one := c
	one.Count = 1
	if err := start(t, one).Close(); err != nil {
		t.Fatal(err)
	}
	// With another firmware and password the phone keeps the rest.
	c.Kinds, c.Password = []serve.Kind{kind(t, dialect.Plain)}, "secret"
	second := start(t, c)
	got := second.Phones()[1].Phone.State()
	if got.Settings != want.Settings || got.InForce != want.InForce || got.Server == nil || got.Password != "secret" || got.Firmware != "2.71.0.0" {
		t.Errorf("%+v", got)
	}
	if certificate, err := second.Certificate(second.Phones()[1]); err != nil || certificate.Subject.CommonName != "phone.example.com" {
		t.Errorf("presents %v, %v", certificate, err)
	}
}

func contains(t *testing.T, path, text string) bool {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(content), text)
}

// A lock outlives the process, but not for longer than the phone would lock.
func TestLockOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "phones.json")
	far := `{"version":1,"phones":[{"model":"M","firmware":"1","mac":"00005e005300","user":"admin","password":"secret","trusted":null,"settings":{},"in_force":{},"wrong":2,"locked_until":"2199-01-01T00:00:00Z","back_at":"2199-01-01T00:00:00Z"}]}`
	if err := os.WriteFile(path, []byte(far), 0o600); err != nil {
		t.Fatal(err)
	}
	f := start(t, serve.Config{StateFile: path, Clock: testca.Clock})
	s := f.Phones()[0].Phone.State()
	if s.Wrong != 2 || s.Password != "secret" || !s.LockedUntil.Equal(testca.Clock().Add(device.DefaultPolicy().LockTime)) || !s.BackAt.Equal(testca.Clock().Add(device.DefaultPolicy().RebootTime)) {
		t.Errorf("%+v", s)
	}
}

func TestBadStateFile(t *testing.T) {
	dir := t.TempDir()
	phone := func(fields string) string {
		return `{"version":1,"phones":[{"model":"M","firmware":"1","mac":"00005e005301","user":"u","password":"hunter2"` + fields + `}]}`
	}
	tests := map[string]string{
		"":                                 "ends too early",
		"hello":                            "damaged at byte 1",
		`{"version":2}`:                    "version is 2",
		`{"phones":[]}`:                    "version is 0",
		`{"version":1} x`:                  "something follows",
		`{"version":1,"phones":7}`:         `the field "phones"`,
		phone(`,"trusted":"x"`):            `the field "phones.trusted"`,
		phone(`,"settings":{"ca":9}`):      "a trust setting",
		phone(`,"wrong":-1`):               "wrong passwords",
		phone(`,"trusted":[{"file":"a"}]`): "no content",
		phone(`,"trusted":[{"file":"","der":"AAAA"}]`):                         "no file name",
		`{"version":1,"phones":[{}]}`:                                          "phone 1: the model",
		strings.Replace(phone(""), "00005e005301", "no", 1):                    `"no" is no MAC address`,
		strings.Replace(phone(""), "]", ","+phone("")[23:len(phone(""))-1], 1): "twice",
	}
	for text, want := range tests {
		path := filepath.Join(dir, "state.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := serve.Start(t.Context(), serve.Config{Kinds: []serve.Kind{kind(t, dialect.Plain)}, StateFile: path})
		var state *serve.StateError
		if !errors.As(err, &state) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if kept, _ := os.ReadFile(path); string(kept) != text {
			t.Errorf("%s: the file was written", text)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "state.json")} {
		_, err := serve.Start(t.Context(), serve.Config{Kinds: []serve.Kind{kind(t, dialect.Plain)}, StateFile: path})
		var state *serve.StateError
		if !errors.As(err, &state) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made")
	}
}
