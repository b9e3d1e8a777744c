package pfx

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/pbe"
)

// workLeft returns what has little work left, so that no input costs much time.
func workLeft(t testing.TB, left int64) *pbe.Work {
	t.Helper()
	var work pbe.Work
	if err := work.Spend("test", pbe.MaxWork-left, 1); err != nil {
		t.Fatal(err)
	}
	return &work
}

// All parts of a file and all attempts at its password share the work.
func TestWorkIsShared(t *testing.T) {
	text, err := os.ReadFile("testdata/fuzz/FuzzRead/mac")
	if err != nil {
		t.Fatal(err)
	}
	_, literal, _ := strings.Cut(string(text), "[]byte(")
	in, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(literal), ")"))
	if err != nil {
		t.Fatal(err)
	}
	// Its MAC takes 10 iterations: the absent password is tried, the empty one
	// is not any more.
	file, err := read([]byte(in), nil, workLeft(t, 15))
	if err != nil || len(file.Problems) != 1 || !errors.Is(file.Problems[0], pbe.ErrWork) {
		t.Errorf("%v, problems %v", err, file.Problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, in []byte) {
		der, _, err := ber.ToDER(in)
		if err != nil {
			return
		}
		asked := 0
		file, err := read(der, func() ([]byte, bool) { asked++; return []byte("secret"), true }, workLeft(t, 20_000))
		if asked > 1 {
			t.Errorf("asked for the password %d times", asked)
		}
		if err != nil {
			for _, cause := range []error{ErrNotPFX, ErrDamaged, ErrVersion, ErrPublicKeyMode} {
				if errors.Is(err, cause) {
					return
				}
			}
			t.Fatalf("an error of no known cause: %v", err)
		}
		if len(file.Bags) > MaxBags {
			t.Errorf("%d bags", len(file.Bags))
		}
		for _, b := range file.Bags {
			if b.Kind == EncryptedKey && (b.Plain == nil) == (b.Locked == nil) {
				t.Errorf("a key is locked by %v and holds %d bytes", b.Locked, len(b.Plain))
			}
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzRead")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no fuzz seeds: %v", err)
	}
}
