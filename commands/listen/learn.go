package listen

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// learner writes a profile of one phone, anew after each of its calls.
type learner struct {
	*listenOptions
	// phone is the address of the one that is learned: that of --client, else the
	// first that called.
	phone netip.Addr
	seen  learn.Observation
	// notes are those of the last profile; written says that there is one.
	notes   []string
	written bool
	// others were told of, so that it is said once.
	others map[netip.Addr]bool
}

// maxOthers is how many phones beside the one that is learned are told of.
const maxOthers = 20

func newLearner(o *listenOptions) *learner {
	l := &learner{listenOptions: o, others: map[netip.Addr]bool{}}
	if o.client != "" { // validated
		l.phone = netip.MustParseAddr(o.client).Unmap().WithZone("")
	}
	return l
}

// add takes what a call shows of the phone.
func (l *learner) add(ctx context.Context, c listen.Connection) error {
	if l.learn == "" || c.Hello == nil {
		return nil
	}
	from := c.Client.Addr().Unmap().WithZone("")
	if !l.phone.IsValid() {
		l.phone = from
	}
	if from != l.phone {
		l.tellOther(from)
		return nil
	}
	l.seen.Add(l.observed(c))
	made, err := l.listenOptions.learned.Learn(ctx, l.f, l.seen)
	if errors.Is(err, learn.ErrNothing) {
		return nil // a later call may show more
	}
	if err != nil {
		return err
	}
	l.notes = made.Notes
	// What stands there after the first time is our own.
	if err := disk.Write(l.learn, made.Text, 0o644, l.force || l.written); err != nil {
		return unwritable(l.learn, err)
	}
	l.written = true
	return nil
}

// about reports whether a call may be that of the phone to learn: where the user
// named it, no other ends the run.
func (l *learner) about(from netip.Addr) bool {
	return l.client == "" || from.Unmap().WithZone("") == l.phone
}

// observed is what one call shows.
func (l *learner) observed(c listen.Connection) learn.Observation {
	o := learn.Observation{
		At: c.Start, How: learn.Listening, Hello: c.Hello, Host: c.Evidence.Target.Host, UserAgent: c.UserAgent,
		Requested: c.Evidence.Outcome.ClientCertificateRequested, Survey: c.Survey,
	}
	if c.Own != nil {
		o.Own = c.Own.Chain
	}
	return o
}

// tellOther says that somebody else called.
func (l *learner) tellOther(from netip.Addr) {
	if l.f.Quiet || l.others[from] || len(l.others) == maxOthers {
		return
	}
	l.others[from] = true
	paper.Note(l.f.Streams, fmt.Sprintf("%s called, too; %q is about %s alone (--client chooses the phone)", from, l.learn, l.phone))
}

// end says what was learned.
func (l *learner) end() {
	switch {
	case l.learn == "" || l.f.Quiet:
	case !l.written:
		paper.Note(l.f.Streams, fmt.Sprintf("%q was not written: no phone sent a ClientHello", l.learn))
	default:
		for _, n := range l.notes {
			paper.Note(l.f.Streams, paper.Prose(n))
		}
		paper.Note(l.f.Streams, fmt.Sprintf("%q is written; phonecert probe SERVER --handset %s calls as this phone does", l.learn, l.learn))
	}
}
