package push

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/desk"
	"github.com/phonecert/phonecert/upload"
)

func newPhoneShow(f *factory.Factory) *cobra.Command {
	v := &visitor{f: f}
	cmd := &cobra.Command{
		Use:   "show URL",
		Short: "The certificates on a phone with their expiry, and its trust settings",
		Long: `Log in to a phone's web page and list what is on it: the trusted certificates,
the server certificate, and the four trust settings. Nothing is changed.`,
		Example: `  phonecert phone show http://192.0.2.55
  phonecert phone show 192.0.2.55 --password-file pw --json`,
		Args: onePhone(&v.address),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := v.flags.Validate(cmd); err != nil {
				return err
			}
			return v.show(cmd.Context())
		},
	}
	v.flags = f.PhoneFlags(cmd, "ca")
	return cmd
}

func (v *visitor) show(ctx context.Context) error {
	return v.enter(ctx, func(ctx context.Context, p *upload.Phone, _ *upload.Config) error {
		shelf, err := p.Look(ctx)
		if err != nil {
			return err
		}
		return desk.Show(v.f.Streams, v.f.JSON, v.f.Quiet, desk.NewShown(v.about("phone show", p), shelf, v.f.Now()))
	})
}

// onePhone takes the one argument, a phone's address.
func onePhone(address *string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return factory.WithHint(errors.New("no phone given"), "name its web page, for instance "+cmd.CommandPath()+" http://192.0.2.55")
		case 1:
			*address = args[0]
			return factory.PhoneAddress(*address)
		}
		return factory.UsageError(cmd, "one phone at a time, but got %q too", args[1])
	}
}
