package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report"
)

// checkOptions are the flags of "phonecert check".
type checkOptions struct {
	f         *Factory
	passwords *passwords

	files     []string
	role      string
	handset   string
	installed string
	server    string
	clock     string
	strict    bool
	recursive bool
	trust     trustFlags
}

// NewCheck builds "phonecert check".
func NewCheck(f *Factory, runF func(context.Context, *checkOptions) error) *cobra.Command {
	o := &checkOptions{f: f}
	cmd := &cobra.Command{
		Use:   "check FILE... --as trusted|server|pbx --handset ID",
		Short: "Tell whether a handset takes a certificate file, and why not",
		Long: `Tell, before anything is uploaded, whether a handset takes a file in a role,
why not, and which command mends it.

  trusted   a CA certificate by which the phone judges servers
  server    the phone's own certificate and key, one PEM file
  pbx       not for the phone at all: would the phones trust the server that
            presents this chain?`,
		Example: `  phonecert check root.pem --as trusted --handset yealink-t28p
  phonecert check phone.pem --as server --handset matrix-vp710
  phonecert check fullchain.pem --as pbx --handset yealink-t28p --custom root.pem --name pbx.example.com
  phonecert check certs/ --recursive --as trusted --handset all --json`,
		GroupID: "look",
		Args:    someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if err := o.validate(cmd); err != nil {
				return err
			}
			if runF != nil {
				return runF(cmd.Context(), o)
			}
			return runCheck(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.role, "as", "", "the `role` of the file: trusted, server or pbx")
	flags.StringVar(&o.handset, "handset", "", "the `model`: an id of \"phonecert handset list\", a YAML file, or all")
	flags.StringVar(&o.installed, "installed", "", "custom certificates on the phone: their `number`, or a file or folder that holds them")
	flags.StringVar(&o.server, "name", "", "the `host` by which the phone calls the server (role pbx)")
	flags.StringVar(&o.clock, "clock", "", "the phone's `time`: RFC 3339, a date, or a distance from now such as -48h")
	flags.BoolVar(&o.strict, "strict", false, "let warnings count as errors")
	flags.BoolVarP(&o.recursive, "recursive", "r", false, "look at every file below the folders given")
	o.trust.add(cmd)
	o.passwords = f.passwordFlag(cmd)
	completeValues(cmd, "as", "trusted", "server", "pbx")
	f.completeHandsets(cmd, "handset", "all")
	return cmd
}

func (o *checkOptions) validate(cmd *cobra.Command) error {
	switch handset.Role(o.role) {
	case handset.Trusted, handset.Server, handset.PBX:
	case "":
		return withHint(fmt.Errorf("no role given"),
			"say what the file is for: --as trusted (a CA), --as server (the phone's own), --as pbx (the server's chain)")
	default:
		return usageError(cmd, "--as takes trusted, server or pbx, not %q", o.role)
	}
	return o.trust.validate(cmd)
}

// runCheck answers for every handset asked for.
func runCheck(ctx context.Context, o *checkOptions) error {
	profiles, names, err := o.f.handsets(ctx, o.handset)
	if err != nil {
		return err
	}
	if err := o.passwords.load(ctx); err != nil {
		return err
	}
	paths, err := expand(o.files, o.recursive)
	if err != nil {
		return err
	}
	stdin, err := o.f.holdStdin(ctx, paths)
	if err != nil {
		return err
	}
	worst := finding.Accepted
	var unread error
	printer := report.NewCheckPrinter(o.f.Streams, o.f.json, o.f.quiet, len(profiles))
	for i, p := range profiles {
		q, err := o.question(ctx, p, names[i])
		if err != nil {
			return err
		}
		result, err := o.f.checkFiles(ctx, paths, stdin, q, o)
		if err != nil {
			return err
		}
		if err := printer.Print(result); err != nil {
			return err
		}
		worst = finding.Worst(worst, result.Verdict)
		if result.Unread != nil {
			unread = result.Unread
		}
	}
	if err := printer.Close(); err != nil {
		return err
	}
	if unread != nil {
		return &toldError{unread}
	}
	return verdictOutcome(worst)
}

// question puts the flags into the form in which the rules take them.
func (o *checkOptions) question(ctx context.Context, p *handset.Profile, name string) (rules.Question, error) {
	q := rules.Question{
		Profile: p, Handset: name, Role: handset.Role(o.role),
		Server: o.server, Exists: disk.Exists,
	}
	var err error
	if q.Now, err = o.f.clock(o.clock); err != nil {
		return q, err
	}
	if q.Installed, q.InstalledCount, err = o.onPhone(ctx); err != nil {
		return q, err
	}
	if q.Role == handset.Server {
		return q, nil
	}
	custom, err := o.f.certificates(ctx, "--custom", o.trust.custom, o.passwords)
	if err != nil {
		return q, err
	}
	q.Trust = o.trust.trust(p, custom)
	q.Builtin, err = o.f.builtinList(ctx, o.trust.builtin, p, o.passwords)
	return q, err
}

// onPhone reads --installed: a number, or the certificates themselves.
func (o *checkOptions) onPhone(ctx context.Context) (list certificateList, count int, err error) {
	if o.installed == "" {
		return nil, 0, nil
	}
	if n, ok := number(o.installed); ok {
		return nil, n, nil
	}
	list, err = o.f.certificates(ctx, "--installed", []string{o.installed}, o.passwords)
	return list, len(list), err
}

// clock is the phone's time: now, or as --clock says.
func (f *Factory) clock(text string) (time.Time, error) {
	now := f.Now()
	if text == "" {
		return now, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return now, withHint(fmt.Errorf("--clock does not understand %q", text),
		"give a moment such as 2010-01-01T00:00:00Z, a date such as 2010-01-01, or a distance from now such as -48h")
}
