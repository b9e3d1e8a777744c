package push

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/report/push"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/visit"
)

// desk puts a profile on a desk for the check, with its factory settings.
func (o *uploadOptions) desk(ctx context.Context) func(*handset.Profile, string) (*phone.Phone, error) {
	return func(p *handset.Profile, name string) (*phone.Phone, error) {
		return o.f.Phone(ctx, &o.trust, p, name, o.f.Now(), nil)
	}
}

// replace asks before a server certificate is overwritten.
func (o *uploadOptions) replace(ctx context.Context, address, present string) bool {
	if o.yes {
		return true
	}
	if o.fleet.inventory != "" {
		return false
	}
	return o.f.Streams.Confirm(ctx, fmt.Sprintf("%s holds a server certificate: %s. Overwrite it?", address, present))
}

// uploadOne does one phone.
func uploadOne(ctx context.Context, o *uploadOptions, order *visit.Order) error {
	limited, cancel := context.WithTimeout(ctx, o.flags.Timeout)
	defer cancel()
	r := order.Visit(limited, visit.Target{Address: o.phone, User: o.flags.User, Password: o.flags.PasswordOf(o.phone, o.flags.User, "")})
	if err := push.NewPrinter(o.f.Streams, o.printing()).One(&r); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return factory.Exit(factory.Interrupted)
	}
	return answerOf(&r)
}

func (o *uploadOptions) printing() push.Options {
	return push.Options{JSON: o.f.JSON, Quiet: o.f.Quiet, Now: o.f.Now}
}

// answerOf turns the result of one phone into an exit code.
func answerOf(r *upload.Result) error {
	switch {
	case r.LoginRefused:
		return factory.Exit(factory.LoginFailed)
	case r.Result == upload.Failed && refusedByPhone(r.Cause):
		return factory.Exit(factory.No)
	case r.Result == upload.Failed:
		return factory.Exit(factory.SomeFailed)
	case r.Result == upload.Unconfirmed:
		return factory.Exit(factory.NotKnown)
	}
	return nil
}

// refusedByPhone reports whether the answer is no: the phone does not take it.
func refusedByPhone(cause string) bool {
	switch cause {
	case "upload.check-refuses", "upload.no-place", "upload.full", "upload.phone-refused":
		return true
	}
	return false
}

// fingerprint tells whether two runs put the same on phones.
func (o *uploadOptions) fingerprint(order *visit.Order) string {
	h := sha256.New()
	for _, f := range order.Files {
		fmt.Fprintf(h, "%s %x\n", f.Name, sha256.Sum256(f.Raw))
	}
	fmt.Fprintf(h, "%s %s %s %t %t", order.Role, order.Via, order.Reboot, order.DryRun, order.SkipCheck)
	return hex.EncodeToString(h.Sum(nil))
}

// runID names a run in its journal.
func runID(random io.Reader) (string, error) {
	raw := make([]byte, 8)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", err
	}
	return hex.EncodeToString(raw), nil
}

// profiles finds the profile of an id.
type profiles func(ctx context.Context, id string) (*handset.Profile, error)

// remembered reads each profile once, for an inventory names the same few in
// thousands of rows.
func remembered(find profiles) profiles {
	var mu sync.Mutex
	known := map[string]*handset.Profile{}
	return func(ctx context.Context, id string) (*handset.Profile, error) {
		mu.Lock()
		defer mu.Unlock()
		if p, ok := known[id]; ok {
			return p, nil
		}
		p, err := find(ctx, id)
		if err == nil {
			known[id] = p
		}
		return p, err
	}
}
