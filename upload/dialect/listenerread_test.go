package dialect

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/page"
)

func TestListenerAnswer(t *testing.T) {
	const full = "Error: The maximum number of certificates is 10, please delete one before upload"
	tests := []struct {
		text string
		want Answer
	}{
		{``, Answer{Class: Success}},
		{`{"ret":"ok"}`, Answer{Class: Success}},
		{`{"type":"localcfg","result":5}`, Answer{Class: Success}},
		{`{"type":"x","result":"success"}`, Answer{Class: Success, Text: "success"}},
		{`{"type":"x","result":true}`, Answer{Class: Success}},
		{`{"type":"x","result":false}`, Answer{Class: Refused}},
		{`{"type":"x","result":"noparam"}`, Answer{Class: InvalidFile, Text: "noparam"}},
		{`{"type":"x","result":"large"}`, Answer{Class: TooLarge, Text: "large"}},
		{`{"type":"x","result":"failed"}`, Answer{Class: Refused, Text: "failed"}},
		{`{"type":"x","result":"failed","text":"` + full + `"}`, Answer{Class: Full, Text: full}},
		{`{"type":"x","result":"failed","text":"not today"}`, Answer{Class: Refused, Text: "not today"}},
		{`{"type":"Upload success!","result":"failed"}`, Answer{Class: Refused, Text: "failed"}},
		{`{"type":"x"}`, Answer{Class: Silent}},
		{`{"type":"x","result":[5]}`, Answer{Class: Silent}},
		{`Error:Invalid file!`, Answer{Class: InvalidFile, Text: "Error:Invalid file!"}},
	}
	for _, test := range tests {
		got, ok := listenerAnswer([]byte(`<html><body><div id="_RES_INFO_">` + test.text + `</div></body></html>`))
		if !ok || got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.text, got, test.want)
		}
	}
	if got, ok := listenerAnswer([]byte(` {"type":"x","result":"large"} `)); !ok || got.Class != TooLarge {
		t.Errorf("JSON alone: %+v", got)
	}
	if got, ok := listenerAnswer([]byte("<html>hello</html>")); ok {
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
		if got := scriptedAs([]*script.Script{script.Read(test.script)}, &live{}, "ca").size; got != test.want {
			t.Errorf("%s: got %q, want %q", test.script, got, test.want)
		}
	}
}

func TestAsksReboot(t *testing.T) {
	tests := []struct {
		script string
		want   bool
	}{
		{`function save(){ post("/apply"); alert("Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?") }`, true},
		{`function save(){ post("/apply") } var all = ["Warning: Some settings you changed take effect when you restart your machine!"]`, false},
		{`post("/apply"); alert("Warning: Some settings you changed take effect when you restart your machine!")`, false},
	}
	for _, test := range tests {
		if got := asksReboot([]*script.Script{script.Read(test.script)}, "/apply"); got != test.want {
			t.Errorf("%s: got %v", test.script, got)
		}
	}
}

// FuzzListener reads an answer, and the script of a page with it.
func FuzzListener(f *testing.F) {
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, body []byte) {
		if answer, ok := listenerAnswer(body); ok && answer.Class == "" {
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
			if s := scriptedAs(all, &live{}, kind); !megabytes.MatchString(s.size) {
				t.Errorf("the size %q", s.size)
			}
		}
		asksReboot(all, "applycacheconfig")
	})
}

func TestListenerSeeds(t *testing.T) {
	for _, target := range []string{"FuzzListener", "FuzzAPI"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s: the committed seed corpus is empty (%v)", target, err)
		}
	}
}
