package upload

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// farewell is how long a logout may take after everything else has ended, and
// settling how long a login that is under way then.
const (
	farewell = 5 * time.Second
	settling = 10 * time.Second
)

// Phone is one phone, spoken to by its web page. It is not safe for concurrent
// use. All its errors are *Problem.
type Phone struct {
	// Dialect is that of its pages, Identity what it says of itself.
	Dialect  dialect.Name
	Identity dialect.Identity
	// Trust is why its certificate was accepted; "" by plain HTTP.
	Trust known.Trust
	// Findings are warnings on the way to it.
	Findings []finding.Finding

	config *Config
	web    *web.Client
	pages  dialect.Dialect
	inside bool
	// shown is what phones of a first use have shown in this visit.
	shown map[string]known.Fingerprint
	// expected is the server certificate that is being put on the phone.
	expected *known.Fingerprint
}

// Pages are the phone's pages in its dialect.
func (p *Phone) Pages() dialect.Dialect { return p.pages }

// Conversation is the one with the phone, once it is open.
func (p *Phone) Conversation() *web.Client { return p.web }

// Expect says which server certificate is being put on the phone: it may show it
// at once.
func (p *Phone) Expect(f known.Fingerprint) { p.expected = &f }

// Open connects to a phone and reads from its pages how it is to be spoken to.
// Nothing secret is sent.
func Open(ctx context.Context, address string, c *Config) (*Phone, error) {
	base, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	p := &Phone{config: c}
	err = c.patient(ctx, func() error {
		settled, err := c.settle(ctx, base)
		if err != nil {
			return err
		}
		return p.open(ctx, settled)
	})
	if err != nil {
		return nil, Explain(err)
	}
	return p, nil
}

// open reads the phone's first page. Whoever tells the dialect spares a phone
// the questions for it, but not the one who it is.
func (p *Phone) open(ctx context.Context, base *url.URL) error {
	c := p.config
	conversation := c.Web
	conversation.Accept = p.accept
	p.web = web.New(base, conversation)
	var err error
	if c.Dialect != "" {
		if p.pages, err = detect.New(c.Dialect, p.web, c.Web.Random); err == nil && base.Scheme == "https" {
			_, err = p.web.Get(ctx, "/")
		}
	} else {
		p.pages, p.Identity, err = detect.Detect(ctx, p.web, c.Web.Random)
	}
	if err != nil {
		p.web.Close()
		return err
	}
	p.Dialect, p.Identity = p.pages.Name(), merge(dialect.Identity{}, p.Identity)
	return nil
}

// Login logs in, once. Before that it warns, or refuses, where the password
// would be open to others.
func (p *Phone) Login(ctx context.Context, user, password string) error {
	if p.config.demanded() && p.web.Base().Scheme == "http" {
		return NewProblem("upload.pin-needs-tls", nil, "write https:// before the address, or leave out --pin and the CA of the phones",
			"the phone is to show a certificate, and by HTTP it shows none; no password was sent")
	}
	if warning, exposed := p.exposure(); exposed {
		if p.config.RequireTLS {
			return NewProblem("upload.tls-required", nil, "use https:// and give --pin SHA256 or --ca FILE, or leave out --require-tls", "--require-tls lets no password out: %s", warning.Message)
		}
		p.warn(warning)
	}
	p.inside = true
	lasting, cancel := outlive(ctx, settling)
	defer cancel()
	err := p.pages.Login(lasting, user, password)
	if ctx.Err() != nil {
		return Explain(ctx.Err())
	}
	if err != nil {
		return Explain(err)
	}
	if seen, err := p.pages.Identity(ctx); err == nil {
		p.Identity = merge(p.Identity, seen)
	}
	return nil
}

// outlive gives a context that ends a while after ctx. A login that is broken off
// may open its session behind the back of the logout, which would come first.
func outlive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(d):
			cancel()
		case <-lasting.Done():
		}
	})
	return lasting, func() { stop(); cancel() }
}

// exposure says who else may see the password.
func (p *Phone) exposure() (f finding.Finding, exposed bool) {
	f = finding.Finding{Severity: finding.Warning, Basis: finding.Observed, Source: Seen}
	switch {
	case p.web.Base().Scheme == "http":
		f.Code, f.Message = "upload.password-in-clear", "the password goes to the phone by HTTP, where everybody on the way can read it or use what is sent"
		f.Fix = "use https:// where the phone has it; --require-tls refuses this"
	case p.Trust == known.FirstUse:
		f.Code, f.Message = "upload.first-use", "the phone's certificate is seen for the first time and is taken on trust from now on"
		f.Fix = "compare it with what phonecert phone identify shows at the phone's own network, and give it with --pin"
	case p.Trust == known.Insecure:
		f.Code, f.Message = "upload.unverified", "the password goes to a phone whose certificate nobody has verified"
		f.Fix = "leave out --insecure"
	default:
		return f, false
	}
	return f, true
}

// ToldBefore reports whether a finding is a warning of which Config.Warn was told
// before the thing was done, so that screens need not say it twice.
func ToldBefore(f finding.Finding) bool {
	switch f.Code {
	case "upload.password-in-clear", "upload.first-use", "upload.unverified", "upload.call-not-known":
		return true
	}
	return false
}

func (p *Phone) warn(f finding.Finding) {
	p.Findings = append(p.Findings, f)
	if p.config.Warn != nil {
		p.config.Warn(f)
	}
}

// merge keeps what was known before and now is not, and spells the MAC address as
// everywhere.
func merge(before, now dialect.Identity) dialect.Identity {
	keep := func(old string, found *string) {
		if *found == "" {
			*found = old
		}
	}
	keep(before.Model, &now.Model)
	keep(before.Firmware, &now.Firmware)
	keep(before.MAC, &now.MAC)
	if address, ok := mac.Parse(now.MAC); ok {
		now.MAC = address.String()
	}
	return now
}

// Certificates reads the list of a role; listed is false when the page shows
// none.
func (p *Phone) Certificates(ctx context.Context, role handset.Role) (list dialect.Listing, listed bool, err error) {
	err = p.config.patient(ctx, func() error {
		list, err = p.pages.Certificates(ctx, role)
		return err
	})
	switch {
	case errors.Is(err, dialect.ErrNoList):
		return list, false, nil
	case err != nil:
		return list, false, Explain(err)
	}
	return list, true, nil
}

// Settings reads the trust settings; those that the page does not show are "".
func (p *Phone) Settings(ctx context.Context) (s dialect.Settings, err error) {
	err = p.config.patient(ctx, func() error {
		s, err = p.pages.Settings(ctx)
		return err
	})
	if err != nil {
		return s, Explain(err)
	}
	return s, nil
}

// Talking reports whether the phone is in a call. Where it cannot tell, a warning
// says so.
func (p *Phone) Talking(ctx context.Context) (talking, known bool, err error) {
	talking, known, err = p.pages.Talking(ctx)
	if err != nil {
		return false, false, Explain(err)
	}
	if !known {
		p.warn(finding.Finding{
			Code: "upload.call-not-known", Severity: finding.Warning, Basis: finding.Observed, Source: Seen,
			Message: "the phone's pages do not tell whether it is in a call, which a restart would end",
			Fix:     "restart phones when nobody is on them",
		})
	}
	return talking, known, nil
}

// Reboot restarts the phone, which ends the session. It does not wait.
func (p *Phone) Reboot(ctx context.Context) error {
	err := p.pages.Reboot(ctx)
	var network *web.Error
	switch {
	case err == nil, errors.As(err, &network) && network.Sent && (network.Kind == web.Dropped || network.Kind == web.Timeout):
		// A phone that restarts need not say good-bye.
		p.inside = false
		return nil
	case errors.Is(err, dialect.ErrNoForm):
		return NewProblem("upload.no-reboot", err, "restart it at the phone", "the page does not show how the phone is restarted")
	}
	return Explain(err)
}

// Remove deletes a certificate of the list just read. The answer is no proof.
func (p *Phone) Remove(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	answer, err := p.pages.Delete(ctx, role, c)
	if errors.Is(err, dialect.ErrNoForm) {
		return answer, NewProblem("upload.no-delete", err, "delete it on the phone's web page in a browser", "the page does not show how a certificate is deleted")
	}
	return dropped(answer, err)
}

// Set writes those of the settings that are not empty. The answer is no proof.
func (p *Phone) Set(ctx context.Context, s dialect.Settings) (dialect.Answer, error) {
	answer, err := p.pages.Set(ctx, s)
	return dropped(answer, err)
}

// dropped takes a write that ended without an answer for one that may have been
// done: some that succeed drop the connection (the fact sheet on the web
// interface).
func dropped(answer dialect.Answer, err error) (dialect.Answer, error) {
	var network *web.Error
	if errors.As(err, &network) && network.Sent && network.Kind == web.Dropped {
		return dialect.Answer{Class: dialect.Dropped}, nil
	}
	if err != nil {
		return answer, Explain(err)
	}
	return answer, nil
}

// Close logs out, also after an error or when ctx has ended, and hangs up.
func (p *Phone) Close(ctx context.Context) {
	if p.inside {
		p.inside = false
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		// A session that stays open keeps everybody out for minutes, so it is
		// worth a second try; more cannot be done about a phone that does not
		// let go.
		_ = p.config.patient(limited, func() error { return p.pages.Logout(limited) })
	}
	p.web.Close()
}
