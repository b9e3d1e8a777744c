package listener

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/page"
)

func TestListenerAnswer(t *testing.T) {
	const full = "Error: The maximum number of certificates is 10, please delete one before upload"
	tests := []struct {
		text string
		want dialect.Answer
	}{
		{``, dialect.Answer{Class: dialect.Success}},
		{`{"ret":"ok"}`, dialect.Answer{Class: dialect.Success}},
		{`{"type":"localcfg","result":5}`, dialect.Answer{Class: dialect.Success}},
		{`{"type":"x","result":"success"}`, dialect.Answer{Class: dialect.Success, Text: "success"}},
		{`{"type":"x","result":true}`, dialect.Answer{Class: dialect.Success}},
		{`{"type":"x","result":false}`, dialect.Answer{Class: dialect.Refused}},
		{`{"type":"x","result":"noparam"}`, dialect.Answer{Class: dialect.InvalidFile, Text: "noparam"}},
		{`{"type":"x","result":"large"}`, dialect.Answer{Class: dialect.TooLarge, Text: "large"}},
		{`{"type":"x","result":"failed"}`, dialect.Answer{Class: dialect.Refused, Text: "failed"}},
		{`{"type":"x","result":"failed","text":"` + full + `"}`, dialect.Answer{Class: dialect.Full, Text: full}},
		{`{"type":"x","result":"failed","text":"not today"}`, dialect.Answer{Class: dialect.Refused, Text: "not today"}},
		{`{"type":"Upload success!","result":"failed"}`, dialect.Answer{Class: dialect.Refused, Text: "failed"}},
		{`{"type":"x"}`, dialect.Answer{Class: dialect.Silent}},
		{`{"type":"x","result":[5]}`, dialect.Answer{Class: dialect.Silent}},
		{`Error:Invalid file!`, dialect.Answer{Class: dialect.InvalidFile, Text: "Error:Invalid file!"}},
	}
	for _, test := range tests {
		got, ok := answerOf([]byte(`<html><body><div id="_RES_INFO_">` + test.text + `</div></body></html>`))
		if !ok || got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.text, got, test.want)
		}
	}
	if got, ok := answerOf([]byte(` {"type":"x","result":"large"} `)); !ok || got.Class != dialect.TooLarge {
		t.Errorf("JSON alone: %+v", got)
	}
	if got, ok := answerOf([]byte("<html>hello</html>")); ok {
		t.Errorf("a page: %+v", got)
	}
}

func TestUploadKind(t *testing.T) {
	const lead = `up("/servlet?m=mod_res&p=upload&type=`
	tests := []struct {
		what, script, trusted, server string
	}{
		{"one", lead + `ca&maxlength="+e)`, "ca", "ca"},
		{"one beside what is known", lead + `ca&maxlength="+e);` + lead + `localcfg&maxlength="+e);` + lead + `vpnfile&maxlength="+e)`, "ca", "ca"},
		{"known ones alone", lead + `config&maxlength="+e)`, "", ""},
		{"one for each role", lead + `trustedCA&maxlength="+e);` + lead + `serverfile&maxlength="+e)`, "trustedCA", "serverfile"},
		{"two without words", lead + `a&maxlength="+e);` + lead + `b&maxlength="+e)`, "", ""},
		{"a parameter", `function f(kind){` + lead + `"+kind+"&maxlength="+e)} f("ca"); f("ca")`, "ca", "ca"},
		{"a parameter of many values", `function f(kind){` + lead + `"+kind+"&maxlength="+e)} f("ca"); f("b")`, "", ""},
		{"a parameter of unknown value", `function f(kind){` + lead + `"+kind+"&maxlength="+e)} f("ca"); f(x)`, "", ""},
		{"a name that is set twice", `k="a"; k="b";` + lead + `"+k)`, "", ""},
		{"another module", `up("/servlet?m=mod_res&p=download&type=ca")`, "", ""},
	}
	for _, test := range tests {
		all := []*script.Script{script.Read(test.script)}
		for role, want := range map[handset.Role]string{handset.Trusted: test.trusted, handset.Server: test.server} {
			if got, ok := uploadKind(all, role); got != want || ok != (want != "") {
				t.Errorf("%s, %s: got %q, want %q", test.what, role, got, want)
			}
		}
	}
}

func TestSize(t *testing.T) {
	const upload = `up("/servlet?m=mod_res&p=upload&type=ca&maxlength="+e)`
	tests := []struct{ script, want string }{
		{`function f(){ e = session + ";7MB"; ` + upload + `} x = "9MB"`, "7MB"},
		{`var most = "8MB"; function f(){ ` + upload + `}`, "8MB"},
		{"function f(){ e = `${session};7MB`; " + upload + `}`, "7MB"},
		{`var a = "8MB", b = "9MB"; function f(){ ` + upload + `}`, "5MB"},
		{`alert("up to 5 MB"); ` + upload, "5MB"},
	}
	for _, test := range tests {
		if got := scriptedAs([]*script.Script{script.Read(test.script)}, &live.Page{}, "ca").size; got != test.want {
			t.Errorf("%s: got %q, want %q", test.script, got, test.want)
		}
	}
}

// FuzzListener reads an answer, and the script of a page with it.
func FuzzListener(f *testing.F) {
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, body []byte) {
		if answer, ok := answerOf(body); ok && answer.Class == "" {
			t.Errorf("no class for %q", body)
		}
		all := []*script.Script{script.Read(string(body))}
		for _, p := range page.Parse(body).Inline {
			all = append(all, script.Read(p))
		}
		if kind, ok := uploadKind(all, handset.Trusted); ok {
			if kind == "" {
				t.Errorf("a type without a name in %q", body)
			}
			if s := scriptedAs(all, &live.Page{}, kind); !megabytes.MatchString(s.size) {
				t.Errorf("the size %q", s.size)
			}
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzListener"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
