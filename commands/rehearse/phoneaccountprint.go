package rehearse

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// news is what became of a phone's account.
type news struct {
	phone  *serve.Served
	status account.Status
}

// accountEvent is news as JSON shows it.
type accountEvent struct {
	paper.Header
	Phone string `json:"phone"`
	MAC   string `json:"mac"`
	account.Status
}

// tallyEvery is how often a person who has many phones is told how many of them
// are registered.
const tallyEvery = time.Second

// follow prints what becomes of the accounts until ctx is done, and a little
// longer, while the phones take their registrations back.
func (o *simulateOptions) follow(ctx context.Context, fleet *serve.Fleet, list <-chan news) error {
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = fleet.Close() // the caller asks for its error
	})
	phones := len(fleet.Phones())
	counting := phones > maxRows && o.f.Streams.OutTTY && !o.f.JSON
	states, last := map[*serve.Served]account.State{}, ""
	ticker := time.NewTicker(tallyEvery)
	defer ticker.Stop()
	for {
		select {
		case n := <-list:
			states[n.phone] = n.status.State
			if counting {
				continue
			}
			if err := o.printNews(n); err != nil {
				return err
			}
		case <-ticker.C:
			if text := tallied(states, phones); counting && !o.f.Quiet && text != last && len(states) > 0 {
				paper.NewSheet(o.f.Streams).Marks([]paper.Mark{{Label: o.f.Now().Local().Format(time.TimeOnly), Sign: paper.SignNothing, Text: text}})
				last = text
			}
		case <-ended:
			return o.drain(list)
		}
	}
}

// drain prints what was told last.
func (o *simulateOptions) drain(list <-chan news) error {
	for {
		select {
		case n := <-list:
			if err := o.printNews(n); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// tallied counts phones by the state of their account.
func tallied(states map[*serve.Served]account.State, phones int) string {
	count := map[account.State]int{}
	for _, s := range states {
		count[s]++
	}
	text := fmt.Sprintf("registered %d of %d", count[account.Registered], phones)
	for _, s := range []account.State{account.Refused, account.Failed, account.Rebooting} {
		if count[s] > 0 {
			text += fmt.Sprintf(", %s %d", s, count[s])
		}
	}
	return text
}

// place is where the phone's address belongs in a command that mends something.
var place = regexp.MustCompile(`\bURL\b`)

// printNews writes one line.
func (o *simulateOptions) printNews(n news) error {
	status := n.status
	status.Time = status.Time.UTC()
	if status.Cause != nil {
		cause := *status.Cause
		cause.Fix = place.ReplaceAllLiteralString(cause.Fix, n.phone.URL)
		status.Cause = &cause
	}
	switch s := o.f.Streams; {
	case o.f.Quiet:
		return nil
	case o.f.JSON:
		return paper.JSON(s.Out, accountEvent{paper.NewHeader("simulate phone"), n.phone.URL, n.phone.MAC.String(), status})
	case !s.OutTTY:
		return paper.Tabbed(s.Out, [][]string{{string(status.State), status.Time.Format(time.RFC3339), n.phone.MAC.String(), status.Account, status.Text}})
	}
	text := paper.Prose(status.Text)
	if o.Count > 1 {
		text = status.Account + ": " + text
	}
	rows := []paper.Mark{{Label: status.Time.Local().Format(time.TimeOnly), Sign: signOf(status.State), Text: text}}
	if status.Cause != nil && status.Cause.Fix != "" {
		rows = append(rows, paper.Mark{Text: "fix: " + paper.Prose(status.Cause.Fix), Mood: paper.Faintly})
	}
	paper.NewSheet(o.f.Streams).Marks(rows)
	return nil
}

func signOf(s account.State) paper.Sign {
	switch s {
	case account.Registered:
		return paper.SignGood
	case account.Refused:
		return paper.SignBad
	case account.Failed:
		return paper.SignDoubt
	}
	return paper.SignNothing
}
