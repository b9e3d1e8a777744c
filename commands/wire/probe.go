// Package wire holds the commands on what goes over the wire between a phone and
// a server: probe dials as a phone, trace reads captures, phone identify looks at
// a phone as server. They change nothing.
package wire

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/probe"
)

// probeOptions are the flags of "phonecert probe".
type probeOptions struct {
	f            *factory.Factory
	passwords    *factory.Passwords
	sipPasswords *factory.Passwords

	targets     []string
	targetFile  string
	handset     string
	clock       string
	trust       factory.TrustFlags
	serverName  string
	sni         string
	certificate string
	register    string
	authUser    string
	mac         string
	dns         string
	caDirs      []string
	timeout     time.Duration
	concurrency int
	repeat      int
	interval    time.Duration
	save        string
	keyLog      string
	saveRoot    string
	html        string
	force       bool
}

// NewProbe builds "phonecert probe".
func NewProbe(f *factory.Factory) *cobra.Command {
	o := &probeOptions{f: f}
	cmd := &cobra.Command{
		Use:   "probe TARGET... --handset ID",
		Short: "Connect to a server as the handset would, and say why it would be refused",
		Long: `Connect to a server as the handset does: look up its name, connect, send the
handset's own ClientHello, complete the handshake, judge the certificates as
the handset's TLS library does, and ask SIP. The answer says whether the phone
would register, and if not, whose fault it is and what mends it.

TARGET is one of

  host[:port]           a SIPS server; the port is 5061 if none is given
  sips:user@domain      found by NAPTR and SRV records as in RFC 3263
  https://host/path     the phone fetching its provisioning file or phone book;
                        $MAC in the path is replaced by --mac

Where the handset would hang up, the tool goes on to show what would follow,
but sends no password. Several targets or handsets make a table.`,
		Example: `  phonecert probe pbx.example.com --handset yealink-t28p
  phonecert probe pbx.example.com --handset yealink-t28p --custom root.pem
  phonecert probe sips:alice@example.com --handset matrix-vp710 --register alice@example.com
  phonecert probe 'https://prov.example.com/$MAC.cfg' --mac 00005e005301 --handset yealink-t28p
  phonecert probe --targets servers.txt --handset all
  phonecert probe pbx.example.com --handset yealink-t28p --save probe.pcapng --keylog keys.txt`,
		GroupID: "look",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.targets = args
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runProbe(cmd.Context(), o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *probeOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.targetFile, "targets", "", "read targets from this `file`, one a line")
	flags.StringVar(&o.handset, "handset", "", "the `model`: an id of \"phonecert handset list\", a YAML file, several with commas, or all")
	flags.StringVar(&o.clock, "clock", "", "the phone's `time`: RFC 3339, a date, or a distance from now such as -48h")
	flags.StringVar(&o.serverName, "server-name", "", "send this `name` as SNI, whatever the handset does")
	flags.StringVar(&o.sni, "sni", "", "whether the phone sends the server's name as SNI: `on|off` (default: as the profile has it)")
	flags.StringVar(&o.certificate, "client-cert", "", "a `file` with the certificate and key to show a server that asks")
	flags.StringVar(&o.register, "register", "", "register as `user@domain`, and take the registration back")
	flags.StringVar(&o.authUser, "auth-user", "", "the `name` for authentication where it is not the user of --register")
	flags.StringVar(&o.mac, "mac", "", "the phone's `MAC` address, for $MAC in a path")
	flags.StringVar(&o.dns, "dns", "", "ask this DNS server (`address`) in place of the system's")
	flags.StringArrayVar(&o.caDirs, "ca-dir", nil, "a `folder` with CA certificates among which a missing root is looked for (repeatable)")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long one probe may take in all")
	flags.IntVar(&o.concurrency, "concurrency", 8, "how many probes run at once")
	flags.IntVar(&o.repeat, "repeat", 1, "probe so many times, for faults that come and go")
	flags.DurationVar(&o.interval, "interval", time.Second, "how long to wait between repeated probes")
	flags.StringVar(&o.save, "save", "", "write what went over the wire to this pcapng `file`")
	flags.StringVar(&o.keyLog, "keylog", "", "write the secrets that open it to this `file`, for Wireshark and \"phonecert trace\"")
	flags.StringVar(&o.saveRoot, "save-root", "", "write the root certificate that the phone lacks to this `file`")
	flags.StringVar(&o.html, "html", "", "write the answer as a page to this `file`")
	flags.BoolVar(&o.force, "force", false, "overwrite files")
	factory.CompleteValues(cmd, "sni", "on", "off")
	o.trust.Add(cmd)
	o.passwords = o.f.Passwords(cmd)
	o.sipPasswords = o.f.PasswordFlag(cmd, "sip-password-file", "PHONECERT_SIP_PASSWORD", "read the password of --register from this `file`")
	o.f.CompleteHandsets(cmd, "handset", "all")
}

func (o *probeOptions) validate(cmd *cobra.Command) error {
	switch {
	case len(o.targets) == 0 && o.targetFile == "":
		return factory.WithHint(errors.New("no server given"), "name the server as the phone has it, for instance phonecert probe pbx.example.com --handset yealink-t28p")
	case o.sni != "" && o.sni != "on" && o.sni != "off":
		return factory.UsageError(cmd, "--sni takes on or off, not %q", o.sni)
	case o.timeout <= 0:
		return factory.UsageError(cmd, "--timeout takes a time above zero, not %q", o.timeout)
	case o.concurrency < 1 || o.concurrency > 256:
		return factory.UsageError(cmd, "--concurrency takes 1 to 256, not %d", o.concurrency)
	case o.repeat < 1:
		return factory.UsageError(cmd, "--repeat takes a number above zero, not %d", o.repeat)
	case o.interval < 0:
		return factory.UsageError(cmd, "--interval takes a time, not %q", o.interval)
	}
	return o.trust.Validate(cmd)
}

// runProbe asks every server as every handset.
func runProbe(ctx context.Context, o *probeOptions) error {
	job, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	switch {
	case o.repeat > 1:
		return job.repeated(ctx)
	case len(job.requests) > 1:
		return job.matrix(ctx)
	}
	return job.single(ctx)
}

// probeJob is what the flags ask for.
type probeJob struct {
	*probeOptions
	world    probe.World
	requests []probe.Request
	// names are the handsets as the user gave them.
	names []string
	kept  *keptWire
	// withheld counts the probes that were to register and sent no password.
	withheld atomic.Int64
}

// prepare reads everything that the flags name, so that a wrong name is told
// before anything is sent.
func (o *probeOptions) prepare(ctx context.Context) (*probeJob, error) {
	profiles, names, err := o.f.Handsets(ctx, o.handset)
	if err != nil {
		return nil, err
	}
	job := &probeJob{probeOptions: o, names: names, kept: newKeptWire(o)}
	if err := job.kept.check(); err != nil {
		return nil, err
	}
	targets, err := o.readTargets(ctx)
	if err != nil {
		return nil, err
	}
	if job.world, err = o.world(ctx, targets); err != nil {
		return nil, err
	}
	base, err := o.baseRequest(ctx)
	if err != nil {
		return nil, err
	}
	base.KeyLog = job.kept
	clock, err := o.f.Clock(o.clock)
	if err != nil {
		return nil, err
	}
	if o.repeat*len(targets)*len(profiles) > 1 && (o.html != "" || o.saveRoot != "") {
		return nil, factory.WithHint(errors.New("--html and --save-root take one probe, and this asks for more"), "name one server and one handset, without --repeat")
	}
	for _, target := range targets {
		for i, p := range profiles {
			r := base
			r.Target = target
			if r.Phone, err = o.f.Phone(ctx, &o.trust, p, names[i], clock, o.passwords); err != nil {
				return nil, err
			}
			job.requests = append(job.requests, r)
		}
	}
	return job, nil
}

// baseRequest is what all probes of a call have in common.
func (o *probeOptions) baseRequest(ctx context.Context) (probe.Request, error) {
	r := probe.Request{ServerName: o.serverName, SNI: o.sni, Timeout: o.timeout, Record: o.save != ""}
	if err := o.passwords.Load(ctx); err != nil {
		return r, err
	}
	if err := o.registration(ctx, &r); err != nil {
		return r, err
	}
	var err error
	if r.Certificate, err = o.clientCertificate(ctx); err != nil {
		return r, err
	}
	r.Given, err = o.f.Certificates(ctx, "--ca-dir", o.caDirs, o.passwords)
	return r, err
}
