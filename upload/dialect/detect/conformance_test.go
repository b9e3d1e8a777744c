package detect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
)

func TestCertificates(t *testing.T) {
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		id, err := d.Identity(t.Context())
		if want := (dialect.Identity{Model: "SIP-T28P", Firmware: "2.73.0.50", MAC: "00005e005301"}); err != nil || id.Model != want.Model || id.Firmware != want.Firmware {
			t.Errorf("identity: %+v, %v", id, err)
		}
		dialecttest.Equal(t, "empty list", dialecttest.List(t, d, handset.Trusted), "")
		names := []string{}
		for i := range 10 {
			root := testca.ECRoot(t, fmt.Sprintf("Example Root %d", i))
			dialecttest.Equal(t, "upload", dialecttest.Upload(t, d, handset.Trusted, fmt.Sprintf("root%d.pem", i), root.PEM()).Class, dialect.Success)
			names = append(names, root.Subject.CommonName)
		}
		dialecttest.Equal(t, "list of ten", dialecttest.List(t, d, handset.Trusted), strings.Join(names, ", "))
		eleventh := testca.ECRoot(t, "Example Root 10").PEM()
		dialecttest.Equal(t, "eleventh", dialecttest.Upload(t, d, handset.Trusted, "root10.pem", eleventh), dialect.Answer{Class: dialect.Full, Text: string(device.Full)})
		dialecttest.Remove(t, d, handset.Trusted)
		dialecttest.Equal(t, "list after delete", dialecttest.List(t, d, handset.Trusted), strings.Join(names[1:], ", "))
		dialecttest.Equal(t, "eleventh after delete", dialecttest.Upload(t, d, handset.Trusted, "root10.pem", eleventh).Class, dialect.Success)

		dialecttest.Equal(t, "wrong role", dialecttest.Upload(t, d, handset.Server, "own.pem", own.PEM()).Class, dialect.InvalidFile)
		dialecttest.Equal(t, "server", dialecttest.Upload(t, d, handset.Server, "own.pem", append(own.PEM(), own.KeyPEM(t)...)).Class, dialect.Success)
		dialecttest.Equal(t, "server list", dialecttest.List(t, d, handset.Server), "phone.example.com")
		dialecttest.Remove(t, d, handset.Server)
		dialecttest.Equal(t, "server list after delete", dialecttest.List(t, d, handset.Server), "")
		dialecttest.Wants(t, "logout", d.Logout(t.Context()), nil)
		if r.Requests("q=logout") > 1 {
			t.Error("logged out twice")
		}
		r.In(t)
	})
}

func TestNoSuchRole(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{}).In(t)
		_, err := d.Certificates(t.Context(), "pbx")
		dialecttest.Wants(t, "list", err, dialect.ErrNoList)
		_, err = d.Plan(t.Context(), "pbx")
		dialecttest.Wants(t, "plan", err, dialect.ErrNoForm)
		dialecttest.Equal(t, "page", d.Page("pbx"), "")
	})
}

func TestStaleList(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{}).In(t)
		for _, name := range []string{"one", "two", "three"} {
			dialecttest.Upload(t, d, handset.Trusted, name+".pem", testca.ECRoot(t, name).PEM())
		}
		before, err := d.Certificates(t.Context(), handset.Trusted)
		if err != nil {
			t.Fatal(err)
		}
		dialecttest.Remove(t, d, handset.Trusted)
		_, err = d.Delete(t.Context(), handset.Trusted, before.Certificates[1])
		dialecttest.Wants(t, "delete by an old list", err, dialect.ErrListChanged)
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "two, three")
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
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{}).In(t)
		for _, test := range tests {
			dialecttest.Equal(t, test.what, dialecttest.Upload(t, d, handset.Trusted, test.name, test.content).Class, test.want)
		}
	})
}

func TestSettingsAndReboot(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		got, err := d.Settings(t.Context())
		dialecttest.Wants(t, "read", err, nil)
		dialecttest.Equal(t, "factory", got, dialect.Settings{OnlyTrusted: "on", CA: "default", CNValidation: "off", DeviceCert: "default"})
		answer, err := d.Set(t.Context(), dialect.Settings{CA: "all"})
		dialecttest.Wants(t, "set", err, nil)
		dialecttest.Equal(t, "one", r.Phone.State().Settings, device.Settings{OnlyTrusted: 1, CA: 2})
		dialecttest.Equal(t, "asks for a restart", answer.Reboot, true)
		want := dialect.Settings{OnlyTrusted: "off", CA: "custom", CNValidation: "on", DeviceCert: "custom"}
		_, err = d.Set(t.Context(), want)
		dialecttest.Wants(t, "set", err, nil)
		got, err = d.Settings(t.Context())
		dialecttest.Wants(t, "read", err, nil)
		dialecttest.Equal(t, "all", got, want)
		_, err = d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "none"})
		dialecttest.Wants(t, "no such choice", err, dialect.ErrNoChoice)
		dialecttest.Equal(t, "nothing written", r.Phone.State().Settings.OnlyTrusted, 0)

		_, known, err := d.Talking(t.Context())
		if err != nil || known && r.Name != dialect.API {
			t.Errorf("talking: %v, %v", known, err)
		}
		dialecttest.Wants(t, "reboot", d.Reboot(t.Context()), nil)
		dialecttest.Equal(t, "away", r.Phone.Away(), true)
	})
}

// fetching lets the phone fetch one file.
func fetching(address string, content []byte) func(*simulate.Config) {
	return func(c *simulate.Config) {
		c.Device.Fetch = func(asked string) ([]byte, error) {
			if asked != address {
				return nil, errors.New("no such file")
			}
			return content, nil
		}
	}
}

func TestImport(t *testing.T) {
	const address = "http://192.0.2.1/root.pem"
	root := testca.ECRoot(t, "Example Root").PEM()
	for _, name := range []dialect.Name{dialect.Listener, dialect.ListenerRSA, dialect.API} {
		t.Run(string(name), func(t *testing.T) {
			d := dialecttest.Start(t, name, fetching(address, root)).In(t)
			answer, err := d.Import(t.Context(), dialect.File{Name: "phonecert.cfg", Content: []byte("nothing = 1\n")})
			dialecttest.Wants(t, "nothing in it", err, nil)
			dialecttest.Equal(t, "nothing in it", answer.Class, dialect.InvalidFile)
			answer, err = d.Import(t.Context(), dialect.File{Name: "phonecert.cfg", Content: []byte("#!version:1.0.0.1\nstatic.trusted_certificates.url = " + address + "\n")})
			dialecttest.Wants(t, "import", err, nil)
			dialecttest.Equal(t, "import", answer.Class, dialect.Success)
			dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "Example Root")
		})
	}
}
