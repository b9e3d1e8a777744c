package file

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// inspectOptions are the flags of "phonecert inspect".
type inspectOptions struct {
	f         *factory.Factory
	passwords *factory.Passwords

	files     []string
	recursive bool
	pem       bool
}

// NewInspect builds "phonecert inspect".
func NewInspect(f *factory.Factory) *cobra.Command {
	o := &inspectOptions{f: f}
	cmd := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Tell what is in a file, whatever it is",
		Long: `Tell what a file is, from its bytes and never from its name: certificates, keys,
requests and lists, PEM, DER, PKCS#7, PKCS#12 and what is damaged in them.
The exit code is 10 when a file is damaged or nothing of all this.`,
		Example: `  phonecert inspect export.p7b
  phonecert inspect keystore.p12 --password-file password.txt
  curl -s https://example.com/ca.crt | phonecert inspect -
  phonecert inspect bundle.pem --pem > clean.pem`,
		GroupID: "look",
		Args:    factory.SomeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runInspect(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVarP(&o.recursive, "recursive", "r", false, "look at every file below the folders given")
	cmd.Flags().BoolVar(&o.pem, "pem", false, "print nothing but the certificates, as PEM")
	o.passwords = f.Passwords(cmd)
	return cmd
}

// runInspect looks at one file after another. A file that cannot be read does
// not keep it from the others.
func runInspect(ctx context.Context, o *inspectOptions) error {
	if err := o.passwords.Load(ctx); err != nil {
		return err
	}
	paths, err := o.f.Expand(o.files, o.recursive)
	if err != nil {
		return err
	}
	all := report.Inspect{Header: paper.NewHeader("inspect"), Files: []report.InspectFile{}}
	verdict := finding.Accepted
	var unread error
	for _, path := range paths {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		file, err := o.f.Open(ctx, path, o.passwords)
		if err != nil {
			unread = err
			all.Files = append(all.Files, report.UnreadInspect(path, err))
			continue
		}
		found := report.NewInspectFile(file)
		verdict = finding.Worst(verdict, finding.Decide(found.Findings, false))
		if o.f.JSON {
			all.Files = append(all.Files, found)
			continue
		}
		if err := o.print(found); err != nil {
			return err
		}
	}
	if o.f.JSON {
		if err := paper.JSON(o.f.Streams.Out, all); err != nil {
			return err
		}
	}
	if unread != nil {
		return factory.Told(unread)
	}
	return factory.Verdict(verdict)
}

func (o *inspectOptions) print(found report.InspectFile) error {
	switch {
	case o.f.Quiet:
		return nil
	case o.pem:
		return report.InspectPEM(o.f.Streams, found)
	}
	return report.InspectText(o.f.Streams, found, o.f.Now())
}
