// Package rehearse holds the commands for trying things out without a phone:
// simulate is a phone or its registrar, demo tells the whole story.
package rehearse

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
)

// NewSimulate builds "phonecert simulate" with its commands.
func NewSimulate(f *factory.Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "simulate",
		Short:   "Rehearse without a phone",
		GroupID: "rehearse",
		Args:    factory.OnlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSimulatePhone(f), newSimulateRegistrar(f))
	return cmd
}

// simulateOptions are the flags of "phonecert simulate phone".
type simulateOptions struct {
	f *factory.Factory
	serve.Config
	dialect, handsets, model, firmware string
	faults, invented, inventory        string
	force                              bool
	account                            accountOptions
	password                           *factory.Passwords
}

func newSimulatePhone(f *factory.Factory) *cobra.Command {
	o := &simulateOptions{f: f}
	cmd := &cobra.Command{
		Use:   "phone",
		Short: "Be a phone, or ten thousand, on this machine",
		Long: `Serve the web interface of a simulated phone on loopback until Ctrl-C, to
rehearse on: its login with lock, its one session, its ten certificates and the
phone's own words, the trust settings and the reboot. The factory login is
admin/admin, as these phones have it.

The dialect is the generation of the web interface:
  basic         T2x up to V70           HTTP Basic
  plain         T2xP V71 to V73         the password as it is
  session       late V73, V80           RSA and AES
  listener      V81 to V84              RSA and AES
  listener-rsa  T3x V84 to V86          RSA, HTTPS alone
  api           T4xU, T5x V85 to V87    one page and JSON

With --register the phone is a client too: it calls its SIP server with the
handset's own ClientHello, judges the server's certificates by the settings and
certificates on it, sends the alert that the real one would send, and registers.
It tries again by itself, and begins anew after a reboot; its status page and
standard output say how the account stands.

What nobody has published is invented; every page says so.`,
		Example: `  phonecert simulate phone
  phonecert simulate phone --dialect api --https --state phone.json
  phonecert simulate phone --count 1000 --fault http500=0.05 --write-inventory phones.csv
  phonecert simulate phone --handset yealink-t28p --register sips:1001@127.0.0.1:5061`,
		Args: factory.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runSimulatePhone(cmd.Context(), o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *simulateOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.dialect, "dialect", "", "the web interface: `name` is "+dialectNames(", ")+" (default plain, or the handset's)")
	flags.StringVar(&o.handsets, "handset", "", "be these handsets, in turn: `ids` with commas (default the dialect's)")
	flags.StringVar(&o.model, "model", "", "the model `name` on the pages")
	flags.StringVar(&o.firmware, "firmware", "", "the firmware `version` on the pages")
	flags.IntVar(&o.Count, "count", 1, "be so many phones")
	flags.StringVar(&o.Listen, "listen", "", "loopback `address` and port; with several phones ports count up from it, port 0 is any free one (default 127.0.0.1:0)")
	flags.BoolVar(&o.Addresses, "addresses", false, "an address for each phone, 127.0.0.2 and on, and one port, where the system has these")
	flags.BoolVar(&o.HTTP, "http", false, "speak HTTP (default, unless --https is given)")
	flags.BoolVar(&o.HTTPS, "https", false, "speak HTTPS, in the TLS versions of the handset")
	flags.StringVar((*string)(&o.DeviceCert), "device-cert", string(serve.Unique), "built-in certificate: `kind` is unique, unique-in-name or generic")
	flags.StringVar(&o.Config.User, "user", "", "the `name` that logs in (default admin)")
	o.password = o.f.PasswordFlag(cmd, "password-file", "PHONECERT_SIMULATED_PASSWORD", "read the password that logs in from this `file` (default admin)")
	flags.StringVar(&o.faults, "fault", "", "what goes wrong, a `list` of drop-after-write, slow=DURATION, busy, expire-session[=REQUESTS], http500=SHARE, success-without-storing, in-call, huge, hang")
	flags.Float64Var(&o.FaultShare, "fault-share", 1, "the `share` of the phones that have the faults, from 0 to 1")
	flags.Uint64Var(&o.Seed, "seed", 1, "one `number` gives the same keys, certificates, session ids and faults each time")
	flags.StringVar(&o.StateFile, "state", "", "keep the phones in this `file` beyond Ctrl-C; it holds passwords and private keys")
	flags.StringVar(&o.inventory, "write-inventory", "", "write a `file` that lists the phones, for upload --inventory")
	flags.BoolVar(&o.force, "force", false, "overwrite the inventory")
	flags.StringVar(&o.invented, "invented", "", "take the names that no source tells from this JSON `file`")
	flags.DurationVar(&o.Policy.RebootTime, "reboot-time", 0, "how long a reboot takes (default 1m)")
	flags.DurationVar(&o.Policy.LockTime, "lock-time", 0, "how long wrong passwords lock the account (default 3m)")
	flags.IntVar(&o.Policy.WrongPasswords, "wrong-passwords", 0, "how many wrong passwords lock the account (default 3)")
	o.addAccountFlags(cmd)
	factory.CompleteValues(cmd, "dialect", strings.Split(dialectNames(","), ",")...)
	factory.CompleteValues(cmd, "device-cert", string(serve.Unique), string(serve.UniqueInName), string(serve.Generic))
	o.f.CompleteHandsets(cmd, "handset")
}

func dialectNames(separator string) string {
	var names []string
	for _, d := range dialect.All() {
		names = append(names, string(d))
	}
	return strings.Join(names, separator)
}
