package factory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// PhoneFlags are how a phone's web page is spoken to; the same flags wherever a
// command logs in.
type PhoneFlags struct {
	f *Factory
	// User is the user of the web page, Timeout what one phone may take.
	User    string
	Timeout time.Duration

	passwords  *Passwords
	keyring    bool
	pins       []string
	ca         string
	caFlag     string
	insecure   bool
	requireTLS bool
	dialect    string
	retries    int
	trace      string
}

// PhoneFlags gives the flags to a command; ca is the name of the flag for the
// CA of the phones' own certificates.
func (f *Factory) PhoneFlags(cmd *cobra.Command, ca string) *PhoneFlags {
	p := &PhoneFlags{f: f, caFlag: ca}
	flags := cmd.Flags()
	flags.StringVar(&p.User, "user", "admin", "the user of the phone's web page")
	p.passwords = f.PasswordFlag(cmd, "password-file", "PHONECERT_PASSWORD", "read the password of the web page from this `file`")
	flags.BoolVar(&p.keyring, "keyring", false, `take the password from the system's keyring: service "phonecert", user USER@HOST or USER`)
	flags.StringArrayVar(&p.pins, "pin", nil, "the `SHA256` of the certificate that the phone must show (repeatable)")
	flags.StringVar(&p.ca, ca, "", "the phone's certificate must be issued by a CA in this `file`")
	flags.BoolVar(&p.insecure, "insecure", false, "take any certificate of the phone, and remember none")
	flags.BoolVar(&p.requireTLS, "require-tls", false, "let no password out but by HTTPS to a phone whose certificate was verified")
	flags.StringVar(&p.dialect, "dialect", "", "the web interface's `name`, where the pages do not tell it")
	flags.DurationVar(&p.Timeout, "timeout", 2*time.Minute, "how long one phone may take in all")
	flags.IntVar(&p.retries, "retries", 2, "repeat a look so often after a fault of the network; a login or a change never")
	flags.StringVar(&p.trace, "trace-http", "", "write the conversation to this `file`, every secret replaced")
	CompleteValues(cmd, "dialect", dialectNames()...)
	return p
}

func dialectNames() []string {
	var names []string
	for _, name := range dialect.Names() {
		names = append(names, string(name))
	}
	return names
}

// Validate refuses values that make no sense.
func (p *PhoneFlags) Validate(cmd *cobra.Command) error {
	if p.dialect != "" {
		known := strings.Join(dialectNames(), ", ")
		if !strings.Contains(", "+known+", ", ", "+p.dialect+", ") {
			return UsageError(cmd, "--dialect takes %s, not %q", known, p.dialect)
		}
	}
	switch {
	case p.Timeout <= 0:
		return UsageError(cmd, "--timeout takes a time above zero, not %q", p.Timeout)
	case p.retries < 0 || p.retries > 20:
		return UsageError(cmd, "--retries takes 0 to 20, not %d", p.retries)
	case len(p.pins) > 0 && p.ca != "":
		return UsageError(cmd, "--pin says which certificate it must be, and --%s who must have issued it: give one of them", p.caFlag)
	case p.insecure && (p.requireTLS || len(p.pins) > 0 || p.ca != ""):
		return UsageError(cmd, "--insecure trusts every certificate, and --require-tls, --pin and --%s do not", p.caFlag)
	}
	return nil
}

// Config is how the phones are spoken to. The certificate of a phone that is
// seen for the first time is remembered only where remember is set.
func (p *PhoneFlags) Config(ctx context.Context, remember bool) (*upload.Config, error) {
	f := p.f
	if err := p.passwords.Load(ctx); err != nil {
		return nil, err
	}
	judge, err := p.judge(ctx, remember)
	if err != nil {
		return nil, err
	}
	trace, err := p.openTrace()
	if err != nil {
		return nil, err
	}
	return &upload.Config{
		Web:   web.Config{Dial: f.Network.Dial, Now: f.Now, Random: f.Network.Random, Timeout: min(p.Timeout, 30*time.Second), Trace: trace},
		Judge: *judge, RequireTLS: p.requireTLS, Dialect: dialect.Name(p.dialect),
		Retries: p.retries, Backoff: 500 * time.Millisecond,
		Warn: p.Warn(func(message string) { paper.Note(f.Streams, message) }),
	}, nil
}

// judge says whose certificates are taken.
func (p *PhoneFlags) judge(ctx context.Context, remember bool) (*known.Judge, error) {
	j := &known.Judge{Insecure: p.insecure, Remember: remember, Now: p.f.Now}
	for _, text := range p.pins {
		pin, err := known.ParseFingerprint(text)
		if err != nil {
			return nil, WithHint(fmt.Errorf("--pin takes the SHA-256 of a certificate, 64 hex digits, not %q", text), "phonecert phone identify https://192.0.2.55 shows it")
		}
		j.Pins = append(j.Pins, pin)
	}
	if p.ca != "" {
		roots, err := p.f.Certificates(ctx, "--"+p.caFlag, []string{p.ca}, nil)
		if err != nil {
			return nil, err
		}
		j.Roots = roots
	}
	if dir := p.f.ConfigDir(); dir != "" {
		j.Store = known.Open(filepath.Join(dir, "phonecert", "known_phones"))
	}
	return j, nil
}

// openTrace opens the file of --trace-http. It is written as the conversation
// goes, so that it is there when something hangs.
func (p *PhoneFlags) openTrace() (*web.Trace, error) {
	if p.trace == "" {
		return nil, nil
	}
	file, err := os.OpenFile(p.trace, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, WithHint(fmt.Errorf("%q already exists", p.trace), "give --trace-http another name, or remove the file")
	}
	if err != nil {
		return nil, WithHint(fmt.Errorf("cannot write %q: %w", p.trace, err), "give --trace-http a file in a folder that you can write to")
	}
	return web.NewTrace(file, func(err error) {
		paper.Note(p.f.Streams, fmt.Sprintf("the trace %q ends here: %v", p.trace, err))
	}), nil
}

// Warn tells each kind of warning once, before the first password goes.
func (p *PhoneFlags) Warn(note func(message string)) func(finding.Finding) {
	told := make(chan map[string]bool, 1)
	told <- map[string]bool{}
	return func(w finding.Finding) {
		seen := <-told
		defer func() { told <- seen }()
		if !seen[w.Code] && !p.f.Quiet {
			seen[w.Code] = true
			note(w.Message)
		}
	}
}

// Ask asks for the password of all phones where it can only be typed.
func (p *PhoneFlags) Ask(ctx context.Context, question string) {
	if p.passwords.Typed() && !p.keyring {
		p.passwords.Get(ctx, question)
	}
}

// PasswordOf gives the password for a phone: the inventory's, else that of the
// file, the environment, the keyring, the terminal, in this order.
func (p *PhoneFlags) PasswordOf(address, user, given string) func(context.Context) (string, bool) {
	return func(ctx context.Context) (string, bool) {
		if given != "" {
			return given, true
		}
		if p.keyring && p.passwords.Typed() {
			return p.fromKeyring(address, user)
		}
		password, ok := p.passwords.Get(ctx, fmt.Sprintf("Password of %s on the phone: ", user))
		return string(password), ok
	}
}

func (p *PhoneFlags) fromKeyring(address, user string) (string, bool) {
	if p.f.Keyring == nil {
		return "", false
	}
	host := address
	if u, err := upload.ParseAddress(address); err == nil {
		host = u.Hostname()
	}
	for _, name := range []string{user + "@" + host, user} {
		if password, err := p.f.Keyring("phonecert", name); err == nil && password != "" {
			return password, true
		}
	}
	return "", false
}

// UserOr gives the user of an inventory's row, else that of --user.
func (p *PhoneFlags) UserOr(row string) string { return cmp.Or(row, p.User) }
