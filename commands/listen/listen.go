// Package listen holds "phonecert listen": it is the server that a phone calls,
// and tells what the phone offers, shows and thinks of a certificate.
package listen

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// defaultHangUp lets a phone ask for what it asks for at once. One that is
// registered would keep its connection for hours, and the call would not be told
// until then.
const (
	defaultHangUp = 3 * time.Second
	surveyHangUp  = time.Second
)

// listenOptions are the flags of "phonecert listen".
type listenOptions struct {
	f            *factory.Factory
	passwords    *factory.Passwords
	sipPasswords *factory.Passwords

	sips, https      []string
	certificate, key string
	names            []string
	sign             string
	out              string
	chain            string
	survey           bool
	clientCert       string
	clientCAs        []string
	minTLS, maxTLS   string
	handset          string
	clock            string
	trust            factory.TrustFlags
	user             string
	answer           int
	serve            string
	save             string
	keyLog           string
	learn            string
	learned          factory.LearnFlags
	client           string
	hangUp           time.Duration
	once             bool
	count            int
	timeout          time.Duration
	force            bool
	// trustFiles and passwordFiles are what the flags of trust and passwords name.
	trustFiles, passwordFiles []string
}

// NewListen builds "phonecert listen".
func NewListen(f *factory.Factory) *cobra.Command {
	o := &listenOptions{f: f}
	cmd := &cobra.Command{
		Use:   "listen [ADDR...]",
		Short: "Be the server that a phone calls: what it offers, shows and thinks of a certificate",
		Long: `Be the SIPS server that a real phone registers at, or with --https its
provisioning server, and tell of each call what the phone offered, which
certificate it showed of itself, what it asked for, and with which alert it
hung up. Point the phone's account at this machine: the first lines on standard
error say what to type.

ADDR is an address or a port to listen at for SIPS, :5061 if none is given. With
--https alone nothing listens for SIPS. The certificate is made on the spot,
below a root of its own; --out writes that root, to be uploaded to the phone,
and the next run takes it again. --cert shows one of your own instead.

--chain shows a chain with a certain fault, --survey all of them in turn, one a
call, and ends with a table of what this phone accepts. --learn writes a profile
of the phone, for "phonecert probe --handset FILE" to call as that phone does.`,
		Example: `  phonecert listen --out ca/
  phonecert listen --handset yealink-t28p --custom ca/root.pem --out ca/
  phonecert listen --survey --out ca/ --learn my-phone.yaml
  phonecert listen --https --serve provisioning/
  phonecert listen --client-cert request --client-ca vendor.pem --once
  phonecert listen 192.0.2.10:5061 --cert pbx.pem --user alice --save calls.pcapng`,
		GroupID: "look",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd, args); err != nil {
				return err
			}
			return runListen(cmd.Context(), o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *listenOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.https, "https", nil, "listen for HTTPS at this `address`, as --https=:443 (repeatable)")
	flags.Lookup("https").NoOptDefVal = ":" + httpsPort
	flags.StringVar(&o.certificate, "cert", "", "a `file` with the certificate to show, and the rest of its chain")
	flags.StringVar(&o.key, "key", "", "the `file` with its private key (default the file of --cert)")
	flags.StringArrayVar(&o.names, "name", nil, "a `name` or address for the certificate that is made (repeatable; default: those of this machine)")
	flags.StringVar(&o.sign, "sign", "sha256", "sign it with `sha256|sha1`; the second for the oldest phones")
	flags.StringVar(&o.out, "out", "", "write the root, root.pem, and its key into this `folder`, and take them again")
	flags.StringVar(&o.chain, "chain", string(chain.Good), "show this `variant` of a chain: "+strings.Join(variantNames(), ", "))
	flags.BoolVar(&o.survey, "survey", false, "show all variants, one a call, and end with a table of what the phone accepts")
	flags.StringVar(&o.clientCert, "client-cert", "", "ask phones for their certificate: `request|require`")
	flags.StringArrayVar(&o.clientCAs, "client-ca", nil, "a `file` with CAs that may have issued it; implies --client-cert request (repeatable)")
	flags.StringVar(&o.minTLS, "min-tls", "", "the lowest `version` of TLS: 1.0, 1.1, 1.2 or 1.3 (default any, from SSL 3.0 on)")
	flags.StringVar(&o.maxTLS, "max-tls", "1.3", "the highest `version` of TLS")
	flags.StringVar(&o.handset, "handset", "", "the `model` that is expected: an id of \"phonecert handset list\" or a YAML file")
	flags.StringVar(&o.clock, "clock", "", "the phone's `time`: RFC 3339, a date, or a distance from now such as -48h")
	flags.StringVar(&o.user, "user", "", "let only this `name` register, with a password")
	flags.IntVar(&o.answer, "answer", 0, "answer every REGISTER with this SIP `status`, such as 403")
	flags.StringVar(&o.serve, "serve", "", "answer HTTPS with the files of this `folder`")
	flags.StringVar(&o.save, "save", "", "write what went over the wire to this pcapng `file`")
	flags.StringVar(&o.keyLog, "keylog", "", "write the secrets that open it to this `file`, for Wireshark and \"phonecert trace\"")
	flags.StringVar(&o.learn, "learn", "", "write a profile of the phone that calls to this YAML `file`")
	o.learned.Add(flags)
	flags.StringVar(&o.client, "client", "", "the `address` of the phone to learn, where several call")
	flags.DurationVar(&o.hangUp, "hang-up", defaultHangUp, "hang up so long after the last answer, so that the call can be told (in a survey 1s); 0 leaves it to the phone")
	flags.BoolVar(&o.once, "once", false, "end after the first call")
	flags.IntVar(&o.count, "count", 0, "end after so many calls")
	flags.DurationVar(&o.timeout, "timeout", 0, "end after this time")
	flags.BoolVar(&o.force, "force", false, "overwrite files")
	o.trust.Add(cmd)
	o.passwords = o.f.Passwords(cmd)
	o.sipPasswords = o.f.PasswordFlag(cmd, "sip-password-file", "PHONECERT_SIP_PASSWORD", "read the password of --user from this `file`")
	o.f.CompleteHandsets(cmd, "handset")
	o.f.CompleteHandsets(cmd, "base", "none")
	factory.CompleteValues(cmd, "chain", variantNames()...)
	factory.CompleteValues(cmd, "sign", "sha256", "sha1")
	factory.CompleteValues(cmd, "client-cert", string(listen.RequestClientCert), string(listen.RequireClientCert))
	factory.CompleteValues(cmd, "min-tls", "1.0", "1.1", "1.2", "1.3")
	factory.CompleteValues(cmd, "max-tls", "1.0", "1.1", "1.2", "1.3")
}

func variantNames() []string {
	var names []string
	for _, v := range chain.Variants() {
		names = append(names, string(v))
	}
	return names
}
