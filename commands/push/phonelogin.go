package push

import (
	"context"
	"errors"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/desk"
	"github.com/phonecert/phonecert/upload"
)

// visitor is a command that logs in to one phone.
type visitor struct {
	f       *factory.Factory
	flags   *factory.PhoneFlags
	address string
}

// enter logs in, lets work do what the command is for, and logs out whatever
// becomes of it. A wrong login has an exit code of its own.
func (v *visitor) enter(ctx context.Context, work func(context.Context, *upload.Phone, *upload.Config) error) error {
	config, err := v.flags.Config(ctx, true)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, v.flags.Timeout)
	defer cancel()
	p, err := upload.Open(limited, v.address, config)
	if err != nil {
		return v.told(ctx, err)
	}
	defer p.Close(limited)
	password, ok := v.flags.PasswordOf(v.address, v.flags.User, "")(limited)
	if !ok {
		return factory.WithHint(errors.New("there is no password for the phone"), "give --password-file, PHONECERT_PASSWORD or --keyring")
	}
	if err := p.Login(limited, v.flags.User, password); err != nil {
		return v.told(ctx, err)
	}
	return v.told(ctx, work(limited, p, config))
}

// told turns a problem of the phone into an error with its hint.
func (v *visitor) told(ctx context.Context, err error) error {
	var p *upload.Problem
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &p):
		return err
	}
	code := factory.Failure
	if p.LoginRefused {
		code = factory.LoginFailed
	}
	return factory.WithCode(factory.WithHint(errors.New(p.Message), p.Fix), code)
}

// about begins the answer of a command.
func (v *visitor) about(command string, p *upload.Phone) desk.Phone {
	return desk.NewPhone(command, v.address, p)
}

// since is how long something took, in milliseconds.
func (v *visitor) since(start time.Time) int64 { return v.f.Now().Sub(start).Milliseconds() }
