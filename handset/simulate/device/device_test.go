package device_test

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/testca"
)

func load(t testing.TB, id string) *handset.Profile {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProfileDecides(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	tests := []struct {
		profile, name string
		content       []byte
		want          device.Answer
	}{
		{"yealink-t28p", "root.crt", root.PEM(), device.Success},
		{"yealink-t28p", "ROOT.PEM", root.PEM(), device.Success},
		{"yealink-t2xp-2010", "root.crt", root.PEM(), device.InvalidName},
		{"yealink-t2xp-2010", "root.cer", root.PEM(), device.Success},
		{"yealink-t5x-v86", "root.der", root.Raw, device.Success},
		{"yealink-t28p", "", nil, device.NoFile},
	}
	for _, test := range tests {
		p := load(t, test.profile)
		d := device.New(device.Config{Profile: p, Clock: testca.Clock}, device.Factory(p, "T", "1", "001565000001"))
		if got := d.Upload(handset.Trusted, test.name, test.content); got != test.want {
			t.Errorf("%s, %q: %q, want %q", test.profile, test.name, got, test.want)
		}
	}
}

func TestOneCertificateTakesOnePlace(t *testing.T) {
	p, root := load(t, "yealink-t28p"), testca.ECRoot(t, "Example Root")
	d := device.New(device.Config{Profile: p, Clock: testca.Clock}, device.Factory(p, "T", "1", "001565000001"))
	d.Upload(handset.Trusted, "a.pem", root.PEM())
	d.Upload(handset.Trusted, "b.pem", root.PEM())
	if got := len(d.List(handset.Trusted)); got != 1 || d.Writes() != 1 {
		t.Errorf("%d places, %d writes", got, d.Writes())
	}
	if d.Delete(handset.Trusted, 1) || d.Delete(handset.Trusted, -1) || d.Delete(handset.Server, 0) {
		t.Error("something that is not there was deleted")
	}
}

func FuzzImport(f *testing.F) {
	f.Add("#!version:1.0.0.1\nstatic.security.ca_cert = 2\n")
	f.Add("trusted_certificates.delete = http://localhost/all\nsecurity.cn_validation=9\n")
	p := load(f, "yealink-t28p")
	f.Fuzz(func(t *testing.T, text string) {
		d := device.New(device.Config{Profile: p, Clock: testca.Clock}, device.Factory(p, "T", "1", "001565000001"))
		d.Import(text)
		if !d.Settings().Valid() {
			t.Errorf("%q leaves settings %v", text, d.Settings())
		}
	})
}

// TestLearnedSettings: a phone that was measured begins with the settings that it
// was found to have.
func TestLearnedSettings(t *testing.T) {
	p := load(t, "yealink-t28p")
	p.Settings.CA.InForce = handset.Fact[string]{Value: "all", Basis: "observed", Source: "measured"}
	p.Settings.OnlyTrusted.InForce = handset.Fact[string]{Value: "off", Basis: "observed", Source: "measured"}
	if s := device.Factory(p, "T", "1", "00005e005301"); s.Settings != (device.Settings{CA: 2}) || s.InForce != s.Settings {
		t.Errorf("%+v", s)
	}
	if s := device.Factory(load(t, "yealink-t28p"), "T", "1", "00005e005301"); s.Settings != (device.Settings{OnlyTrusted: 1}) {
		t.Errorf("%+v", s)
	}
}
