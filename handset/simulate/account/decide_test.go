package account

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

func parsed(t *testing.T, list ...*testca.Certificate) []*certificate.Certificate {
	t.Helper()
	var out []*certificate.Certificate
	for _, c := range list {
		p, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// public makes a certificate look like one of a public CA, of which no phone's
// list is known not to hold the root.
func public(t *testing.T) (root, leaf *testca.Certificate) {
	old := testca.Between(time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC))
	root = testca.Root(t, "Example Public Root", old)
	return root, root.Issue(t, "pbx.example.com", testca.DNS("pbx.example.com"), testca.TLS, old)
}

// TestDecide: what is certain is done so; where the answer hangs on what is only
// assumed, the likeliest is done and said to be no more.
func TestDecide(t *testing.T) {
	root, leaf := public(t)
	listed := phone.Builtin{Listed: true, Certificates: parsed(t, root), Basis: finding.Assumed, Source: "from memory"}
	certain := listed
	certain.Basis = finding.Documented
	for _, test := range []struct {
		name     string
		handset  string
		builtin  phone.Builtin
		state    device.State
		server   string
		connects bool
		alert    string
		supposed bool
	}{
		{"on the list", "yealink-t28p", certain, device.State{InForce: device.Settings{OnlyTrusted: 1}}, "pbx.example.com", true, "", false},
		{"on a list that is assumed", "yealink-t28p", listed, device.State{InForce: device.Settings{OnlyTrusted: 1}}, "pbx.example.com", true, "", true},
		{"not on the list", "yealink-t28p", phone.Builtin{Listed: true, Basis: finding.Assumed}, device.State{InForce: device.Settings{OnlyTrusted: 1}}, "pbx.example.com", false, "unknown_ca", true},
		{"no list known", "yealink-t4x-v8x", phone.Builtin{Basis: finding.Assumed}, device.State{InForce: device.Settings{OnlyTrusted: 1}}, "pbx.example.com", false, "unknown_ca", true},
		{"custom", "yealink-t4x-v8x", phone.Builtin{Basis: finding.Assumed}, device.State{InForce: device.Settings{OnlyTrusted: 1, CA: 1}, Trusted: []device.Certificate{{File: "root.pem", DER: root.Raw}}}, "pbx.example.com", true, "", false},
		{"another name", "yealink-t28p", certain, device.State{InForce: device.Settings{OnlyTrusted: 1, CNValidation: 1}}, "example.net", false, "", false},
		{"another name, any certificate", "yealink-t28p", certain, device.State{InForce: device.Settings{CNValidation: 1}}, "example.net", true, "", true},
		{"any certificate", "yealink-t28p", phone.Builtin{Listed: true, Basis: finding.Assumed}, device.State{}, "pbx.example.com", true, "", false},
	} {
		profile, err := handset.Load(test.handset)
		if err != nil {
			t.Fatal(err)
		}
		server := phone.Server{Sent: parsed(t, leaf, root), Name: test.server}
		d := decide(desk(profile, test.builtin, test.state, testca.Clock()), server)
		if d.connects != test.connects || d.alert != test.alert || d.supposed != test.supposed {
			t.Errorf("%s: %+v", test.name, d)
		}
		if d.supposed || !d.connects {
			f := d.cause(desk(profile, test.builtin, test.state, testca.Clock()), server)
			if f.Message == "" || d.supposed != (f.Basis == finding.Assumed) || d.supposed && !strings.Contains(f.Message, "probably") {
				t.Errorf("%s: %+v", test.name, f)
			}
		}
	}
}

// TestNoCertificate: a server without any is refused, whatever the settings.
func TestNoCertificate(t *testing.T) {
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	p := desk(profile, phone.Builtin{}, device.State{}, testca.Clock())
	if d := decide(p, phone.Server{Name: "pbx.example.com"}); d.connects || d.alert != "" || d.cause(p, phone.Server{}).Code != "trust.no-certificate" {
		t.Errorf("%+v", d)
	}
}

// TestDesk: the settings are those since the last boot, the certificates those
// that are there now, without what cannot be read.
func TestDesk(t *testing.T) {
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	root, _ := public(t)
	p := desk(profile, phone.Builtin{}, device.State{
		Settings: device.Settings{OnlyTrusted: 1, CA: 2}, InForce: device.Settings{CA: 1, CNValidation: 1, DeviceCert: 1},
		Trusted: []device.Certificate{{File: "a.pem", DER: []byte("no certificate")}, {File: "root.pem", DER: root.Raw}},
	}, testca.Clock())
	s := p.Settings
	got := []string{s.OnlyTrusted.Value, s.CA.Value, s.CNValidation.Value, s.DeviceCert.Value}
	if !slices.Equal(got, []string{"off", "custom", "on", "custom"}) || len(p.Custom) != 1 || !s.CA.Certain() {
		t.Errorf("%v, %d certificates", got, len(p.Custom))
	}
}

func TestRefreshAfter(t *testing.T) {
	for expires, want := range map[int]time.Duration{3600: 30 * time.Minute, 60: 30 * time.Second, 1: time.Second / 2, 0: time.Second / 2, -5: time.Second / 2} {
		if got := refreshAfter(expires); got != want {
			t.Errorf("%d: %s, want %s", expires, got, want)
		}
	}
}
