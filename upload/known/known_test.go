package known_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/upload/known"
)

const address = "192.0.2.55:443"

func print(n byte) known.Fingerprint { return known.Fingerprint{n, 31: n} }

func TestParse(t *testing.T) {
	good := print(7).String()
	text := "# phones\n\n" + "Phone.Example.com:443 " + good + "\r\n[2001:db8::1]:443\t" + strings.ToUpper(good[7:]) + "\nb:1 " + good + " # the lobby\nc:1\nd:1 sha256:00\ne:1 " + good + " x\nb:1 " + good
	var got []string
	for _, e := range known.Parse([]byte(text)) {
		got = append(got, fmt.Sprintf("%d %s %v %v", e.Line, e.Address, e.Fingerprint == print(7), e.Err == nil))
	}
	want := []string{"3 phone.example.com:443 true true", "4 [2001:db8::1]:443 false false", "5 b:1 true true", "6 c:1 false false", "7 d:1 false false", "8 e:1 false false", "9 b:1 true true"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestParseFingerprint(t *testing.T) {
	digits := strings.TrimPrefix(print(0xab).String(), "sha256:")
	var colons []string
	for pair := range slices.Chunk([]byte(strings.ToUpper(digits)), 2) {
		colons = append(colons, string(pair))
	}
	for text, ok := range map[string]bool{
		digits: true, "sha256:" + digits: true, strings.Join(colons, ":"): true, "sha256 Fingerprint=" + strings.Join(colons, ":"): true,
		"SHA256:" + digits + "\n": true, "": false, digits[1:]: false, digits + "00": false, "sha1:" + digits: false, strings.Repeat("x", 64): false,
	} {
		f, err := known.ParseFingerprint(text)
		if (err == nil) != ok || ok && f != print(0xab) {
			t.Errorf("%s: %s, %v", text, f, err)
		}
	}
}

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "known_phones")
	s := known.Open(path)
	if list, err := s.Look(address); list != nil || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("looking has made the folder")
	}
	for _, f := range []known.Fingerprint{print(1), print(2), print(1)} {
		if err := s.Add("Phone.example.com:443", f); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	if want := "phone.example.com:443 " + print(1).String() + "\nphone.example.com:443 " + print(2).String() + "\n"; string(text) != want {
		t.Errorf("%s", text)
	}
	for _, store := range []*known.Store{s, known.Open(path)} {
		if list, err := store.Look("PHONE.example.com:443"); err != nil || !slices.Equal(list, []known.Fingerprint{print(1), print(2)}) {
			t.Errorf("%v, %v", list, err)
		}
	}
	if runtime.GOOS != "windows" {
		for name, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if i, err := os.Stat(name); err != nil || i.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v", name, i.Mode(), err)
			}
		}
	}
	for _, bad := range []string{"", "a b:1", "a\n:1", "#:1"} {
		if s.Add(bad, print(1)) == nil {
			t.Errorf("%q was written", bad)
		}
	}
}

// TestStoreWithoutLastLineEnd: a line that somebody typed does not swallow ours.
func TestStoreWithoutLastLineEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_phones")
	os.WriteFile(path, []byte("a:1 "+print(1).String()), 0o600)
	if err := known.Open(path).Add("b:1", print(2)); err != nil {
		t.Fatal(err)
	}
	if list, err := known.Open(path).Look("b:1"); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestStoreThatCannotBeRead: a phone that may be known is not taken for new.
func TestStoreThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	large := filepath.Join(folder, "large")
	os.WriteFile(large, bytes.Repeat([]byte("#\n"), 16<<20+1), 0o600)
	broken := filepath.Join(folder, "broken")
	os.WriteFile(broken, []byte("a:1 sha256:zz\nb:1 "+print(1).String()+"\n"), 0o600)
	for _, path := range []string{folder, large, broken} {
		s := known.Open(path)
		if _, err := s.Look("a:1"); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if s.Add("a:1", print(1)) == nil {
			t.Errorf("%s was written", path)
		}
		if _, err := (known.Judge{Store: s, Remember: true}).Accept("a:1", [][]byte{{1}}); err == nil {
			t.Errorf("%s: accepted", path)
		}
	}
	if list, err := known.Open(broken).Look("b:1"); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestStoreAtOnce: goroutines, and stores like those of other processes.
func TestStoreAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_phones")
	stores := []*known.Store{known.Open(path), known.Open(path)}
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			j := known.Judge{Store: stores[i%2], Remember: true}
			for n := range 10 {
				if _, err := j.Accept(fmt.Sprintf("192.0.2.%d:443", n), [][]byte{{byte(n)}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entries := known.Parse(text)
	if len(entries) < 10 || len(entries) > 20 {
		t.Errorf("%d lines", len(entries))
	}
	for _, e := range entries {
		if e.Err != nil {
			t.Errorf("%+v", e)
		}
	}
}

// FuzzParse: what is read can be written and read again.
func FuzzParse(f *testing.F) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzParse"); err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, e := range known.Parse(text) {
			if e.Address == "" || e.Line < 1 {
				t.Fatalf("%+v", e)
			}
			if e.Err != nil {
				continue
			}
			again := known.Parse([]byte(e.Address + " " + e.Fingerprint.String() + "\n"))
			if len(again) != 1 || again[0].Address != e.Address || again[0].Fingerprint != e.Fingerprint {
				t.Errorf("%+v, then %+v", e, again)
			}
		}
	})
}
