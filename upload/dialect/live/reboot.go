package live

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/phonecert/phonecert/upload/dialect"
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
		if IsTarget(form.Action) && len(buttons) == 1 && submits(buttons[0]) && restarts.MatchString(text) && !resets.MatchString(text) {
			return form, true
		}
	}
	return page.Form{}, false
}

// Restart is the request of the form that restarts the phone; ErrNoForm when the
// page has none.
func (p *Page) Restart() (web.Request, error) {
	form, ok := rebootForm(p.Page)
	if !ok {
		return web.Request{}, dialect.ErrNoForm
	}
	ref, err := p.Resolve(form.Action)
	if err != nil {
		return web.Request{}, err
	}
	return p.Submit(form.Method, ref, p.Signed(Sent(form))), nil
}

// Restarted reads the answer to the order to restart, to which a phone may hang
// up at once.
func Restarted(a *web.Answer, err error) error {
	_, _, err = Changed(a, err)
	if err == nil && a != nil && a.Status == http.StatusForbidden {
		return &dialect.StatusError{Status: a.Status}
	}
	return err
}
