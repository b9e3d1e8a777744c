package page_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
)

func names(fields []page.Field) (list []string) {
	for _, f := range fields {
		list = append(list, f.Name)
	}
	return list
}

func TestFieldsBelongToTheFormThatSendsThem(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		forms [][]string
		loose []string
	}{
		"plain":                {`<form><input name=a><select name=b></select><textarea name=c></textarea><button name=d></button></form><input name=e>`, [][]string{{"a", "b", "c", "d"}}, []string{"e"}},
		"form between rows":    {`<table><form action=/x><tr><td><input type=hidden name=a><td><input name=b></tr></form><tr><td><input name=c></table>`, [][]string{{"a", "b"}}, []string{"c"}},
		"form in a row":        {`<table><tr><form><td><input name=a></td><td><input name=b></td></form></tr><tr><form><td><input name=c></td></form></tr></table>`, [][]string{{"a", "b"}, {"c"}}, nil},
		"form never closed":    {`<table><form><tr><td><input name=a></td></tr></table><p><input name=b></p>`, [][]string{{"a", "b"}}, nil},
		"form in a form":       {`<form><input name=a><form><input name=b></form><input name=c>`, [][]string{{"a", "b"}}, []string{"c"}},
		"closed in a division": {`<div><form><input name=a></div><input name=b></form><input name=c>`, [][]string{{"a", "b"}}, []string{"c"}},
		"attribute form":       {`<form id=f></form><input name=a form=f><form id=g><input name=b form=f><input name=c form=none></form>`, [][]string{{"a", "b"}, {"c"}}, nil},
		"empty form":           {`<form id=logout></form><input name=a>`, [][]string{nil}, []string{"a"}},
		"the mark in a page":   {`<form><input name=a></form><input name=b phonecert:owner="1"><form phonecert:owner="9"><input name=c></form>`, [][]string{{"a"}, {"c"}}, []string{"b"}},
		"script and comment":   {`<form><script>"<form></form>"</script><!-- </form> --><input name=a></form>`, [][]string{{"a"}}, nil},
	} {
		p := page.Parse([]byte(c.body))
		var forms [][]string
		for _, f := range p.Forms {
			forms = append(forms, names(f.Fields))
		}
		if !reflect.DeepEqual(forms, c.forms) || !reflect.DeepEqual(names(p.Loose), c.loose) {
			t.Errorf("%s: forms %v, loose %v", name, forms, names(p.Loose))
		}
	}
}

func TestFields(t *testing.T) {
	p := page.Parse([]byte(`<form METHOD=Post ENCTYPE="Multipart/Form-Data" action=" /a?b=1&amp;c=2 " id=i name=n onsubmit="return go()">
		<INPUT TYPE=FILE name=f><input type=checkbox name=c checked><input type=radio name=r value=7><input name=t value="&lt;x&gt;">
		<select name=s yltype="post" data-x=1><option value=1>One<option selected>Two </select><select name=first><option value=0>Null<option value=1>Eins</select><select name=m multiple><option value=1>x</select>
		<textarea name=ta>
a
b</textarea><button type=button onclick="go()" value=v name=b>Press <b>me</b></button></form>`))
	f := p.Forms[0]
	if f.Method != "POST" || f.Enctype != "multipart/form-data" || f.Action != "/a?b=1&c=2" || f.ID != "i" || f.Name != "n" || f.Attributes["onsubmit"] != "return go()" {
		t.Errorf("the form is %+v", f)
	}
	var got []string
	for _, f := range f.Fields {
		got = append(got, f.Kind+" "+f.Name+"="+f.Value)
	}
	want := []string{"file f=", "checkbox c=on", "radio r=7", "text t=<x>", "select s=Two", "select first=0", "select m=", "textarea ta=a\nb", "button b=v"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("fields %q", got)
	}
	s := f.Fields[4]
	if s.Attributes["yltype"] != "post" || s.Attributes["data-x"] != "1" || !reflect.DeepEqual(s.Options, []page.Option{{Value: "1", Text: "One"}, {Value: "Two", Text: "Two", Selected: true}}) {
		t.Errorf("the drop-down is %+v", s)
	}
	if b := f.Fields[8]; b.Label != "Press me" || b.Attributes["type"] != "button" {
		t.Errorf("the button is %+v", b)
	}
	if p := page.Parse([]byte(`<form><input>`)); p.Forms[0].Method != "GET" || p.Forms[0].Fields[0].Kind != "text" {
		t.Errorf("without words: %+v", p.Forms[0])
	}
}

func TestLabels(t *testing.T) {
	const want = "Only Accept Trusted"
	for name, body := range map[string]string{
		"for":            `<p>x<label for=a>Only Accept Trusted</label><p>y<select id=a><option>Off</select>`,
		"around":         `<label>Only Accept <b>Trusted</b> <select><option>Off<option>On</select></label>`,
		"cell before":    `<table><tr><td>Only Accept&nbsp;Trusted</td><td>(see below) <input></td></tr></table>`,
		"cell, hidden":   `<table><tr><td>Only Accept Trusted<input type=hidden></td><td><input></td></tr></table>`,
		"head cell":      `<table><tr><th>Only Accept Trusted<td>::<td></tr><tr><th>Only Accept Trusted<td><span><input></span></tr></table>`,
		"own cell":       `<table><tr><td>Other<input></td><td>Only Accept Trusted <input id=this></td></tr></table>`,
		"text before":    `<div>Something<br>Only Accept Trusted <input></div>`,
		"between fields": `Other <input name=o> Only Accept Trusted <input id=this>`,
		"box":            `<input type=checkbox name=o> Other <input type=checkbox id=this> Only <i>Accept</i> Trusted<br>More`,
		"title":          `<input title="Only Accept Trusted">`,
		"aria":           `<input aria-label="Only Accept Trusted">`,
		"placeholder":    `<input placeholder="Only Accept Trusted">`,
		"by script":      `<table><tr><td><script>T("Only Accept Trusted");</script></td><td><input></td></tr></table>`,
		"document.write": `<div><script>document.write('Only Accept Trusted')</script> <input></div>`,
		"button":         `<button>Only Accept Trusted</button>`,
		"submit":         `Other <input type=submit value="Only Accept Trusted">`,
	} {
		fields := page.Parse([]byte(body)).Fields()
		got := fields[len(fields)-1].Label
		for _, f := range fields {
			if f.ID == "this" {
				got = f.Label
			}
		}
		if got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTables(t *testing.T) {
	p := page.Parse([]byte(`<table id=outer><tr><td>Menu</td><td><table id=t><thead><tr><th>No.<th>Name<th colspan=2>Do</tr></thead>
		<tbody><tr><td>1<td>a<br>b<td><form action=/d><input type=hidden name=i value=1><input type=checkbox name=c></form><td><a href="/x">go</a> <a href="JavaScript:del(1)">del</a> <img onclick="del(2)"></tr></table></td></tr></table>`))
	if len(p.Tables) != 2 || p.Tables[0].ID != "outer" || p.Tables[1].ID != "t" {
		t.Fatalf("%d tables", len(p.Tables))
	}
	if outer := p.Tables[0]; len(outer.Rows) != 1 || outer.Rows[0].Cells[1] != "No. Name Do 1 a b go del" || len(outer.Rows[0].Fields) != 2 {
		t.Errorf("the table around is %+v", outer)
	}
	inner := p.Tables[1]
	if !reflect.DeepEqual(inner.Head, []string{"No.", "Name", "Do", ""}) || len(inner.Rows) != 1 {
		t.Fatalf("the table is %+v", inner)
	}
	row := inner.Rows[0]
	if !reflect.DeepEqual(row.Cells, []string{"1", "a b", "", "go del"}) || !reflect.DeepEqual(row.Links, []string{"/x"}) || !reflect.DeepEqual(row.Scripts, []string{"del(1)", "del(2)"}) {
		t.Errorf("the row is %+v", row)
	}
	if len(row.Forms) != 1 || row.Forms[0].Action != "/d" || !reflect.DeepEqual(names(row.Forms[0].Fields), []string{"i", "c"}) || !reflect.DeepEqual(names(row.Fields), []string{"i", "c"}) {
		t.Errorf("the controls are %+v, %+v", row.Forms, row.Fields)
	}
	if form, ok := p.FormOf(row.Fields[1]); !ok || form.Action != "/d" {
		t.Errorf("the box belongs to %+v", form)
	}
}

func TestTextIsWhatAPersonReads(t *testing.T) {
	p := page.Parse([]byte("\xef\xbb\xbf<html><head><title> My\n phone </title><style>p{}</style></head><body onload='go()'><script>var a = 1;</script>" +
		"<p>Upload&nbsp; <b>suc</b>cess!</p><div hidden>Invalid file!</div><span style='Display : none'>Full</span><!-- no --><noscript>script!</noscript><select><option>Off</select><td>x</td> f\xfcr"))
	if p.Title != "My phone" || p.Text != "Upload success! x für" {
		t.Errorf("title %q, text %q", p.Title, p.Text)
	}
	if p := page.Parse(nil); p == nil || p.Text != "" || p.Variables == nil {
		t.Errorf("nothing gives %+v", p)
	}
}

func TestCaps(t *testing.T) {
	const many = 6000
	p := page.Parse([]byte(strings.Repeat("<form><input></form>", many) + strings.Repeat("<table><tr><td>x</table>", many) + "<table>" + strings.Repeat("<tr><td>x", many)))
	rows := 0
	for _, table := range p.Tables {
		rows += len(table.Rows)
	}
	if len(p.Forms) != 200 || len(p.Fields()) != 5000 || len(p.Tables) != 200 || rows > 5000 {
		t.Errorf("%d forms, %d fields, %d tables, %d rows", len(p.Forms), len(p.Fields()), len(p.Tables), rows)
	}
	inline := 0
	for _, s := range page.Parse([]byte(strings.Repeat("<script>var a = '"+strings.Repeat("x", 1000)+"'</script>", many))).Inline {
		inline += len(s)
	}
	if inline > 1<<20 || inline == 0 {
		t.Errorf("%d bytes of scripts", inline)
	}
}

// A page deeper than the parser takes still shows its data.
func TestDeepPages(t *testing.T) {
	data := `<form action=/up><input type=file name=f></form><script>var g_strToken = "1";</script><table><tr><th>Issued To<th>Issued By<th>Expiration</tr><tr><td>a<td>b<td>2026-03-01</tr></table>`
	for _, tag := range []string{"div", "table", "table><tr><td", "form", "dl", "b", "label", "select", "button", "svg", "template", "a", "ul><li", "option", "font"} {
		deep := 20_000
		if tag == "div" {
			deep = 100_000
		}
		text := []byte(strings.Repeat("<"+tag+">", deep) + "</select></button>" + data)
		p := page.Parse(text)
		if tag == "div" || tag == "dl" {
			_, _, form := p.Upload()
			list, _ := p.Certificates()
			if !form || len(list) != 1 || p.Variables["g_strToken"] != "1" {
				t.Errorf("%s: form %v, %d certificates, %v", tag, form, len(list), p.Variables)
			}
		}
		if d := parsing(text); d > slow {
			t.Errorf("%s took %v", tag, d)
		}
	}
}
