package push

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report/push"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
	"github.com/phonecert/phonecert/upload/fleet/journal"
	"github.com/phonecert/phonecert/upload/visit"
)

// uploadMany does the phones of an inventory.
func uploadMany(ctx context.Context, o *uploadOptions, order *visit.Order) (err error) {
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
	total := o.ahead(ctx)
	printer := push.NewPrinter(o.f.Streams, o.printing())
	order.Warn = o.flags.Warn(printer.Note)
	summary, err := fleet.Run(ctx, remarked(reader, printer.Note), fleet.Config{
		Visit:       func(ctx context.Context, t fleet.Task) upload.Result { return order.Visit(ctx, o.target(t)) },
		Concurrency: o.fleet.concurrency, Rate: o.fleet.rate, Timeout: o.flags.Timeout,
		Canary: o.fleet.canary, MaxFailures: o.fleet.limit, MaxRefused: maxRefused, Total: total, Journal: log, Hard: o.f.AtOnce, Now: o.f.Now,
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
	case summary.Phones == 0:
		return factory.Told(factory.WithHint(fmt.Errorf("the inventory %q names no phone", o.fleet.inventory), "write one phone a line below the header"))
	}
	return factory.Exit(exitOf(summary))
}

// remarked are the rows of a list. What is to be said of the list as a whole is
// said before the first phone: a column that is misspelt goes unused.
func remarked(list *inventory.Reader, note func(message string)) iter.Seq2[inventory.Row, error] {
	return func(yield func(inventory.Row, error) bool) {
		told := false
		for row, err := range list.All() {
			if !told {
				for _, remark := range list.Notes() {
					note(remark.Message)
				}
			}
			told = true
			if !yield(row, err) {
				return
			}
		}
	}
}

// maxRefused is how many phones in a row may refuse the login before the password
// is taken for wrong on all.
const maxRefused = 5

// ahead reads the list before the run, where it can be read twice: for the number
// of phones, and for whether a password must be asked for. That is asked now,
// while no phone waits.
func (o *uploadOptions) ahead(ctx context.Context) (phones int) {
	lacking := true
	if o.fleet.inventory != factory.StandardStream {
		phones, lacking = o.survey(ctx)
	}
	if lacking {
		o.flags.Ask(ctx, fmt.Sprintf("Password of %s on the phones: ", o.flags.User))
	}
	return phones
}

// survey counts the phones of a list and tells whether one has no password. What
// is wrong with the list the run itself will say.
func (o *uploadOptions) survey(ctx context.Context) (phones int, lacking bool) {
	list, done, err := o.f.Inventory(ctx, o.fleet.inventory)
	if err != nil {
		return 0, false
	}
	defer done()
	for row, err := range inventory.NewReader(list).All() {
		if err != nil {
			return 0, lacking
		}
		phones++
		lacking = lacking || row.Usable() && row.Password == ""
	}
	return phones, lacking
}

// exitOf is the exit code of a run: the login's only where nothing else failed.
func exitOf(s fleet.Summary) factory.ExitCode {
	failed := s.Failed + s.NotReached
	if s.Stopped != nil && s.Stopped.Code == "run.logins-refused" {
		failed = s.Failed
	}
	switch {
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
func (o *uploadOptions) target(t fleet.Task) visit.Target {
	row := t.Row
	user := o.flags.UserOr(row.User)
	return visit.Target{
		Address: row.Address, MAC: row.MAC.String(), Handset: row.Handset, User: user, Via: upload.Route(row.Via),
		Password: o.flags.PasswordOf(row.Address, user, row.Password.Reveal()), Before: t.Before, Note: t.Note,
	}
}

// openJournal opens the journal of the run. A dry run has none.
func (o *uploadOptions) openJournal(order *visit.Order) (*journal.Journal, error) {
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
			return nil, factory.WithHint(err, "give --report a file in a folder that you can write to")
		}
	}
	if o.fleet.failed != "" {
		var err error
		if out.failed, err = fleet.NewFailed(o.fleet.failed, reader.Header); err != nil {
			if out.report != nil {
				out.report.Abandon()
			}
			return nil, factory.WithHint(err, "give --failed a file in a folder that you can write to")
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
