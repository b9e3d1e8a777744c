package serve

import (
	"reflect"
	"strings"
	"testing"
)

// FuzzState: whatever is read can be written and is read the same again.
func FuzzState(f *testing.F) {
	f.Add(`{"version":1,"phones":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		phones, err := decode(strings.NewReader(text))
		if err != nil {
			return
		}
		written, err := encode(phones)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(strings.NewReader(string(written)))
		if err != nil || len(again) != len(phones) {
			t.Fatalf("%q is read as %q: %v", text, written, err)
		}
		for i := range phones {
			if !reflect.DeepEqual(phones[i].Check(), again[i].Check()) || phones[i].Password != again[i].Password {
				t.Errorf("%q is read as %q", text, written)
			}
		}
	})
}
