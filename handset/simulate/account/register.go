package account

import (
	"context"
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// register registers and stays.
func (t *attempt) register(ctx, up, within context.Context, secure *client.Conn, leave func()) {
	state := t.Phone.State()
	binding := sip.NewBinding(secure, sip.Request{
		User: t.Target.User, Host: t.Target.Host, Expires: t.Expires, Random: t.Network.Random,
		UserAgent: fmt.Sprintf("%s %s %s", t.Profile.Brand.Value, state.Model, state.Firmware),
	}, t.Credentials)
	answer := binding.Register(within)
	leave()
	for answer.Registered && up.Err() == nil {
		t.registered(answer)
		fresh, cancel := context.WithTimeout(up, refreshAfter(answer.Expires))
		err := binding.Wait(fresh)
		cancel()
		if err != nil {
			t.lost(err)
			return
		}
		if up.Err() != nil {
			break
		}
		again, cancel := context.WithTimeout(up, registerTime)
		answer = binding.Register(again)
		cancel()
	}
	switch {
	case ctx.Err() != nil: // what was under way may have been taken
		t.remove(ctx, binding)
		secure.Close()
	case up.Err() == nil:
		answer.Duration = 0
		t.evidence.SIP = &answer
		t.failed(up)
		secure.Close()
	}
}

// refreshAfter is when a registration is refreshed: half of its time is left
// (invented).
func refreshAfter(expires int) time.Duration {
	return max(time.Duration(expires)*time.Second/2, time.Second/2)
}

// remove takes the registration back if that is quick.
func (t *attempt) remove(ctx context.Context, binding *sip.Binding) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTime)
	defer cancel()
	if binding.Remove(within) {
		t.status.Expires, t.status.Lock = 0, ""
		t.status.State, t.status.Text = Removed, "the registration was taken back"
		t.tell(t.status)
	}
}
