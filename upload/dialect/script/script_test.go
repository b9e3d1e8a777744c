package script

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

// first is the first string that holds a text.
func first(t *testing.T, s *Script, with string) String {
	t.Helper()
	all := s.Strings(with)
	if len(all) == 0 {
		t.Fatalf("no string holds %q", with)
	}
	return all[0]
}

func TestStrings(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"whole", `load("/a?p=x")`, "/a?p=x"},
		{"sum", `load("/a?t=" + g.token + "&r=" + Math.random())`, "/a?t=***&r=***"},
		{"sum of literals", `load("/a?" + 'p=' + "x")`, "/a?p=x"},
		{"call in a sum", `load("/a?e=" + rsa(most, n[0], "x") + "&y=1")`, "/a?e=***&y=1"},
		{"bracket in a sum", `load("/a?e=" + (a ? "b" : "c") + "&y=1")`, "/a?e=***&y=1"},
		{"template", "load(`/a?p=${page}&t=${f({a: `x${1}`})}&z`)", "/a?p=***&t=***&z"},
		{"concat", `load("/a?p=".concat(page, "&t=").concat(x))`, "/a?p=***&t=***"},
		{"escapes", `load('\/a?p=\u0061\x62\u{63}\'\q&')`, "/a?p=abc'q&"},
		{"behind a regular expression", `s.replace(/["'\/]/g, ""); load("/a?p=x")`, "/a?p=x"},
		{"behind a division", `var x = a / b; load("/a?p=x"); y = c / d`, "/a?p=x"},
		{"behind comments", "// it's\n/* \" */ <!-- '\n load('/a?p=x')", "/a?p=x"},
		{"string without an end", "var x = \"abc\nload('/a?p=x')", "/a?p=x"},
		{"plus plus is no sum", `x = "/a?p=x"; ++y`, "/a?p=x"},
	}
	for _, test := range tests {
		equal(t, test.name, first(t, Read(test.text), "/a").String(), test.want)
	}
	if got := Read("/* load('/a')").Strings("/a"); got != nil {
		t.Errorf("in a comment: %v", got)
	}
}

func TestQuery(t *testing.T) {
	tests := []struct {
		text  string
		value Part
		ok    bool
	}{
		{`"/u?m=r&type=ca&max="+e`, Part{Text: "ca"}, true},
		{`"/u?type="+kind+"&max="+e`, Part{Text: "kind", Hole: true}, true},
		{`"/u?m=r&type="+o.kind`, Part{Text: "o.kind", Hole: true}, true},
		{`"/u?type=ca"`, Part{Text: "ca"}, true},
		{`"/u?type=x"+kind+"&max="+e`, Part{}, false},
		{`"/u?type="+kind+"file&max="+e`, Part{}, false},
		{`"/u?subtype=ca&max="+e`, Part{}, false},
	}
	for _, test := range tests {
		value, ok := first(t, Read(test.text), "/u").Query("type")
		equal(t, test.text, value, test.value)
		equal(t, test.text, ok, test.ok)
	}
	address := first(t, Read(`"/u?m=r&token="+t`), "/u")
	equal(t, "has token", address.HasQuery("token"), true)
	equal(t, "has oken", address.HasQuery("oken"), false)
	path, ok := address.Path()
	equal(t, "path", path, "/u")
	equal(t, "path is whole", ok, true)
	_, ok = first(t, Read(`"/u/"+x+"?a=1"`), "/u").Path()
	equal(t, "path with a hole is whole", ok, false)
}

func TestFunctions(t *testing.T) {
	tests := []struct {
		text, name string
		params     []string
	}{
		{`async function remove(page, place) { if (x) { ask("/a") } }`, "remove", []string{"page", "place"}},
		{`remove: function (place) { ask("/a") }`, "remove", []string{"place"}},
		{`const o = { remove(place) { ask("/a") } }`, "remove", []string{"place"}},
		{`const remove = async (place) => { ask("/a") }`, "remove", []string{"place"}},
		{`var remove = place => { ask("/a") }`, "remove", []string{"place"}},
		{`function remove() { list.forEach(function (x) { ask("/a") }) }`, "remove", nil},
		{`function remove() { list.forEach(x => { ask("/a") }) }`, "remove", nil},
	}
	for _, test := range tests {
		s := Read(test.text)
		f := s.In(first(t, s, "/a").At)
		if f == nil {
			t.Errorf("%s: in no function", test.text)
			continue
		}
		equal(t, test.text, f.Name, test.name)
		equal(t, test.text, f.Params, test.params)
	}
	s := Read(`function f() {} ask("/a")`)
	if s.In(first(t, s, "/a").At) != nil {
		t.Error("behind a function is in it")
	}
}

func TestCallsAndConstants(t *testing.T) {
	s := Read(`function remove(page, place) { } b.onclick = () => remove(page, row.Index); this.remove("x", row["Index"]); remove(page, row.Index); remove(1)`)
	var calls []string
	for _, c := range s.Calls("remove") {
		calls = append(calls, strings.Join(c.Arguments, " "))
	}
	equal(t, "calls", calls, []string{"page row.Index", `"x" row["Index"]`, "page row.Index", "1"})
	s = Read(`var kind = "ca"; ajax({type: "POST"}); o.type = "b"; size = "5" + "MB"; if (kind == "b") kind = "ca"`)
	equal(t, "constant", s.Constants("kind"), []string{"ca"})
	equal(t, "member", s.Constants("type"), []string(nil))
	equal(t, "sum", s.Constants("size"), []string(nil))
}

func TestSent(t *testing.T) {
	hole := func(text string) Part { return Part{Text: text, Hole: true} }
	tests := []struct {
		text string
		want Sent
		ok   bool
	}{
		{`ask("/a?p=" + page, {formData: ["one", "two"]})`, Sent{Names: []string{"one", "two"}}, true},
		{`ask("/a", {"formData": {"which": place, kind: "x", short}}, 1)`, Sent{Fields: []Field{{"which", hole("place")}, {"kind", Part{Text: "x"}}, {"short", hole("short")}}}, true},
		{`ask({url: "/a", data: {formData: ["one"]}})`, Sent{Names: []string{"one"}}, true},
		{`ask("/a", {formData: names}); ask("/b", {formData: ["one"]})`, Sent{}, false},
		{`ask("/a", {formData: ["one", two]})`, Sent{}, false},
		{`ask("/a", {formData: {...rest}})`, Sent{}, false},
		{`ask("/a", {formData: []})`, Sent{}, false},
		{`ask("/a", {formData: [`, Sent{}, false},
	}
	for _, test := range tests {
		s := Read(test.text)
		got, ok := s.Sent(first(t, s, "/a"), "formData")
		equal(t, test.text, got, test.want)
		equal(t, test.text, ok, test.ok)
	}
}

// TestHostile holds that a bad script costs no more than its length.
func TestHostile(t *testing.T) {
	for _, text := range []string{"/[", "`${", "(", "\"a\"+", `"/a"+(`, "f(){", "x=>{", `\u{`, "a,"} {
		s := Read(strings.Repeat(text, 20_000))
		s.Calls("f")
		for _, each := range s.Strings("/a") {
			s.Sent(each, "formData")
			s.In(each.At)
			break
		}
	}
	if got := len(scan(strings.Repeat("+ ", maxTokens+10))); got != maxTokens {
		t.Errorf("%d tokens", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		s := Read(text)
		for _, each := range s.Strings("/") {
			_ = each.String()
			_, _ = each.Path()
			_, _ = each.Query("type")
			if f := s.In(each.At); f != nil {
				s.Calls(f.Name)
			}
			if what, ok := s.Sent(each, "formData"); ok && len(what.Names)+len(what.Fields) == 0 {
				t.Errorf("%q: nothing is sent, and found", text)
			}
		}
		s.Constants("type")
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzRead"); err != nil || len(seeds) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
}
