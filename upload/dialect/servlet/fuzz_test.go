package servlet

import (
	"os"
	"strings"
	"testing"
)

func FuzzSessionKey(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		key, session, err := sessionKey(text)
		if err == nil && (key == nil || session == "") {
			t.Error("half an answer")
		}
		if strings.ContainsAny(session, "; ,\r\n\"") {
			t.Errorf("the session id %q is none", session)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzSessionKey"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
