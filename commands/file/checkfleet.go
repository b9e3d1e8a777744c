package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/fleet"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

// maxRemarks is how many remarks on an inventory are kept: one with more is
// wrong as a whole.
const maxRemarks = 100

// fleetRun answers for the phones of an inventory, each distinct case once.
type fleetRun struct {
	*checkOptions
	chain   *inspect.File
	cases   map[string]*fleet.Case
	totals  fleet.Totals
	printer *fleet.Printer
}

// runFleet tells which phones of an inventory would drop off once the server
// presents the chain.
func runFleet(ctx context.Context, o *checkOptions) error {
	if err := o.passwords.Load(ctx); err != nil {
		return err
	}
	chain, err := o.f.Open(ctx, o.files[0], o.passwords)
	if err != nil {
		return err
	}
	list, done, err := o.f.Inventory(ctx, o.inventory)
	if err != nil {
		return err
	}
	defer done()
	run := &fleetRun{
		checkOptions: o, chain: chain, cases: map[string]*fleet.Case{},
		totals: fleet.Totals{File: chain.Name}, printer: fleet.NewPrinter(o.f.Streams, o.f.JSON, o.f.Quiet),
	}
	reader := inventory.NewReader(list)
	for row, err := range reader.All() {
		if err != nil {
			return factory.InventoryError(o.inventory, err)
		}
		if err := run.phone(ctx, &row); err != nil {
			return err
		}
	}
	if len(run.totals.Cases) == 0 {
		return factory.WithHint(fmt.Errorf("the inventory %q names no phone", o.inventory), "write one phone a line below the header")
	}
	for _, note := range reader.Notes() {
		run.remark(note)
	}
	verdict, err := run.printer.Close(run.totals)
	if err != nil {
		return err
	}
	return factory.Verdict(verdict)
}

// remark keeps what is wrong with the list, and tells it at once where no
// summary will.
func (r *fleetRun) remark(f finding.Finding) {
	if len(r.totals.Inventory) >= maxRemarks {
		return
	}
	r.totals.Inventory = append(r.totals.Inventory, f)
	if s := r.f.Streams; !r.f.JSON && !r.f.Quiet && !s.OutTTY {
		paper.Note(s, f.Message)
	}
}

// phone answers for one row.
func (r *fleetRun) phone(ctx context.Context, row *inventory.Row) error {
	for _, problem := range row.Problems {
		r.remark(problem)
	}
	if row.Duplicate != 0 {
		return nil
	}
	k, err := r.caseOf(ctx, row)
	if err != nil {
		return err
	}
	address := cmp.Or(row.Address, fmt.Sprintf("line %d", row.Line))
	return r.printer.Phone(fleet.NewPhone(address, row.MAC.String(), k))
}

// caseOf finds the answer for the model and the settings of a row.
func (r *fleetRun) caseOf(ctx context.Context, row *inventory.Row) (*fleet.Case, error) {
	model := cmp.Or(row.Handset, r.handset, r.f.Getenv("PHONECERT_HANDSET"))
	key := strings.Join(append([]string{model, row.OnlyTrusted, row.CA, row.CNValidation, row.DeviceCert, row.Server}, row.Custom...), "\x00")
	wrong := errorsOf(row.Problems)
	if len(wrong) > 0 {
		key = "\x00" + wrong[0].Code + "\x00" + model
	}
	if k, known := r.cases[key]; known {
		return k, nil
	}
	k, err := r.judge(ctx, row, model, wrong)
	if err != nil {
		return nil, err
	}
	r.cases[key] = k
	r.totals.Cases = append(r.totals.Cases, k)
	return k, nil
}

// errorsOf are the problems for which nothing can be said about a phone. That
// leaves the answer open.
func errorsOf(problems []finding.Finding) []finding.Finding {
	var list []finding.Finding
	for _, f := range problems {
		if f.Severity == finding.Error {
			f.Basis = finding.Assumed
			list = append(list, f)
		}
	}
	return list
}

// judge asks the phone. Only an interruption is an error: what is wrong with
// one row leaves the others their answers.
func (r *fleetRun) judge(ctx context.Context, row *inventory.Row, model string, wrong []finding.Finding) (*fleet.Case, error) {
	if len(wrong) > 0 {
		return fleet.UnknownCase(model, wrong[0]), nil
	}
	if model == "" {
		return fleet.UnknownCase("not given", notKnown("inventory.no-handset", "the inventory does not tell the model, so whether the phone trusts the server is not known",
			"add a column handset, or give --handset for the rows without one")), nil
	}
	profile, err := r.f.Profile(ctx, model)
	if err != nil {
		return fleet.UnknownCase(model, notKnown("inventory.handset-not-known", "whether the phone trusts the server is not known: "+err.Error(),
			"use one of the names of phonecert handset list")), ctx.Err()
	}
	one := *r.checkOptions
	one.trust, one.server = r.trust.For(row), cmp.Or(row.Server, r.server)
	q, err := one.question(ctx, profile, model)
	if err != nil {
		return fleet.UnknownCase(model, notKnown("inventory.phone-not-known", "what is on the phone is not known: "+err.Error(),
			"put right what the row says of it")), ctx.Err()
	}
	check, err := checkFiles(ctx, q, r.files, func(context.Context, string) (*inspect.File, error) { return r.chain, nil }, r.strict)
	if err != nil {
		return nil, err
	}
	return fleet.NewCase(q.Supposes(), check), nil
}

// notKnown is why nothing can be said about a phone.
func notKnown(code, message, fix string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Message: message, Fix: fix, Basis: finding.Assumed, Source: "the inventory"}
}

// validateInventory looks at what goes with --inventory.
func (o *checkOptions) validateInventory() error {
	switch {
	case o.inventory == "":
		return nil
	case o.role != "pbx":
		return factory.WithHint(errors.New("--inventory goes with --as pbx alone"), "ask which phones would drop off: phonecert check fullchain.pem --as pbx --inventory phones.csv")
	case o.handset == "all":
		return factory.WithHint(errors.New("--handset all and --inventory exclude each other"), "leave one of them out; a model given with --handset counts for rows without one")
	case len(o.files) != 1:
		return factory.WithHint(fmt.Errorf("--inventory takes one chain, but got %d files", len(o.files)), "give the file that the server presents")
	case o.files[0] == factory.StandardStream && o.inventory == factory.StandardStream:
		return factory.WithHint(errors.New("standard input cannot be both the chain and the inventory"), "give one of them as a file")
	}
	return nil
}
