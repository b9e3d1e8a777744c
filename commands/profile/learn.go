package profile

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// handsetLearnOptions are the flags of "phonecert handset learn".
type handsetLearnOptions struct {
	f       *factory.Factory
	source  string
	profile factory.LearnFlags
	output  string
	force   bool
	client  clientChoice
	keyLog  string
	hex     bool
	timeout time.Duration
}

func newHandsetLearn(f *factory.Factory) *cobra.Command {
	o := &handsetLearnOptions{f: f}
	var from string
	cmd := &cobra.Command{
		Use:   "learn SOURCE",
		Short: "Write a profile of a real phone, from a capture or from its web page",
		Long: `Write a profile with what was seen of a real phone, each fact with its date and
source. What was not seen is taken from the profile that fits best, or that
--base names.

SOURCE is a capture in which the phone calls a server (pcap or pcapng, also under
gzip, "-" for standard input; the files of "phonecert listen --save" too): it
holds the ClientHello, which "phonecert probe --handset FILE" then sends as it
was. With the secrets of the connections, in the capture or from --keylog, it
shows the phone's model and firmware and its certificate as well.

Or SOURCE is the phone's web page, https://PHONE: its certificate, its web
interface, and what the page tells before a login. No password is asked for.

"phonecert listen --learn FILE" learns from a phone that calls this machine.`,
		Example: `  phonecert handset learn phone.pcap -o my-phone.yaml
  phonecert handset learn office.pcapng --client 192.0.2.55 --keylog keys.txt
  phonecert handset learn https://192.0.2.55 -o my-phone.yaml
  phonecert handset learn --hex hello.txt --base yealink-t28p`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd, args, from); err != nil {
				return err
			}
			return o.run(cmd.Context(), factory.CommandName(cmd))
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.output, "output", "o", "", "write the profile to this `file`")
	flags.BoolVar(&o.force, "force", false, "overwrite the file")
	flags.StringVar(&from, "client", "", "the phone's `address` in the capture, with a port for one connection")
	flags.StringVar(&o.keyLog, "keylog", "", "open what is encrypted with the secrets in this `file`")
	flags.BoolVar(&o.hex, "hex", false, "SOURCE is a hex dump of one handshake, as copied from a program")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long the phone's web page may take in all")
	o.profile.Add(flags)
	f.CompleteHandsets(cmd, "base", "none")
	return cmd
}

// page reports whether the source is a phone's web page.
func (o *handsetLearnOptions) page() bool {
	return strings.HasPrefix(o.source, "https://") || strings.HasPrefix(o.source, "http://")
}

func (o *handsetLearnOptions) validate(cmd *cobra.Command, args []string, from string) error {
	switch {
	case len(args) > 1:
		return factory.UsageError(cmd, "one source at a time, but got %q too", args[1])
	case len(args) == 0 && !o.hex:
		return factory.WithHint(errors.New("nothing to learn from"),
			"name a capture, or the phone's web page as https://PHONE", `"phonecert listen --learn FILE" learns from a phone that calls this machine`)
	case o.timeout <= 0:
		return factory.UsageError(cmd, "--timeout takes a time above zero, not %q", o.timeout)
	}
	o.source = factory.StandardStream
	if len(args) == 1 {
		o.source = args[0]
	}
	if o.page() {
		for _, name := range []string{"client", "keylog", "hex"} {
			if cmd.Flags().Changed(name) {
				return factory.UsageError(cmd, "--%s belongs to a capture, and %q is a web page", name, o.source)
			}
		}
		return factory.PhoneAddress(o.source)
	}
	var err error
	o.client, err = parseClient(from)
	return err
}

// run learns, and writes the profile.
func (o *handsetLearnOptions) run(ctx context.Context, command string) error {
	file := factory.Output{Path: factory.StandardStream, Text: true}
	if o.output != "" {
		file.Path = o.output
		if err := o.f.MayWrite([]factory.Output{file}, o.inputs(), o.force); err != nil {
			return err
		}
	}
	seen, err := o.look(ctx)
	if err != nil {
		return err
	}
	l, err := o.profile.Learn(ctx, o.f, seen.Observation)
	if errors.Is(err, learn.ErrNothing) {
		return factory.WithHint(fmt.Errorf("%q shows nothing of a phone that a profile could hold", o.source), append(slices.Concat(seen.notes, l.Notes), o.instead())...)
	}
	if err != nil {
		return err
	}
	l.Notes = append(seen.notes, l.Notes...)
	file.Data = l.Text
	if file.Path != factory.StandardStream || !o.f.JSON {
		if err := o.f.Save(ctx, "", []factory.Output{file}, o.inputs(), o.force); err != nil {
			return err
		}
	}
	if o.f.JSON {
		return paper.JSON(o.f.Streams.Out, report.NewLearned(command, l.Profile, l.Text, l.Notes))
	}
	if !o.f.Quiet {
		o.tell(l)
	}
	return nil
}

// inputs are the files that must outlast the run: the base as well, which the new
// profile is read with.
func (o *handsetLearnOptions) inputs() []string {
	list := []string{o.source, o.keyLog, o.profile.Base()}
	if dir := o.f.ConfigDir(); dir != "" && o.profile.Base() != "" {
		own := filepath.Join(dir, "phonecert", "handsets", o.profile.Base())
		list = append(list, own+".yaml", own+".yml")
	}
	return list
}

// seen is what a source shows of a phone, and what is to be said of it.
type seen struct {
	learn.Observation
	notes []string
}

func (o *handsetLearnOptions) look(ctx context.Context) (seen, error) {
	if o.page() {
		return o.lookAtPage(ctx)
	}
	return o.lookAtCapture(ctx)
}

// instead says what to try where a source shows nothing.
func (o *handsetLearnOptions) instead() string {
	if o.page() {
		return "capture while the phone registers, and name the capture; or let it call this machine: phonecert listen --learn FILE"
	}
	if o.hex {
		return "copy the whole record of the ClientHello, from its first bytes 16 03 on"
	}
	return "capture from before the phone connects: tcpdump -i any -s 0 -w phone.pcap port 5061"
}

// tell says what was left out, and what to do with the profile.
func (o *handsetLearnOptions) tell(l factory.Learned) {
	for _, note := range l.Notes {
		paper.Note(o.f.Streams, note)
	}
	if o.output == "" {
		return
	}
	if l.Profile.TLS.ClientHello.Known() {
		paper.Note(o.f.Streams, "connect as this phone: phonecert probe TARGET --handset "+o.output)
	}
	if l.Profile.Base != "" {
		paper.Note(o.f.Streams, "see where it departs: phonecert handset diff "+l.Profile.Base+" "+o.output)
	}
}
