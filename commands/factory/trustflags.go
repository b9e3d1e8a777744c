package factory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
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
	flags.StringVar(&t.onlyTrusted, "only-trusted", "", "Only Accept Trusted Certificates: `on|off` (default: the measured or the factory value)")
	flags.StringVar(&t.ca, "ca", "", "CA Certificates: `default|custom|all` (default: the measured or the factory value; where that is not certain and --custom is given, all)")
	flags.StringVar(&t.cnValidation, "cn-validation", "", "Common Name Validation: `on|off` (default: the measured or the factory value)")
	flags.StringVar(&t.deviceCert, "device-cert", "", "Device Certificates: `default|custom` (default: the measured or the factory value)")
	flags.StringArrayVar(&t.custom, "custom", nil, "a `file` with certificates that were uploaded to the phone (repeatable)")
	flags.StringVar(&t.builtin, "builtin", "", "a `file or folder` with the phone's built-in certificates, in place of the profile's list")
	CompleteValues(cmd, "only-trusted", "on", "off")
	CompleteValues(cmd, "ca", "default", "custom", "all")
	CompleteValues(cmd, "cn-validation", "on", "off")
	CompleteValues(cmd, "device-cert", "default", "custom")
}

// Validate refuses values that no phone has.
func (t *TrustFlags) Validate(cmd *cobra.Command) error {
	return ValidateSettings(cmd, t.onlyTrusted, t.ca, t.cnValidation, t.deviceCert)
}

// ValidateSettings refuses values of the four trust settings that no phone has.
func ValidateSettings(cmd *cobra.Command, onlyTrusted, ca, cnValidation, deviceCert string) error {
	for _, s := range []struct{ flag, value, values string }{
		{"--only-trusted", onlyTrusted, "on off"},
		{"--ca", ca, "default custom all"},
		{"--cn-validation", cnValidation, "on off"},
		{"--device-cert", deviceCert, "default custom"},
	} {
		if s.value != "" && !slices.Contains(strings.Fields(s.values), s.value) {
			return UsageError(cmd, "%s takes %s, not %q", s.flag, strings.Join(strings.Fields(s.values), " or "), s.value)
		}
	}
	return nil
}

// Phone puts a handset on the desk: with the settings in force, the certificates
// on it, and what its clock shows. name is the handset as the user gave it.
func (f *Factory) Phone(ctx context.Context, t *TrustFlags, p *handset.Profile, name string, clock time.Time, pw *Passwords) (*phone.Phone, error) {
	custom, err := f.Certificates(ctx, "--custom", t.custom, pw)
	if err != nil {
		return nil, err
	}
	builtin, err := f.Builtin(ctx, t.builtin, p, pw)
	if err != nil {
		return nil, err
	}
	return &phone.Phone{Profile: p, Name: name, Settings: t.settings(p, custom), Custom: custom, Builtin: builtin, Clock: clock}, nil
}

// For gives the flags for one phone of an inventory: what its row says goes
// before what the command line says for all.
func (t TrustFlags) For(row *inventory.Row) TrustFlags {
	t.onlyTrusted = cmp.Or(row.OnlyTrusted, t.onlyTrusted)
	t.ca = cmp.Or(row.CA, t.ca)
	t.cnValidation = cmp.Or(row.CNValidation, t.cnValidation)
	t.deviceCert = cmp.Or(row.DeviceCert, t.deviceCert)
	if len(row.Custom) > 0 {
		t.custom = row.Custom
	}
	return t
}

// settings are those in force on a handset.
func (t *TrustFlags) settings(p *handset.Profile, custom []*certificate.Certificate) phone.Settings {
	s := p.Settings
	settings := phone.Settings{
		OnlyTrusted:  choice(t.onlyTrusted, s.OnlyTrusted),
		CA:           choice(t.ca, s.CA),
		CNValidation: choice(t.cnValidation, s.CNValidation),
		DeviceCert:   choice(t.deviceCert, s.DeviceCert),
	}
	if len(custom) > 0 && !settings.CA.Certain() {
		settings.CA = phone.Choice{
			Value: "all", Supposed: true, Basis: finding.Derived,
			Source: "supposed because --custom is given; with Default the phone would not look at it",
		}
	}
	return settings
}

// choice is the flag's value, else the one that was measured on the phone, else
// the factory's.
func choice(flag string, s handset.Setting) phone.Choice {
	switch {
	case flag != "":
		return phone.Choice{Value: flag, Basis: finding.Documented, Source: "set on the command line"}
	case s.InForce.Known():
		return phone.Choice{Value: s.InForce.Value, Measured: true, Basis: s.InForce.Basis, Source: s.InForce.Source}
	case !s.Factory.Known():
		return phone.Choice{Factory: true, Basis: finding.Assumed, Source: s.Factory.NotKnown}
	}
	return phone.Choice{Value: s.Factory.Value, Factory: true, Basis: s.Factory.Basis, Source: s.Factory.Source}
}

// Builtin gives the handset's built-in certificates: those of the file or folder
// at path, else the profile's list as far as it is known.
func (f *Factory) Builtin(ctx context.Context, path string, p *handset.Profile, pw *Passwords) (phone.Builtin, error) {
	if path != "" {
		list, err := f.Certificates(ctx, "--builtin", []string{path}, pw)
		return phone.Builtin{Listed: true, Certificates: list, Basis: finding.Documented, Source: "given with --builtin"}, err
	}
	name := p.Builtin.RootList
	if !name.Known() {
		return phone.Builtin{Basis: finding.Assumed, Source: name.NotKnown}, nil
	}
	roots, err := handset.Roots(name.Value)
	if err != nil {
		return phone.Builtin{}, err
	}
	built := phone.Builtin{Listed: true, Basis: name.Basis, Source: name.Source}
	for _, root := range roots {
		c, err := certificate.Parse(root.DER())
		if err != nil {
			return phone.Builtin{}, err
		}
		built.Certificates = append(built.Certificates, c)
	}
	return built, nil
}
