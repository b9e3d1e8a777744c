package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/push"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// uploadMany does the phones of an inventory.
func uploadMany(ctx context.Context, o *uploadOptions, order *upload.Order) (err error) {
	// The list is read to its end even when the run was interrupted, so that
	// every phone is accounted for.
	list, done, err := o.f.Inventory(o.f.Hard(ctx), o.fleet.inventory)
	if err != nil {
		return err
	}
	defer done()
	log, err := o.openJournal(order)
	if err != nil {
		return err
	}
	if log != nil {
		defer func() { err = errors.Join(err, log.Close()) }()
	}
	reader := inventory.NewReader(list)
	out, err := o.outputs(reader)
	if err != nil {
		return err
	}
	order.RebootTurn = turns(o.rebootRate, o.f.Now, order.Wait)
	printer := push.NewPrinter(o.f.Streams, o.printing())
	order.Warn = o.flags.Warn(printer.Note)
	summary, err := fleet.Run(ctx, reader.All(), fleet.Config{
		Visit:       func(ctx context.Context, t fleet.Task) upload.Result { return order.Visit(ctx, o.target(t)) },
		Concurrency: o.fleet.concurrency, Rate: o.fleet.rate, Timeout: o.flags.Timeout,
		Canary: o.fleet.canary, MaxFailures: o.fleet.limit, MaxRefused: maxRefused, Total: o.count(ctx), Journal: log, Hard: o.f.AtOnce, Now: o.f.Now,
		Each:     func(f fleet.Finished) error { return errors.Join(printer.Phone(f), out.add(f)) },
		Progress: printer.Progress,
	})
	// What was learnt is kept whatever became of the run.
	err = errors.Join(err, out.close(), printer.Close(summary))
	if problem := new(inventory.Error); errors.As(err, &problem) {
		err = factory.InventoryError(o.fleet.inventory, err)
	}
	switch {
	case err != nil:
		return factory.Told(err)
	case summary.Interrupted:
		return factory.Exit(factory.Interrupted)
	}
	return factory.Exit(exitOf(summary))
}

// maxRefused is how many phones in a row may refuse the login before the password
// is taken for wrong on all.
const maxRefused = 5

// count counts the phones of a list for the progress, 0 where that is not
// possible beforehand.
func (o *uploadOptions) count(ctx context.Context) int {
	if o.fleet.inventory == factory.StandardStream || !o.f.Streams.ErrTTY {
		return 0
	}
	list, done, err := o.f.Inventory(ctx, o.fleet.inventory)
	if err != nil {
		return 0
	}
	defer done()
	n := 0
	for _, err := range inventory.NewReader(list).All() {
		if err != nil {
			return 0
		}
		n++
	}
	return n
}

// exitOf is the exit code of a run: the login's only where nothing else failed.
func exitOf(s fleet.Summary) factory.ExitCode {
	switch failed := s.Failed + s.NotReached; {
	case s.LoginRefused > 0 && failed == s.LoginRefused:
		return factory.LoginFailed
	case failed > 0:
		return factory.SomeFailed
	case s.Unconfirmed > 0:
		return factory.NotKnown
	}
	return factory.OK
}

// target is the phone of a row.
func (o *uploadOptions) target(t fleet.Task) upload.Target {
	row := t.Row
	user := o.flags.UserOr(row.User)
	return upload.Target{
		Address: row.Address, MAC: macOf(&row), Handset: row.Handset, User: user, Via: upload.Route(row.Via),
		Password: o.flags.PasswordOf(row.Address, user, row.Password.Reveal()), Before: t.Before, Note: t.Note,
	}
}

// openJournal opens the journal of the run. A dry run has none.
func (o *uploadOptions) openJournal(order *upload.Order) (*journal.Journal, error) {
	if o.dryRun {
		return nil, nil
	}
	id, err := runID(o.f.Network.Random)
	if err != nil {
		return nil, err
	}
	header := journal.Header{Run: id, Order: o.fingerprint(order), Inventory: o.fleet.inventory, Time: o.f.Now()}
	j, err := journal.Open(o.fleet.journal, header, journal.Options{Resume: o.fleet.resume, Replace: true})
	var exists *journal.ExistsError
	var broken *journal.Error
	switch {
	case errors.As(err, &exists):
		return nil, factory.WithHint(err, "--resume goes on with it", fmt.Sprintf("remove %q to begin anew", o.fleet.journal))
	case errors.As(err, &broken):
		return nil, factory.WithHint(err, broken.Hint)
	}
	return j, err
}

// outputs are the files that a run writes beside its journal.
type outputs struct {
	report *fleet.Report
	failed *fleet.Failed
}

func (o *uploadOptions) outputs(reader *inventory.Reader) (*outputs, error) {
	out := &outputs{}
	if o.report != "" {
		var err error
		if out.report, err = fleet.NewReport(o.report); err != nil {
			return nil, factory.WithHint(fmt.Errorf("cannot write the report %q: %w", o.report, err), "give --report a file in a folder that you can write to")
		}
	}
	if o.fleet.failed != "" {
		var err error
		if out.failed, err = fleet.NewFailed(o.fleet.failed, reader.Header); err != nil {
			return nil, factory.WithHint(fmt.Errorf("cannot write the list %q: %w", o.fleet.failed, err), "give --failed a file in a folder that you can write to")
		}
	}
	return out, nil
}

func (o *outputs) add(f fleet.Finished) error {
	var err error
	if o.report != nil {
		err = o.report.Add(f)
	}
	if o.failed != nil {
		err = errors.Join(err, o.failed.Add(f))
	}
	return err
}

func (o *outputs) close() error {
	var err error
	if o.report != nil {
		err = o.report.Close()
	}
	if o.failed != nil {
		err = errors.Join(err, o.failed.Close())
	}
	return err
}
