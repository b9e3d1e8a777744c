package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/identity"
	"github.com/phonecert/phonecert/inspect/probe/survey"
	"github.com/phonecert/phonecert/internal/report"
)

// identifyOptions are the flags of "phonecert phone identify".
type identifyOptions struct {
	f       *factory.Factory
	target  diagnosis.Target
	mac     mac.Address
	timeout time.Duration
}

// NewIdentify builds "phonecert phone identify".
func NewIdentify(f *factory.Factory) *cobra.Command {
	o := &identifyOptions{f: f}
	var address string
	cmd := &cobra.Command{
		Use:   "identify URL",
		Short: "Look at the phone's web page as TLS server: which certificate, which versions",
		Long: `Look at a phone as TLS server: which certificate its web page presents (unique
with its MAC address, the vendor's generic one, an uploaded one), which TLS
versions and cipher suites it takes, and whether today's browsers can open it.
No login is made and nothing is changed.`,
		Example: `  phonecert phone identify https://192.0.2.55
  phonecert phone identify 192.0.2.55 --mac 00:00:5e:00:53:01`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd, args, address); err != nil {
				return err
			}
			return runIdentify(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&address, "mac", "", "the `MAC` address that the phone should have")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 10*time.Second, "how long it may take in all")
	return cmd
}

func (o *identifyOptions) validate(cmd *cobra.Command, args []string, address string) error {
	switch {
	case len(args) == 0:
		return factory.WithHint(errors.New("no phone given"), "name its web page, for instance phonecert phone identify https://192.0.2.55")
	case len(args) > 1:
		return factory.UsageError(cmd, "one phone at a time, but got %q too", args[1])
	case o.timeout <= 0:
		return factory.UsageError(cmd, "--timeout takes a time above zero, not %q", o.timeout)
	}
	text := args[0]
	if !strings.Contains(text, "://") && !strings.HasPrefix(text, "sips:") {
		text = "https://" + text
	}
	var err error
	if o.target, err = targetOf(text, ""); err != nil {
		return err
	}
	if o.target.Scheme != "https" {
		return factory.UsageError(cmd, "the address of a phone's page begins with https://, not as %q does", args[0])
	}
	if address == "" {
		return nil
	}
	var ok bool
	if o.mac, ok = mac.Parse(address); !ok {
		return factory.UsageError(cmd, "--mac does not understand %q", address)
	}
	return nil
}

// runIdentify asks the phone and draws the conclusions.
func runIdentify(ctx context.Context, o *identifyOptions) error {
	limited, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	address := net.JoinHostPort(o.target.Host, strconv.Itoa(int(o.target.Port)))
	conn, err := o.f.Network.Dial(limited, "tcp", address)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return factory.WithHint(fmt.Errorf("cannot connect to %q: %w", address, err), "look whether the phone is on and HTTPS is enabled on its web page")
	}
	conn.Close()
	seen := survey.Ask(limited, survey.Question{
		ServerName: o.target.ServerName(),
		Dial:       func(ctx context.Context) (net.Conn, error) { return o.f.Network.Dial(ctx, "tcp", address) },
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	id := identity.Identify(identity.Question{Address: o.target.Host, Survey: seen, Expected: o.mac, Now: o.f.Now()})
	if err := report.Identity(o.f.Streams, o.f.JSON, o.f.Quiet, report.NewPhoneIdentity(o.target.Text, id, seen)); err != nil {
		return err
	}
	return factory.Verdict(factory.VerdictOf(id.Verdict))
}
