package header

import (
	"slices"
	"testing"
)

func TestFields(t *testing.T) {
	f := Fields{{Long("V "), "one"}, {Long("To"), "bob"}, {Long("via"), "two"}}
	if f.First("via") != "one" || f.First("to") != "bob" || f.First("from") != "" {
		t.Errorf("%v", f)
	}
	if got := f.All("via"); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("%v", got)
	}
	for short, want := range map[string]string{"i": "call-id", "M": "contact", "f\t": "from", "t": "to", "l": "content-length", "Expires": "expires"} {
		if got := Long(short); got != want {
			t.Errorf("%q is %q", short, got)
		}
	}
}
