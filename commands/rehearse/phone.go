package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// validate reads what the flags say and looks at nothing else.
func (o *simulateOptions) validate(cmd *cobra.Command) error {
	p := o.Policy
	switch {
	case o.Count < 1 || o.Count > serve.MaxPhones:
		return factory.UsageError(cmd, "--count takes 1 to %d phones, not %d", serve.MaxPhones, o.Count)
	case o.dialect != "" && !slices.Contains(dialect.All(), dialect.Name(o.dialect)):
		return factory.UsageError(cmd, "no dialect is called %q; there are %s", o.dialect, dialectNames(", "))
	case !(o.FaultShare > 0 && o.FaultShare <= 1):
		return factory.UsageError(cmd, "--fault-share takes a number above 0 and up to 1, not %v", o.FaultShare)
	case p.RebootTime < 0 || p.LockTime < 0 || p.WrongPasswords < 0:
		return factory.UsageError(cmd, "--reboot-time, --lock-time and --wrong-passwords take nothing below zero")
	case o.inventory == factory.StandardStream:
		return factory.UsageError(cmd, "--write-inventory takes the name of a file, for it holds passwords")
	}
	if err := o.validateAccount(cmd); err != nil {
		return err
	}
	var err error
	if o.Faults, err = simulate.ParseFaults(o.faults); err != nil {
		return factory.UsageError(cmd, "--fault: %s", err)
	}
	return nil
}

// runSimulatePhone serves the phones until ctx is done.
func runSimulatePhone(ctx context.Context, o *simulateOptions) error {
	// Phones stay: the limits of a command that soon ends would keep the
	// garbage collector running for nothing.
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
	if err := o.load(ctx); err != nil {
		return err
	}
	if err := o.setClock(); err != nil {
		return err
	}
	// A phone may register before the addresses have been told, and is not to
	// wait for whoever reads no more.
	list, gone := make(chan news, 64), make(chan struct{})
	err := o.loadAccount(ctx, func(s *serve.Served, status account.Status) {
		select {
		case list <- news{s, status}:
		case <-gone:
		}
	})
	if err != nil {
		return err
	}
	if !o.f.Quiet {
		o.Log = func(text string) { paper.Note(o.f.Streams, paper.Prose(text)) }
	}
	fleet, err := serve.Start(ctx, o.Config)
	if err != nil {
		return o.hinted(err)
	}
	if err := o.announce(fleet); err != nil {
		close(gone)
		return errors.Join(err, fleet.Close())
	}
	err = o.follow(ctx, fleet, list)
	close(gone)
	err = errors.Join(err, fleet.Close())
	if !o.f.Quiet {
		paper.Note(o.f.Streams, paper.Count(int(fleet.Requests()), "request")+" answered")
	}
	if err != nil {
		// The end by Ctrl-C would hide it.
		paper.Note(o.f.Streams, err.Error())
		return o.hinted(err)
	}
	return nil
}

// load reads the files that the flags name.
func (o *simulateOptions) load(ctx context.Context) error {
	if err := o.mayWriteInventory(); err != nil {
		return err
	}
	if err := o.loadKinds(ctx); err != nil {
		return err
	}
	if err := o.password.Load(ctx); err != nil {
		return err
	}
	if !o.password.Typed() { // a simulated phone asks nobody for its password
		password, _ := o.password.Get(ctx, "")
		o.Password = string(password)
	}
	if o.invented == "" {
		return nil
	}
	text, err := o.f.ReadText(ctx, o.invented)
	if err != nil {
		return err
	}
	if o.Invented, err = dialect.ParseInvented([]byte(text)); err != nil {
		return factory.WithHint(fmt.Errorf("the names in %q: %w", o.invented, err), "docs/simulate.md lists the names")
	}
	return nil
}

// loadKinds finds the handsets and the dialect of each.
func (o *simulateOptions) loadKinds(ctx context.Context) error {
	ids := o.handsets
	if ids == "" {
		o.dialect = cmp.Or(o.dialect, string(dialect.Plain))
		ids = serve.DefaultHandset(dialect.Name(o.dialect))
	}
	profiles, _, err := o.f.Handsets(ctx, ids)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		kind, err := o.kind(p)
		if err != nil {
			return err
		}
		o.Kinds = append(o.Kinds, kind)
	}
	return nil
}

func (o *simulateOptions) kind(p *handset.Profile) (serve.Kind, error) {
	name := dialect.Name(o.dialect)
	if name == "" {
		var known bool
		if name, known = serve.DialectOf(p); !known {
			return serve.Kind{}, factory.WithHint(fmt.Errorf("which web interface %s has is not known", p.ID),
				"choose one with --dialect: "+dialectNames(", "))
		}
	}
	kind := serve.KindFor(name, p)
	kind.Model, kind.Firmware = cmp.Or(o.model, kind.Model), cmp.Or(o.firmware, kind.Firmware)
	return kind, nil
}

// hinted tells what mends an error of serving.
func (o *simulateOptions) hinted(err error) error {
	var limit *serve.LimitError
	var state *serve.StateError
	var listen *net.OpError
	switch {
	case errors.As(err, &limit):
		return factory.WithHint(err, fmt.Sprintf("run %q first, or be fewer phones with --count", fmt.Sprintf("ulimit -n %d", limit.Need)))
	case errors.As(err, &state):
		return factory.WithHint(err, "name another file with --state; a new one begins with unused phones")
	case errors.As(err, &listen) && o.Addresses:
		return factory.WithHint(err, "leave out --addresses: this system may have no loopback address but 127.0.0.1")
	}
	return factory.WithHint(err, "choose a loopback address and a free port with --listen, such as 127.0.0.1:0")
}

// mayWriteInventory tells before anything is served what speaks against it.
func (o *simulateOptions) mayWriteInventory() error {
	if o.inventory == "" {
		return nil
	}
	if disk.Same(o.inventory, o.StateFile) {
		return factory.WithHint(fmt.Errorf("--write-inventory and --state are one file, %q", o.inventory), "give each a file of its own")
	}
	_, err := disk.Writable(o.inventory, o.force)
	return o.inventoryError(err)
}

func (o *simulateOptions) writeInventory(fleet *serve.Fleet) error {
	if o.inventory == "" {
		return nil
	}
	text, err := fleet.Inventory()
	if err == nil {
		err = disk.Write(o.inventory, text, 0o600, o.force)
	}
	return o.inventoryError(err)
}

func (o *simulateOptions) inventoryError(err error) error {
	hint := "name another file with --write-inventory"
	switch {
	case err == nil:
		return nil
	case errors.Is(err, disk.ErrExists):
		hint = "add --force to overwrite it, or " + hint
	case errors.Is(err, fs.ErrNotExist):
		hint = "its folder does not exist: make it, or " + hint
	}
	return factory.WithHint(fmt.Errorf("cannot write %q: %w", o.inventory, err), hint)
}

// remarks are what a person should know of these phones.
func (o *simulateOptions) remarks() []string {
	list := []string{"names and calls that nobody has published are invented: every page says so, docs/simulate.md lists them"}
	var unattested []string
	for _, k := range o.Kinds {
		switch {
		case k.Dialect == dialect.ListenerRSA:
			list = append(list, fmt.Sprintf("no profile of a T3x is at hand: this one calls itself, takes files and speaks TLS as %s", k.Profile.ID))
		case !k.Attested():
			unattested = append(unattested, k.Profile.ID)
		}
	}
	if len(unattested) > 0 {
		list = append(list, fmt.Sprintf("no source attests the dialect %s on %s", o.dialect, strings.Join(unattested, ", ")))
	}
	if o.Count > serve.DocumentationMACs {
		list = append(list, fmt.Sprintf("only %d MAC addresses are for documentation: the further phones have locally administered ones (02:…)", serve.DocumentationMACs))
	}
	return list
}
