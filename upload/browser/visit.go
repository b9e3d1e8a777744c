package browser

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
)

const (
	// interval is between two looks at the page.
	interval = 100 * time.Millisecond
	// sure is how many looks in a row must show the login form: pages show it
	// for a moment before they find out that somebody is in.
	sure = 8
	// unasked is how many looks a page gets to send a file by itself.
	unasked = 4
)

// visit is one upload on one page.
type visit struct {
	tab     *tab
	config  *Config
	dialect dialect.Name
	role    handset.Role
	path    string
	// loggedIn is set once the login form was filled in.
	loggedIn bool
}

// sight is what a look at the page shows.
type sight struct {
	// Ready: the page and its frames are loaded.
	Ready bool `json:"ready"`
	// File and Login say that there is an input for the file, a login form.
	File  bool `json:"file"`
	Login bool `json:"login"`
	// Deep and Shallow are the menu's items for the role's page, and for the
	// pages around it.
	Deep    bool `json:"deep"`
	Shallow bool `json:"shallow"`
}

// act has the script do something for this visit.
func act[T any](v *visit, what string, args ...any) (T, error) {
	return run[T](v.tab, append([]any{what, string(v.role), v.path}, args...)...)
}

// fail makes the error of a step.
func (v *visit) fail(step Step, err error, format string, args ...any) error {
	if cause := v.tab.ctx.Err(); cause != nil {
		err = cause
	}
	return &StepError{Step: step, Detail: fmt.Sprintf(format, args...), Err: err}
}

// upload goes all the way.
func (v *visit) upload(f dialect.File) (dialect.Answer, error) {
	if v.role != handset.Trusted && v.role != handset.Server {
		return dialect.Answer{}, v.fail(Finding, nil, "there is no page for the role %q", v.role)
	}
	if v.config.Login != nil && v.dialect != dialect.Basic {
		if err := v.enter(); err != nil {
			return dialect.Answer{}, err
		}
	}
	// A login made on a page that keeps it to itself would be lost with the page.
	if v.path != "" || !v.loggedIn {
		if err := v.open(v.path); err != nil {
			return dialect.Answer{}, err
		}
	}
	if err := v.reach(); err != nil {
		return dialect.Answer{}, err
	}
	before, err := act[words](v, "read")
	if err != nil {
		return dialect.Answer{}, v.fail(Finding, err, "the page could not be read")
	}
	if err := v.choose(f); err != nil {
		return dialect.Answer{}, err
	}
	if err := v.press(); err != nil {
		return dialect.Answer{}, err
	}
	return v.answer(before)
}

// open goes to a page, "" for the start page.
func (v *visit) open(ref string) error {
	u, err := url.Parse(ref)
	if err != nil {
		return v.fail(Opening, nil, "%q is no address on the phone", ref)
	}
	// What stands there is path and query alone, whatever host was named.
	path := "/" + strings.TrimLeft(u.RequestURI(), "/")
	v.config.Trace("opens the page " + path)
	if err := v.tab.open(path); err != nil {
		return v.fail(Opening, err, "the page %s could not be opened", path)
	}
	return nil
}

// watch looks at the page until a look is enough. It gives up, with false, when
// neither page nor phone has moved for a while; a slow phone moves. Looks that
// fail are those at a page which is being replaced.
func (v *visit) watch(step Step, look func() (enough bool, err error)) (bool, error) {
	last, calm := -1, 0
	for time.Duration(calm)*interval < v.config.Patience {
		enough, err := look()
		if enough || err != nil {
			return enough, err
		}
		select {
		case <-v.tab.ctx.Done():
			return false, v.late(step)
		case <-time.After(interval):
		}
		moves, busy := v.tab.proxy.movement()
		if moves != last || busy {
			last, calm = moves, 0
		}
		calm++
	}
	return false, nil
}

// late makes the error of a step whose time was up.
func (v *visit) late(step Step) error { return v.fail(step, nil, "%s", unfinished[step]) }

// unfinished says what a step was doing then.
var unfinished = map[Step]string{
	Finding: "the page of the certificates was not reached in time", LoggingIn: "the login in the browser did not end in time",
	Pressing: "no button to upload with was found in time", Waiting: "the phone has not answered the upload in time",
}

// choose puts the file into the input, as a drop on it does.
func (v *visit) choose(f dialect.File) error {
	v.config.Trace("chooses the file")
	done, err := act[bool](v, "choose", f.Name, base64.StdEncoding.EncodeToString(f.Content))
	if err != nil || !done {
		return v.fail(Choosing, err, "the file input of the page takes no file")
	}
	return nil
}

// press presses the button, once. Some pages send the file as soon as it is
// chosen, and some show the button only then.
func (v *visit) press() error {
	looks := 0
	pressed, err := v.watch(Pressing, func() (bool, error) {
		looks++
		if _, sent := v.tab.proxy.upload(); sent {
			return true, nil
		}
		if looks < unasked {
			return false, nil
		}
		pressed, err := act[bool](v, "press")
		if err != nil {
			// Whether it was pressed is not known, so it is not pressed again.
			return true, nil
		}
		return pressed, nil
	})
	if err == nil && !pressed {
		return v.fail(Pressing, nil, "the page shows no button to upload with")
	}
	v.config.Trace("presses the button")
	return err
}
