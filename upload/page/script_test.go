package page_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
)

func TestVariables(t *testing.T) {
	const address = "window.location"
	for script, want := range map[string]map[string]string{
		`var g_strToken = "123";`: {"g_strToken": "123"},
		`g_x='a\'b'`:              {"g_x": "a'b"},
		`var a = 12, b="2",c = -1.5, d = 0x1F; e = true`:           {"a": "12", "b": "2", "c": "-1.5", "d": "0x1F", "e": "true"},
		`a = "\/x\x27\u0026\n\101";`:                               {"a": "/x'&\n101"},
		`a = "1" + '2' + "3";`:                                     {"a": "123"},
		"a = `x\ny`; b = `x${c}`":                                  {"a": "x\ny"},
		"a = 1\nb = 2\n+ 3\nvar c = 'x'\nfunction f() {}":          {"a": "1", "c": "x"},
		`a = "1" + x; b = x + "1"; c = f("1"); d = "1".length`:     {},
		`if (a == "1" || b === "2" || c != "3") d = "4"`:           {"d": "4"},
		`a += "1"; b[0] = "2"; (x => "3"); c.d = "4"`:              {"c.d": "4"},
		`a = ""; function f() { a = "no"; b = "local" } a = "1"`:   {"a": "1", "b": "local"},
		"<!-- a = '0'\na = '1'\n//-->":                             {"a": "1"},
		`/* a = "1" */ b = "//"; // c = "2"`:                       {"b": "//"},
		`a = x.replace(/["']/g, ""); b = "1"`:                      {"b": "1"},
		`a = 4 / 2; b = "/"; c = (1) / 2; d = "1"`:                 {"b": "/", "d": "1"},
		"a = \"open\nb = '1'":                                      {"b": "1"},
		`a = "\u00e4\u12`:                                          {"a": "ä\x12"},
		`window.location ="/servlet?p=login&q=loginForm"`:          {address: "/servlet?p=login&q=loginForm"},
		`location.href='\/a';`:                                     {address: "/a"},
		`top.location.replace("/a")`:                               {address: "/a"},
		`window.top.document.location.assign('/a');`:               {address: "/a"},
		`location = "/a?x=" + y; location.reload(); xlocation = 1`: {"xlocation": "1"},
		`window.onload = function () { location.href = "/a" }`:     {address: "/a"},
	} {
		got := page.Parse([]byte("<body><script type='text/javascript'>" + script + "</script>")).Variables
		if !maps.Equal(got, want) {
			t.Errorf("%s\n gives %q", script, got)
		}
	}
}

func TestScripts(t *testing.T) {
	p := page.Parse([]byte(`<script src=" /a.js?2.73 "></script><script src=b.js>x</script><script type="text/template">a = "1"</script><script> </script>
		<body onload="b = '2'"><form onsubmit="send(this)"><input onchange='c = "3"'><button onclick="del(0)"></form>`))
	if want := []string{"/a.js?2.73", "b.js"}; !reflect.DeepEqual(p.Scripts, want) {
		t.Errorf("scripts %q", p.Scripts)
	}
	if want := []string{"x", "b = '2'", "send(this)", `c = "3"`, "del(0)"}; !reflect.DeepEqual(p.Inline, want) {
		t.Errorf("inline %q", p.Inline)
	}
	if want := map[string]string{"b": "2"}; !maps.Equal(p.Variables, want) {
		t.Errorf("variables %q", slices.Sorted(maps.Keys(p.Variables)))
	}
}

func TestRedirect(t *testing.T) {
	for body, want := range map[string]string{
		`<html><head><script>window.location ="/servlet?p=login"</script></head><body></body></html>`: "/servlet?p=login",
		`<body onload="location.href='/a'">`:                                              "/a",
		`<script>function go() { location.href = "/a" } go()</script>`:                    "/a",
		`<script>function logout() { location.href = "/a" }</script><form><input></form>`: "",
		`<button onclick="location.href='/a'">`:                                           "",
		`<script>location.href = "/a?random=" + Math.random()</script>`:                   "",
		`<meta http-equiv=Refresh content="0; URL='/a?b=1&amp;c=2'">`:                     "/a?b=1&c=2",
		`<meta http-equiv=refresh content="3;url=/a">`:                                    "/a",
		`<meta http-equiv=refresh content="0;/a">`:                                        "/a",
		`<meta http-equiv=refresh content="60;url=/status">`:                              "",
		`<meta http-equiv=refresh content="5">`:                                           "",
		`<meta http-equiv=refresh content="; url=/a"><meta http-equiv=refresh>`:           "",
		`<p>location = "/a"</p>`:                                                          "",
	} {
		if got := page.Parse([]byte(body)).Redirect(); got != want {
			t.Errorf("%s\n goes to %q", body, got)
		}
	}
}

func TestUploadFor(t *testing.T) {
	p := page.Parse([]byte(`<form action=/firmware><input type=file name=rom></form>
		<form action=/a id=trusted-form method=post><input type=file name=f1><input name=x></form>
		<table><tr><td>Server Certificate<td><input type=file name=f2></tr></table><input name=loose>`))
	if form, file, ok := p.Upload(); !ok || file.Name != "f2" || form.Action != "" || !reflect.DeepEqual(names(form.Fields), []string{"f2", "loose"}) {
		t.Errorf("the first about certificates: %+v, %+v, %v", form, file, ok)
	}
	for word, want := range map[string]string{"TRUST": "f1", "server": "f2", "nowhere": "rom"} {
		if _, file, ok := p.UploadFor(word); !ok || file.Name != want {
			t.Errorf("%s: %+v", word, file)
		}
	}
	if form, _, _ := p.UploadFor("trust"); form.Action != "/a" || form.Method != "POST" || len(form.Fields) != 2 {
		t.Errorf("the form is %+v", form)
	}
	if _, _, ok := page.Parse([]byte(`<form><input></form>`)).Upload(); ok {
		t.Error("a page without a file input has an upload")
	}
}

func TestLabeled(t *testing.T) {
	for body, want := range map[string]string{
		`<table><tr><td>Firmware Version<td>2.73.0.50</table>`:                               "2.73.0.50",
		`<table><tr><td><b>Firmware Version :</b><td>&nbsp;<td>2.73.0.50</table>`:            "2.73.0.50",
		`<table><tr><td>Model<td>T28P<td>firmware version<td>2.73.0.50</table>`:              "2.73.0.50",
		`<table><tr><th>Model<th>Firmware Version</tr><tr><td>T28P<td>2.73.0.50</table>`:     "2.73.0.50",
		`<table><tr><td>Menu<td><table><tr><td>FirmwareVersion<td>2.73.0.50</table></table>`: "2.73.0.50",
		`<dl><dt>Model<dd>T28P<dt>Firmware <i>Version</i><dd>2.73.0.50</dl>`:                 "2.73.0.50",
		`<div>Model: T28P</div><div><b>Firmware Version:</b> 2.73.0.50</div>`:                "2.73.0.50",
		`<label>Firmware Version</label> <span>2.73.0.50</span>`:                             "2.73.0.50",
		`<table><tr><td>Firmware Version<td><input value=2.73.0.50 readonly></table>`:        "2.73.0.50",
		`<p>Firmware Version</p><p>2.73.0.50</p>`:                                            "",
		`<table><tr><td>Firmware Version<td><input type=password value=2.73.0.50></table>`:   "",
		`<ul><li>Firmware Version<li>Status</ul>`:                                            "",
		`<label>Firmware Version</label><label>Other</label>`:                                "",
	} {
		if got := page.Parse([]byte(body)).Labeled("Firmware Version"); got != want {
			t.Errorf("%s\n gives %q", body, got)
		}
	}
	if got := page.Parse([]byte(`<td>:</td>x: y`)).Labeled(" :"); got != "" {
		t.Errorf("no label gives %q", got)
	}
}

func TestResult(t *testing.T) {
	for body, want := range map[string]string{
		`<html><body><div id="_RES_INFO_">{"authstatus":"done"}</div></body></html>`: `{"authstatus":"done"}`,
		`<div id="_RES_INFO_"></div><div>x</div>`:                                    "",
		`<DIV class=x ID=_RES_INFO_> {&quot;a&quot;:1} </DIV>y`:                      `{"a":1}`,
		`<div id="_RES_INFO_">a<div>b</div><br>c</div>d`:                             "abc",
		`<textarea id="_RES_INFO_">a<b></textarea>c`:                                 "a<b>",
		`<div id="_RES_INFO_">open`:                                                  "open",
	} {
		if got, ok := page.Result([]byte(body)); !ok || got != want {
			t.Errorf("%s\n gives %q, %v", body, got, ok)
		}
	}
	for _, body := range []string{``, `<div>_RES_INFO_</div>`, `<script>getElementById("<div id=_RES_INFO_>")</script>`, `<div id="x_RES_INFO_">a</div>`} {
		if got, ok := page.Result([]byte(body)); ok || got != "" {
			t.Errorf("%s\n gives %q", body, got)
		}
	}
}
