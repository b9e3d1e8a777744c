package push_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

// names are the certificates that a phone holds.
func names(p *serve.Served) string {
	var files []string
	for _, c := range p.Phone.State().Trusted {
		files = append(files, strings.TrimSuffix(c.File, ".pem"))
	}
	return strings.Join(files, " ")
}

// TestPhoneDelete: by file, by fingerprint among files, by subject, and what has
// expired; the rest stays.
func TestPhoneDelete(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		p, now := s.one(), testca.Clock()
		gone := testca.Root(t, "Gone", testca.Between(now.AddDate(-5, 0, 0), now.AddDate(0, 0, -2)))
		third := testca.Root(t, "Third")
		files := []string{o.root("First"), o.root("Second"), o.File("Third.pem", third.PEM()), o.root("Fourth"), o.File("Gone.pem", gone.PEM())}
		o.upload(0, append(files, "--as", "trusted", "--phone", p.URL, "--skip-check")...)
		if names(p) != "First Second Third Fourth Gone" {
			t.Fatal(names(p))
		}
		del := func(want int, args ...string) commandstest.Said {
			return o.Run(want, append([]string{"phone", "delete", p.URL}, args...)...)
		}
		if out := del(0, "--expired", "--dry-run").Out; !strings.HasPrefix(out, "planned\ttrusted\tGone\tGone\t") || names(p) != "First Second Third Fourth Gone" {
			t.Errorf("%q, %s", out, names(p))
		}
		// Nobody is there to say yes.
		if said := del(1, "--expired"); !strings.Contains(said.Err, "nothing was deleted") || strings.Count(names(p), " ") != 4 {
			t.Errorf("%q, %s", said.Err, names(p))
		}
		if out := del(0, "--expired", "--yes").Out; !strings.HasPrefix(out, "deleted\ttrusted\tGone\t") || names(p) != "First Second Third Fourth" {
			t.Errorf("%q, %s", out, names(p))
		}
		del(0, "--cert", files[1], "--yes")
		sum := sha256.Sum256(third.Raw)
		del(0, "--cert", o.Dir, "--fingerprint", hex.EncodeToString(sum[:]), "--yes")
		if names(p) != "First Fourth" {
			t.Error(names(p))
		}
		if said := del(0, "--subject", "nobody", "--yes"); said.Out != "" || !strings.Contains(said.Err, "nothing on the phone is meant") || names(p) != "First Fourth" {
			t.Errorf("%q, %q, %s", said.Out, said.Err, names(p))
		}
		type answer struct {
			Command      string
			Certificates []struct{ Result, Role string }
		}
		list := objects[answer](t, del(0, "--subject", "first", "--yes", "--json").Out)
		if len(list) != 1 || list[0].Command != "phone delete" || len(list[0].Certificates) != 1 || list[0].Certificates[0].Result != "deleted" || names(p) != "Fourth" {
			t.Errorf("%+v, %s", list, names(p))
		}
		o.upload(0, o.own("phone.example.com"), "--as", "server", "--phone", p.URL)
		del(0, "--as", "server", "--subject", "phone.example.com", "--yes")
		if p.Phone.State().Server != nil || names(p) != "Fourth" {
			t.Errorf("the server certificate is still there, or more than that is gone: %s", names(p))
		}
	})
}

// TestPhoneSet: what differs is written and read back; what does not is not.
func TestPhoneSet(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{Clock: time.Now, Policy: device.Policy{RebootTime: time.Nanosecond}}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		p := s.one()
		out := o.Run(0, "phone", "set", p.URL, "--only-trusted", "on", "--ca", "all", "--cn-validation", "on", "--device-cert", "custom", "--reboot", "needed").Out
		if want := (device.Settings{OnlyTrusted: 1, CA: 2, CNValidation: 1, DeviceCert: 1}); p.Phone.State().InForce != want || !strings.Contains(out, "set\tca\tdefault\tall\tall\n") {
			t.Errorf("%+v, %s", p.Phone.State().InForce, out)
		}
		out = o.Run(0, "phone", "set", p.URL, "--ca", "all", "--json").Out
		type answer struct {
			Changes      []struct{ Setting, Before, After, Result string }
			RebootNeeded bool `json:"reboot_needed"`
			Rebooted     bool
		}
		list := objects[answer](t, out)
		if len(list) != 1 || len(list[0].Changes) != 1 || list[0].Changes[0].Result != "unchanged" || list[0].RebootNeeded || list[0].Rebooted {
			t.Error(out)
		}
	})
}

// TestPhoneReboot: a phone in a call is left alone where it can tell; elsewhere
// it is said that nobody knows.
func TestPhoneReboot(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{Faults: simulate.Faults{InCall: true}, Policy: device.Policy{RebootTime: time.Hour}}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		p := s.one()
		if d != dialect.API {
			if said := o.Run(0, "phone", "reboot", p.URL); said.Out != "restarting\n" || !p.Phone.Away() || !strings.Contains(said.Err, "whether it is in a call,") {
				t.Errorf("%q, %q", said.Out, said.Err)
			}
			return
		}
		if said := o.Run(1, "phone", "reboot", p.URL); !strings.Contains(said.Err, "in a call") || !strings.Contains(said.Err, "--in-call") || p.Phone.Away() {
			t.Error(said.Err)
		}
		r := o.upload(3, o.root("Example Root"), "--as", "trusted", "--phone", p.URL, "--reboot", "always")
		r.is(t, "failed", "upload.in-call")
		if p.Phone.Away() || len(p.Phone.State().Trusted) != 1 || r.Files[0].Result != "uploaded" {
			t.Errorf("%+v", r)
		}
		o.Run(0, "phone", "reboot", p.URL, "--in-call")
		if !p.Phone.Away() {
			t.Error("it was not restarted")
		}
	})
}

// TestPhoneRebootWait: gone and back, and gone for good.
func TestPhoneRebootWait(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	// A clock that goes on when it is looked at: however slow the machine is, the
	// phone is still away when it is looked for.
	began, looks := time.Now(), new(atomic.Int64)
	clock := func() time.Time { return began.Add(time.Duration(looks.Add(1)) * time.Second) }
	s := newSite(t, serve.Config{HTTPS: true, Clock: clock, Policy: device.Policy{RebootTime: 8 * time.Second}}, dialect.Session)
	if out := o.Run(0, "phone", "reboot", s.one().URL, "--wait").Out; out != "back\n" {
		t.Error(out)
	}
	s = newSite(t, serve.Config{Policy: device.Policy{RebootTime: time.Hour}}, dialect.Session)
	if said := o.Run(1, "phone", "reboot", s.one().URL, "--wait", "--timeout", "20s"); !strings.Contains(said.Err, "has not come back in time") {
		t.Error(said.Err)
	}
}

// fingerprint is that of the certificate that a phone shows.
func fingerprint(t *testing.T, s *site) string {
	t.Helper()
	c, err := s.Certificate(s.one())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// TestPhoneCertificate: pinned on first use, by fingerprint, by a CA; and no
// password goes to one that is not the right one.
func TestPhoneCertificate(t *testing.T) {
	t.Parallel()
	logins := new(atomic.Int64)
	secure := serve.Config{HTTPS: true, Observe: func(_ *serve.Served, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "q=login") && r.Method == http.MethodPost {
			logins.Add(1)
		}
	}}
	s, o := newSite(t, secure, dialect.Plain), newOffice(t)
	address := s.one().URL
	const unseen = "is seen for the first time"
	show := func(want int, args ...string) commandstest.Said {
		return o.Run(want, append([]string{"phone", "show", address}, args...)...)
	}
	store := filepath.Join(o.Home, "phonecert", "known_phones")
	authority, err := s.Authority(s.one())
	if err != nil {
		t.Fatal(err)
	}
	ca := o.File("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw}))
	other := o.root("Another CA")
	pin, wrong := fingerprint(t, s), strings.Repeat("00", 32)

	// What vouches for the phone needs no file of known phones, and leaves none.
	for _, args := range [][]string{{"--pin", pin}, {"--pin", wrong, "--pin", pin}, {"--ca", ca}} {
		if said := show(0, append(args, "--require-tls")...); said.Err != "" {
			t.Errorf("%v: %s", args, said.Err)
		}
	}
	if said := show(0, "--insecure"); !strings.Contains(said.Err, "nobody has verified") {
		t.Error(said.Err)
	}
	if _, err := os.Stat(store); err == nil {
		t.Error("a phone was remembered that was not to be")
	}
	logins.Store(0)
	for want, args := range map[string][]string{
		"another fingerprint than the one given: sha256:" + pin: {"--pin", wrong},
		"none of the given CAs vouches":                         {"--ca", other},
		"--require-tls lets no password out":                    {"--require-tls"},
	} {
		if said := show(1, args...); !strings.Contains(said.Err, want) {
			t.Errorf("%v: %s", args, said.Err)
		}
	}
	if logins.Load() != 0 {
		t.Error("a password went out")
	}
	os.Remove(store)
	if said := show(0); !strings.Contains(said.Err, unseen) {
		t.Error(said.Err)
	}
	// --require-tls takes what the file of known phones vouches for.
	if said := show(0, "--require-tls"); said.Err != "" {
		t.Error(said.Err)
	}
	if text, _ := os.ReadFile(store); !strings.Contains(strings.ToLower(strings.ReplaceAll(string(text), ":", "")), pin) {
		t.Errorf("known phones: %s", text)
	}

	// Another certificate at the same address. It is taken for the same: the port
	// itself may not be free at once, while another test starts a program.
	secure.Seed = 99
	s = newSite(t, secure, dialect.Plain)
	o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(s.one().URL, "https://"))
	}
	logins.Store(0)
	r := o.upload(3, o.root("Example Root"), "--as", "trusted", "--phone", address)
	r.is(t, "failed", "upload.certificate-changed")
	if said := show(1); !strings.Contains(said.Err, "another certificate than before") || !strings.Contains(said.Err, "known_phones") || logins.Load() != 0 {
		t.Errorf("%d logins, %s", logins.Load(), said.Err)
	}
	show(0, "--pin", fingerprint(t, s))
	show(0, "--insecure")
	show(1)
}

// TestRequireTLS: no password by HTTP, and the phone is not even asked for more.
func TestRequireTLS(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{}, dialect.Basic), newOffice(t)
	r := o.upload(3, o.root("Example Root"), "--as", "trusted", "--phone", s.one().URL, "--require-tls")
	r.is(t, "failed", "upload.tls-required")
	said := o.Run(1, "phone", "set", s.one().URL, "--ca", "all", "--require-tls")
	if !strings.Contains(said.Err, "--require-tls lets no password out") || s.one().Phone.State().Settings.CA != 0 {
		t.Error(said.Err)
	}
	// The flag of the CA has another name where --ca is a setting.
	if said := o.Run(1, "phone", "set", s.one().URL, "--ca", "all", "--tls-ca", "none.pem"); !strings.Contains(said.Err, "none.pem") {
		t.Error(said.Err)
	}
	if u, _ := url.Parse(s.one().URL); u.Scheme != "http" {
		t.Error(u)
	}
}

// TestOwnCertificateIsKnown: after an upload of its server certificate the phone
// shows that one, and is not taken for a stranger.
func TestOwnCertificateIsKnown(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{HTTPS: true, Clock: time.Now, Policy: device.Policy{RebootTime: time.Nanosecond}}, dialect.Listener), newOffice(t)
	address := s.one().URL
	before := fingerprint(t, s)
	o.Run(0, "phone", "set", address, "--device-cert", "custom")
	r := o.upload(0, o.own("phone.example.com"), "--as", "server", "--phone", address, "--reboot", "always")
	r.is(t, "uploaded", "")
	if !r.Rebooted || fingerprint(t, s) == before {
		t.Fatalf("the phone shows its old certificate; %+v", r)
	}
	if said := o.Run(0, "phone", "show", address); said.Err != "" {
		t.Error(said.Err)
	}
}
