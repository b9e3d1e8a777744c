package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// registrarOptions are the flags of "phonecert simulate registrar".
type registrarOptions struct {
	f         *factory.Factory
	passwords *factory.Passwords

	listen, domain    string
	writeCA           string
	force             bool
	certificate, key  string
	requireClientCert bool
	clientCAs         []string
	minTLS, maxTLS    string
	users             string
	digests           []string
}

func newSimulateRegistrar(f *factory.Factory) *cobra.Command {
	o := &registrarOptions{f: f}
	cmd := &cobra.Command{
		Use:   "registrar",
		Short: "Be the SIPS server that a phone registers at, with a private CA",
		Long: `Be a SIPS server on loopback until Ctrl-C, to rehearse on: it takes REGISTER and
OPTIONS over TLS 1.0 to 1.3, from the oldest phones too, and tells what each
client does, and with which alert it hangs up.

Its certificate comes from a CA that is made anew at every start; --write-ca
writes that CA's certificate, to be uploaded to a phone. With --cert and --key it
shows a chain of your own instead, in the order of the file. For phones on the
network listen at this machine's own address, or at all: --listen :5061.

Without --users every registration is taken. A line of that file is user:password.`,
		Example: `  phonecert simulate registrar --write-ca ca.pem
  phonecert simulate registrar --listen :5061 --domain example.com --users users.txt
  phonecert simulate registrar --cert chain.pem --key key.pem --max-tls 1.0
  phonecert simulate registrar --require-client-cert --client-ca phones.pem`,
		Args: factory.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runSimulateRegistrar(cmd.Context(), o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *registrarOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", registrar.DefaultListen, "the `address` and port; port 0 is any free one")
	flags.StringVar(&o.domain, "domain", registrar.DefaultDomain, "be the registrar of this `domain`; the certificate has its name")
	flags.StringVar(&o.writeCA, "write-ca", "", "write the certificate of the private CA to this `file`")
	flags.BoolVar(&o.force, "force", false, "overwrite the file of --write-ca")
	flags.StringVar(&o.certificate, "cert", "", "a `file` with the certificate to show, and the rest of its chain")
	flags.StringVar(&o.key, "key", "", "the `file` with its private key (default the file of --cert)")
	flags.BoolVar(&o.requireClientCert, "require-client-cert", false, "hang up on clients that show no certificate")
	flags.StringArrayVar(&o.clientCAs, "client-ca", nil, "ask clients for a certificate, and take those that a CA in this `file` issued (repeatable)")
	flags.StringVar(&o.minTLS, "min-tls", "1.0", "the lowest `version` of TLS: 1.0, 1.1, 1.2 or 1.3")
	flags.StringVar(&o.maxTLS, "max-tls", "1.3", "the highest `version` of TLS")
	flags.StringVar(&o.users, "users", "", "ask for passwords, those in this `file`")
	flags.StringSliceVar(&o.digests, "digest", []string{registrar.MD5}, "what --users asks for: `names` are MD5 and SHA-256; some clients give up on the second")
	factory.CompleteValues(cmd, "digest", registrar.MD5, registrar.SHA256)
	factory.CompleteValues(cmd, "min-tls", "1.0", "1.1", "1.2", "1.3")
	factory.CompleteValues(cmd, "max-tls", "1.0", "1.1", "1.2", "1.3")
	o.passwords = o.f.Passwords(cmd)
}

func (o *registrarOptions) validate(cmd *cobra.Command) error {
	low, high := factory.TLSVersion(o.minTLS), factory.TLSVersion(o.maxTLS)
	switch {
	case low == 0:
		return factory.UsageError(cmd, "--min-tls takes 1.0, 1.1, 1.2 or 1.3, not %q", o.minTLS)
	case high == 0:
		return factory.UsageError(cmd, "--max-tls takes 1.0, 1.1, 1.2 or 1.3, not %q", o.maxTLS)
	case low > high:
		return factory.UsageError(cmd, "--min-tls %s is above --max-tls %s", o.minTLS, o.maxTLS)
	case len(o.digests) == 0 || slices.ContainsFunc(o.digests, func(d string) bool { return d != registrar.MD5 && d != registrar.SHA256 }):
		return factory.UsageError(cmd, "--digest takes MD5 and SHA-256, not %q", strings.Join(o.digests, ","))
	case o.key != "" && o.certificate == "":
		return factory.UsageError(cmd, "--key belongs to --cert, which is missing")
	case o.writeCA != "" && o.certificate != "":
		return factory.UsageError(cmd, "--write-ca writes the CA that is made; with --cert none is made")
	case o.writeCA == factory.StandardStream:
		return factory.UsageError(cmd, "--write-ca takes the name of a file: standard output has the events")
	}
	return nil
}

// runSimulateRegistrar serves until ctx is done.
func runSimulateRegistrar(ctx context.Context, o *registrarOptions) error {
	// It stays: the limits of a command that soon ends would keep the garbage
	// collector running for nothing.
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
	config, err := o.config(ctx)
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	// A client may come before the address has been told.
	events := make(chan registrar.Event, 64)
	config.Log = func(e registrar.Event) {
		select {
		case events <- e:
		case <-running.Done():
		}
	}
	r, err := registrar.Start(running, config)
	var listening *net.OpError
	switch {
	case err != nil && !errors.As(err, &listening):
		return factory.WithHint(err, fmt.Sprintf("run %q", "phonecert simulate registrar --help"))
	case err != nil:
		return factory.WithHint(fmt.Errorf("cannot listen at %q: %w", o.listen, err), "choose an address of this machine and a free port with --listen, such as 127.0.0.1:0")
	}
	// Events that nobody reads any more must not keep it from closing.
	defer func() { cancel(); r.Close() }()
	if err := o.announce(ctx, r, config); err != nil {
		return err
	}
	return o.tell(ctx, r, events)
}

// tell prints what happens until ctx is done.
func (o *registrarOptions) tell(ctx context.Context, r *registrar.Registrar, events <-chan registrar.Event) error {
	for {
		select {
		case e := <-events:
			if err := o.printEvent(e); err != nil {
				return err
			}
		case <-ctx.Done():
			if !o.f.Quiet && !o.f.JSON {
				paper.Note(o.f.Streams, "stopped; registered until now: "+paper.Count(len(r.Bindings()), "contact"))
			}
			return nil
		}
	}
}

// announce writes the CA and says where the registrar is.
func (o *registrarOptions) announce(ctx context.Context, r *registrar.Registrar, c registrar.Config) error {
	if o.writeCA != "" {
		out := factory.Output{Path: o.writeCA, Data: r.CA(), Text: true}
		if err := o.f.Save(ctx, "", []factory.Output{out}, nil, o.force); err != nil {
			return err
		}
	}
	return o.printStart(r, c)
}
