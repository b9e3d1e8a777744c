package live

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

func TestSent(t *testing.T) {
	p := page.Parse([]byte(`<form action="/x"><input type="hidden" name="a" value="1"><input name="b" value="2">
<input name="off" value="3" disabled><input value="no name"><input type="file" name="file"><input type="button" name="cancel" value="4">
<input type="checkbox" name="c" checked><input type="checkbox" name="d" value="5">
<input type="radio" name="e" value="6"><input type="radio" name="e" value="7" checked>
<select name="f"><option value="8">x</option><option value="9" selected>y</option></select>
<select name="g"><option value="10">left to a script</option></select>
<textarea name="h">11</textarea><input type="submit" name="go" value="Go"></form>`))
	got := fmt.Sprint(Sent(p.Forms[0]))
	if want := "[{a 1} {b 2} {c on} {e 7} {f 9} {h 11} {go Go}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got = fmt.Sprint(overlay([]web.Pair{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}, web.Pair{Name: "b", Value: "3"}, web.Pair{Name: "c", Value: "4"}))
	if want := "[{a 1} {b 3} {c 4}]"; got != want {
		t.Errorf("overlay: got %s, want %s", got, want)
	}
}

func TestResolve(t *testing.T) {
	at, _ := url.Parse("http://192.0.2.5/cgi-bin/x.com?Id=1")
	for ref, want := range map[string]string{
		"?Id=2": "/cgi-bin/x.com?Id=2", "/servlet?p=a": "/servlet?p=a", " y.com ": "/cgi-bin/y.com",
		"http://192.0.2.5/z": "/z", "http://192.0.2.6/z": "http://192.0.2.6/z", "https://192.0.2.5/z": "https://192.0.2.5/z",
	} {
		if got, err := resolve(at, ref); got != want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", ref, got, err, want)
		}
	}
	if _, err := resolve(at, "http://[::1"); err == nil {
		t.Error("a broken address is taken")
	}
}

func TestSubmit(t *testing.T) {
	utf8, latin := &Page{}, &Page{latin1: true}
	fields := []web.Pair{{Name: "PAGEID", Value: "16"}, {Name: "CONFIG_DATA", Value: "þ0þx y"}}
	for body, l := range map[string]*Page{
		"PAGEID=16&CONFIG_DATA=%C3%BE0%C3%BEx+y": utf8,
		"PAGEID=16&CONFIG_DATA=%FE0%FEx+y":       latin,
	} {
		r := l.Submit("post", "/x?a=b", fields)
		if string(r.Body) != body || r.Ref != "/x?a=b" || !r.Changes {
			t.Errorf("got %q to %s", r.Body, r.Ref)
		}
	}
	// A browser puts the fields of a GET form in the place of the query.
	if r := utf8.Submit("GET", "/x?a=b", fields[:1]); r.Ref != "/x?PAGEID=16" || r.Body != nil || !r.Changes {
		t.Errorf("got %+v", r)
	}
}

func TestLogoutLink(t *testing.T) {
	at, _ := url.Parse("http://192.0.2.5/servlet?p=status&q=load")
	for body, want := range map[string]string{
		`<a href="/servlet?p=login&amp;q=logout">x</a>`:                "/servlet?p=login&q=logout",
		`<a href="javascript:logout()">x</a>`:                          "",
		`<a onclick="window.location='/servlet?p=out&q=logout'">x</a>`: "/servlet?p=out&q=logout",
		`<a href="?p=bye&amp;q=LogOut">x</a>`:                          "/servlet?p=bye&q=LogOut",
		`<a href="/servlet?p=status">x</a>`:                            "",
	} {
		if got := logoutLink(page.Parse([]byte(body)), &web.Answer{Body: []byte(body), URL: at}); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

func TestRebootForm(t *testing.T) {
	for body, want := range map[string]bool{
		`<form action="/r"><input type="submit" value="Reboot"></form>`:                                               true,
		`<form action="/r"><input type="submit" value="Restart the phone"></form>`:                                    true,
		`<form action="/r"><input type="submit" value="Reset to Factory"></form>`:                                     false,
		`<form action="/r"><input type="button" value="Reset to Factory"><input type="submit" value="Reboot"></form>`: false,
		`<form><input type="submit" value="Reboot"></form>`:                                                           false,
		`<button onclick="reboot()">Reboot</button>`:                                                                  false,
	} {
		if _, got := rebootForm(page.Parse([]byte(body))); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}
