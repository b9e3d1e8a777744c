package push

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/desk"
	"github.com/phonecert/phonecert/upload"
)

// rebootOptions are the flags of "phonecert phone reboot".
type rebootOptions struct {
	visitor
	inCall, wait bool
}

func newPhoneReboot(f *factory.Factory) *cobra.Command {
	o := &rebootOptions{visitor: visitor{f: f}}
	cmd := &cobra.Command{
		Use:   "reboot URL",
		Short: "Restart a phone, unless it is in a call",
		Long: `Restart a phone by its web page. Where the phone can tell that it is in a call,
it is left alone unless --in-call is given; where it cannot, that is said.`,
		Example: `  phonecert phone reboot http://192.0.2.55
  phonecert phone reboot http://192.0.2.55 --wait --timeout 5m`,
		Args: onePhone(&o.address),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.flags.Validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.inCall, "in-call", false, "restart it even in a call")
	cmd.Flags().BoolVar(&o.wait, "wait", false, "wait until its page answers again, at most for --timeout")
	o.flags = f.PhoneFlags(cmd, "ca")
	return cmd
}

// restart tells a phone to restart. One in a call is left alone unless anyway
// is set.
func restart(ctx context.Context, p *upload.Phone, anyway bool) error {
	talking, known, err := p.Talking(ctx)
	if err != nil {
		return err
	}
	if known && talking && !anyway {
		return factory.WithHint(errors.New("the phone is in a call, and was not restarted"), "wait until the call has ended, or give --in-call to phonecert phone reboot")
	}
	return p.Reboot(ctx)
}

func (o *rebootOptions) run(ctx context.Context) error {
	start := o.f.Now()
	return o.enter(ctx, func(ctx context.Context, p *upload.Phone, c *upload.Config) error {
		if err := restart(ctx, p, o.inCall); err != nil {
			return err
		}
		answer := desk.Restarted{Phone: o.about("phone reboot", p), Result: "restarting"}
		if o.wait {
			gone, err := upload.Return(ctx, o.address, c)
			problem := new(upload.Problem)
			switch {
			case err != nil && gone && errors.As(err, &problem) && problem.Code != "upload.out-of-time" && problem.Code != "upload.interrupted":
				return err
			case err != nil && !gone:
				return factory.WithHint(errors.New("the phone was told to restart and did not go away"), "look at the phone")
			case err != nil:
				return factory.WithHint(errors.New("the phone went away and has not come back in time"), "give it more time with --timeout, or look at the phone")
			}
			answer.Result = "back"
		}
		answer.DurationMS = o.since(start)
		return desk.Restart(o.f.Streams, o.f.JSON, o.f.Quiet, answer)
	})
}
