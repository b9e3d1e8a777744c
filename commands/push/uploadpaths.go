package push

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
)

// distinct refuses a run that would write over what it reads, or two things into
// one file: the report and the list of failed phones replace what is at their
// path, and the list takes it away when no phone is left.
func (o *uploadOptions) distinct(cmd *cobra.Command) error {
	flag := func(name string) string { return cmd.Flag(name).Value.String() }
	type path struct{ what, name string }
	taken := []path{{"--ca", flag("ca")}, {"--password-file", flag("password-file")}, {"--browser", o.browser}, {"--inventory", o.fleet.inventory}}
	for _, file := range o.files {
		taken = append(taken, path{"a certificate's file", file})
	}
	outputs := []path{{"--trace-http", flag("trace-http")}, {"--failed", o.fleet.failed}, {"--report", o.report}}
	if !o.dryRun { // which has no journal
		outputs = append(outputs, path{"--journal", o.fleet.journal})
	}
	for _, out := range outputs {
		for _, other := range taken {
			// This list may take the place of the inventory: it is the next one.
			next := out.what == "--failed" && other.what == "--inventory"
			if !next && same(out.name, other.name) {
				return factory.WithHint(fmt.Errorf("%s and %s are one file, %q", out.what, other.what, out.name), "give each a file of its own")
			}
		}
		taken = append(taken, out)
	}
	return nil
}

// same reports whether two paths name one file, also one that does not exist yet.
func same(a, b string) bool {
	if a == "" || b == "" || b == factory.StandardStream {
		return false
	}
	absoluteA, errA := filepath.Abs(a)
	absoluteB, errB := filepath.Abs(b)
	return disk.Same(a, b) || errA == nil && errB == nil && absoluteA == absoluteB
}
