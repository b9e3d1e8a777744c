package browser

import (
	"os"
	"testing"
	"unicode/utf8"

	"github.com/phonecert/phonecert/upload/dialect"
)

func TestReply(t *testing.T) {
	for body, want := range map[string]dialect.Answer{
		`<html><div id="_RES_INFO_">{"type":"x","result":5}</div>`:                   {Class: dialect.Success},
		`<div id="_RES_INFO_">{"result":"failed"}</div>`:                             {Class: dialect.Refused},
		`<div id="_RES_INFO_">{"result":"failed","text":"Invalid file name!"}</div>`: {Class: dialect.InvalidName, Text: "Invalid file name!"},
		`{"result":"success"}`: {Class: dialect.Success},
		`{"result":true}`:      {Class: dialect.Success},
		`{"result":false}`:     {Class: dialect.Refused},
		`{"result":"large"}`:   {Class: dialect.TooLarge},
		`{"result":"noparam"}`: {Class: dialect.Refused},
		`{"result":"what"}`:    {Class: dialect.Silent},
		`{"ret":"ok"}`:         {Class: dialect.Success},
		`{"ret":"failed","error":{"msg":"Error: The maximum number of certificates is 10, please delete one before upload"}}`: {Class: dialect.Full, Text: "Error: The maximum number of certificates is 10, please delete one before upload"},
		`{"ret":"failed","error":{"msg":"no"}}`:                   {Class: dialect.Refused},
		`<html><script>var a = "Upload success!"</script></html>`: {Class: dialect.Silent},
		`<html>User Identity Forbidden</html>`:                    {Class: dialect.Forbidden, Text: "User Identity Forbidden"},
		``:                                                        {Class: dialect.Silent},
	} {
		if got := reply(200, body); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
	if got := reply(413, ""); got.Class != dialect.TooLarge {
		t.Errorf("got %+v", got)
	}
	if got := reply(500, "x"); got.Class != dialect.Silent || got.Text != "Internal Server Error" {
		t.Errorf("got %+v", got)
	}
}

func TestRefused(t *testing.T) {
	for body, want := range map[string]dialect.LoginError{
		`<div id="_RES_INFO_">{"authstatus":"none"}</div>`: {Outcome: dialect.LoginRefused},
		`{"error":{"webStatus":"lock","lockTime":3}}`:      {Outcome: dialect.Locked, LockTime: 3 * 60e9},
		`{"authstatus" : "lock"}`:                          {Outcome: dialect.Locked},
		`{"error":{"msg":"auth_err_user_busy"}}`:           {Outcome: dialect.Busy},
	} {
		if got, ok := refused([]byte(body)).(*dialect.LoginError); !ok || *got != want {
			t.Errorf("%s: got %+v", body, got)
		}
	}
	if err := refused([]byte(`{"ret":"ok","data":true}`)); err != nil {
		t.Error(err)
	}
}

func TestAdded(t *testing.T) {
	if got := added("a\nb\na\n", "a\na\n  a\nb\nc"); got != "a\nc" {
		t.Errorf("got %q", got)
	}
}

// FuzzReply: whatever a phone answers is sorted, and told as one short line.
func FuzzReply(f *testing.F) {
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := reply(status, body)
		if a.Class == "" || len([]rune(a.Text)) > maxText+1 || !utf8.ValidString(a.Text) {
			t.Errorf("%+v", a)
		}
		_ = refused([]byte(body))
		_ = added(body, body)
		if restarts(a.Text) != a.Reboot {
			t.Errorf("%+v", a)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzReply"); err != nil || len(seeds) == 0 {
		t.Errorf("no seeds: %v", err)
	}
}
