// Package file holds the commands on certificate files, which need no network:
// check judges them, inspect shows them, convert makes others of them.
package file

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report"
)

// checkOptions are the flags of "phonecert check".
type checkOptions struct {
	f         *factory.Factory
	passwords *factory.Passwords

	files     []string
	role      string
	handset   string
	installed string
	server    string
	clock     string
	inventory string
	caDirs    []string
	strict    bool
	recursive bool
	trust     factory.TrustFlags
}

// NewCheck builds "phonecert check".
func NewCheck(f *factory.Factory) *cobra.Command {
	o := &checkOptions{f: f}
	cmd := &cobra.Command{
		Use:   "check FILE... --as trusted|server|pbx --handset ID",
		Short: "Tell whether a handset takes a certificate file, and why not",
		Long: `Tell, before anything is uploaded, whether a handset takes a file in a role,
why not, and which command mends it.

  trusted   a CA certificate by which the phone judges servers
  server    the phone's own certificate and key, one PEM file
  pbx       not for the phone at all: would the phones trust the server that
            presents this chain?

With --inventory the question is put for a list of phones before the chain is
installed: which of them would drop off, and why. The list is CSV with a header,
or JSON lines. Of its columns address is needed; handset is the model, for which
--handset stands in; only_trusted, ca, cn_validation, device_cert, custom (files,
parted by "|") and name (the server's) go before the flags of the same names.`,
		Example: `  phonecert check root.pem --as trusted --handset yealink-t28p
  phonecert check phone.pem --as server --handset matrix-vp710
  phonecert check fullchain.pem --as pbx --handset yealink-t28p --custom root.pem --name pbx.example.com
  phonecert check fullchain.pem --as pbx --inventory phones.csv
  phonecert check certs/ --recursive --as trusted --handset all --json`,
		GroupID: "look",
		Args:    factory.SomeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runCheck(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.role, "as", "", "the `role` of the file: trusted, server or pbx")
	flags.StringVar(&o.handset, "handset", "", "the `model`: an id of \"phonecert handset list\", a YAML file, or all")
	flags.StringVar(&o.installed, "installed", "", "custom certificates on the phone: their `number`, or a file or folder that holds them")
	flags.StringVar(&o.inventory, "inventory", "", "a `file` that lists phones, CSV or JSON lines: tell which of them would drop off (role pbx)")
	flags.StringArrayVar(&o.caDirs, "ca-dir", nil, "a `folder` with CA certificates among which a missing one is looked for (role pbx, repeatable)")
	flags.StringVar(&o.server, "name", "", "the `host` by which the phone calls the server (role pbx)")
	flags.StringVar(&o.clock, "clock", "", "the phone's `time`: RFC 3339, a date, or a distance from now such as -48h")
	flags.BoolVar(&o.strict, "strict", false, "let warnings count as errors")
	flags.BoolVarP(&o.recursive, "recursive", "r", false, "look at every file below the folders given")
	o.trust.Add(cmd)
	o.passwords = f.Passwords(cmd)
	factory.CompleteValues(cmd, "as", "trusted", "server", "pbx")
	f.CompleteHandsets(cmd, "handset", "all")
	return cmd
}

func (o *checkOptions) validate(cmd *cobra.Command) error {
	switch handset.Role(o.role) {
	case handset.Trusted, handset.Server, handset.PBX:
	case "":
		return factory.WithHint(errors.New("no role given"),
			"say what the file is for: --as trusted (a CA), --as server (the phone's own), --as pbx (the server's chain)")
	default:
		return factory.UsageError(cmd, "--as takes trusted, server or pbx, not %q", o.role)
	}
	if err := o.validateInventory(); err != nil {
		return err
	}
	return o.trust.Validate(cmd)
}

// runCheck answers for every handset asked for.
func runCheck(ctx context.Context, o *checkOptions) error {
	if o.inventory != "" {
		return runFleet(ctx, o)
	}
	profiles, names, err := o.f.Handsets(ctx, o.handset)
	if err != nil {
		return err
	}
	if err := o.passwords.Load(ctx); err != nil {
		return err
	}
	paths, err := o.f.Expand(o.files, o.recursive)
	if err != nil {
		return err
	}
	open, err := o.f.Opener(ctx, paths, o.passwords)
	if err != nil {
		return err
	}
	worst := finding.Accepted
	var unread error
	printer := report.NewCheckPrinter(o.f.Streams, o.f.JSON, o.f.Quiet, len(profiles))
	for i, p := range profiles {
		q, err := o.question(ctx, p, names[i])
		if err != nil {
			return err
		}
		result, err := checkFiles(ctx, q, paths, open, o.strict)
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
		return factory.Told(unread)
	}
	return factory.Verdict(worst)
}

// question puts the flags into the form in which the rules take them.
func (o *checkOptions) question(ctx context.Context, p *handset.Profile, name string) (rules.Question, error) {
	q := rules.Question{Role: handset.Role(o.role), Server: o.server, Exists: disk.Exists}
	clock, err := o.f.Clock(o.clock)
	if err != nil {
		return q, err
	}
	if q.Installed, q.InstalledCount, err = o.onPhone(ctx); err != nil {
		return q, err
	}
	if q.Given, err = o.f.Certificates(ctx, "--ca-dir", o.caDirs, o.passwords); err != nil {
		return q, err
	}
	if q.Role == handset.Server { // nobody is judged by what is on the phone
		q.Phone = &phone.Phone{Profile: p, Name: name, Clock: clock}
		return q, nil
	}
	q.Phone, err = o.f.Phone(ctx, &o.trust, p, name, clock, o.passwords)
	return q, err
}

// onPhone reads --installed: a number, or the certificates themselves.
func (o *checkOptions) onPhone(ctx context.Context) (list []*certificate.Certificate, count int, err error) {
	if o.installed == "" {
		return nil, 0, nil
	}
	if n, err := strconv.Atoi(o.installed); err == nil && n >= 0 {
		return nil, n, nil
	}
	list, err = o.f.Certificates(ctx, "--installed", []string{o.installed}, o.passwords)
	return list, len(list), err
}
