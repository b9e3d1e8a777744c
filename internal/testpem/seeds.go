package testpem

import (
	"os"
	"testing"
)

// Seeds adds the cases with keys to a fuzz target, for they are made anew in
// each run, and requires that the others are committed.
func Seeds(f *testing.F) {
	f.Helper()
	entries, err := os.ReadDir("testdata/fuzz/" + f.Name())
	if err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
	for _, c := range keyCases(Load(f)) {
		f.Add([]byte(c.Text))
	}
}
