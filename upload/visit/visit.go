// Package visit is one phone's turn: it puts the files of an order on a phone, by
// the first route that the phone has, and proves by reading back that they are
// there.
package visit

import (
	"context"
	"fmt"
	"github.com/phonecert/phonecert/upload"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
)

// visit is one phone's turn.
type visit struct {
	order  *Order
	target Target
	phone  *upload.Phone
	result *upload.Result

	profiles []*handset.Profile
	checked  checked
	// list is what was last read; listed is false when the page shows none.
	list   dialect.Listing
	listed bool
	// askedReboot says that the phone's page asked to be restarted.
	askedReboot bool
}

// Visit puts the order's files on one phone and proves it. Whatever happens is
// in the result; it logs out in any case.
func (o *Order) Visit(ctx context.Context, t Target) (r upload.Result) {
	start := o.Web.Now()
	r = upload.Result{Phone: upload.Anonymous(t.Address), MAC: t.MAC, Result: upload.Failed, Stage: upload.Connect}
	v := &visit{order: o, target: t, result: &r}
	err := v.run(ctx)
	ended := ctx.Err()
	if v.phone != nil {
		v.phone.Close(ctx)
		r.Findings = append(v.phone.Findings, r.Findings...)
	}
	if err != nil {
		p := upload.Explain(err)
		// What came of it before the time was up is not the time's doing.
		if ended != nil && !p.LoginRefused && p.Code != "upload.cut-off" {
			p = upload.Explain(ended)
		}
		r.Result, r.Cause, r.LoginRefused = upload.Failed, p.Code, p.LoginRefused
		r.Findings = append(r.Findings, p.Finding)
		if v.overall() == upload.Unconfirmed {
			r.Result = upload.Unconfirmed
		}
	} else {
		r.Result = v.overall()
	}
	r.DurationMS = o.since(start)
	return r
}

// run goes through the stages.
func (v *visit) run(ctx context.Context) error {
	var err error
	if via := v.target.Via; via != "" && !slices.Contains(upload.Routes(), via) {
		return upload.NewProblem("upload.via", nil, "write form, browser or import, or leave it out", "no route is called %q; nobody logged in", via)
	}
	if v.phone, err = upload.Open(ctx, v.target.Address, &v.order.Config); err != nil {
		return err
	}
	v.introduce()
	v.result.Stage = upload.Login
	if err := v.login(ctx); err != nil {
		return err
	}
	v.result.Stage = upload.Read
	if err := v.read(ctx); err != nil {
		return err
	}
	for i := range v.order.Files {
		if err := v.file(ctx, i); err != nil {
			return err
		}
	}
	v.inForce(ctx)
	return v.reboot(ctx)
}

// introduce writes down what the phone says of itself.
func (v *visit) introduce() {
	r, id := v.result, v.phone.Identity
	r.Dialect, r.Model, r.Firmware = v.phone.Dialect, id.Model, id.Firmware
	if r.MAC == "" {
		r.MAC = id.MAC
	}
}

func (v *visit) login(ctx context.Context) error {
	if id := v.phone.Identity; v.target.MAC != "" && id.MAC != "" && !sameMAC(v.target.MAC, id.MAC) {
		return v.otherPhone()
	}
	password, ok := v.target.Password(ctx)
	if !ok {
		return upload.NewProblem("upload.no-password", nil, "give --password-file, PHONECERT_PASSWORD, --keyring or a column password", "there is no password for the phone")
	}
	if err := v.phone.Login(ctx, v.target.User, password); err != nil {
		return err
	}
	v.introduce()
	if id := v.phone.Identity; v.target.MAC != "" && id.MAC != "" && !sameMAC(v.target.MAC, id.MAC) {
		return v.otherPhone()
	}
	return nil
}

func (v *visit) otherPhone() error {
	return upload.NewProblem("upload.another-phone", nil, "put the inventory right; nothing was changed on the phone",
		"the phone there has the MAC address %s, and not %s as the inventory says", v.phone.Identity.MAC, v.target.MAC)
}

func sameMAC(a, b string) bool {
	digits := strings.NewReplacer(":", "", "-", "", ".", "", " ", "")
	return strings.EqualFold(digits.Replace(a), digits.Replace(b))
}

// read looks at the phone: what it is, and what is on it.
func (v *visit) read(ctx context.Context) error {
	var err error
	if v.profiles, err = v.handsets(ctx); err != nil {
		return err
	}
	if v.checked, err = v.examine(v.profiles); err != nil {
		return err
	}
	switch names := ids(v.profiles); len(names) {
	case 0:
		v.remark("upload.model-not-known", "give --handset where the model is known", "%s, so the files were not checked for it", v.unknownModel())
	default:
		v.result.Handset = strings.Join(names, ", ")
	}
	if v.list, v.listed, err = v.phone.Certificates(ctx, v.order.Role); err != nil {
		return err
	}
	if v.order.DryRun {
		for _, c := range v.list.Certificates {
			v.result.Installed = append(v.result.Installed, upload.Installed{IssuedTo: c.IssuedTo, IssuedBy: c.IssuedBy, Expiration: c.Expiration})
		}
	}
	if !v.listed {
		v.remark("upload.no-list", "look at the page in a browser", "the phone's page shows no list of certificates, so a push cannot be proven")
	}
	return nil
}

func (v *visit) unknownModel() string {
	if v.phone.Identity.Model == "" {
		return "the phone does not say which model it is"
	}
	return fmt.Sprintf("no profile speaks of a %s with these pages", v.phone.Identity.Model)
}

func ids(profiles []*handset.Profile) []string {
	var list []string
	for _, p := range profiles {
		list = append(list, p.ID)
	}
	return list
}

// doubtful is a remark that decides on the result.
func (v *visit) doubtful(code, fix, format string, args ...any) {
	if v.result.Cause == "" {
		v.result.Cause = code
	}
	v.remark(code, fix, format, args...)
}

// remark adds a warning.
func (v *visit) remark(code, fix, format string, args ...any) {
	v.result.Findings = append(v.result.Findings, finding.Finding{
		Code: code, Severity: finding.Warning, Message: fmt.Sprintf(format, args...), Fix: fix, Basis: finding.Observed, Source: upload.Seen,
	})
}

// overall is the result of the phone: the worst of its files.
func (v *visit) overall() upload.Outcome {
	rank := map[upload.Outcome]int{upload.AlreadyPresent: 0, upload.Uploaded: 1, upload.Replaced: 2, upload.Planned: 3, upload.Unconfirmed: 4, upload.Failed: 5}
	worst := upload.AlreadyPresent
	for _, f := range v.result.Files {
		if rank[f.Result] > rank[worst] {
			worst = f.Result
		}
	}
	return worst
}

// reboot restarts the phone where that is wanted, once in all runs.
func (v *visit) reboot(ctx context.Context) error {
	o := v.order
	wanted := o.Reboot == RebootAlways || o.Reboot == RebootNeeded && v.askedReboot
	if o.DryRun || !wanted {
		return nil
	}
	if v.already(upload.Rebooting) {
		v.result.Rebooted = true
		return nil
	}
	v.result.Stage = upload.Reboot
	later := "restart it later: phonecert phone reboot " + v.target.Address
	switch talking, known, err := v.phone.Talking(ctx); {
	case err != nil:
		return upload.NewProblem("upload.call-unclear", err, later, "the phone did not say whether it is in a call, so it was not restarted: %s", upload.Explain(err).Message)
	case known && talking:
		return upload.NewProblem("upload.in-call", nil, later, "the certificate is on the phone, and the phone is in a call, so it was not restarted")
	}
	if err := v.note(upload.Rebooting); err != nil {
		return err
	}
	if err := v.phone.Reboot(ctx); err != nil {
		return err
	}
	v.result.Rebooted = true
	return nil
}

// already reports whether an interrupted run had noted an event.
func (v *visit) already(e upload.Event) bool {
	for _, before := range v.target.Before {
		if before == e {
			return true
		}
	}
	return false
}

// note writes an event down before the thing is done.
func (v *visit) note(e upload.Event) error {
	if v.target.Note == nil {
		return nil
	}
	if err := v.target.Note(e); err != nil {
		return upload.NewProblem("upload.no-journal", err, "make room for the journal, and go on with --resume", "the journal cannot be written, so nothing further is done: %v", err)
	}
	return nil
}
