package listen

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen"
)

// validate refuses what cannot be meant.
func (o *listenOptions) validate(cmd *cobra.Command, args []string) error {
	if err := o.doors(args); err != nil {
		return err
	}
	o.trustFiles, o.passwordFiles = paths(cmd, "custom", "builtin"), paths(cmd, "password-file", "sip-password-file")
	if o.survey && !cmd.Flags().Changed("hang-up") {
		o.hangUp = surveyHangUp
	}
	low, high := factory.TLSVersion(o.minTLS), factory.TLSVersion(o.maxTLS)
	changed := cmd.Flags().Changed
	switch {
	case low == 0 && o.minTLS != "":
		return factory.UsageError(cmd, "--min-tls takes 1.0, 1.1, 1.2 or 1.3, not %q", o.minTLS)
	case high == 0:
		return factory.UsageError(cmd, "--max-tls takes 1.0, 1.1, 1.2 or 1.3, not %q", o.maxTLS)
	case low > high:
		return factory.UsageError(cmd, "--min-tls %s is above --max-tls %s", o.minTLS, o.maxTLS)
	case o.key != "" && o.certificate == "":
		return factory.UsageError(cmd, "--key belongs to --cert, which is missing")
	case o.sign != "sha256" && o.sign != "sha1":
		return factory.UsageError(cmd, "--sign takes sha256 or sha1, not %q", o.sign)
	case !slices.Contains(variantNames(), o.chain):
		return factory.UsageError(cmd, "--chain takes %s, not %q", strings.Join(variantNames(), ", "), o.chain)
	case o.survey && changed("chain"):
		return factory.UsageError(cmd, "--survey shows all chains in turn, and --chain one of them: give one of the two")
	case o.clientCert != "" && o.clientCert != string(listen.RequestClientCert) && o.clientCert != string(listen.RequireClientCert):
		return factory.UsageError(cmd, "--client-cert takes request or require, not %q", o.clientCert)
	case changed("answer") && o.answer != 200 && (o.answer < 300 || o.answer > 699):
		return factory.UsageError(cmd, "--answer takes 200 or 300 to 699, not %d", o.answer)
	case changed("count") && o.count < 1:
		return factory.UsageError(cmd, "--count takes a number above zero, not %d", o.count)
	case o.once && changed("count"):
		return factory.UsageError(cmd, "--once is --count 1: give one of the two")
	case o.hangUp < 0:
		return factory.UsageError(cmd, "--hang-up takes a time, not %q", o.hangUp)
	case changed("timeout") && o.timeout <= 0:
		return factory.UsageError(cmd, "--timeout takes a time above zero, not %q", o.timeout)
	}
	if o.certificate != "" {
		for _, flag := range []string{"chain", "survey", "sign", "name", "out"} {
			if changed(flag) {
				return factory.UsageError(cmd, "--%s is for a certificate that is made; with --cert none is made", flag)
			}
		}
	}
	if err := o.validateDoors(cmd); err != nil {
		return err
	}
	if err := o.validateLearning(cmd); err != nil {
		return err
	}
	if err := o.trust.Validate(cmd); err != nil {
		return err
	}
	return o.validateExpected(cmd)
}

// paths are the files that flags name.
func paths(cmd *cobra.Command, flags ...string) (list []string) {
	for _, flag := range flags {
		switch value := cmd.Flags().Lookup(flag).Value.(type) {
		case pflag.SliceValue:
			list = append(list, value.GetSlice()...)
		default:
			list = append(list, value.String())
		}
	}
	return list
}

// validateExpected refuses what is said of a phone that is not named.
func (o *listenOptions) validateExpected(cmd *cobra.Command) error {
	if o.handset != "" || o.f.Getenv("PHONECERT_HANDSET") != "" {
		return nil
	}
	for _, flag := range []string{"clock", "only-trusted", "ca", "cn-validation", "device-cert", "custom", "builtin"} {
		if cmd.Flags().Changed(flag) {
			return factory.UsageError(cmd, "--%s says something of the phone that is expected, which is not named: add --handset", flag)
		}
	}
	return nil
}

// validateDoors refuses answers for which nothing listens.
func (o *listenOptions) validateDoors(cmd *cobra.Command) error {
	switch changed := cmd.Flags().Changed; {
	case o.serve != "" && len(o.https) == 0:
		return factory.UsageError(cmd, "--serve answers HTTPS, for which nothing listens: add --https")
	case len(o.sips) == 0 && (o.user != "" || changed("answer")):
		return factory.UsageError(cmd, "--user and --answer are for SIPS, for which nothing listens: name an address, such as :%s", sipsPort)
	case o.user != "" && changed("answer"):
		return factory.UsageError(cmd, "--answer gives one answer to every REGISTER, and --user looks at the password: give one of the two")
	}
	return nil
}

// validateLearning refuses what belongs to --learn alone.
func (o *listenOptions) validateLearning(cmd *cobra.Command) error {
	if o.learn == "" {
		for _, flag := range []string{"client", "id", "base", "summary"} {
			if cmd.Flags().Changed(flag) {
				return factory.UsageError(cmd, "--%s belongs to --learn FILE, which is missing", flag)
			}
		}
	}
	if o.client == "" {
		return nil
	}
	if _, err := netip.ParseAddr(o.client); err != nil {
		return factory.UsageError(cmd, "--client takes the address of a phone, not %q", o.client)
	}
	return nil
}
