package profile

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report"
)

func newHandsetDiff(f *factory.Factory) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Show where two profiles differ, for instance a learned one and a shipped one",
		Long: `Show every fact in which profile B differs from profile A, with its basis: first
those on which the two contradict each other, then those that only one of them
knows. Where one has a phone's ClientHello, it is held against what the other
knows of its handset. A and B are ids of "phonecert handset list" or YAML files.

The exit code is 0 when nothing that both know differs, and 10 when something
does. A pipe gets a row for each difference: contradicts, only-a or only-b; path
and label; value and basis in A; value and basis in B; what differs in lists.`,
		Example: `  phonecert handset diff yealink-t28p my-phone.yaml
  phonecert handset diff yealink-t20p yealink-t28p
  phonecert handset diff yealink-t28p my-phone.yaml --all
  phonecert handset diff yealink-t28p my-phone.yaml --json | jq '.differences[].path'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return factory.WithHint(fmt.Errorf("%s takes two handsets, but got %d", cmd.CommandPath(), len(args)),
					"name two profiles: phonecert handset diff yealink-t28p my-phone.yaml", `"phonecert handset list" shows the models`)
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return f.HandsetIDs(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := f.Profile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			b, err := f.Profile(cmd.Context(), args[1])
			if err != nil {
				return err
			}
			d := report.NewHandsetDiff(factory.CommandName(cmd), args[0], args[1], a, b)
			if f.JSON || !f.Quiet {
				if err := report.PrintHandsetDiff(f.Streams, f.JSON, all, d); err != nil {
					return err
				}
			}
			if !d.Same {
				return factory.Exit(factory.No)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "show all facts that only one of the two knows, however many")
	return cmd
}
