package key

import (
	"encoding/hex"
	"errors"
	"os"
	"testing"

	"github.com/phonecert/phonecert/inspect/pbe"
)

// spent returns an opener that has little work left, so that no input costs
// much time.
func spent(t testing.TB, password string, left int64) *Opener {
	t.Helper()
	o := &Opener{Password: func() ([]byte, bool) { return []byte(password), true }}
	if err := o.work.Spend("test", pbe.MaxWork-left, 1); err != nil {
		t.Fatal(err)
	}
	return o
}

// All keys of a file together are bounded, and the password is asked once.
func TestOpener(t *testing.T) {
	// pbeWithMD5AndDES-CBC with a salt of one byte and 1,000 iterations.
	in, err := hex.DecodeString("3020301406092a864886f70d01050330070401aa020203e804080000000000000000")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	o := spent(t, "", 5000)
	o.Password = func() ([]byte, bool) { asked++; return []byte("password"), true }
	for _, cause := range []error{ErrWrongPassword, ErrWrongPassword, ErrWork} {
		p, err := o.Parse("", nil, in)
		if err != nil || !errors.Is(p.Locked, cause) {
			t.Fatalf("%v, %v, want %v", p, err, cause)
		}
	}
	if asked != 1 {
		t.Errorf("asked for the password %d times", asked)
	}
}

func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, label, dekInfo string, der []byte) {
		o := spent(t, "password", 4*bcryptWeight)
		headers := map[string]string{}
		if dekInfo != "" {
			headers["DEK-Info"] = dekInfo
		}
		p, err := o.Parse(label, headers, der)
		if err != nil {
			if p != nil || !errors.Is(err, ErrNotKey) && !errors.Is(err, ErrTrailing) && !errors.Is(err, ErrDamaged) {
				t.Fatalf("%v with %v", err, p)
			}
			return
		}
		if p.Locked != nil && (!p.Encrypted || p.PKCS8 != nil) {
			t.Errorf("locked by %v, encrypted: %v", p.Locked, p.Encrypted)
		}
		if p.PublicKeyInfo != nil && !p.Matches(p.PublicKeyInfo) {
			t.Error("the key does not match itself")
		}
		if p.PKCS8 == nil {
			return
		}
		again, err := o.Parse("", nil, p.PKCS8)
		if err != nil || again.Form != PKCS8 || again.Algorithm != p.Algorithm || again.Bits != p.Bits {
			t.Errorf("the PKCS#8 of a %s key reads as %v, %v", p.Algorithm, again, err)
		}
		if label, der, ok := p.Traditional(); ok {
			if again, err := o.Parse(label, nil, der); err != nil || again.Algorithm != p.Algorithm {
				t.Errorf("the traditional form of a %s key reads as %v, %v", p.Algorithm, again, err)
			}
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzParse")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no fuzz seeds: %v", err)
	}
}
