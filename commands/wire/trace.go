package wire

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trace"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/report/wire/tally"
)

// traceOptions are the flags of "phonecert trace".
type traceOptions struct {
	f         *factory.Factory
	passwords *factory.Passwords

	capture    factory.Capture
	handset    string
	clock      string
	trust      factory.TrustFlags
	filterText string
	keyLog     string
	extract    string
	force      bool
}

// NewTrace builds "phonecert trace".
func NewTrace(f *factory.Factory) *cobra.Command {
	o := &traceOptions{f: f}
	cmd := &cobra.Command{
		Use:   "trace CAPTURE",
		Short: "Read the TLS handshakes out of a capture, and say why the phone was refused",
		Long: `Read every TLS connection in a capture that was taken on the phone, on the
server or between them: each message, what was agreed on, which handset sent the
ClientHello, and with --handset whether that phone trusts the server.

CAPTURE is a pcap or pcapng file, also under gzip, or "-" for standard input.
What it lacks is said: that it began in the middle, that segments were lost,
that packets were cut. --keylog opens what is encrypted (NSS format, as
"phonecert probe --keylog" and SSLKEYLOGFILE write it); a key log inside a
pcapng is used without being asked for.`,
		Example: `  phonecert trace phone.pcap --handset yealink-t28p
  phonecert trace pbx.pcapng --filter 192.0.2.55,5061
  tcpdump -i any -w - port 5061 | phonecert trace - --handset yealink-t28p
  phonecert trace probe.pcapng --keylog keys.txt
  phonecert trace pbx.pcap --extract certs/
  phonecert trace --hex dump.txt`,
		GroupID: "look",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd, args); err != nil {
				return err
			}
			return runTrace(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.handset, "handset", "", "judge as this `model`: an id of \"phonecert handset list\" or a YAML file")
	flags.StringVar(&o.clock, "clock", "", "the phone's `time` in place of that of each connection: RFC 3339, a date, or a distance from now")
	flags.StringVar(&o.filterText, "filter", "", "only connections of these `hosts,ports`, for instance 192.0.2.55,5061")
	flags.StringVar(&o.keyLog, "keylog", "", "open what is encrypted with the secrets in this `file`")
	flags.StringVar(&o.extract, "extract", "", "write the certificates that were sent into this `folder`")
	flags.BoolVar(&o.capture.Hex, "hex", false, "CAPTURE is a hex dump of one handshake, as copied from a program")
	flags.BoolVar(&o.force, "force", false, "overwrite files")
	o.trust.Add(cmd)
	o.passwords = f.Passwords(cmd)
	f.CompleteHandsets(cmd, "handset")
	return cmd
}

func (o *traceOptions) validate(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0 && !o.capture.Hex:
		return factory.WithHint(errors.New("no capture given"), "name the file, or \"-\" for standard input; on the server, tcpdump -i any -w phone.pcap port 5061 makes one")
	case len(args) > 1:
		return factory.UsageError(cmd, "one capture at a time, but got %q too", args[1])
	}
	o.capture.Path = factory.StandardStream
	if len(args) == 1 {
		o.capture.Path = args[0]
	}
	var err error
	if o.capture.Filter, err = parseFilter(o.filterText); err != nil {
		return factory.WithHint(err, "give addresses, networks and ports, parted by commas: --filter 192.0.2.0/24,5061")
	}
	return o.trust.Validate(cmd)
}

// parseFilter reads addresses, networks and ports.
func parseFilter(text string) (capture.Filter, error) {
	var f capture.Filter
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if port, err := strconv.ParseUint(part, 10, 16); err == nil && port > 0 {
			f.Ports = append(f.Ports, uint16(port))
			continue
		}
		if prefix, err := netip.ParsePrefix(part); err == nil {
			f.Hosts = append(f.Hosts, prefix.Masked())
			continue
		}
		address, err := netip.ParseAddr(strings.Trim(part, "[]"))
		if err != nil {
			return f, fmt.Errorf("--filter does not understand %q", part)
		}
		f.Hosts = append(f.Hosts, netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
	}
	return f, nil
}

// runTrace reads a capture from its beginning to its end.
func runTrace(ctx context.Context, o *traceOptions) error {
	options, err := o.options(ctx)
	if err != nil {
		return err
	}
	t := &tracing{traceOptions: o, worst: finding.Accepted, extracted: newExtracted(o)}
	t.printer = tally.NewTracePrinter(o.f.Streams, o.f.JSON, o.f.Quiet, tally.Trace{
		Phone: options.Phone, Target: o.capture.Path, Filtered: o.filterText != "" || o.capture.Hex,
	})
	tracer := trace.New(options, t.connection)
	summary, err := o.f.ReadCapture(ctx, o.capture, tracer)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if t.failed != nil {
		return t.failed
	}
	if err != nil {
		return err
	}
	err = t.printer.Close(tally.TraceSummary{
		Packets: summary.Packets, Bytes: summary.Bytes, OtherConnections: tracer.Other(),
		Findings: trace.Findings(summary, t.connections),
	})
	if err != nil {
		return err
	}
	if err := t.extracted.save(ctx); err != nil {
		return err
	}
	return t.verdict()
}

// options are what the flags say about reading.
func (o *traceOptions) options(ctx context.Context) (trace.Options, error) {
	options := trace.Options{Everything: o.filterText != ""}
	if o.clock != "" {
		var err error
		if options.Clock, err = o.f.Clock(o.clock); err != nil {
			return options, err
		}
	}
	if err := o.passwords.Load(ctx); err != nil {
		return options, err
	}
	var err error
	if options.Phone, err = o.phone(ctx); err != nil {
		return options, err
	}
	for _, id := range o.f.HandsetIDs() {
		p, err := o.f.Profile(ctx, id)
		if err != nil {
			return options, err
		}
		options.Profiles = append(options.Profiles, p)
	}
	options.Keys, err = o.f.KeyLog(ctx, o.keyLog)
	return options, err
}

// phone is the handset that judges; nil when none is named.
func (o *traceOptions) phone(ctx context.Context) (*phone.Phone, error) {
	id := o.handset
	if id == "" {
		id = o.f.Getenv("PHONECERT_HANDSET")
	}
	if id == "" {
		return nil, nil
	}
	p, err := o.f.Profile(ctx, id)
	if err != nil {
		return nil, err
	}
	return o.f.Phone(ctx, &o.trust, p, id, time.Time{}, o.passwords)
}

// tracing goes through the connections.
type tracing struct {
	*traceOptions
	printer   *tally.TracePrinter
	extracted *extracted
	worst     finding.Verdict
	// connections counts what was reported, failed is the first error of
	// writing it.
	connections int64
	failed      error
}

func (t *tracing) connection(c trace.Connection) {
	t.connections++
	d := diagnosis.Diagnose(c.Evidence)
	t.worst = finding.Worst(t.worst, factory.VerdictOf(d.Verdict))
	t.extracted.add(c.Evidence)
	shown := wire.NewConnection(c.Evidence, d)
	shown.Client, shown.Server, shown.Start = c.Client.String(), c.Server.String(), c.Start
	if t.failed == nil {
		t.failed = t.printer.Print(shown)
	}
}

// verdict is the answer of the whole capture: that of its worst connection.
func (t *tracing) verdict() error {
	if t.connections == 0 {
		return factory.Verdict(finding.Unknown)
	}
	return factory.Verdict(t.worst)
}
