package simulate_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestStateSurvivesJSON(t *testing.T) {
	r := start(t, dialect.Plain, nil)
	c := r.in(t)
	c.upload(handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM())
	c.set("1", "1", "1", "0")
	before := r.phone.State()
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var after device.State
	if err := json.Unmarshal(text, &after); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", after, before)
	before.Trusted[0].File = "changed"
	equal(t, "the phone's own copy", r.phone.State().Trusted[0].File, "root.pem")
}

// TestChanged: whoever keeps the state is told of each change and of nothing else.
func TestChanged(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		told := 0
		r := start(t, name, func(c *simulate.Config) { c.Changed = func() { told++ } })
		said := func(what string, want bool) {
			t.Helper()
			if (told > 0) != want {
				t.Errorf("%s: told %d times", what, told)
			}
			told = 0
		}
		r.client(t).login("secret")
		said("a wrong password", true)
		c := r.in(t)
		said("the right one after it", true)
		c.list(handset.Trusted)
		said("a look", false)
		c.upload(handset.Trusted, "root.txt", nil)
		said("a refused file", false)
		c.upload(handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM())
		said("an upload", true)
		c.set("0", "1", "2", "1")
		said("settings", true)
		c.set("0", "1", "2", "1")
		said("the same settings", false)
		c.reboot()
		said("a reboot", true)
	})
}

// A file name that cannot stand on a line is refused, as is its state.
func TestCheck(t *testing.T) {
	r := start(t, dialect.Plain, nil)
	c := r.in(t)
	root := testca.ECRoot(t, "Example Root").PEM()
	equal(t, "long name", c.upload(handset.Trusted, strings.Repeat("n", 300)+".pem", root), string(device.InvalidName))
	equal(t, "upload", c.upload(handset.Trusted, "root.pem", root), string(device.Success))
	if err := r.phone.State().Check(); err != nil {
		t.Error(err)
	}
	bad := r.phone.State()
	bad.Trusted[0].File = "a\nb"
	if bad.Check() == nil {
		t.Error("a file name of two lines is taken")
	}
}

func TestImport(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	fetch := func(c *simulate.Config) {
		c.Device.Fetch = func(address string) ([]byte, error) {
			if address != "http://192.0.2.1/root.pem?x=1" {
				return nil, errors.New("no such file")
			}
			return root.PEM(), nil
		}
	}
	good := []byte("#!version:1.0.0.1\nstatic.trusted_certificates.url = http://192.0.2.1/root.pem?x=1\nstatic.security.ca_cert = 2\n")
	for _, name := range []dialect.Name{dialect.Listener, dialect.ListenerRSA, dialect.API} {
		t.Run(string(name), func(t *testing.T) {
			r := start(t, name, fetch)
			c := r.in(t)
			send := func(content []byte) string {
				if name == dialect.API {
					return c.multipart("/api/diagnosis/cfg/file?action=import", "CFGConfigUpload", "c.cfg", content, nil).body
				}
				page := c.page(handset.Trusted).body
				most := map[dialect.Name]string{dialect.Listener: c.session + ";5MB", dialect.ListenerRSA: "5MB"}[name]
				sealed := sealRSA(t, one(page, `g_rsa_n = "(\w+)"`), one(page, `g_rsa_e = "(\w+)"`), most)
				if got := result(c.multipart("/servlet?m=mod_res&p=upload&type=localcfg", "UploadName", "c.cfg", content, nil)); !strings.Contains(got, "noparam") {
					t.Errorf("without maxlength: %q", got)
				}
				return result(c.multipart("/servlet?m=mod_res&p=upload&type=localcfg&maxlength="+sealed, "UploadName", "c.cfg", content, nil))
			}
			if name != dialect.API {
				vpn := func(content string) string {
					page := c.page(handset.Trusted).body
					most := map[dialect.Name]string{dialect.Listener: c.session + ";5MB", dialect.ListenerRSA: "5MB"}[name]
					return result(c.multipart("/servlet?m=mod_res&p=upload&type=vpnfile&maxlength="+sealRSA(t, one(page, `g_rsa_n = "(\w+)"`), one(page, `g_rsa_e = "(\w+)"`), most), "UploadName", "openvpn.tar", []byte(content), nil))
				}
				equal(t, "VPN file", vpn("tar"), `{"type":"vpnfile","result":5}`)
				equal(t, "empty VPN file", vpn(""), `{"type":"vpnfile","result":"failed"}`)
			}
			if got := send([]byte("nothing = 1\n")); !strings.Contains(got, "noparam") && !strings.Contains(got, "Invalid") {
				t.Errorf("nothing recognised: %q", got)
			}
			if got := send(good); !strings.Contains(got, `"result":5`) && !strings.Contains(got, `"ret":"ok"`) {
				t.Errorf("import: %q", got)
			}
			equal(t, "list", c.list(handset.Trusted), []string{"Example Root"})
			equal(t, "CA Certificates", r.phone.State().Settings.CA, 2)
		})
	}
}

func TestAPIDetails(t *testing.T) {
	r := start(t, dialect.API, func(c *simulate.Config) { c.Faults.InCall = true })
	c := r.in(t)
	if got := c.get("/api/common/info/status/talking").body; !strings.Contains(got, `"data":true`) {
		t.Errorf("in a call: %q", got)
	}
	c.upload(handset.Trusted, "old.pem", testca.ECRoot(t, "Old", testca.Between(testca.Clock().AddDate(-2, 0, 0), testca.Clock().AddDate(-1, 0, 0))).PEM())
	body := c.json("/api/common/info?p=Login", map[string]any{"idlist": []string{"wui"}}).body
	for _, want := range []string{`"expiredTrustedCert":1`, `"trustedcert":5242880`, "SIP-T28P", "001565000001"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q lacks %s", body, want)
		}
	}
	for range 2 {
		r.client(t).login("secret")
	}
	c.logout()
	r.client(t).login("secret")
	r.client(t).login("secret")
	key := r.client(t)
	if got := key.login("secret"); got != "lock" {
		t.Errorf("third wrong password: %q", got)
	}
	if got := key.post("/api/auth/login", url.Values{"username": {"admin"}, "pwd": {"admin"}}).body; !strings.Contains(got, "wrong") {
		t.Errorf("a password in clear: %q", got)
	}
}

func TestSeedRepeats(t *testing.T) {
	run := func(seed uint64) string {
		r := start(t, dialect.Session, func(c *simulate.Config) { c.Device.Seed, c.Device.Key, c.Faults.HTTP500 = seed, nil, 0.3 })
		var all strings.Builder
		for range 20 {
			all.WriteString(r.client(t).get("/servlet?p=login&q=getsessionid&random=1").body)
		}
		return all.String()
	}
	first, again := run(1), run(1)
	if first != again {
		t.Error("one seed gives two phones")
	}
	if first == run(2) {
		t.Error("two seeds give one phone")
	}
}

func TestPagesSayWhatIsInvented(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		if got := start(t, name, nil).in(t).page(handset.Server).body; !strings.Contains(got, "Invented, because no source tells them") {
			t.Errorf("the page says nothing: %q", got)
		}
	})
}

func TestParseFaults(t *testing.T) {
	good := map[string]simulate.Faults{
		"":                           {},
		"drop-after-write,busy":      {DropAfterWrite: true, Busy: true},
		"slow=5s, http500=0.1":       {Slow: 5 * time.Second, HTTP500: 0.1},
		"expire-session":             {ExpireSession: 1},
		"expire-session=4,huge,hang": {ExpireSession: 4, Huge: true, Hang: true},
		"success-without-storing":    {SuccessWithoutStoring: true},
		"in-call":                    {InCall: true},
	}
	for text, want := range good {
		got, err := simulate.ParseFaults(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		equal(t, text, got, want)
	}
	for _, text := range []string{"slow", "slow=-1s", "http500=2", "http500=NaN", "expire-session=0", "expire-session=x", "busy=1", "fire", "=1"} {
		if _, err := simulate.ParseFaults(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestNew(t *testing.T) {
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := simulate.New(simulate.Config{Device: device.Config{Profile: profile, Clock: testca.Clock}, Dialect: "morse"}, device.State{}); err == nil || !strings.Contains(err.Error(), "listener-rsa") {
		t.Errorf("unknown dialect: %v", err)
	}
	if _, err := simulate.New(simulate.Config{Dialect: dialect.Plain}, device.State{}); err == nil {
		t.Error("a phone without profile and clock")
	}
}

func TestSlowAndHang(t *testing.T) {
	r := start(t, dialect.Plain, func(c *simulate.Config) { c.Faults.Slow = 20 * time.Millisecond })
	began := time.Now()
	equal(t, "slow answer", r.client(t).get("/").status, 200)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	r = start(t, dialect.Plain, func(c *simulate.Config) { c.Faults.Hang = true })
	r.http.Timeout = 30 * time.Millisecond
	if r.client(t).get("/").err == nil {
		t.Error("a hanging phone answers")
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add("slow=5s,http500=0.1")
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := simulate.ParseFaults(text)
		if err == nil && (faults.Slow < 0 || faults.ExpireSession < 0 || !(faults.HTTP500 >= 0 && faults.HTTP500 <= 1)) {
			t.Errorf("%q gives %+v", text, faults)
		}
	})
}

// TestSeedsAreThere holds the seeds of all fuzz targets of a simulated phone.
func TestSeedsAreThere(t *testing.T) {
	for _, target := range []string{
		"testdata/fuzz/FuzzParseFaults", "device/testdata/fuzz/FuzzImport", "dialect/testdata/fuzz/FuzzOpenLogin",
		"dialect/testdata/fuzz/FuzzSplit", "dialect/testdata/fuzz/FuzzParseInvented", "serve/testdata/fuzz/FuzzState",
	} {
		if seeds, err := os.ReadDir(target); err != nil || len(seeds) == 0 {
			t.Errorf("%s has no seeds: %v", target, err)
		}
	}
}
