package commands

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/internal/terminal"
)

// Factory holds what commands need of the world: streams, clock, environment.
// It enters here and nowhere else, so that tests can bring their own.
type Factory struct {
	Streams *terminal.Streams
	Now     func() time.Time
	Getenv  func(string) string
	// ConfigDir is the user's configuration folder, "" when there is none.
	ConfigDir func() string

	json, quiet bool
	color       string
}

// Main runs the command line of this process and returns its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// A one-shot command ends before its garbage matters; the limit keeps
	// memory bounded where many files are read.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(64 << 20)
	f := &Factory{
		Streams:   terminal.System(),
		Now:       time.Now,
		Getenv:    os.Getenv,
		ConfigDir: configDir,
	}
	return Run(ctx, f, os.Args[1:])
}

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, f *Factory, args []string) int {
	root := NewRoot(f)
	root.SetArgs(args)
	root.SetIn(f.Streams.In)
	root.SetOut(f.Streams.Out)
	root.SetErr(f.Streams.Err)
	cmd, err := root.ExecuteContextC(ctx)
	return f.finish(ctx, cmd, err)
}

// NewRoot builds the whole tree of commands.
func NewRoot(f *Factory) *cobra.Command {
	root := &cobra.Command{
		Use:   "phonecert",
		Short: "Certificates and SIPS for desk phones, tried out on a laptop",
		Long: `phonecert behaves as a SIP desk phone does: it tells whether a Yealink or
Matrix handset takes a certificate file, why not, and which command mends it.`,
		Example: `  phonecert check root.pem --as trusted --handset yealink-t28p
  phonecert inspect export.p7b
  phonecert convert export.p7b --for yealink-t28p --as trusted --split certs/`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return f.settle(cmd)
		},
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but errors; the exit code is the answer")
	flags.StringVar(&f.color, "color", "auto", "colour: `when` is auto, always or never")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(cmd, "%s", err)
	})
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddGroup(
		&cobra.Group{ID: "look", Title: "Look, change nothing:"},
		&cobra.Group{ID: "make", Title: "Make files:"},
		&cobra.Group{ID: "about", Title: "About phonecert:"},
	)
	root.SetHelpCommandGroupID("about")
	root.SetCompletionCommandGroupID("about")
	root.AddCommand(
		NewCheck(f, nil), NewInspect(f, nil), NewHandset(f),
		NewConvert(f, nil),
		NewVersion(f), NewMan(f),
	)
	root.AddCommand(helpTopics()...)
	return root
}

// settle applies the flags that every command has.
func (f *Factory) settle(cmd *cobra.Command) error {
	switch f.color {
	case "auto", "always", "never":
	default:
		return usageError(cmd, "--color takes auto, always or never, not %q", f.color)
	}
	f.Streams.SetColor(f.color, f.Getenv)
	return nil
}

func configDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return dir
}
