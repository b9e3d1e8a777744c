package file_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// phonecert runs a command line in this process.
func phonecert(t *testing.T, env map[string]string, args ...string) (code int, out, err string) {
	t.Helper()
	streams, stdout, stderr := terminal.Test(strings.NewReader(""))
	f := &factory.Factory{
		Streams: streams, Now: testca.Clock,
		Getenv:    func(name string) string { return env[name] },
		ConfigDir: func() string { return "" },
	}
	code = commands.Run(context.Background(), f, args)
	return code, stdout.String(), stderr.String()
}

// TestHostileFiles: whatever the file, every command ends soon with a finding
// or an error that has a hint, and its JSON parses.
func TestHostileFiles(t *testing.T) {
	root := testca.Root(t, "Root").PEM()
	sparse := filepath.Join(t.TempDir(), "sparse.pem")
	f, err := os.Create(sparse)
	if err != nil {
		t.Fatal(err)
	}
	f.Write(root)
	if err := f.Truncate(2 << 30); err != nil {
		t.Fatal(err)
	}
	f.Close()
	paths := map[string]string{
		"6 MB":             realparts.WriteFile(t, "big.pem", append(bytes.Repeat([]byte("x"), 6<<20), root...)),
		"2 GB":             sparse,
		"empty":            realparts.WriteFile(t, "empty.pem", nil),
		"100,000":          realparts.WriteFile(t, "many.pem", bytes.Repeat(root, 100_000/10)),
		"just under":       realparts.WriteFile(t, "full.pem", bytes.Repeat(root, (disk.ReadLimit-1)/len(root))),
		"random":           realparts.WriteFile(t, "random.pem", bytes.Repeat([]byte{0x9c, 3, 0, 0xff, 0x30, 0x82}, 1000)),
		"nested":           realparts.WriteFile(t, "nested.der", bytes.Repeat([]byte{0x30, 0x80}, 500_000)),
		"missing":          filepath.Join(t.TempDir(), "missing.pem"),
		"folder":           t.TempDir(),
		"name with spaces": realparts.WriteFile(t, "a file, 'quoted'.txt", root),
		"name like a flag": realparts.WriteFile(t, "--help.txt", root),
		"name of escapes":  realparts.WriteFile(t, "\x1b[31m.txt", root),
	}
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			for _, command := range [][]string{
				{"check", path, "--as", "trusted", "--handset", "yealink-t28p"},
				{"check", path, "--as", "server", "--handset", "yealink-t5x-v86"},
				{"check", path, "--as", "pbx", "--handset", "matrix-vp710"},
				{"inspect", path},
				{"convert", path, "--to", "pem", "--no-keys", "-o", filepath.Join(t.TempDir(), "out.pem")},
			} {
				begin := time.Now()
				code, out, errText := phonecert(t, nil, append(command, "--json")...)
				if spent := time.Since(begin); spent > 5*time.Minute {
					t.Errorf("%v took %s", command[0], spent)
				}
				var object map[string]any
				if err := json.Unmarshal([]byte(out), &object); err != nil {
					t.Errorf("%v: JSON does not parse: %v in %.200q", command[0], err, out)
				}
				if code == 1 && !strings.Contains(errText, "phonecert: hint: ") {
					t.Errorf("%v: an error without a hint: %s", command[0], errText)
				}
				if strings.Contains(errText, "\x1b") {
					t.Errorf("%v: an escape sequence reaches the terminal: %q", command[0], errText)
				}
			}
		})
	}
}

// TestManyFilesNeedLittleMemory: a check keeps of each file only what its report
// takes, so that twenty files together need far less than twenty times one.
func TestManyFilesNeedLittleMemory(t *testing.T) {
	dir := t.TempDir()
	big := bytes.Repeat(testca.Root(t, "Root").PEM(), 3000)
	for i := range 20 {
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".pem"), big, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // as many files are in hand at once
	one, all := peak(t, filepath.Join(dir, "a.pem")), peak(t, dir)
	for try := 1; all > 6*one && try < 5; try++ {
		// On a busy machine the samples of the one may have missed its peak, and
		// the collector may be late with those of all.
		one, all = max(one, peak(t, filepath.Join(dir, "a.pem"))), min(all, peak(t, dir))
	}
	t.Logf("one file: %d MiB at most, twenty: %d MiB", one>>20, all>>20)
	if all > 6*one {
		t.Errorf("twenty files take %d MiB at their peak, one takes %d MiB", all>>20, one>>20)
	}
}

// peak is the most memory that is live at any time during a check, in bytes.
func peak(t *testing.T, path string) (most uint64) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that the heap is what is live
	runtime.GC()
	done, sampled := make(chan struct{}), make(chan uint64)
	go func() {
		var memory runtime.MemStats
		var most uint64
		for {
			runtime.ReadMemStats(&memory)
			most = max(most, memory.HeapAlloc)
			select {
			case <-done:
				sampled <- most
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	phonecert(t, nil, "check", path, "-r", "--as", "trusted", "--handset", "yealink-t28p", "--quiet")
	close(done)
	return <-sampled
}

// TestSecretsStayInside feeds a password and private keys to every command that
// reads files and looks for them in everything that is printed.
func TestSecretsStayInside(t *testing.T) {
	const password = "correct-horse-battery"
	leaf := testca.Root(t, "Root").Issue(t, "phone.example.com", testca.TLS)
	block, _ := pem.Decode(leaf.KeyPEM(t))
	both := realparts.WriteFile(t, "both.pem", append(leaf.PEM(), leaf.KeyPEM(t)...))
	broken := realparts.WriteFile(t, "broken.pem", bytes.Replace(leaf.KeyPEM(t), []byte("\n"), []byte("\n!"), 4))
	cut := realparts.WriteFile(t, "cut.pem", leaf.KeyPEM(t)[:900])
	der := realparts.WriteFile(t, "key.der", block.Bytes[:len(block.Bytes)-3])
	dir := t.TempDir()
	p12 := filepath.Join(dir, "made.p12")
	env := map[string]string{"PHONECERT_PASSWORD": password, "PHONECERT_OUT_PASSWORD": password}
	if code, _, err := phonecert(t, env, "convert", both, "-o", p12); code != 0 {
		t.Fatal(err)
	}
	wrong := map[string]string{"PHONECERT_PASSWORD": password + "!"}
	passwordFile := realparts.WriteFile(t, "password.txt", []byte(password+"\n"))

	secrets := []string{password}
	for at := 40; at+24 < len(block.Bytes); at += 24 {
		part := block.Bytes[at : at+24]
		secrets = append(secrets, base64.StdEncoding.EncodeToString(part), hex.EncodeToString(part), string(part))
	}
	for _, line := range strings.Split(string(leaf.KeyPEM(t)), "\n") {
		if len(line) == 64 {
			secrets = append(secrets, line[:32], line[32:])
		}
	}
	for _, e := range []map[string]string{env, wrong, nil} {
		for _, path := range []string{both, broken, cut, der, p12} {
			for _, command := range [][]string{
				{"inspect", path}, {"inspect", path, "--json"}, {"inspect", path, "--pem"},
				{"inspect", path, "--password-file", passwordFile},
				{"check", path, "--as", "server", "--handset", "yealink-t28p", "--json"},
				{"check", path, "--as", "trusted", "--handset", "yealink-t28p"},
				{"check", path, "--as", "pbx", "--handset", "yealink-t28p"},
				{"convert", path},
				{"convert", path, "--no-keys", "--json", "-o", filepath.Join(t.TempDir(), "o.pem")},
				{"convert", path, "-o", filepath.Join(t.TempDir(), "o.pem")},
				{"convert", path, "--for", "yealink-t28p", "--as", "server", "-o", filepath.Join(t.TempDir(), "p.pem")},
			} {
				_, out, errText := phonecert(t, e, command...)
				for _, secret := range secrets {
					if strings.Contains(out+errText, secret) {
						t.Errorf("%s of %s prints a secret", strings.Join(command, " "), filepath.Base(path))
						break
					}
				}
			}
		}
	}
}
