package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
)

// each runs a test against all dialects, with the names by default and others.
func each(t *testing.T, test func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig)) {
	for _, name := range dialect.Names() {
		for i, names := range []pages.Invented{pages.DefaultInvented(), other()} {
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				test(t, name, func(f simulate.Faults) *rig {
					return start(t, name, func(c *simulate.Config) { c.Invented, c.Faults = names, f })
				})
			})
		}
	}
}

func TestCertificates(t *testing.T) {
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		id, err := d.Identity(t.Context())
		if want := (dialect.Identity{Model: "SIP-T28P", Firmware: "2.73.0.50", MAC: "00005e005301"}); err != nil || id.Model != want.Model || id.Firmware != want.Firmware {
			t.Errorf("identity: %+v, %v", id, err)
		}
		equal(t, "empty list", list(t, d, handset.Trusted), "")
		names := []string{}
		for i := range 10 {
			root := testca.ECRoot(t, fmt.Sprintf("Example Root %d", i))
			equal(t, "upload", upload(t, d, handset.Trusted, fmt.Sprintf("root%d.pem", i), root.PEM()).Class, dialect.Success)
			names = append(names, root.Subject.CommonName)
		}
		equal(t, "list of ten", list(t, d, handset.Trusted), strings.Join(names, ", "))
		eleventh := testca.ECRoot(t, "Example Root 10").PEM()
		equal(t, "eleventh", upload(t, d, handset.Trusted, "root10.pem", eleventh), dialect.Answer{Class: dialect.Full, Text: string(device.Full)})
		remove(t, d, handset.Trusted)
		equal(t, "list after delete", list(t, d, handset.Trusted), strings.Join(names[1:], ", "))
		equal(t, "eleventh after delete", upload(t, d, handset.Trusted, "root10.pem", eleventh).Class, dialect.Success)

		equal(t, "wrong role", upload(t, d, handset.Server, "own.pem", own.PEM()).Class, dialect.InvalidFile)
		equal(t, "server", upload(t, d, handset.Server, "own.pem", append(own.PEM(), own.KeyPEM(t)...)).Class, dialect.Success)
		equal(t, "server list", list(t, d, handset.Server), "phone.example.com")
		remove(t, d, handset.Server)
		equal(t, "server list after delete", list(t, d, handset.Server), "")
		wants(t, "logout", d.Logout(t.Context()), nil)
		if r.requests("q=logout") > 1 {
			t.Error("logged out twice")
		}
		r.in(t)
	})
}

func TestNoSuchRole(t *testing.T) {
	each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *rig) {
		d := with(simulate.Faults{}).in(t)
		_, err := d.Certificates(t.Context(), "pbx")
		wants(t, "list", err, dialect.ErrNoList)
		_, err = d.Plan(t.Context(), "pbx")
		wants(t, "plan", err, dialect.ErrNoForm)
		equal(t, "page", d.Page("pbx"), "")
	})
}

func TestStaleList(t *testing.T) {
	each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *rig) {
		d := with(simulate.Faults{}).in(t)
		for _, name := range []string{"one", "two", "three"} {
			upload(t, d, handset.Trusted, name+".pem", testca.ECRoot(t, name).PEM())
		}
		before, err := d.Certificates(t.Context(), handset.Trusted)
		if err != nil {
			t.Fatal(err)
		}
		remove(t, d, handset.Trusted)
		_, err = d.Delete(t.Context(), handset.Trusted, before.Certificates[1])
		wants(t, "delete by an old list", err, dialect.ErrListChanged)
		equal(t, "list", list(t, d, handset.Trusted), "two, three")
	})
}

func TestRefusedFiles(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	tests := []struct {
		what, name string
		content    []byte
		want       dialect.Class
	}{
		{"wrong ending", "root.txt", root.PEM(), dialect.InvalidName},
		{"no certificate", "root.pem", []byte("hello"), dialect.InvalidFile},
		{"too large", "root.pem", append(root.PEM(), make([]byte, 6<<20)...), dialect.TooLarge},
		{"DER", "root.der", root.Raw, dialect.Success},
	}
	each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *rig) {
		d := with(simulate.Faults{}).in(t)
		for _, test := range tests {
			equal(t, test.what, upload(t, d, handset.Trusted, test.name, test.content).Class, test.want)
		}
	})
}

func TestSettingsAndReboot(t *testing.T) {
	each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		got, err := d.Settings(t.Context())
		wants(t, "read", err, nil)
		equal(t, "factory", got, dialect.Settings{OnlyTrusted: "on", CA: "default", CNValidation: "off", DeviceCert: "default"})
		answer, err := d.Set(t.Context(), dialect.Settings{CA: "all"})
		wants(t, "set", err, nil)
		equal(t, "one", r.phone.State().Settings, device.Settings{OnlyTrusted: 1, CA: 2})
		equal(t, "asks for a restart", answer.Reboot, true)
		want := dialect.Settings{OnlyTrusted: "off", CA: "custom", CNValidation: "on", DeviceCert: "custom"}
		_, err = d.Set(t.Context(), want)
		wants(t, "set", err, nil)
		got, err = d.Settings(t.Context())
		wants(t, "read", err, nil)
		equal(t, "all", got, want)
		_, err = d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "none"})
		wants(t, "no such choice", err, dialect.ErrNoChoice)
		equal(t, "nothing written", r.phone.State().Settings.OnlyTrusted, 0)

		_, known, err := d.Talking(t.Context())
		if err != nil || known && r.name != dialect.API {
			t.Errorf("talking: %v, %v", known, err)
		}
		wants(t, "reboot", d.Reboot(t.Context()), nil)
		equal(t, "away", r.phone.Away(), true)
	})
}
