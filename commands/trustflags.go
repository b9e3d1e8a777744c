package commands

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

// trustFlags are the four trust settings of the phone's web page and the
// certificates behind them; the same flags wherever they apply.
type trustFlags struct {
	onlyTrusted, ca, cnValidation, deviceCert string
	custom                                    []string
	builtin                                   string
}

func (t *trustFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.onlyTrusted, "only-trusted", "", "Only Accept Trusted Certificates: `on|off` (default: the factory value)")
	flags.StringVar(&t.ca, "ca", "", "CA Certificates: `default|custom|all` (default: the factory value)")
	flags.StringVar(&t.cnValidation, "cn-validation", "", "Common Name Validation: `on|off` (default: the factory value)")
	flags.StringVar(&t.deviceCert, "device-cert", "", "Device Certificates: `default|custom` (default: the factory value)")
	flags.StringArrayVar(&t.custom, "custom", nil, "a `file` with certificates that were uploaded to the phone (repeatable)")
	flags.StringVar(&t.builtin, "builtin", "", "a `file or folder` with the phone's built-in certificates, in place of the profile's list")
	completeValues(cmd, "only-trusted", "on", "off")
	completeValues(cmd, "ca", "default", "custom", "all")
	completeValues(cmd, "cn-validation", "on", "off")
	completeValues(cmd, "device-cert", "default", "custom")
}

// validate refuses values that no phone has.
func (t *trustFlags) validate(cmd *cobra.Command) error {
	for _, s := range []struct{ flag, value, values string }{
		{"--only-trusted", t.onlyTrusted, "on off"},
		{"--ca", t.ca, "default custom all"},
		{"--cn-validation", t.cnValidation, "on off"},
		{"--device-cert", t.deviceCert, "default custom"},
	} {
		if s.value != "" && !slices.Contains(strings.Fields(s.values), s.value) {
			return usageError(cmd, "%s takes %s, not %q", s.flag, strings.Join(strings.Fields(s.values), " or "), s.value)
		}
	}
	return nil
}

// trust gives the settings in force on a handset.
func (t *trustFlags) trust(p *handset.Profile, custom []*certificate.Certificate) rules.Trust {
	s := p.Settings
	return rules.Trust{
		OnlyTrusted:  choice(t.onlyTrusted, s.OnlyTrusted),
		CA:           choice(t.ca, s.CA),
		CNValidation: choice(t.cnValidation, s.CNValidation),
		DeviceCert:   choice(t.deviceCert, s.DeviceCert),
		Custom:       custom,
	}
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

// builtinList gives the handset's built-in certificates: those of --builtin,
// else the profile's list as far as it is known.
func (f *Factory) builtinList(ctx context.Context, path string, p *handset.Profile, pw *passwords) (rules.Builtin, error) {
	if path != "" {
		list, err := f.certificates(ctx, "--builtin", []string{path}, pw)
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
