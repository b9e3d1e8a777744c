package dialect

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"
)

func sealedText(text string) string {
	sum := md5.Sum([]byte(text))
	return "MD5=" + hex.EncodeToString(sum[:]) + ";" + text
}

func TestOpenLogin(t *testing.T) {
	text := sealedText("rand=0.1;sessionid=s;username=u;pwd=p;w;")
	session, user, password, ok := openLogin(text)
	if !ok || session != "s" || user != "u" || password != "p;w" {
		t.Errorf("got %q %q %q %v", session, user, password, ok)
	}
	for i := range text {
		if _, _, _, ok := openLogin(text[:i]); ok {
			t.Errorf("the prefix %q is taken", text[:i])
		}
	}
}

func FuzzOpenLogin(f *testing.F) {
	f.Add(sealedText("rand=0.1;sessionid=s;username=u;pwd=p;"))
	f.Add("MD5=;rand=;sessionid=;username=;pwd=;")
	f.Fuzz(func(t *testing.T, text string) {
		session, user, password, ok := openLogin(text)
		if ok && !strings.HasSuffix(text, ";sessionid="+session+";username="+user+";pwd="+password+";") {
			t.Errorf("%q was taken apart wrongly", text)
		}
	})
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{"": "", "þ1þ2": "1|2", "\xfe1\xfe%41": "1|A", "þ%zz": "%zz", "x": "", "þ": ""} {
		if got := strings.Join(split(text), "|"); got != want {
			t.Errorf("split(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("þ1þ2")
	f.Add("\xfe1\xfe%4")
	f.Fuzz(func(_ *testing.T, text string) { split(text) })
}
