package factory

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
)

// TrustFlags are the four trust settings of the phone's web page and the
// certificates behind them; the same flags wherever they apply.
type TrustFlags struct {
	onlyTrusted, ca, cnValidation, deviceCert string
	custom                                    []string
	builtin                                   string
}

// Add gives the flags to a command.
func (t *TrustFlags) Add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.onlyTrusted, "only-trusted", "", "Only Accept Trusted Certificates: `on|off` (default: the factory value)")
	flags.StringVar(&t.ca, "ca", "", "CA Certificates: `default|custom|all` (default: the factory value)")
	flags.StringVar(&t.cnValidation, "cn-validation", "", "Common Name Validation: `on|off` (default: the factory value)")
	flags.StringVar(&t.deviceCert, "device-cert", "", "Device Certificates: `default|custom` (default: the factory value)")
	flags.StringArrayVar(&t.custom, "custom", nil, "a `file` with certificates that were uploaded to the phone (repeatable)")
	flags.StringVar(&t.builtin, "builtin", "", "a `file or folder` with the phone's built-in certificates, in place of the profile's list")
	CompleteValues(cmd, "only-trusted", "on", "off")
	CompleteValues(cmd, "ca", "default", "custom", "all")
	CompleteValues(cmd, "cn-validation", "on", "off")
	CompleteValues(cmd, "device-cert", "default", "custom")
}

// Validate refuses values that no phone has.
func (t *TrustFlags) Validate(cmd *cobra.Command) error {
	for _, s := range []struct{ flag, value, values string }{
		{"--only-trusted", t.onlyTrusted, "on off"},
		{"--ca", t.ca, "default custom all"},
		{"--cn-validation", t.cnValidation, "on off"},
		{"--device-cert", t.deviceCert, "default custom"},
	} {
		if s.value != "" && !slices.Contains(strings.Fields(s.values), s.value) {
			return UsageError(cmd, "%s takes %s, not %q", s.flag, strings.Join(strings.Fields(s.values), " or "), s.value)
		}
	}
	return nil
}

// settings are those in force on a handset.
func (t *TrustFlags) settings(p *handset.Profile, custom []*certificate.Certificate) rules.Trust {
	s := p.Settings
	return rules.Trust{
		OnlyTrusted:  choice(t.onlyTrusted, s.OnlyTrusted),
		CA:           choice(t.ca, s.CA),
		CNValidation: choice(t.cnValidation, s.CNValidation),
		DeviceCert:   choice(t.deviceCert, s.DeviceCert),
		Custom:       custom,
	}
}

// Trust gives the trust settings in force on a handset, and its built-in
// certificates.
func (f *Factory) Trust(ctx context.Context, t *TrustFlags, p *handset.Profile, pw *Passwords) (rules.Trust, rules.Builtin, error) {
	custom, err := f.Certificates(ctx, "--custom", t.custom, pw)
	if err != nil {
		return rules.Trust{}, rules.Builtin{}, err
	}
	builtin, err := f.Builtin(ctx, t.builtin, p, pw)
	return t.settings(p, custom), builtin, err
}

// choice is the flag's value, else the factory's.
func choice(flag string, s handset.Setting) rules.Choice {
	if flag != "" {
		return rules.Choice{Value: flag, Basis: finding.Documented, Source: "set on the command line"}
	}
	if !s.Factory.Known() {
		return rules.Choice{Factory: true, Basis: finding.Assumed, Source: s.Factory.NotKnown}
	}
	return rules.Choice{Value: s.Factory.Value, Factory: true, Basis: s.Factory.Basis, Source: s.Factory.Source}
}

// Builtin gives the handset's built-in certificates: those of the file or folder
// at path, else the profile's list as far as it is known.
func (f *Factory) Builtin(ctx context.Context, path string, p *handset.Profile, pw *Passwords) (rules.Builtin, error) {
	if path != "" {
		list, err := f.Certificates(ctx, "--builtin", []string{path}, pw)
		return rules.Builtin{Listed: true, Certificates: list, Basis: finding.Documented, Source: "given with --builtin"}, err
	}
	name := p.Builtin.RootList
	if !name.Known() {
		return rules.Builtin{Basis: finding.Assumed, Source: name.NotKnown}, nil
	}
	roots, err := handset.Roots(name.Value)
	if err != nil {
		return rules.Builtin{}, err
	}
	built := rules.Builtin{Listed: true, Basis: name.Basis, Source: name.Source}
	for _, root := range roots {
		c, err := certificate.Parse(root.DER())
		if err != nil {
			return rules.Builtin{}, err
		}
		built.Certificates = append(built.Certificates, c)
	}
	return built, nil
}
