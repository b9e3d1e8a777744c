package rehearse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/resolve"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// accountOptions are the flags for the phones' account.
type accountOptions struct {
	register, authUser, builtin, clock string
	retry                              time.Duration
	passwords                          *factory.Passwords
	// target is the server of --register, with its user as it was typed.
	target diagnosis.Target
}

func (o *simulateOptions) addAccountFlags(cmd *cobra.Command) {
	flags, a := cmd.Flags(), &o.account
	flags.StringVar(&a.register, "register", "", "register at a SIP server, `sips:user@host[:port]`; $MAC in the user is the phone's, and for several phones a number at its end counts up")
	flags.StringVar(&a.authUser, "auth-user", "", "the `name` for authentication where it is not the user of --register")
	a.passwords = o.f.PasswordFlag(cmd, "sip-password-file", "PHONECERT_SIP_PASSWORD", "read the password of --register from this `file`")
	flags.DurationVar(&a.retry, "register-retry", account.DefaultRetry, "how long after a failure a phone tries to register again")
	flags.StringVar(&a.builtin, "builtin", "", "a `file or folder` with the phone's built-in certificates, in place of the profile's list")
	flags.StringVar(&a.clock, "clock", "", "the phone's `time`, from which on its clock runs: RFC 3339, a date, or a distance from now such as -48h")
}

// variable stands for the phone's MAC address in the user.
const variable = "$MAC"

// validateAccount reads --register.
func (o *simulateOptions) validateAccount(cmd *cobra.Command) error {
	a := &o.account
	if a.register == "" {
		for _, flag := range []string{"auth-user", "sip-password-file", "register-retry", "builtin"} {
			if cmd.Flags().Changed(flag) {
				return factory.UsageError(cmd, "--%s belongs to --register, which is missing", flag)
			}
		}
		return nil
	}
	target, err := resolve.ParseTarget(a.register, "")
	var wrong *resolve.TargetError
	switch {
	case errors.As(err, &wrong):
		return factory.WithHint(fmt.Errorf("--register: %w", wrong), wrong.Hint)
	case target.Scheme != "sips" || target.User == "":
		return factory.UsageError(cmd, "--register takes sips:user@host[:port], for instance sips:1001@127.0.0.1:5061, not %q", a.register)
	case a.retry <= 0:
		return factory.UsageError(cmd, "--register-retry takes a time above zero, not %q", a.retry)
	}
	a.target = target
	if _, ok := userOf(target.User, o.Count-1, ""); !ok {
		return factory.UsageError(cmd, "%d phones cannot all register as %q: let the user end in a number, which counts up, or put %s into it", o.Count, target.User, variable)
	}
	return nil
}

// userOf is the user of a phone by its number from 0: with its MAC address, or
// counted up from that of the first. It is false where neither is possible.
func userOf(user string, number int, a mac.Address) (string, bool) {
	if strings.Contains(user, variable) {
		return strings.ReplaceAll(user, variable, string(a)), true
	}
	if number == 0 {
		return user, true
	}
	name := strings.TrimRight(user, "0123456789")
	digits := user[len(name):]
	first, err := strconv.ParseUint(digits, 10, 63)
	return fmt.Sprintf("%s%0*d", name, len(digits), first+uint64(number)), err == nil
}

// loadAccount reads what the account needs. told takes what becomes of it.
func (o *simulateOptions) loadAccount(ctx context.Context, told func(*serve.Served, account.Status)) error {
	a := &o.account
	if a.register == "" {
		return nil
	}
	if err := a.passwords.Load(ctx); err != nil {
		return err
	}
	who := sip.Credentials{Username: a.authUser}
	if !a.passwords.Typed() { // many servers of a rehearsal ask for none
		password, _ := a.passwords.Get(ctx, "")
		who.Password = string(password)
	}
	lists := map[string]phone.Builtin{}
	for _, k := range o.Kinds {
		list, err := o.f.Builtin(ctx, a.builtin, k.Profile, nil)
		if err != nil {
			return err
		}
		lists[k.Profile.ID] = list
	}
	resolver := &resolve.Resolver{System: o.f.Network.System, Dial: o.f.Network.Dial}
	if a.target.Discovery == diagnosis.ByNAPTR {
		resolver.Servers = factory.SystemServers(ctx)
	}
	o.Register = &serve.Registration{
		Target: func(number int, address mac.Address) diagnosis.Target {
			own := a.target
			own.User, _ = userOf(own.User, number, address)
			return own
		},
		Credentials: who, Retry: a.retry, Told: told,
		Builtin: func(p *handset.Profile) phone.Builtin { return lists[p.ID] },
		Network: account.Network{Resolve: resolver.Resolve, Dial: o.f.Network.Dial, Random: o.f.Network.Random},
	}
	return nil
}

// setClock sets the phones' clock; it runs on from there.
func (o *simulateOptions) setClock() error {
	start := o.f.Now()
	from, err := o.f.Clock(o.account.clock)
	if err != nil {
		return err
	}
	o.Clock = o.f.Now
	if o.account.clock != "" {
		o.Clock = func() time.Time { return from.Add(o.f.Now().Sub(start)) }
	}
	return nil
}
