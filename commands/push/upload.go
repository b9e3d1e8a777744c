// Package push holds the commands that log in to phones: upload puts certificates
// on them, phone shows, deletes, sets and restarts.
package push

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/visit"
)

// uploadOptions are the flags of "phonecert upload".
type uploadOptions struct {
	f     *factory.Factory
	files []string
	role  string
	phone string
	flags *factory.PhoneFlags
	trust factory.TrustFlags

	handset             string
	via                 string
	dryRun, yes         bool
	skipCheck           bool
	reboot              string
	fleet               fleetOptions
	browser             string
	maxFailures, report string
}

// fleetOptions are the flags that go with --inventory.
type fleetOptions struct {
	inventory       string
	concurrency     int
	rate            float64
	canary          int
	limit           fleet.Limit
	journal, failed string
	resume          bool
}

// rebootRate keeps phones that restart from registering all at once: so many a
// second.
const rebootRate = 5

// NewUpload builds "phonecert upload".
func NewUpload(f *factory.Factory) *cobra.Command {
	o := &uploadOptions{f: f}
	cmd := &cobra.Command{
		Use:     "upload FILE... --as ROLE (--phone URL | --inventory FILE)",
		Short:   "Put certificates on a phone, or on ten thousand, and prove that they are there",
		GroupID: "phones",
		Long: `Put certificates on phones by their web pages, and prove it by reading the
phone's list back: "uploaded" is said only of a certificate that the list shows
with its subject, issuer and expiry. What the list holds already is not posted.

Before anything is posted, the files are checked for the phone's own model and
the free places are counted. A server certificate is not overwritten without
--yes. Each phone gets one login, and a logout whatever happens; a refused or
locked login is never repeated.

Routes, tried in this order: form (what the page's own form says), browser (the
phone's own page in a headless Chromium, where one is installed), import (a
small configuration file that has the phone fetch the certificate from here).

With --inventory every phone of a CSV file or of JSON lines gets its turn. A
journal beside the inventory makes --resume exact: a phone that was done is not
touched again, and one that was interrupted is read first.`,
		Example: `  phonecert upload root.pem --as trusted --phone http://192.0.2.55
  phonecert upload root.pem --as trusted --phone 192.0.2.55 --dry-run
  phonecert upload phone.pem --as server --phone https://192.0.2.55 --yes --reboot always
  phonecert upload root.pem --as trusted --inventory phones.csv --canary 3 \
      --password-file pw --report done.csv --failed again.csv
  phonecert upload root.pem --as trusted --inventory phones.csv --resume`,
		Args: factory.SomeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runUpload(cmd.Context(), o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *uploadOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.role, "as", "", "what the files are for: `trusted|server`")
	flags.StringVar(&o.phone, "phone", "", "the phone's web page, a `URL` or an address")
	flags.StringVar(&o.handset, "handset", "", "the `model`, where the phone's page does not tell it")
	flags.StringVar(&o.via, "via", "", "go this route alone: `form|browser|import`")
	flags.BoolVar(&o.dryRun, "dry-run", false, "log in, look, tell what would be posted where, and change nothing")
	flags.BoolVarP(&o.yes, "yes", "y", false, "overwrite a server certificate that is on the phone")
	flags.BoolVar(&o.skipCheck, "skip-check", false, "post what the model is known to refuse, and to a list that is full: the phone decides")
	flags.StringVar(&o.reboot, "reboot", "never", "restart the phone: `never|needed|always`; needed is when its page asks for it")
	flags.StringVar(&o.browser, "browser", "", "the Chromium or Chrome for the route browser, an executable `file`")
	o.flags = o.f.PhoneFlags(cmd, "ca")
	o.fleet.add(cmd)
	flags.StringVar(&o.maxFailures, "max-failures", "", "with --inventory: stop once `N|P%` phones have failed")
	flags.StringVar(&o.report, "report", "", "with --inventory: write a CSV `file` with one row a phone")
	factory.CompleteValues(cmd, "as", "trusted", "server")
	factory.CompleteValues(cmd, "via", "form", "browser", "import")
	factory.CompleteValues(cmd, "reboot", "never", "needed", "always")
	o.f.CompleteHandsets(cmd, "handset")
}

func (o *fleetOptions) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.inventory, "inventory", "", "the phones: a CSV `file` with a header, or JSON lines; - is standard input")
	flags.IntVar(&o.concurrency, "concurrency", 16, "with --inventory: so many phones at a time")
	flags.Float64Var(&o.rate, "rate", 0, "with --inventory: begin at most so many phones a second (0: no limit, but 5 where they are restarted)")
	flags.IntVar(&o.canary, "canary", 0, "with --inventory: do so many phones first, and stop if one of them fails")
	flags.StringVar(&o.journal, "journal", "", "with --inventory: the journal `file` (default: the inventory's name with .journal)")
	flags.BoolVar(&o.resume, "resume", false, "with --inventory: go on where a run was interrupted")
	flags.StringVar(&o.failed, "failed", "", "with --inventory: write the phones that failed to this `file`, an inventory for the next run; with passwords, where the inventory has them")
}

func (o *uploadOptions) validate(cmd *cobra.Command) error {
	role := handset.Role(o.role)
	switch {
	case role != handset.Trusted && role != handset.Server:
		return factory.WithHint(fmt.Errorf("--as takes trusted or server, not %q", o.role), "trusted is a CA certificate with which the phone judges servers, server is the phone's own certificate with its key")
	case (o.phone == "") == (o.fleet.inventory == ""):
		return factory.WithHint(errors.New("give either --phone or --inventory"), "phonecert upload root.pem --as trusted --phone http://192.0.2.55")
	case o.via != "" && !slices.Contains(upload.Routes(), upload.Route(o.via)):
		return factory.UsageError(cmd, "--via takes form, browser or import, not %q", o.via)
	case o.reboot != "never" && o.reboot != "needed" && o.reboot != "always":
		return factory.UsageError(cmd, "--reboot takes never, needed or always, not %q", o.reboot)
	case role == handset.Server && len(o.files) > 1:
		return factory.WithHint(fmt.Errorf("a phone holds one server certificate, but got %d files", len(o.files)), "give one PEM file with certificate and key")
	}
	if o.phone != "" {
		if err := factory.PhoneAddress(o.phone); err != nil {
			return err
		}
	}
	if err := o.flags.Validate(cmd); err != nil {
		return err
	}
	return o.fleet.validate(cmd, o)
}

func (o *fleetOptions) validate(cmd *cobra.Command, u *uploadOptions) error {
	if o.inventory == "" {
		for _, name := range strings.Fields("concurrency rate canary max-failures journal resume report failed") {
			if cmd.Flags().Changed(name) {
				return factory.UsageError(cmd, "--%s goes with --inventory", name)
			}
		}
		return nil
	}
	var err error
	switch {
	case o.concurrency < 1 || o.concurrency > 1000:
		return factory.UsageError(cmd, "--concurrency takes 1 to 1000, not %d", o.concurrency)
	case !(o.rate >= 0) || o.canary < 0: // not a number fails too
		return factory.UsageError(cmd, "--rate and --canary take no number below zero")
	case slices.Contains(u.files, factory.StandardStream) && o.inventory == factory.StandardStream:
		return factory.WithHint(errors.New("standard input cannot be both a certificate and the inventory"), "give one of them as a file")
	}
	if o.rate == 0 && u.reboot != "never" {
		o.rate = rebootRate
	}
	if u.maxFailures != "" {
		if o.limit, err = fleet.ParseLimit(u.maxFailures); err != nil {
			return factory.UsageError(cmd, "--max-failures: %v", err)
		}
	}
	if o.journal == "" {
		o.journal = "phonecert.journal"
		if o.inventory != factory.StandardStream {
			o.journal = o.inventory + ".journal"
		}
	}
	return u.distinct(cmd)
}

// runUpload makes the order and goes to the phones.
func runUpload(ctx context.Context, o *uploadOptions) error {
	order, err := o.order(ctx)
	if err != nil {
		return err
	}
	if o.fleet.inventory == "" {
		return uploadOne(ctx, o, order)
	}
	return uploadMany(ctx, o, order)
}

// order is what is to be done on every phone.
func (o *uploadOptions) order(ctx context.Context) (*visit.Order, error) {
	var err error
	order := &visit.Order{
		Role: handset.Role(o.role), Via: upload.Route(o.via), DryRun: o.dryRun, SkipCheck: o.skipCheck,
		Reboot: visit.RebootWhen(o.reboot), Handset: o.handset, Replace: o.replace,
		Profile: remembered(o.f.Profile), Listen: net.Listen,
	}
	if order.Profiles, _, err = o.f.Handsets(ctx, "all"); err != nil {
		return nil, err
	}
	if o.handset != "" {
		if _, err := o.f.Profile(ctx, o.handset); err != nil {
			return nil, err
		}
	}
	order.Desk = o.desk(ctx)
	if err := o.drive(order); err != nil {
		return nil, err
	}
	for _, path := range o.files {
		file, err := o.f.Open(ctx, path, nil)
		if err != nil {
			return nil, err
		}
		item := visit.NewItem(file, filepath.Base(path), order.Role)
		if len(item.Certificates) == 0 {
			return nil, factory.WithHint(fmt.Errorf("%q holds no certificate", path), fmt.Sprintf("phonecert inspect %q tells what it is", path))
		}
		order.Files = append(order.Files, item)
	}
	// This begins the trace, of which nothing is to be left behind where a file
	// cannot be read.
	config, err := o.flags.Config(ctx, !o.dryRun)
	if err != nil {
		return nil, err
	}
	order.Config = *config
	return order, nil
}
