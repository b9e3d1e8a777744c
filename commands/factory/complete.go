package factory

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/handset"
)

// CompleteValues offers fixed values for a flag, which the command must have.
func CompleteValues(cmd *cobra.Command, flag string, values ...string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake in this program
	}
}

// CompleteHandsets offers the profiles, shipped and the user's own, files, and
// what more there is, for a flag, which the command must have.
func (f *Factory) CompleteHandsets(cmd *cobra.Command, flag string, more ...string) {
	complete := func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.ContainsAny(typed, "/.") {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		}
		return append(f.HandsetIDs(), more...), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake in this program
	}
}

// HandsetIDs lists every profile that --handset finds by name: the shipped ones,
// then the user's own.
func (f *Factory) HandsetIDs() []string {
	ids := handset.Shipped()
	for _, own := range f.ownProfiles() {
		ids = append(ids, own.id)
	}
	return ids
}
