package commands

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/handset"
)

// completeValues offers fixed values for a flag.
func completeValues(cmd *cobra.Command, flag string, values ...string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake in this program
	}
}

// completeHandsets offers the profiles, shipped and the user's own, and files.
func (f *Factory) completeHandsets(cmd *cobra.Command, flag string, more ...string) {
	complete := func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.ContainsAny(typed, "/.") {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		}
		return append(f.handsetIDs(), more...), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake in this program
	}
}

// handsetIDs lists every profile that --handset finds by name.
func (f *Factory) handsetIDs() []string {
	ids := handset.Shipped()
	for _, own := range f.ownProfiles() {
		ids = append(ids, own.id)
	}
	return ids
}
