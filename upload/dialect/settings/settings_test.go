package settings

import (
	"errors"
	"fmt"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

func TestChoices(t *testing.T) {
	const (
		drops = `<form><table>
<tr><td>Only Accept Trusted Certificates:</td><td><select name="HTTPSTrustCertificates"><option value="0">Disabled</option><option value="1" selected>Enabled</option></select></td></tr>
<tr><td>Common Name Validation</td><td><select id="cn"><option value="0" selected>Disabled</option><option value="1">Enabled</option></select></td></tr>
<tr><td>CA Certificates</td><td><select name="ca"><option value="a">Default Certificates</option><option value="b">Custom Certificates</option><option value="c" selected>All Certificates</option></select></td></tr>
</table></form>`
		radios = `<table>
<tr><td>Only Accept Trusted Certificates</td><td><input type="radio" name="only" value="1">Enabled <input type="radio" name="only" value="0" checked>Disabled</td></tr>
<tr><td>Device Certificates</td><td><input type="radio" name="dev" value="0" checked>Default Certificates <input type="radio" name="dev" value="1">Custom Certificates</td></tr></table>`
		foreign  = `<select id="HTTPSTrustCertificates"><option value="1" selected>Ein</option><option value="0">Aus</option></select>`
		unmarked = `<label>CA Certificates <select name="ca"><option value="0">Default Certificates</option><option value="1">Allow all</option></select></label>`
	)
	tests := []struct {
		what, page string
		read       dialect.Settings
		want       dialect.Settings
		written    string
		err        error
	}{
		{"drop-downs", drops, dialect.Settings{OnlyTrusted: "on", CA: "all", CNValidation: "off"}, dialect.Settings{OnlyTrusted: "off", CA: "custom", CNValidation: "on"}, "[{HTTPSTrustCertificates 0} {ca b} {cn 1}]", nil},
		{"not shown", drops, dialect.Settings{OnlyTrusted: "on", CA: "all", CNValidation: "off"}, dialect.Settings{DeviceCert: "custom"}, "[]", dialect.ErrNoSetting},
		{"no such choice", drops, dialect.Settings{OnlyTrusted: "on", CA: "all", CNValidation: "off"}, dialect.Settings{CA: "none"}, "[]", dialect.ErrNoChoice},
		{"nothing", drops, dialect.Settings{OnlyTrusted: "on", CA: "all", CNValidation: "off"}, dialect.Settings{}, "[]", nil},
		{"radio buttons", radios, dialect.Settings{OnlyTrusted: "off", DeviceCert: "default"}, dialect.Settings{OnlyTrusted: "on", DeviceCert: "custom"}, "[{only 1} {dev 1}]", nil},
		{"another language", foreign, dialect.Settings{OnlyTrusted: "on"}, dialect.Settings{OnlyTrusted: "off"}, "[{HTTPSTrustCertificates 0}]", nil},
		{"no mark", unmarked, dialect.Settings{}, dialect.Settings{CA: "all"}, "[]", dialect.ErrNoChoice},
		{"empty page", "", dialect.Settings{}, dialect.Settings{CA: "all"}, "[]", dialect.ErrNoSetting},
	}
	for _, test := range tests {
		c := Find(page.Parse([]byte(test.page)))
		if got := c.Read(); got != test.read {
			t.Errorf("%s: read %+v", test.what, got)
		}
		pairs, err := c.Write(test.want)
		if fmt.Sprint(pairs) != test.written || !errors.Is(err, test.err) {
			t.Errorf("%s: written %v, %v", test.what, pairs, err)
		}
	}
}
