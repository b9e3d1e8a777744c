package upload

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// TestExplain: what a page does not show is not taken for an answer that nobody
// understands, and a fix names only a line that there is.
func TestExplain(t *testing.T) {
	changed := func(line int, file string) error {
		return &web.Error{Kind: web.Distrusted, Err: &known.ChangedError{Address: "192.0.2.55:443", File: file, Line: line}}
	}
	for _, c := range []struct {
		err       error
		code, fix string
	}{
		{fmt.Errorf("%w %q", dialect.ErrNoSetting, "CA Certificates"), "upload.no-setting", "phonecert phone show"},
		{fmt.Errorf("%w %q", dialect.ErrNoChoice, "CA Certificates"), "upload.no-setting", "phonecert phone show"},
		{dialect.ErrListChanged, "upload.list-changed", "again"},
		{dialect.ErrNoForm, "upload.no-form", "browser"},
		{changed(7, "known_phones"), "upload.certificate-changed", "take the phone out of line 7 of known_phones, or give the new one with --pin sha256:"},
		{changed(0, "known_phones"), "upload.certificate-changed", "take the line of 192.0.2.55:443 out of known_phones, or give"},
		{changed(0, ""), "upload.certificate-changed", "is right, give the new one"},
	} {
		if p := Explain(c.err); p.Code != c.code || !strings.Contains(p.Fix, c.fix) {
			t.Errorf("%v: %s, %q", c.err, p.Code, p.Fix)
		}
	}
}
