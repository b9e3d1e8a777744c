package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/internal/report/desk"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/known"
)

// deleteOptions are the flags of "phonecert phone delete".
type deleteOptions struct {
	visitor
	role, subject, fingerprint string
	files                      []string
	expired, dryRun, yes       bool
}

func newPhoneDelete(f *factory.Factory) *cobra.Command {
	o := &deleteOptions{visitor: visitor{f: f}}
	cmd := &cobra.Command{
		Use:   "delete URL (--cert FILE | --fingerprint SHA256 --cert FILE | --subject NAME | --expired)",
		Short: "Delete certificates from a phone, and prove that they are gone",
		Long: `Delete certificates from a phone by its web page, and read the list back.

The phone's list shows subject, issuer and expiry, and no fingerprint. So a
certificate is named by its file (--cert), by its fingerprint among such files,
or by the name in the column Issued To (--subject); --expired means all whose
end has passed by this machine's clock.`,
		Example: `  phonecert phone delete http://192.0.2.55 --cert old-root.pem
  phonecert phone delete http://192.0.2.55 --subject "Example Root" --yes
  phonecert phone delete http://192.0.2.55 --expired --dry-run`,
		Args: onePhone(&o.address),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.role, "as", "trusted", "which list: `trusted|server`")
	flags.StringArrayVar(&o.files, "cert", nil, "the certificates of this `file or folder` (repeatable)")
	flags.StringVar(&o.fingerprint, "fingerprint", "", "of the certificates of --cert, the one with this `SHA256`")
	flags.StringVar(&o.subject, "subject", "", "those with this `name` in the column Issued To")
	flags.BoolVar(&o.expired, "expired", false, "those that have expired")
	flags.BoolVar(&o.dryRun, "dry-run", false, "tell what would be deleted, and change nothing")
	flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	o.flags = f.PhoneFlags(cmd, "ca")
	factory.CompleteValues(cmd, "as", "trusted", "server")
	return cmd
}

func (o *deleteOptions) validate(cmd *cobra.Command) error {
	switch {
	case o.role != "trusted" && o.role != "server":
		return factory.UsageError(cmd, "--as takes trusted or server, not %q", o.role)
	case len(o.files) == 0 && o.fingerprint != "":
		return factory.WithHint(errors.New("the phone's list shows no fingerprint"), "give the file or folder with that certificate too: --cert FILE")
	case len(o.files) == 0 && o.subject == "" && !o.expired:
		return factory.WithHint(errors.New("nothing says which certificate is meant"), "give --cert FILE, --subject NAME or --expired", "phonecert phone show "+o.address+" lists what is there")
	}
	return o.flags.Validate(cmd)
}

// pick is what the flags mean.
func (o *deleteOptions) pick(ctx context.Context) (upload.Pick, error) {
	pick := upload.Pick{Subject: o.subject}
	if o.expired {
		pick.ExpiredAt = o.f.Now()
	}
	if len(o.files) == 0 {
		return pick, nil
	}
	list, err := o.f.Certificates(ctx, "--cert", o.files, nil)
	if err != nil {
		return pick, err
	}
	if o.fingerprint != "" {
		wanted, err := known.ParseFingerprint(o.fingerprint)
		if err != nil {
			return pick, factory.WithHint(fmt.Errorf("--fingerprint takes a SHA-256, 64 hex digits, not %q", o.fingerprint), "phonecert inspect FILE shows it")
		}
		list = slices.DeleteFunc(list, func(c *certificate.Certificate) bool { return known.Of(c.Raw) != wanted })
		if len(list) == 0 {
			return pick, factory.WithHint(errors.New("no certificate of --cert has this fingerprint"), "phonecert inspect FILE shows the fingerprints")
		}
	}
	pick.Certificates = list
	return pick, nil
}

func (o *deleteOptions) run(ctx context.Context) error {
	pick, err := o.pick(ctx)
	if err != nil {
		return err
	}
	return o.enter(ctx, func(ctx context.Context, p *upload.Phone, _ *upload.Config) error {
		role := handset.Role(o.role)
		list, listed, err := p.Certificates(ctx, role)
		if err != nil {
			return err
		}
		if !listed {
			return factory.WithHint(errors.New("the phone's page shows no list of certificates"), "delete it on the phone's web page in a browser")
		}
		meant := pick.Of(list.Certificates)
		if len(meant) > 0 && !o.dryRun && !o.agreed(ctx, meant[0].IssuedTo, len(meant)) {
			return factory.WithHint(errors.New("nothing was deleted"), "--yes deletes without a question, --dry-run tells what would go")
		}
		if len(meant) == 0 && !o.f.Streams.OutTTY && !o.f.Quiet {
			// Rows of nothing would not tell a wrong name.
			paper.Note(o.f.Streams, "nothing on the phone is meant; nothing was changed")
		}
		answer := desk.Deleted{Phone: o.about("phone delete", p), DryRun: o.dryRun}
		left := 0
		for _, c := range meant {
			done := upload.Discarded{Certificate: c}
			if !o.dryRun {
				if done, err = p.Discard(ctx, role, c); err != nil {
					return errors.Join(desk.Delete(o.f.Streams, o.f.JSON, o.f.Quiet, answer), err)
				}
				if !done.Gone {
					left++
				}
			}
			answer.Add(o.role, done, o.f.Now())
		}
		if err := desk.Delete(o.f.Streams, o.f.JSON, o.f.Quiet, answer); err != nil || left == 0 {
			return err
		}
		return factory.Exit(factory.SomeFailed)
	})
}

// agreed asks before certificates go.
func (o *deleteOptions) agreed(ctx context.Context, first string, n int) bool {
	if o.yes {
		return true
	}
	others := ""
	if n > 1 {
		others = fmt.Sprintf(" and %d more", n-1)
	}
	return o.f.Streams.Confirm(ctx, "Delete "+strings.ToValidUTF8(first, "?")+others+"?")
}
