// Package commands is the command line of phonecert: the root, and what is about
// phonecert itself. The other commands stand in the rooms below, by what they
// work on.
package commands

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/commands/file"
	"github.com/phonecert/phonecert/commands/listen"
	"github.com/phonecert/phonecert/commands/profile"
	"github.com/phonecert/phonecert/commands/push"
	"github.com/phonecert/phonecert/commands/rehearse"
	"github.com/phonecert/phonecert/commands/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Main runs the command line of this process and returns its exit code.
func Main() int {
	streams := terminal.System()
	ctx, atOnce, stop := interrupts(streams)
	defer stop()
	// A one-shot command ends before its garbage matters; the limit keeps
	// memory bounded where many files are read.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(64 << 20)
	f := &factory.Factory{
		Streams:   streams,
		Now:       time.Now,
		Getenv:    os.Getenv,
		ConfigDir: configDir,
		AtOnce:    atOnce,
		Keyring:   keyringPassword,
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
	return int(f.Finish(ctx, cmd, err))
}

// NewRoot builds the whole tree of commands.
func NewRoot(f *factory.Factory) *cobra.Command {
	root := &cobra.Command{
		Use:   "phonecert",
		Short: "Certificates and SIPS for desk phones, tried out on a laptop",
		Long: `phonecert behaves as a SIP desk phone does: it tells whether a Yealink or
Matrix handset takes a certificate file and trusts a server, why not, and what
mends it; and it puts certificates on phones, on one or on ten thousand, and
proves that they are there. "phonecert demo" shows all of it without a phone.`,
		Example: `  phonecert demo
  phonecert check root.pem --as trusted --handset yealink-t28p
  phonecert convert export.p7b --for yealink-t28p --as trusted --split certs/
  phonecert probe pbx.example.com --handset yealink-t28p
  phonecert upload root.pem --as trusted --phone http://192.0.2.55`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	f.AddFlags(root)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddGroup(
		&cobra.Group{ID: "look", Title: "Look, change nothing:"},
		&cobra.Group{ID: "make", Title: "Make files:"},
		&cobra.Group{ID: "phones", Title: "Change phones:"},
		&cobra.Group{ID: "rehearse", Title: "Rehearse without a phone:"},
		&cobra.Group{ID: "about", Title: "About phonecert:"},
	)
	root.SetHelpCommandGroupID("about")
	root.SetCompletionCommandGroupID("about")
	root.AddCommand(
		file.NewCheck(f), file.NewInspect(f), file.NewConvert(f),
		wire.NewProbe(f), wire.NewTrace(f), listen.NewListen(f), profile.NewHandset(f),
		push.NewUpload(f), push.NewPhone(f, wire.NewIdentify(f)),
		rehearse.NewSimulate(f), rehearse.NewDemo(f, Run),
		NewVersion(f), NewMan(f),
	)
	root.AddCommand(helpTopics()...)
	return root
}

// interrupts gives two contexts: the first ends when the user interrupts, closes
// the terminal or no longer reads what is printed, the second when he interrupts
// again, for work that finishes what it has in hand: a phone whose session stays
// open keeps everybody out. A third one ends the process as if nobody had
// listened: it may wait for a reader of its output that never reads.
func interrupts(streams *terminal.Streams) (first, second context.Context, stop func()) {
	first, cancelFirst := context.WithCancel(context.Background())
	second, cancelSecond := context.WithCancel(context.Background())
	signals, pipes := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP)
	}
	// Connections that break send this signal too, so the write itself has to
	// tell whose reader has gone.
	signal.Notify(pipes, syscall.SIGPIPE)
	streams.WatchReader(cancelFirst)
	go func() {
		<-signals
		cancelFirst()
		<-signals
		signal.Stop(signals)
		cancelSecond()
	}()
	return first, second, func() { signal.Stop(signals); signal.Stop(pipes); cancelFirst(); cancelSecond() }
}

func configDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return dir
}
