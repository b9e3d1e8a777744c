package dialect

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseInvented(t *testing.T) {
	w, err := ParseInvented([]byte(`{"trusted_type": "cafile", "basic_server": "42"}`))
	want := DefaultInvented()
	want.TrustedType, want.BasicServer = "cafile", "42"
	if err != nil || w != want {
		t.Errorf("%+v, %v", w, err)
	}
	text, _ := json.Marshal(want)
	if again, err := ParseInvented(text); err != nil || again != want {
		t.Errorf("%+v, %v", again, err)
	}
	for text, want := range map[string]string{
		"":                               "no JSON object",
		"{} x":                           "something follows",
		`{"colour": "red"}`:              "colour",
		`{"upload": "a/b"}`:              `upload cannot be "a/b"`,
		`{"upload": ""}`:                 "upload cannot be",
		`{"upload": "delete"}`:           `"delete" has two meanings`,
		`{"server_type": "trustedcert"}`: `"trustedcert" has two meanings`,
		`{"ca": "token"}`:                `"token" has two meanings`,
		`{"basic_trusted": "1"}`:         `"1" has two meanings`,
	} {
		if _, err := ParseInvented([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParseInvented(f *testing.F) {
	f.Add([]byte(`{"upload": "put"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if w, err := ParseInvented(text); err == nil && w.check() != nil {
			t.Errorf("%q gives %+v", text, w)
		}
	})
}
