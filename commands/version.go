package commands

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// NewVersion prints what this binary was built from.
func NewVersion(f *factory.Factory) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version and what it was built from",
		Example: "  phonecert version\n  phonecert version --json",
		GroupID: "about",
		Args:    factory.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return report.PrintVersion(f.Streams, f.JSON, buildVersion(factory.CommandName(cmd)))
		},
	}
}

// buildVersion reads the version that the Go tool chain wrote into the binary.
func buildVersion(command string) report.Version {
	v := report.Version{
		Header:   paper.NewHeader(command),
		Version:  "unknown",
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
