package push

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/desk"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/dialect"
)

// setOptions are the flags of "phonecert phone set".
type setOptions struct {
	visitor
	want   dialect.Settings
	reboot string
}

func newPhoneSet(f *factory.Factory) *cobra.Command {
	o := &setOptions{visitor: visitor{f: f}}
	cmd := &cobra.Command{
		Use:   "set URL --only-trusted on --ca all ...",
		Short: "Change a phone's four trust settings, and read them back",
		Long: `Change the trust settings on a phone's web page. What is so already is not
written; what was written is read back. The settings take effect when the phone
is restarted: --reboot needed does that when something was changed.`,
		Example: `  phonecert phone set http://192.0.2.55 --only-trusted on --ca all
  phonecert phone set http://192.0.2.55 --cn-validation off --reboot needed`,
		Args: onePhone(&o.address),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.want.OnlyTrusted, "only-trusted", "", "Only Accept Trusted Certificates: `on|off`")
	flags.StringVar(&o.want.CA, "ca", "", "CA Certificates: `default|custom|all`")
	flags.StringVar(&o.want.CNValidation, "cn-validation", "", "Common Name Validation: `on|off`")
	flags.StringVar(&o.want.DeviceCert, "device-cert", "", "Device Certificates: `default|custom`")
	flags.StringVar(&o.reboot, "reboot", "never", "restart the phone: `never|needed|always`; needed is when something was changed")
	o.flags = f.PhoneFlags(cmd, "tls-ca")
	factory.CompleteValues(cmd, "only-trusted", "on", "off")
	factory.CompleteValues(cmd, "ca", "default", "custom", "all")
	factory.CompleteValues(cmd, "cn-validation", "on", "off")
	factory.CompleteValues(cmd, "device-cert", "default", "custom")
	factory.CompleteValues(cmd, "reboot", "never", "needed", "always")
	return cmd
}

func (o *setOptions) validate(cmd *cobra.Command) error {
	if o.want == (dialect.Settings{}) {
		return factory.WithHint(errors.New("no setting given"), "give one of --only-trusted, --ca, --cn-validation, --device-cert", "phonecert phone show "+o.address+" tells what is set")
	}
	if err := factory.ValidateSettings(cmd, o.want.OnlyTrusted, o.want.CA, o.want.CNValidation, o.want.DeviceCert); err != nil {
		return err
	}
	if o.reboot != "never" && o.reboot != "needed" && o.reboot != "always" {
		return factory.UsageError(cmd, "--reboot takes never, needed or always, not %q", o.reboot)
	}
	return o.flags.Validate(cmd)
}

func (o *setOptions) run(ctx context.Context) error {
	return o.enter(ctx, func(ctx context.Context, p *upload.Phone, _ *upload.Config) error {
		changes, asked, err := p.Adjust(ctx, o.want)
		if err != nil {
			return err
		}
		answer := desk.Adjusted{Phone: o.about("phone set", p), RebootNeeded: asked}
		failed := false
		for _, c := range changes {
			s := desk.NewSetting(c)
			answer.Changes = append(answer.Changes, s)
			answer.RebootNeeded = answer.RebootNeeded || s.Result == "set"
			failed = failed || s.Result == "not-set"
		}
		if o.reboot == "always" || o.reboot == "needed" && answer.RebootNeeded {
			if err := restart(ctx, p, false); err != nil {
				return errors.Join(desk.Adjust(o.f.Streams, o.f.JSON, o.f.Quiet, answer), err)
			}
			answer.Rebooted = true
		}
		if err := desk.Adjust(o.f.Streams, o.f.JSON, o.f.Quiet, answer); err != nil || !failed {
			return err
		}
		return factory.Exit(factory.SomeFailed)
	})
}
