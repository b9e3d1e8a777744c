package pbe

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// The encryptions themselves are tested against openssl where keys and PKCS#12
// files are read.

func TestWork(t *testing.T) {
	var w Work
	if err := w.Spend("test", MaxWork/4, 3); err != nil {
		t.Fatal(err)
	}
	err := w.Spend("test", MaxWork/4+1, 1)
	if !errors.Is(err, ErrWork) || !strings.Contains(err.Error(), "3000001 of test, on top of") {
		t.Errorf("spent in two steps: %v", err)
	}
	if err := w.Spend("test", MaxWork/4, 1); err != nil {
		t.Errorf("what was refused was spent: %v", err)
	}
	for _, count := range []int64{MaxWork + 1, 1<<63 - 1} {
		err := new(Work).Spend("test", count, 1)
		if !errors.Is(err, ErrWork) || !strings.Contains(err.Error(), "at most 12000000 are done") {
			t.Errorf("%d at once: %v", count, err)
		}
	}
}

func TestBMPString(t *testing.T) {
	for password, want := range map[string]string{
		"":                 "0000",
		"Beavis":           "0042006500610076006900730000", // the example of RFC 7292, appendix B.1
		"\u00e4\U0001f511": "00e4d83ddd110000",
		"\xe4":             "00e40000",
	} {
		if got := bmpString([]byte(password)); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%q became %x, want %s", password, got, want)
		}
	}
	if got := bmpString(nil); got != nil {
		t.Errorf("the absent password became %x", got)
	}
}

func TestUnpad(t *testing.T) {
	for _, test := range []struct {
		in, out string
		err     error
	}{
		{"aa07070707070707", "aa", nil},
		{"0808080808080808", "", nil},
		{"aabbccddeeff0000", "aabbccddeeff0000", ErrPadding},
		{"aabbccddeeff0902", "aabbccddeeff0902", ErrPadding},
		{"aabbccddeeffaa09", "aabbccddeeffaa09", ErrPadding},
	} {
		out, err := unpad(unhex(t, test.in), 8)
		if !errors.Is(err, test.err) || !bytes.Equal(out, unhex(t, test.out)) {
			t.Errorf("%s: %x, %v", test.in, out, err)
		}
	}
}

func FuzzScheme(f *testing.F) {
	f.Fuzz(func(t *testing.T, algorithm, ciphertext []byte) {
		s, err := ReadScheme(algorithm)
		if s.Name() == "" {
			t.Error("an algorithm without a name")
		}
		if err != nil {
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrWork) && !errors.Is(err, ErrDamaged) {
				t.Fatalf("an error of no known cause: %v", err)
			}
			return
		}
		work := Work{spent: MaxWork - 20_000}
		plain, err := s.Decrypt(ciphertext, []byte("secret"), &work)
		if len(plain) > len(ciphertext) || err != nil && plain != nil && !errors.Is(err, ErrPadding) {
			t.Errorf("%d bytes became %d with %v", len(ciphertext), len(plain), err)
		}
	})
}

func FuzzMAC(f *testing.F) {
	f.Fuzz(func(t *testing.T, macData []byte) {
		m, err := ReadMAC(macData)
		if m.Name() == "" {
			t.Error("a MAC without a name")
		}
		if err != nil {
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrWork) && !errors.Is(err, ErrDamaged) {
				t.Fatalf("an error of no known cause: %v", err)
			}
			return
		}
		work := Work{spent: MaxWork - 20_000}
		if _, err := m.Verify([]byte("content"), []byte("secret"), &work); err != nil && !errors.Is(err, ErrWork) {
			t.Error(err)
		}
	})
}

func TestSeedsExist(t *testing.T) {
	for _, target := range []string{"FuzzScheme", "FuzzMAC"} {
		seeds, err := os.ReadDir("testdata/fuzz/" + target)
		if err != nil || len(seeds) == 0 {
			t.Fatalf("no fuzz seeds for %s: %v", target, err)
		}
	}
}
