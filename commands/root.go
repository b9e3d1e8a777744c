// Package commands is the command line of phonecert: one file per command, and
// the root that holds them all.
package commands

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Main runs the command line of this process and returns its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// A one-shot command ends before its garbage matters; the limit keeps
	// memory bounded where many files are read.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(64 << 20)
	f := &factory.Factory{
		Streams:   terminal.System(),
		Now:       time.Now,
		Getenv:    os.Getenv,
		ConfigDir: configDir,
		Network: factory.Network{
			Dial: (&net.Dialer{}).DialContext, System: net.DefaultResolver, Random: rand.Reader,
		},
	}
	return Run(ctx, f, os.Args[1:])
}

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, f *factory.Factory, args []string) int {
	root := NewRoot(f)
	root.SetArgs(args)
	root.SetIn(f.Streams.In)
	root.SetOut(f.Streams.Out)
	root.SetErr(f.Streams.Err)
	cmd, err := root.ExecuteContextC(ctx)
	return f.Finish(ctx, cmd, err)
}

// NewRoot builds the whole tree of commands.
func NewRoot(f *factory.Factory) *cobra.Command {
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
	}
	f.AddFlags(root)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddGroup(
		&cobra.Group{ID: "look", Title: "Look, change nothing:"},
		&cobra.Group{ID: "make", Title: "Make files:"},
		&cobra.Group{ID: "about", Title: "About phonecert:"},
	)
	root.SetHelpCommandGroupID("about")
	root.SetCompletionCommandGroupID("about")
	root.AddCommand(
		NewCheck(f, runCheck), NewInspect(f, runInspect),
		NewProbe(f, runProbe), NewTrace(f, runTrace), NewPhone(f), NewHandset(f),
		NewConvert(f, runConvert),
		NewVersion(f), NewMan(f),
	)
	root.AddCommand(helpTopics()...)
	return root
}

func configDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return dir
}
