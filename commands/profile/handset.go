// Package profile holds the commands of "phonecert handset": they show profiles,
// compare them, and learn them from a phone.
package profile

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// NewHandset builds "phonecert handset" and its commands.
func NewHandset(f *factory.Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "handset",
		Short: "Show, compare and learn handset profiles, and what their facts rest on",
		Long: `Show what is known about each handset. Every fact stands with its basis:

  documented   a vendor's manual or a standard says it
  observed     seen on a real phone, and a second source agrees
  derived      follows from documented or observed facts
  assumed      no source; no verdict ever rests on it alone`,
		Example: "  phonecert handset list\n  phonecert handset show matrix-vp710\n  phonecert handset roots yealink-t28p --pem > roots.pem\n  phonecert handset learn phone.pcap -o my-phone.yaml\n  phonecert handset diff yealink-t28p my-phone.yaml",
		GroupID: "look",
		Args:    factory.OnlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHandsetList(f), newHandsetShow(f), newHandsetRoots(f), newHandsetLearn(f), newHandsetDiff(f))
	return cmd
}

func newHandsetList(f *factory.Factory) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the profiles, shipped and your own",
		Example: "  phonecert handset list\n  phonecert handset list --json | jq -r '.handsets[].id'",
		Args:    factory.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := report.HandsetList{Header: paper.NewHeader(factory.CommandName(cmd))}
			for _, id := range f.HandsetIDs() {
				p, err := f.Profile(cmd.Context(), id)
				if err != nil {
					return err
				}
				list.Handsets = append(list.Handsets, report.NewHandsetLine(p))
			}
			return report.PrintHandsetList(f.Streams, f.JSON, list)
		},
	}
}

func newHandsetShow(f *factory.Factory) *cobra.Command {
	var asYAML bool
	cmd := &cobra.Command{
		Use:               "show ID",
		Short:             "Show every fact of a profile, its basis and its source",
		Example:           "  phonecert handset show matrix-vp710\n  phonecert handset show yealink-t28p --yaml > my-phone.yaml",
		Args:              oneHandset,
		ValidArgsFunction: completeOneHandset(f),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asYAML {
				return showYAML(f, args[0])
			}
			p, err := f.Profile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return report.PrintHandset(f.Streams, f.JSON, report.NewHandset(factory.CommandName(cmd), p))
		},
	}
	cmd.Flags().BoolVar(&asYAML, "yaml", false, "print the profile's own file, to begin one of yours with")
	return cmd
}

// showYAML prints a shipped profile as it is written.
func showYAML(f *factory.Factory, id string) error {
	_, text, ok := handset.FindShipped(id)
	if !ok {
		return f.UnknownHandset(id)
	}
	_, err := f.Streams.Out.Write(text)
	return err
}

func newHandsetRoots(f *factory.Factory) *cobra.Command {
	var asPEM bool
	var builtin string
	cmd := &cobra.Command{
		Use:               "roots ID",
		Short:             "Show the trusted certificates inside a handset, as far as they are known",
		Example:           "  phonecert handset roots yealink-t28p\n  phonecert handset roots yealink-t28p --pem > roots.pem",
		Args:              oneHandset,
		ValidArgsFunction: completeOneHandset(f),
		RunE: func(cmd *cobra.Command, args []string) error {
			return showRoots(cmd.Context(), f, factory.CommandName(cmd), args[0], builtin, asPEM)
		},
	}
	cmd.Flags().BoolVar(&asPEM, "pem", false, "print the certificates themselves, as PEM")
	cmd.Flags().StringVar(&builtin, "builtin", "", "show this `file or folder` in place of the profile's list")
	return cmd
}

func showRoots(ctx context.Context, f *factory.Factory, command, id, builtin string, asPEM bool) error {
	p, err := f.Profile(ctx, id)
	if err != nil {
		return err
	}
	list, err := f.Builtin(ctx, builtin, p, nil)
	if err != nil {
		return err
	}
	if asPEM && !list.Listed {
		return factory.WithHint(fmt.Errorf("the built-in certificates of %s are not known: %s", p.ID, list.Source),
			"give the list with --builtin FILE")
	}
	return report.PrintRoots(f.Streams, f.JSON, asPEM, report.NewRoots(command, p, list))
}

// oneHandset asks for exactly one profile.
func oneHandset(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return factory.WithHint(fmt.Errorf("%s takes one handset, but got %d", cmd.CommandPath(), len(args)), `"phonecert handset list" shows the models`)
	}
	return nil
}

// completeOneHandset offers the profiles for the one argument.
func completeOneHandset(f *factory.Factory) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f.HandsetIDs(), cobra.ShellCompDirectiveNoFileComp
	}
}
