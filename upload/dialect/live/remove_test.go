package live

import (
	"errors"
	"fmt"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

func TestRemovalOf(t *testing.T) {
	tests := []struct {
		what, cell, want string
	}{
		{"a form", `<form method="post" action="/x?q=drop"><input type="hidden" name="which" value="0"><input type="submit" value="Delete"></form>`, "form /x?q=drop [{which 0}]"},
		{"a form in another language", `<form action="/x"><input type="hidden" name="which" value="0"><input type="submit" value="Entfernen"></form>`, "form /x [{which 0}]"},
		{"one form of two", `<form action="/show"><input type="submit" value="View"></form><form action="/x"><input type="submit" value="Delete"></form>`, "form /x []"},
		{"two that delete", `<form action="/a"><input type="submit" value="Delete"></form><form action="/b"><input type="submit" value="Delete"></form>`, "none"},
		{"a form that only shows", `<form action="/show"><input type="submit" value="View"></form>`, "none"},
		{"a form without a target", `<form><input type="submit" value="Delete"></form>`, "none"},
		{"a button", `<button name="CertIndex" value="3" yltype="post" onclick="removeCertificate(this.value)">Delete</button>`, "fields [{CertIndex 3}] [removeCertificate(this.value)]"},
		{"a box", `<input type="checkbox" name="del3" value="1">`, "fields [{del3 1}] []"},
		{"a button of a script alone", `<button onclick="remove(3)">Delete</button>`, "none"},
		{"a link", `<a href="/x?view=3">View</a> <a href="/x?delete=3">Delete</a>`, "link /x?delete=3"},
		{"a link of a script", `<a href="javascript:delete(3)">Delete</a>`, "none"},
		{"nothing", "", "none"},
	}
	for _, test := range tests {
		p := page.Parse([]byte(`<table><tr><th>Issued To</th><th>Issued By</th><th>Expiration</th><th>Delete</th></tr><tr><td>a</td><td>b</td><td>Jan 1 00:00:00 2030 GMT</td><td>` + test.cell + `</td></tr></table>`))
		list, ok := p.Certificates()
		if !ok || len(list) != 1 {
			t.Fatalf("%s: no list", test.what)
		}
		r, err := removalOf(list[0].Row)
		got := "none"
		switch {
		case err != nil && !errors.Is(err, dialect.ErrNoForm):
			t.Errorf("%s: %v", test.what, err)
		case r.form != nil:
			got = fmt.Sprint("form ", r.form.Action, " ", Sent(*r.form))
		case r.Fields != nil:
			got = fmt.Sprint("fields ", r.Fields, " ", r.scripts)
		case r.link != "":
			got = "link " + r.link
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.what, got, test.want)
		}
	}
}
