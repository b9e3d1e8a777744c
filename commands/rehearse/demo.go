package rehearse

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Runner runs one command line and returns its exit code.
type Runner func(ctx context.Context, f *factory.Factory, args []string) int

// demoOptions are the flags of "phonecert demo".
type demoOptions struct {
	f         *factory.Factory
	phonecert Runner
	pause     time.Duration
}

// NewDemo builds "phonecert demo", whose steps run carries out.
func NewDemo(f *factory.Factory, run Runner) *cobra.Command {
	o := &demoOptions{f: f, phonecert: run}
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "The whole story on this machine: no phone and no network needed",
		GroupID: "rehearse",
		Long: `Start a simulated Yealink T28P and a SIPS server whose certificate comes from a
private CA, and go the way of an administrator: the phone refuses the server,
the CA's file is in the wrong encoding, it is converted, put on the phone and
read back, the trust setting is changed, and the phone registers. Every command
is a real one and every answer comes from it. All stops at the end; nothing
leaves this machine and nothing stays on it.`,
		Example: "  phonecert demo\n  phonecert demo --pause 3s",
		Args:    factory.NoArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().DurationVar(&o.pause, "pause", 1200*time.Millisecond, "how long to wait after each step at a terminal")
	return cmd
}

// stage is where the story plays.
type stage struct {
	phone, server, folder string
}

// step is one command of the story.
type step struct {
	title string
	args  []string
	// exit is what the command must answer for the story to go on.
	exit factory.ExitCode
	then string
}

func (o *demoOptions) run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "phonecert-")
	if err != nil {
		return factory.WithHint(fmt.Errorf("cannot make a folder for the demo: %w", err), "set TMPDIR to a folder that you can write to")
	}
	defer os.RemoveAll(folder)
	at, stop, err := o.start(ctx, folder)
	if err != nil {
		return err
	}
	defer stop()
	o.say("A Yealink T28P stands on the desk (simulated, "+at.phone+").", "A SIPS server with a certificate of a private CA runs at "+at.server+".", "The administrator got that CA as a Windows export, example-ca.p7b.")
	for n, s := range at.story() {
		if err := o.tell(ctx, n+1, s, folder); err != nil {
			return err
		}
	}
	o.say("That was all of it. With a phone of your own:", `  phonecert probe pbx.example.com --handset yealink-t28p`, `  phonecert upload root.pem --as trusted --phone http://192.0.2.55 --dry-run`)
	return nil
}

// start brings phone and server up, and writes the CA's file.
func (o *demoOptions) start(ctx context.Context, folder string) (at stage, stop func(), err error) {
	profile, err := o.f.Profile(ctx, "yealink-t28p")
	if err != nil {
		return at, nil, err
	}
	server, err := registrar.Start(ctx, registrar.Config{Listen: "127.0.0.1:0", Clock: o.f.Now, Random: o.f.Network.Random})
	if err != nil {
		return at, nil, err
	}
	phones, err := serve.Start(ctx, serve.Config{
		Kinds: []serve.Kind{serve.KindFor(dialect.Session, profile)}, Clock: o.f.Now,
		Policy: device.Policy{RebootTime: 500 * time.Millisecond},
	})
	if err != nil {
		server.Close()
		return at, nil, err
	}
	stop = func() { phones.Close(); server.Close() }
	at = stage{phone: phones.Phones()[0].URL, server: server.Addr(), folder: folder}
	if err := o.export(ctx, server.CA(), at.path("example-ca.p7b")); err != nil {
		stop()
		return at, nil, err
	}
	return at, stop, nil
}

// export writes the CA as the administrator got it: PKCS #7 in DER.
func (o *demoOptions) export(ctx context.Context, pem []byte, path string) error {
	plain := path + ".pem"
	if err := os.WriteFile(plain, pem, 0o600); err != nil {
		return err
	}
	defer os.Remove(plain)
	quiet, streams := *o.f, *o.f.Streams // a command settles the colour of its streams
	quiet.Streams = &streams
	if code := o.phonecert(ctx, &quiet, []string{"convert", plain, "-o", path, "--to", "p7b", "--quiet"}); code != int(factory.OK) {
		return fmt.Errorf("the CA's file could not be made (exit code %d)", code)
	}
	return nil
}

func (s stage) path(name string) string { return filepath.Join(s.folder, name) }

// story is what an administrator does.
func (s stage) story() []step {
	ca, pem := s.path("example-ca.p7b"), s.path("example-ca.pem")
	as := []string{"--as", string(handset.Trusted), "--handset", "yealink-t28p"}
	return []step{
		{"Why does the phone not register? Ask with its own handshake.",
			[]string{"probe", s.server, "--handset", "yealink-t28p"}, factory.No, "The phone does not know the private CA, and hangs up."},
		{"So the CA must get on the phone. Will it take the file?",
			append([]string{"check", ca}, as...), factory.No, "Not in this encoding."},
		{"Make exactly what this phone wants.",
			[]string{"convert", ca, "-o", pem, "--for", "yealink-t28p", "--as", "trusted"}, factory.OK, ""},
		{"Put it on the phone, and see that it is there.",
			[]string{"upload", pem, "--as", "trusted", "--phone", s.phone}, factory.OK, ""},
		{"Have the phone look at uploaded certificates too, and restart it.",
			[]string{"phone", "set", s.phone, "--ca", "all", "--reboot", "needed"}, factory.OK, ""},
		{"And now?",
			[]string{"probe", s.server, "--handset", "yealink-t28p", "--ca", "all", "--custom", pem}, factory.OK, "The phone registers."},
	}
}

// tell runs one step before the reader's eyes.
func (o *demoOptions) tell(ctx context.Context, n int, s step, folder string) error {
	o.heading(fmt.Sprintf("%d  %s", n, s.title), "$ phonecert "+strings.Join(s.args, " "))
	one := *o.f
	// A story is for people, in a file too.
	streams := *o.f.Streams
	streams.OutTTY = true
	one.Streams = &streams
	one.Getenv = func(name string) string {
		// The factory login of these phones, and no handset of the user's own.
		switch name {
		case "PHONECERT_PASSWORD":
			return "admin"
		case "PHONECERT_HANDSET":
			return ""
		}
		return o.f.Getenv(name)
	}
	one.ConfigDir = func() string { return folder }
	// In a file it has no colour all the same, unless that is asked for.
	color := "never"
	if o.f.Streams.Color {
		color = "always"
	}
	code := factory.ExitCode(o.phonecert(ctx, &one, append(append(s.args, o.f.Flags()...), "--color", color)))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if code != s.exit {
		return factory.WithHint(fmt.Errorf("step %d ended with exit code %d instead of %d, so the story cannot go on", n, code, s.exit), "tell the developers; nothing was changed outside this demo")
	}
	if s.then != "" {
		o.say(s.then)
	}
	if o.f.Streams.OutTTY && !o.f.JSON && !o.f.Quiet {
		select {
		case <-time.After(o.pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// say tells the reader what goes on, where there is a reader.
func (o *demoOptions) say(lines ...string) {
	if o.f.JSON || o.f.Quiet {
		return
	}
	sheet := paper.NewSheet(o.f.Streams)
	sheet.Line()
	for _, line := range lines {
		sheet.Line(line)
	}
}

func (o *demoOptions) heading(title, command string) {
	if o.f.JSON || o.f.Quiet {
		return
	}
	sheet := paper.NewSheet(o.f.Streams)
	sheet.Line()
	sheet.Line(sheet.Strong.Render(title))
	sheet.Line(sheet.Faint.Render(command))
	sheet.Line()
}
