package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/convert"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// convertOptions are the flags of "phonecert convert".
type convertOptions struct {
	f            *factory.Factory
	passwords    *factory.Passwords
	outPasswords *factory.Passwords

	files    []string
	out      string
	to       string
	encoding string
	handset  string
	role     string
	split    string
	choice   string
	order    string
	legacy   bool
	noKeys   bool
	force    bool
}

// NewConvert builds "phonecert convert".
func NewConvert(f *factory.Factory) *cobra.Command {
	o := &convertOptions{f: f}
	cmd := &cobra.Command{
		Use:   "convert FILE... -o OUT",
		Short: "Write certificates in another encoding, or as a handset wants them",
		Long: `Write what is in the files in another encoding. Several files are merged in
their order. What is damaged in a file and can be mended is mended; standard
error says what.

Without --to the ending of OUT decides: .der; .p7b and .p7c (PKCS#7); .p12 and
.pfx (PKCS#12); anything else is PEM. A PKCS#7 is written as PEM, which Windows
and openssl both read; as DER with --encoding der, and under .p7c, for which
RFC 5280 wants it.

--for makes exactly the file that a handset takes, then checks it as
"phonecert check" does: the exit code is the handset's answer.

Private keys are written without encryption, readable by you alone, except into
a PKCS#12, whose password comes from --out-password-file,
PHONECERT_OUT_PASSWORD or a prompt.`,
		Example: `  phonecert convert export.p7b -o chain.pem
  phonecert convert root.crt --for yealink-t2xp-2010 --as trusted -o root.pem
  phonecert convert bundle.pem --for yealink-t28p --as trusted --split certs/
  phonecert convert cert.crt key.pem --for matrix-vp710 --as server -o phone.pem
  phonecert convert bundle.p12 --select leaf --to der -o leaf.der`,
		GroupID: "make",
		Args:    factory.SomeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if err := o.validate(cmd); err != nil {
				return err
			}
			return runConvert(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.out, "output", "o", "", "the `file` to write; \"-\" or none is standard output")
	flags.StringVar(&o.to, "to", "", "the `format`: pem, der, p7b or p12")
	flags.StringVar(&o.encoding, "encoding", "", "write a p7b as `pem` or der")
	flags.StringVar(&o.handset, "for", "", "make the file that this `model` takes: an id of \"phonecert handset list\" or a YAML file")
	flags.StringVar(&o.role, "as", "", "the `role` of the file for --for: trusted or server")
	flags.StringVar(&o.split, "split", "", "write every object into a file of its own in this `folder`")
	flags.StringVar(&o.choice, "select", "", "take one `certificate`: its number, leaf or root, and its private key")
	flags.StringVar(&o.order, "order", string(convert.FileOrder), "the `order` of certificates: file, or chain (leaf first)")
	flags.BoolVar(&o.legacy, "legacy", false, "encrypt a p12 with 3DES and SHA-1, for consumers older than 2019")
	flags.BoolVar(&o.noKeys, "no-keys", false, "leave private keys out")
	flags.BoolVar(&o.force, "force", false, "overwrite files")
	o.passwords = f.Passwords(cmd)
	o.outPasswords = f.PasswordFlag(cmd, "out-password-file", "PHONECERT_OUT_PASSWORD", "read the password of a p12 to write from this `file`")
	factory.CompleteValues(cmd, "to", "pem", "der", "p7b", "p12")
	factory.CompleteValues(cmd, "encoding", "pem", "der")
	factory.CompleteValues(cmd, "as", string(handset.Trusted), string(handset.Server))
	factory.CompleteValues(cmd, "select", "leaf", "root")
	factory.CompleteValues(cmd, "order", string(convert.FileOrder), string(convert.ChainOrder))
	f.CompleteHandsets(cmd, "for")
	return cmd
}

// formats are the values of --to.
func formats(name string) (f inspect.Format, ok bool) {
	switch name {
	case "":
		return "", true
	case "pem":
		return inspect.FormatPEM, true
	case "der":
		return inspect.FormatDER, true
	case "p7b":
		return inspect.FormatPKCS7, true
	case "p12":
		return inspect.FormatPKCS12, true
	}
	return "", false
}

func (o *convertOptions) validate(cmd *cobra.Command) error {
	_, known := formats(o.to)
	stdin := slices.Index(o.files, factory.StandardStream)
	switch {
	case !known:
		return factory.UsageError(cmd, "--to takes pem, der, p7b or p12, not %q", o.to)
	case o.encoding != "" && o.encoding != "pem" && o.encoding != "der":
		return factory.UsageError(cmd, "--encoding takes pem or der, not %q", o.encoding)
	case o.encoding != "" && o.format() != inspect.FormatPKCS7:
		return factory.UsageError(cmd, "--encoding is for a p7b; other formats have one encoding each")
	case o.legacy && o.format() != inspect.FormatPKCS12:
		return factory.UsageError(cmd, "--legacy is for a p12; nothing else is encrypted")
	case o.order != string(convert.FileOrder) && o.order != string(convert.ChainOrder):
		return factory.UsageError(cmd, "--order takes file or chain, not %q", o.order)
	case o.split != "" && o.out != "":
		return factory.UsageError(cmd, "--split %q and -o %q exclude each other", o.split, o.out)
	case o.split != "" && o.choice != "":
		return factory.UsageError(cmd, "--split takes all certificates and --select one of them")
	case o.f.JSON && o.toStdout():
		return factory.UsageError(cmd, "--json takes standard output: say where the file goes with -o FILE or --split DIR")
	case stdin >= 0 && slices.Contains(o.files[stdin+1:], factory.StandardStream):
		return factory.UsageError(cmd, "standard input is named twice")
	}
	return o.validateHandset(cmd)
}

func (o *convertOptions) validateHandset(cmd *cobra.Command) error {
	switch {
	case o.handset == "" && o.role != "":
		return factory.UsageError(cmd, "--as %s says what a handset is to do with the file: name it with --for", o.role)
	case o.handset == "":
		return nil
	case o.role == "":
		return factory.WithHint(errors.New("no role given"),
			"say what the file is for: --as trusted (a CA) or --as server (the phone's own)")
	case o.role != string(handset.Trusted) && o.role != string(handset.Server):
		return factory.UsageError(cmd, "--as takes trusted or server, not %q", o.role)
	case o.role == string(handset.Server) && o.noKeys:
		return factory.UsageError(cmd, "--no-keys leaves out what --as server needs")
	}
	return nil
}

// toStdout says that standard output carries the file itself.
func (o *convertOptions) toStdout() bool {
	return o.split == "" && (o.out == "" || o.out == factory.StandardStream)
}

// name is the output's file name, as far as it says something.
func (o *convertOptions) name() string {
	if o.out == factory.StandardStream {
		return ""
	}
	return o.out
}

// format is the format to write where no handset has a say.
func (o *convertOptions) format() inspect.Format {
	if f, _ := formats(o.to); f != "" || o.handset != "" {
		return f
	}
	return convert.FormatOf(o.name())
}

// runConvert reads everything, makes everything, and only then writes.
func runConvert(ctx context.Context, o *convertOptions) error {
	to, err := o.options(ctx)
	if err != nil {
		return err
	}
	files, remarks, err := o.read(ctx)
	if err != nil {
		return err
	}
	o.note(remarks)
	made, more, err := convert.Convert(files, to)
	if err != nil {
		return refusal(err)
	}
	o.note(more)
	outputs := o.place(made)
	if err := o.f.Save(ctx, o.split, outputs, o.files, o.force); err != nil {
		return err
	}
	return o.report(ctx, to.Profile, made, outputs, append(remarks, more...))
}

// options puts the flags into the form in which convert takes them.
func (o *convertOptions) options(ctx context.Context) (convert.Options, error) {
	to := convert.Options{
		To: o.format(), Name: o.name(), Select: o.choice, Split: o.split != "", NoKeys: o.noKeys,
		Order: convert.Order(o.order), Legacy: o.legacy, Role: handset.Role(o.role),
		DER: o.encoding == "der" || o.encoding == "" && strings.EqualFold(filepath.Ext(o.out), ".p7c"),
	}
	if err := o.passwords.Load(ctx); err != nil {
		return to, err
	}
	if err := o.outPasswords.Load(ctx); err != nil {
		return to, err
	}
	var err error
	if o.handset != "" {
		to.Profile, err = o.f.Profile(ctx, o.handset)
	} else if to.To == inspect.FormatPKCS12 {
		to.Password, err = o.outPassword(ctx)
	}
	return to, err
}

// outPassword is the password for a PKCS#12. One that was typed is asked for
// twice, for nobody saw it.
func (o *convertOptions) outPassword(ctx context.Context) ([]byte, error) {
	password, ok := o.outPasswords.Get(ctx, "Password for the PKCS#12 file: ")
	if !ok {
		return nil, factory.WithHint(errors.New("a PKCS#12 file needs a password"),
			"give it with --out-password-file FILE or in PHONECERT_OUT_PASSWORD")
	}
	if !o.outPasswords.Typed() {
		return password, nil
	}
	again, err := o.f.Streams.Password(ctx, "The same again: ")
	if err != nil || !bytes.Equal(again, password) {
		return nil, factory.WithHint(errors.New("the two passwords differ"), "run the command again")
	}
	return password, nil
}

// read opens the inputs and collects what is odd about them. What is damaged
// beyond mending is left to the conversion to refuse.
func (o *convertOptions) read(ctx context.Context) (files []*inspect.File, remarks []string, err error) {
	for _, path := range o.files {
		if path != factory.StandardStream && disk.IsDir(path) {
			return nil, nil, factory.WithHint(fmt.Errorf("%q is a folder", path), "name the files in it")
		}
		file, err := o.f.Open(ctx, path, o.passwords)
		if err != nil {
			return nil, nil, err
		}
		for _, found := range file.Findings {
			switch {
			case found.Severity == finding.Warning && !strings.HasPrefix(found.Code, "pkcs12."):
				remarks = append(remarks, fmt.Sprintf("mended in %q: %s", path, found.Message))
			case found.Severity != finding.Error:
				remarks = append(remarks, fmt.Sprintf("%q: %s", path, found.Message))
			}
		}
		files = append(files, file)
	}
	return files, remarks, nil
}

func (o *convertOptions) note(remarks []string) {
	for _, remark := range remarks {
		if !o.f.Quiet {
			paper.Note(o.f.Streams, remark)
		}
	}
}

// refusal turns the conversion's own error into the command's.
func refusal(err error) error {
	var refused *convert.Error
	if errors.As(err, &refused) {
		return factory.WithHint(err, refused.Hints...)
	}
	return err
}
