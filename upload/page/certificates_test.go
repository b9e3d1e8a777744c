package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/page"
)

const (
	head = `<tr><th>Issued To<th>Issued By<th>Expiration<th>Delete</tr>`
	rowA = `<tr><td>a.example.com<td>Root A<td>Mar  1 12:00:00 2026 GMT<td><input type=submit value=Delete></tr>`
	rowB = `<tr><td>b.example.com<td>Root B<td>Apr 30 00:00:00 2027 GMT<td><input type=submit value=Delete></tr>`
)

func TestCertificates(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"plain":                    {`<table>` + head + rowA + rowB + `</table>`, "a b"},
		"head row of td":           {`<table><tr><td>ISSUED  to:<td>issued&nbsp;by<td>Expiration<td>Delete</tr>` + rowA + `</table>`, "a"},
		"title above the heads":    {`<table><tr><th colspan=4>Trusted Certificates</tr>` + head + rowA + `</table>`, "a"},
		"other order":              {`<table><tr><th>Expiration Date<th>Issued By<th>Issued To</tr><tr><td>2026-03-01<td>R<td>a</table>`, "a"},
		"index and box":            {`<table><tr><th><input type=checkbox><th>No.<th>Issued To<th>Issued By<th>Expiration<th>Delete</tr><tr><td><input type=checkbox><td>1<td>a<td>R<td>2026-03-01<td></tr></table>`, "a"},
		"box without a head":       {`<table>` + head + `<tr><td><input type=checkbox><td>a<td>R<td>2026-03-01<td>x</tr></table>`, "a"},
		"wide head":                {`<table><tr><th colspan=2>Issued To<th>Issued By<th>Expiration</tr><tr><td>a<td>(x)<td>R<td>2026-03-01</tr></table>`, "a"},
		"layout tables":            {`<table><tr><td>Menu<td><table><tr><td>Issued To the phone</tr><tr><td><table>` + head + rowA + `</table></td></tr></table></td></tr></table>`, "a"},
		"empty rows":               {`<table>` + head + `<tr><td>&nbsp;<td><td><td></tr>` + rowA + `<tr></tr><tr><td><td><td><td><input type=submit value=Delete></tr></table>`, "a"},
		"no certificate":           {`<table>` + head + `<tr><td colspan=4>No certificate</tr></table>`, ""},
		"one cell":                 {`<table>` + head + `<tr><td>No certificate</tr></table>`, ""},
		"three empty cells":        {`<table>` + head + `<tr><td>No certificate<td><td><td></tr></table>`, ""},
		"fewer cells":              {`<table>` + head + `<tr><td>Total<td>1<td>used</tr></table>`, ""},
		"heads alone":              {`<table>` + head + `</table>`, ""},
		"heads in their own table": {`<table>` + head + `</table><table>` + rowA + rowB + `<tr><td>Total<td>2<td>of 10<td></tr></table>`, "a b"},
		"another table below":      {`<table>` + head + `</table><table><tr><td>CA<td>All<td>Enabled<td>x</tr></table>`, ""},
		"two lists":                {`<table>` + head + `</table><table>` + head + rowB + `</table>`, "b"},
		"heads again":              {`<table>` + head + rowA + head + rowB + `</table>`, "a b"},
		"date not understood":      {`<table>` + head + `<tr><td>a<td>R<td>someday<td></tr></table>`, "a"},
		"name without issuer":      {`<table>` + head + `<tr><td>a<td><td>2026-03-01<td></tr></table>`, "a"},
		"form between rows":        {`<table>` + head + `<form action=/d><tr><td>a<td>R<td>2026-03-01<td><input type=submit></tr></form></table>`, "a"},
		"heads by script":          {`<table><tr><td><script>T("Issued To")</script><td><script>T("Issued By")</script><td><script>T("Expiration")</script></tr><tr><td>a<td>R<td>2026-03-01</tr></table>`, "a"},
		"deep":                     {strings.Repeat("<div>", 1000) + `<table>` + head + rowA + `</table>`, "a"},
	} {
		list, ok := page.Parse([]byte(c.body)).Certificates()
		var got []string
		for i, each := range list {
			got = append(got, strings.TrimSuffix(each.IssuedTo, ".example.com"))
			if each.Index != i || len(each.Row.Cells) == 0 {
				t.Errorf("%s: %+v has place %d", name, each, i)
			}
		}
		if !ok || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	for _, body := range []string{``, `<table><tr><td>Issued To<td>x</table>`, `Issued To Issued By Expiration`} {
		if list, ok := page.Parse([]byte(body)).Certificates(); ok || list != nil {
			t.Errorf("%q has the list %v", body, list)
		}
	}
}

func TestACertificateKeepsItsRow(t *testing.T) {
	list, _ := page.Parse([]byte(`<table>` + head + rowA + `<tr><td>b<td>Root B<td>2026/03/01<td><form action=/delete><input type=hidden name=i value=1></form></table>`)).Certificates()
	a, b := list[0], list[1]
	if a.IssuedBy != "Root A" || a.Expiration != "Mar 1 12:00:00 2026 GMT" || !a.Expires.Equal(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) || a.DayOnly || len(a.Row.Fields) != 1 {
		t.Errorf("the first is %+v", a)
	}
	if !b.DayOnly || len(b.Row.Forms) != 1 || b.Row.Forms[0].Action != "/delete" || b.Row.Fields[0].Value != "1" {
		t.Errorf("the second is %+v", b)
	}
}

func TestDate(t *testing.T) {
	noon, day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"Mar  1 12:00:00 2026 GMT": noon, "mar 1 12:00:00 2026": noon, "2026-03-01 12:00:00": noon, "2026-03-01 12:00": noon, "2026-03-01T12:00:00Z": noon,
		"2026-03-01T13:00:00+01:00": noon, "2026-03-01T12:00:00.5Z": noon.Add(time.Second / 2), "2026-03-01 10:00:00 -0200": noon, "2026/03/01 12:00:00": noon,
		"Sun Mar  1 12:00:00 2026": noon, "Sun Mar  1 12:00:00 GMT 2026": noon, "Sun, 01 Mar 2026 12:00:00 GMT": noon, "Sun, 01 Mar 2026 13:00:00 +0100": noon,
		"Sunday, March 1, 2026 12:00:00 PM": noon, "1 march 2026 12:00 pm": noon, "260301120000Z": noon, "20260301120000Z": noon, "260301130000+0100": noon, "01-Mar-2026 12:00:00": noon,
		"31/12/2026 12:00:00": time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC), "500101000000Z": time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), "99991231235959Z": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		if got, dayOnly := page.Date(text); !got.Equal(want) || dayOnly {
			t.Errorf("%q is %v, day only %v", text, got, dayOnly)
		}
	}
	for text, want := range map[string]time.Time{
		"2026-03-01": day, "2026/03/01": day, "2026/3/1": day, "01 Mar 2026": day, "Mar 1, 2026": day, "Sun, 1 March 2026": day, "01-MAR-2026": day, "20260301": day, "2026.03.01": day,
		"12/31/2026": time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "31.12.2026": time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "3/3/2026": time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC),
	} {
		if got, dayOnly := page.Date(text); !got.Equal(want) || !dayOnly {
			t.Errorf("%q is %v, day only %v", text, got, dayOnly)
		}
	}
	for _, text := range []string{
		"", "never", "03/01/2026", "03/01/2026 12:00:00", "01.03.2026", "1-3-2026", "2026-13-01", "2026-02-30", "Mar 1 12:00:00 2026 CST", "Mar 1 25:00:00 2026",
		"0001-01-01", "1026-03-01", "1772366400", "12", strings.Repeat("1", 1000), "2026-03-01 to 2027-03-01", "Z", "+01:00",
	} {
		if got, dayOnly := page.Date(text); !got.IsZero() || dayOnly {
			t.Errorf("%q is %v, day only %v", text, got, dayOnly)
		}
	}
}
