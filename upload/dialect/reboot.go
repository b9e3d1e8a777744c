package dialect

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// The words on buttons of an upgrade page: one restarts, its neighbours lose
// everything.
var (
	restarts = regexp.MustCompile(`(?i)reboot|restart`)
	resets   = regexp.MustCompile(`(?i)factory|reset|upgrade|import`)
)

// rebootForm finds the form whose one button restarts the phone.
func rebootForm(p *page.Page) (page.Form, bool) {
	for _, form := range p.Forms {
		buttons := slices.DeleteFunc(slices.Clone(form.Fields), func(f page.Field) bool { return f.Kind != "submit" && f.Kind != "button" && f.Kind != "image" })
		text := form.ID + " " + form.Name + " " + words(form.Fields...)
		if isTarget(form.Action) && len(buttons) == 1 && submits(buttons[0]) && restarts.MatchString(text) && !resets.MatchString(text) {
			return form, true
		}
	}
	return page.Form{}, false
}

// rebooting reads the answer to the order to restart, to which a phone may hang
// up at once.
func rebooting(a *web.Answer, err error) error {
	_, _, err = changeAnswer(a, err)
	if err == nil && a != nil && a.Status == http.StatusForbidden {
		return &StatusError{a.Status}
	}
	return err
}
