package upload

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// farewell is how long a logout may take after everything else has ended.
const farewell = 5 * time.Second

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
}

// Open connects to a phone and reads from its pages how it is to be spoken to.
// Nothing secret is sent.
func Open(ctx context.Context, address string, c *Config) (*Phone, error) {
	base, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	var p *Phone
	err = c.patient(ctx, func() error {
		settled, err := c.settle(ctx, base)
		if err != nil {
			return err
		}
		p, err = open(ctx, settled, c)
		return err
	})
	if err != nil {
		return nil, explain(err)
	}
	return p, nil
}

func open(ctx context.Context, base *url.URL, c *Config) (*Phone, error) {
	p := &Phone{config: c}
	conversation := c.Web
	conversation.Accept = func(address string, chain [][]byte) error {
		var err error
		p.Trust, err = c.Judge.Accept(address, chain)
		return err
	}
	p.web = web.New(base, conversation)
	var err error
	if c.Dialect != "" {
		p.pages, err = dialect.New(c.Dialect, p.web, c.Web.Random)
	} else {
		p.pages, p.Identity, err = dialect.Detect(ctx, p.web, c.Web.Random)
	}
	if err != nil {
		p.web.Close()
		return nil, err
	}
	p.Dialect = p.pages.Name()
	return p, nil
}

// Login logs in, once. Before that it warns, or refuses, where the password
// would be open to others.
func (p *Phone) Login(ctx context.Context, user, password string) error {
	if warning, exposed := p.exposure(); exposed {
		if p.config.RequireTLS {
			return problem("upload.tls-required", nil, "use https:// and give --pin SHA256 or --ca FILE, or leave out --require-tls", "--require-tls lets no password out: %s", warning.Message)
		}
		p.warn(warning)
	}
	p.inside = true
	if err := p.pages.Login(ctx, user, password); err != nil {
		return explain(err)
	}
	if seen, err := p.pages.Identity(ctx); err == nil {
		p.Identity = merge(p.Identity, seen)
	}
	return nil
}

// exposure says who else may see the password.
func (p *Phone) exposure() (f finding.Finding, exposed bool) {
	f = finding.Finding{Severity: finding.Warning, Basis: finding.Observed, Source: seen}
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
// before a password went out, so that screens need not say it twice.
func ToldBefore(f finding.Finding) bool {
	return f.Code == "upload.password-in-clear" || f.Code == "upload.first-use" || f.Code == "upload.unverified"
}

func (p *Phone) warn(f finding.Finding) {
	p.Findings = append(p.Findings, f)
	if p.config.Warn != nil {
		p.config.Warn(f)
	}
}

func merge(before, now dialect.Identity) dialect.Identity {
	keep := func(old string, found *string) {
		if *found == "" {
			*found = old
		}
	}
	keep(before.Model, &now.Model)
	keep(before.Firmware, &now.Firmware)
	keep(before.MAC, &now.MAC)
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
		return list, false, explain(err)
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
		return s, explain(err)
	}
	return s, nil
}

// Talking reports whether the phone is in a call, where it can tell.
func (p *Phone) Talking(ctx context.Context) (talking, known bool, err error) {
	talking, known, err = p.pages.Talking(ctx)
	if err != nil {
		return false, false, explain(err)
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
		return problem("upload.no-reboot", err, "restart it at the phone", "the page does not show how the phone is restarted")
	}
	return explain(err)
}

// Remove deletes a certificate of the list just read. The answer is no proof.
func (p *Phone) Remove(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	answer, err := p.pages.Delete(ctx, role, c)
	if errors.Is(err, dialect.ErrNoForm) {
		return answer, problem("upload.no-delete", err, "delete it on the phone's web page in a browser", "the page does not show how a certificate is deleted")
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
		return answer, explain(err)
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
