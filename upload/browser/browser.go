// Package browser has the phone's own page make the upload: it drives the page
// in a headless Chromium, as a person does who opens it, chooses the file and
// presses the button. It is the route for pages whose request nobody has
// published and whose form does not show it.
//
// The browser never talks to the phone. Chromium speaks no TLS 1.0 and knows no
// pinned certificate, and the phone lets in one person at a time; so the pages
// come from a proxy on the loopback interface that asks for them through the
// conversation which is logged in already. The proxy is the browser's only way
// out, and it admits this browser alone.
//
// The file goes from memory into the page and never to the disk: it may hold a
// private key.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
)

const (
	// defaultTimeout is for the whole route, the start of the browser included.
	defaultTimeout  = 60 * time.Second
	defaultPatience = 5 * time.Second
)

// Config is what a browser is driven with.
type Config struct {
	// Executable is the path of a Chromium, as Find returns it.
	Executable string
	// Base is where the phone is: scheme and host.
	Base *url.URL
	// Transport is the conversation with the phone, logged in. It is asked for
	// one thing at a time.
	Transport http.RoundTripper
	// Cookies are set in the browser before it opens the page, for scripts that
	// read the session's. Only names and values count.
	Cookies []*http.Cookie
	// Login gives user and password if the page shows its login form. Nil makes
	// that ErrNeedsLogin. It is asked once.
	Login func() (user, password string)
	// Env is the process's environment, of which the browser gets a few
	// variables and no other; nil gives it none.
	Env func(name string) string
	// Random is a source of secret randomness.
	Random io.Reader
	// Timeout is for the whole upload; 0 stands for 60 seconds.
	Timeout time.Duration
	// Patience is how long neither page nor phone may move until it is plain that
	// nothing more will come; 0 stands for 5 seconds. Pages reload by themselves
	// after one or two.
	Patience time.Duration
	// Trace hears each step in words, without secrets; nil for none.
	Trace func(string)
}

// ErrNeedsLogin: the page shows its login form and Config.Login is nil. Pages of
// the dialect api keep in the page itself that somebody is in, so a session's
// cookie is not enough for them.
//
// Nothing was posted. End the session first, for the phone lets in one person
// at a time; then call Upload again with Login set. Some phones hand out a new
// session id with the login form: keep the old one for the logout. A login in
// the browser goes through the transport too, so its cookies are those of the
// conversation afterwards, the cookie csrfToken among them; other tokens that
// the conversation sends by itself must have been taken away before and have to
// be read anew after.
var ErrNeedsLogin = errors.New("the page asks for a login of its own")

// Upload opens the page of a role, chooses the file, presses the button and
// waits for the phone's word, which is no proof. Path is the page's address on
// the phone; "" is for pages that are reached by the menu alone.
//
// It reads no list and changes nothing but what the page itself changes. A
// question of the page whether to restart is answered with no, and told in the
// answer. Errors are a *StepError, a *dialect.LoginError or ErrNeedsLogin.
// Chromium refuses to run as root with its sandbox, so root runs it without.
func Upload(ctx context.Context, c Config, d dialect.Name, role handset.Role, path string, f dialect.File) (dialect.Answer, error) {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Trace == nil {
		c.Trace = func(string) {}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	p, err := newProxy(ctx, c.Base, c.Transport, c.Random, f.Content)
	if err != nil {
		return dialect.Answer{}, &StepError{Step: Starting, Detail: "the browser's proxy could not be opened", Err: err}
	}
	defer p.close()
	t, err := start(ctx, &c, p)
	if err != nil {
		return dialect.Answer{}, err
	}
	defer t.close()
	v := &visit{tab: t, config: &c, dialect: d, role: role, path: path}
	answer, err := v.upload(f)
	var step *StepError
	if errors.As(err, &step) {
		sent, ok := p.upload()
		step.Sent = ok && sent.reached()
		if ctx.Err() == nil && t.ctx.Err() != nil {
			step.Err = errBrowserEnded
		}
	}
	return answer, err
}

// errBrowserEnded: nobody told it to.
var errBrowserEnded = errors.New("the browser has ended by itself")

// Step is a part of an upload.
type Step string

// The steps, in their order.
const (
	Starting  Step = "start"
	Opening   Step = "open"
	LoggingIn Step = "login"
	Finding   Step = "find"
	Choosing  Step = "choose"
	Pressing  Step = "press"
	Waiting   Step = "answer"
)

// StepError is an upload that did not come to an answer of the phone.
type StepError struct {
	Step Step
	// Detail says in a sentence what was missing.
	Detail string
	// Sent says that the page has sent the file, so that the phone may have
	// taken it.
	Sent bool
	// Err is what lies beneath, nil when the page alone is to blame.
	Err error
}

// Error is one sentence without secrets.
func (e *StepError) Error() string {
	if e.Err == nil || errors.Is(e.Err, context.DeadlineExceeded) {
		return e.Detail
	}
	return fmt.Sprintf("%s: %s", e.Detail, plain(e.Err.Error()))
}

// Unwrap gives the error beneath.
func (e *StepError) Unwrap() error { return e.Err }
